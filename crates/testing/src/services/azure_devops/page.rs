//! Lists as Azure DevOps sends them: `{count, value}`, and a header that leads to the next page.

use serde_json::{Value, json};

use super::exceptions::exception;
use crate::{Answer, Call, paging};

/// The longest page, and the page of a request that names no length.
const LONGEST: usize = 1000;

/// A whole list.
pub(super) fn collection(items: &[Value]) -> Answer {
    Answer::json(200, &json!({ "count": items.len(), "value": items }))
}

/// Whether a query parameter names what is meant: one value or several, joined by commas (evidence:
/// public clients). One that is not there names everything.
pub(super) fn names(call: &Call<'_>, name: &str, is_meant: impl Fn(&str) -> bool) -> bool {
    call.text(name)
        .is_none_or(|all| all.split(',').map(str::trim).any(is_meant))
}

/// A page of a list.
pub(super) fn page(call: &Call<'_>, items: Vec<Value>) -> Answer {
    let top = call.count("$top").unwrap_or(LONGEST).clamp(1, LONGEST);
    let token = call.text("continuationToken");
    let Some((value, next)) = paging::page(items, token, top) else {
        let sentence = "The continuationToken is not one of this list.";
        return exception(400, "InvalidContinuationTokenException", sentence);
    };
    let answer = collection(&value);
    match next {
        Some(next) => answer.with("x-ms-continuationtoken", next),
        None => answer,
    }
}
