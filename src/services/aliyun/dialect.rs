//! What Aliyun does on the wire.

use std::time::Duration;

use chrono::TimeDelta;
use http::header::CONTENT_LENGTH;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use reqwest::Request;

use super::error_body::ErrorBody;
use super::operations::START_PIPELINE_RUN;
use super::proofs::PROOFS;
use super::{codes, envelope};
use crate::client::{
    Again, Answer, Dialect, Moment, Operation, Proof, Refusal, date, header_text, retry_after,
};
use crate::error::ErrorKind;
use crate::json;

/// Aliyun: an action's name on each request, codes that count more than statuses, a clock that
/// has to be right.
#[derive(Debug)]
pub(super) struct AliyunDialect;

const ACTION: HeaderName = HeaderName::from_static("x-acs-action");
const VERSION: HeaderName = HeaderName::from_static("x-acs-version");
/// In milliseconds, unlike `Retry-After` (the official SDK divides it by 1000).
const RETRY_AFTER: HeaderName = HeaderName::from_static("x-acs-retry-after");

/// The vendor's name of an operation: its own id with a capital, but for one.
fn action(operation: &Operation) -> String {
    let mut action = match operation.id {
        "getPipelineJobRunLog" => "LogPipelineJobRun".to_owned(),
        id => id.to_owned(),
    };
    if let Some(first) = action.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    action
}

impl Dialect for AliyunDialect {
    /// What is signed along. The path and the query become canonical when they are signed.
    fn prepare(&self, request: &mut Request, operation: &Operation) {
        let method = request.method().clone();
        let body = request.body().and_then(|body| body.as_bytes());
        let empty = body.is_none_or(<[u8]>::is_empty);
        let headers = request.headers_mut();
        if let Ok(action) = HeaderValue::try_from(action(operation)) {
            headers.insert(ACTION, action);
        }
        headers.insert(VERSION, HeaderValue::from_static("2021-06-25"));
        // As the official SDK does; left alone, the length of no body at all is not sent.
        if empty && method != Method::GET {
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
    }

    fn most_headers(&self) -> usize {
        6
    }

    fn proofs(&self) -> &'static [Proof] {
        PROOFS
    }

    /// A start names no run. If one does not exist, it may be the one that the start has made.
    fn comes_too_late(&self, refusal: &Refusal, operation: &Operation) -> bool {
        operation.id == START_PIPELINE_RUN.id && refusal.code.as_deref() == Some(codes::NO_RUN)
    }

    fn refuses(&self, answer: &Answer) -> bool {
        envelope::refuses(answer)
    }

    fn run_id(&self, answer: &Answer) -> Option<String> {
        json::number_at(&answer.body, &[&["pipelineRunId"]])
    }

    fn read_refusal(&self, answer: &Answer, now: Moment) -> Refusal {
        let wait = self.pause(&answer.headers, now);
        let mut refusal = Refusal::by_status(answer.status, wait);
        let fault = ErrorBody::read(answer);
        if answer.status.is_success() {
            refusal.kind = ErrorKind::Refused;
            if fault.code.is_none() && fault.sentences.is_empty() {
                refusal = refusal.detail("the answer says that it is not a success, but not why");
            }
        }
        let code = fault.code.as_deref().unwrap_or_default();
        let known = codes::apply(&mut refusal, code, wait);
        // The official SDK takes every failure with this header for throttling. After a 5xx
        // nothing says that a start did not happen.
        let asks_for_patience = milliseconds(&answer.headers).is_some();
        if !known && asks_for_patience && answer.status.is_client_error() {
            (refusal.kind, refusal.again) = (ErrorKind::RateLimited, Again::Throttled(wait));
        }
        fault.put_on(&mut refusal);
        refusal
    }

    fn request_id<'a>(&self, headers: &'a HeaderMap) -> Option<&'a str> {
        header_text(headers, "x-acs-request-id")
    }

    fn pause(&self, headers: &HeaderMap, _now: Moment) -> Option<Duration> {
        milliseconds(headers).or_else(|| retry_after(headers))
    }

    /// The answer's `Date` is the time of the service's clock.
    fn clock_skew(&self, refusal: &Refusal, answer: &Answer, now: Moment) -> Option<TimeDelta> {
        if refusal.code.as_deref() != Some(codes::EXPIRED) {
            return None;
        }
        let date = date(&answer.headers)?;
        Some(date.signed_duration_since(now))
    }
}

fn milliseconds(headers: &HeaderMap) -> Option<Duration> {
    let millis: u64 = header_text(headers, RETRY_AFTER)?.trim().parse().ok()?;
    (millis > 0).then(|| Duration::from_millis(millis))
}
