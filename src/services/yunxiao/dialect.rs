//! What Yunxiao does on the wire.

use std::sync::LazyLock;

use http::header::CONTENT_LENGTH;
use http::{HeaderMap, HeaderValue, Method};
use reqwest::Request;

use super::fault;
use crate::client::{Answer, Dialect, Moment, Operation, Refusal};
use crate::error::ErrorKind;
use crate::json::{self, Found, Usual};

/// Yunxiao: bare values for answers, refusals with a code.
#[derive(Debug)]
pub(super) struct YunxiaoDialect;

/// Where public clients look for the number of a run that is not the whole answer. The first two
/// say what it is the number of; the others count where they agree.
const NAMED: [&[&str]; 2] = [&["pipelineRunId"], &["data", "pipelineRunId"]];
const UNNAMED: [&[&str]; 4] = [&["runId"], &["id"], &["data", "runId"], &["data", "id"]];
/// What an answer in an object says, if it says anything of these.
static GOOD: LazyLock<[Usual; 2]> = LazyLock::new(|| {
    [
        Usual::new("success", &["\":true"]),
        Usual::new("errorCode", &["\":\"\"", "\":null"]),
    ]
});

impl Dialect for YunxiaoDialect {
    /// As the vendor's own client does; left alone, the length of no body at all is not sent.
    fn prepare(&self, request: &mut Request, _operation: &Operation) {
        if request.body().is_none() && request.method() != Method::GET {
            let none = HeaderValue::from_static("0");
            request.headers_mut().insert(CONTENT_LENGTH, none);
        }
    }

    /// `false` where it is said whether something was done, or an error in place of the answer. No
    /// documented success has an `errorCode`, or the older API's `success`.
    fn refuses(&self, answer: &Answer) -> bool {
        match json::scalar(&answer.body) {
            Some(Found::Bool(done)) => !done,
            Some(Found::Text(done)) => done.trim().eq_ignore_ascii_case("false"),
            Some(_) => false,
            None if json::says_only(&answer.body, &*GOOD) => false,
            None => {
                let [code, success] =
                    json::values_at(&answer.body, &[&["errorCode"], &["success"]]);
                success == Some(Found::Bool(false))
                    || matches!(code, Some(Found::Text(code)) if !code.trim().is_empty())
            }
        }
    }

    /// The documented answer is a bare number. Nothing in it says where it ends: it counts only when
    /// it came whole. A gateway that refuses may write its status once more, which is no run's number.
    fn run_id(&self, answer: &Answer) -> Option<String> {
        let body = &answer.body;
        let bare = || json::scalar(body).as_ref().and_then(json::number_id);
        let bare = answer.is_whole().then(bare).flatten();
        let is_status = |id: &str| !answer.status.is_success() && id == answer.status.as_str();
        match bare.map(|id| id.to_string()) {
            Some(id) if is_status(&id) => return None,
            Some(id) => return Some(id),
            None => {}
        }
        json::number_at(body, &NAMED).or_else(|| {
            let values = json::values_at(body, &UNNAMED);
            let mut ids = values.iter().flatten().filter_map(json::number_id);
            let first = ids.next()?;
            ids.all(|id| id == first).then(|| first.to_string())
        })
    }

    fn read_refusal(&self, answer: &Answer, now: Moment) -> Refusal {
        let wait = self.pause(&answer.headers, now);
        let mut refusal = Refusal::by_status(answer.status, wait);
        if answer.status.is_success() {
            refusal.kind = ErrorKind::Refused;
            refusal = refusal.detail("the answer says that it was not done");
        }
        fault::read(answer, refusal, now)
    }

    /// No known header carries it: it is in the body of a refusal.
    fn request_id<'a>(&self, _headers: &'a HeaderMap) -> Option<&'a str> {
        None
    }
}
