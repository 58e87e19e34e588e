//! Lists as Azure DevOps sends them: `{count, value}`, and a header that leads to the next page.

use serde_json::{Value, json};

use super::exceptions::exception;
use crate::{Answer, Call};

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

/// A page of a list. The token of the next one is the number of the items before it.
pub(super) fn page(call: &Call<'_>, items: Vec<Value>) -> Answer {
    let before = match call.text("continuationToken").unwrap_or_default() {
        "" => 0,
        token => match token.parse::<usize>() {
            Ok(before) => before,
            Err(_) => {
                let sentence = "The continuationToken is not one of this list.";
                return exception(400, "InvalidContinuationTokenException", sentence);
            }
        },
    };
    let top = call.count("$top").unwrap_or(LONGEST).clamp(1, LONGEST);
    let total = items.len();
    let value: Vec<Value> = items.into_iter().skip(before).take(top).collect();
    let next = before.saturating_add(value.len());
    let answer = collection(&value);
    match next < total {
        true => answer.with("x-ms-continuationtoken", next.to_string()),
        false => answer,
    }
}
