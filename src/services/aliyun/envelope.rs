//! The envelope around every answer with status 200, and the refusals inside it.

use std::sync::LazyLock;

use super::error_body::{ErrorBody, said};
use super::types::StartPipelineRunResponse;
use crate::client::Answer;
use crate::json::{self, Found, Usual};

/// What most answers say.
static GOOD: LazyLock<[Usual; 2]> = LazyLock::new(|| {
    [
        Usual::new("success", &["\":true"]),
        Usual::new("errorCode", &["\":\"\"", "\":null"]),
    ]
});

/// Whether an answer with status 200 refuses: `success` is `false`, or it is missing and there is
/// an error's code. The official SDK does not notice it.
pub(super) fn refuses(answer: &Answer) -> bool {
    if json::says_only(&answer.body, &*GOOD) {
        return false;
    }
    let [success, code] = json::values_at(&answer.body, &[&["success"], &["errorCode"]]);
    match (success, code) {
        (Some(Found::Bool(success)), _) => !success,
        (_, Some(Found::Text(code))) => said(&code).is_some(),
        _ => false,
    }
}

/// What the answer to a start says beside the run's number, in one sentence, for a warning.
pub(super) fn objection(answer: &StartPipelineRunResponse) -> Option<String> {
    let code = answer.error_code.as_deref().and_then(said);
    if answer.success.unwrap_or(code.is_none()) {
        return None;
    }
    let fault = ErrorBody::of(|names| {
        let value = match names.first() {
            Some(&"code") => answer.error_code.as_deref(),
            Some(&"message") => answer.error_message.as_deref(),
            _ => None,
        };
        value.and_then(said).map(str::to_owned)
    });
    let mut words: Vec<String> = fault.code.into_iter().collect();
    words.extend(fault.sentences);
    Some(match words.is_empty() {
        true => "The run was started, but the answer says that it is not a success.".to_owned(),
        false => format!(
            "The run was started; the answer also says: {}",
            words.join(": ")
        ),
    })
}
