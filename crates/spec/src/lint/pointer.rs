//! JSON pointers (RFC 6901): built, taken apart, and followed through `$ref`s.

use serde_json::Value;

pub(super) use super::super::reference::{child, reference_pointer as of_reference};

/// The pointer of the value around the one at `pointer`; `None` for the whole document.
pub(super) fn parent(pointer: &str) -> Option<&str> {
    pointer.rsplit_once('/').map(|(parent, _)| parent)
}

/// The last name of a pointer, decoded.
pub(super) fn last(pointer: &str) -> String {
    let name = pointer.rsplit('/').next().unwrap_or_default();
    name.replace("~1", "/").replace("~0", "~")
}

/// References of references are followed this far; real documents need one or two steps.
const MAX_STEPS: usize = 32;

/// The value that `value` (which stands at `pointer`) refers to, with its own pointer.
///
/// A `$ref` that leads nowhere, or in a circle, gives the last value that could be reached.
pub(super) fn resolve<'a>(root: &'a Value, pointer: &str, value: &'a Value) -> (String, &'a Value) {
    let mut place = (pointer.to_owned(), value);
    for _ in 0..MAX_STEPS {
        let target = place
            .1
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(of_reference);
        let Some(target) = target else { break };
        let Some(value) = root.pointer(&target) else {
            break;
        };
        place = (target, value);
    }
    place
}
