//! What Buddy does on the wire.

use std::time::Duration;

use http::{HeaderMap, HeaderName};
use serde_json::Value;

use crate::client::{Again, Answer, Dialect, Moment, Refusal, header_text, retry_after};
use crate::json;

const REMAINING: HeaderName = HeaderName::from_static("x-rate-limit-remaining");
const RESET: HeaderName = HeaderName::from_static("x-rate-limit-reset");

/// Buddy: errors as a list of sentences, a rate limit that names its end.
#[derive(Debug)]
pub(super) struct BuddyDialect;

impl Dialect for BuddyDialect {
    fn read_refusal(&self, answer: &Answer, now: Moment) -> Refusal {
        let wait = self.pause(&answer.headers, now);
        let mut refusal = Refusal::by_status(answer.status, wait);
        refusal.sentences = sentences(answer.json().as_ref());
        let status = answer.status.as_u16();
        if refusal.again == Again::NewToken {
            refusal = refusal.advise(
                "Check that the token is current and that its workspaces and addresses include \
                 this one.",
            );
        } else if status == 403 {
            // Both sentences are in the vendor's FAQ.
            refusal = refusal.advise(
                "Give the token the scopes EXECUTION_RUN and EXECUTION_INFO, and allow the API in \
                 the workspace's settings.",
            );
        }
        refusal
    }

    /// Buddy documents no id of its requests.
    fn request_id<'a>(&self, headers: &'a HeaderMap) -> Option<&'a str> {
        header_text(headers, "x-request-id")
    }

    /// Silence until the limit is reset, once nothing remains. `X-Rate-Limit-Reset` is in Unix
    /// seconds (evidence: the vendor's own Go client).
    fn pause(&self, headers: &HeaderMap, now: Moment) -> Option<Duration> {
        if let Some(asked) = retry_after(headers) {
            return Some(asked);
        }
        let number = |name: HeaderName| header_text(headers, name)?.trim().parse::<i64>().ok();
        if number(REMAINING)? > 0 {
            return None;
        }
        let wait = number(RESET)?.checked_sub(now.timestamp())?;
        u64::try_from(wait).ok().map(Duration::from_secs)
    }

    fn run_id(&self, answer: &Answer) -> Option<String> {
        json::number_at(&answer.body, &[&["id"]])
    }
}

/// `{"errors":[{"message":"…"}]}`, or `{"error":"…"}` from the OAuth endpoints.
fn sentences(body: Option<&Value>) -> Vec<String> {
    let Some(body) = body else { return Vec::new() };
    let errors = body.get("errors").and_then(Value::as_array);
    let mut sentences: Vec<String> = errors
        .into_iter()
        .flatten()
        .filter_map(|error| error.get("message").unwrap_or(error).as_str())
        .map(str::to_owned)
        .collect();
    let single = ["error_description", "error", "message"];
    if sentences.is_empty() {
        let found = single.iter().find_map(|key| body.get(key)?.as_str());
        sentences.extend(found.map(str::to_owned));
    }
    sentences
}
