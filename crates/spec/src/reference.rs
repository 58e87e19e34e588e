//! JSON pointers and `$ref`s: built, read, and followed within one document.

#[cfg(feature = "schemas")]
use serde_json::Value;

/// How many `$ref`s are followed one after the other before a chain counts as endless.
#[cfg(feature = "schemas")]
const MAX_HOPS: usize = 32;

/// The JSON pointer that a `$ref` into the same document names, with percent-encoding removed.
/// `None` for a reference to another document.
pub(super) fn reference_pointer(reference: &str) -> Option<String> {
    let fragment = reference.strip_prefix('#')?;
    if !fragment.is_empty() && !fragment.starts_with('/') {
        return None;
    }
    percent_encoding::percent_decode_str(fragment)
        .decode_utf8()
        .ok()
        .map(std::borrow::Cow::into_owned)
}

/// Follows `$ref`s from `value` until something else is reached. `None` when a reference leads nowhere,
/// into another document, or in a circle.
#[cfg(feature = "schemas")]
pub(super) fn follow<'v>(root: &'v Value, value: &'v Value) -> Option<&'v Value> {
    let mut here = value;
    for _ in 0..MAX_HOPS {
        match here.get("$ref").and_then(Value::as_str) {
            None => return Some(here),
            Some(reference) => here = root.pointer(&reference_pointer(reference)?)?,
        }
    }
    None
}

/// A name as one part of a JSON pointer.
pub(super) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// The JSON pointer of the member `name` of the value at `pointer`.
pub(super) fn child(pointer: &str, name: &str) -> String {
    format!("{pointer}/{}", escape(name))
}
