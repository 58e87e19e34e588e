//! What Yunxiao says about a failure, and what it means.

use std::time::Duration;

use serde_json::Value;

use crate::client::{Again, Answer, Moment, Refusal};
use crate::error::ErrorKind;

/// The keys of the sentences. Which of them come differs; each is read by the vendor's own client
/// or by a public one.
const SENTENCES: [&str; 3] = ["errorMessage", "errorDescription", "message"];

/// Reads a refusal: an object with a code, or a text alone.
pub(super) fn read(answer: &Answer, mut refusal: Refusal, now: Moment) -> Refusal {
    let body = answer.json().unwrap_or_default();
    let said = |key: &str| body.get(key).and_then(text);
    refusal.code = said("errorCode");
    refusal.sentences = SENTENCES.into_iter().filter_map(said).collect();
    refusal.sentences.extend(text(&body));
    refusal.sentences.dedup();
    refusal.request_id = said("requestId");
    let wait = said("reset_at").and_then(|at| until(&at, now));
    if let (Again::Throttled(asked @ None), Some(_)) = (&mut refusal.again, wait) {
        *asked = wait;
    }
    judge(&mut refusal);
    refusal
}

/// What the code adds to the status (error code centre, April 2025).
fn judge(refusal: &mut Refusal) {
    let code = refusal.code.as_deref().unwrap_or_default();
    // Whether the service had begun, it does not say: whatever the status is.
    if code == "InternalServerError" {
        (refusal.kind, refusal.again) = (ErrorKind::Unavailable, Again::Ambiguous);
        return;
    }
    if code == "UnsupportedCurrentTokenType" {
        refusal.kind = ErrorKind::Authentication;
    }
    let (kind, unknown_token) = (refusal.kind, refusal.again == Again::NewToken);
    refusal.advice = match code {
        "UnsupportedCurrentTokenType" => Some(TOKEN_KIND),
        "UnsupportedInCurrentEnv" => Some(EDITION),
        _ if code.starts_with("Forbidden.Invalid") => Some(MEMBER),
        _ if unknown_token => Some(TOKEN),
        _ if kind == ErrorKind::Authentication => Some(PERMISSION),
        _ if kind == ErrorKind::NotFound => Some(PLACE),
        _ => None,
    };
}

fn text(value: &Value) -> Option<String> {
    let text = value.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// How long it is until a date that the service named. None if the date is past, or is not a date.
fn until(date: &str, now: Moment) -> Option<Duration> {
    let then = chrono::DateTime::parse_from_rfc3339(date).ok()?;
    then.signed_duration_since(now).to_std().ok()
}

const TOKEN: &str = "Check that the personal access token is current and was copied completely; \
                     create a new one in the account's settings.";
const TOKEN_KIND: &str = "Use a personal access token: the operation accepts no other kind.";
const PERMISSION: &str = "Give the token the permission that it lacks: \"pipeline run\" (read and \
     write to start), \"pipeline job run\" for logs.";
const MEMBER: &str = "Add the token's owner to the organization, or check the organization's id.";
const EDITION: &str = "This edition does not have the operation.";
const PLACE: &str = "Check each number and the organization's id; a Region instance has no \
     organization in its paths.";
