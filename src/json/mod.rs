//! JSON that came from outside, read as bytes: what can be learned before it is decoded, and what
//! can still be learned when it cannot be decoded.
//!
//! Nothing here builds a tree of unknown size, calls itself, or keeps more than a few counters.

#![deny(clippy::arithmetic_side_effects, clippy::indexing_slicing)]
mod cost;
mod find;
mod id;
mod scan;
#[cfg(test)]
#[allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "what tests read is their own"
)]
mod tests;

use memchr::memmem;

pub(crate) use cost::{Limits, TooMuch, check};
pub(crate) use find::Found;
pub(crate) use id::number_id;

/// What a body may hold that becomes a tree, which costs memory and time.
const TREE: Limits = Limits {
    containers: 5_000,
    values: 20_000,
    depth: 64,
};

/// A tree of JSON; `None` where it is none, or too much of it. For JSON text inside an answer too,
/// which counts as one value where the answer is counted.
pub(crate) fn tree(body: &[u8]) -> Option<serde_json::Value> {
    check(body, &TREE).ok()?;
    serde_json::from_slice(body).ok()
}

/// What a body says at each of these paths. Where it says two things, it says nothing.
///
/// A number at the very end counts as cut: in a whole object a bracket follows it.
pub(crate) fn values_at<const N: usize>(body: &[u8], paths: &[&[&str]; N]) -> [Option<Found>; N] {
    let mut found = find::find(body, true, paths).into_iter();
    std::array::from_fn(|_| {
        let finding = found.next().filter(|finding| !finding.conflict)?;
        finding.value
    })
}

/// Whether everything that a body says of some keys, wherever it does, is what is usual: what stands
/// behind the key, as it is usually written. `false` says nothing.
pub(crate) fn says_only(body: &[u8], usual: &[(&str, &[&str])]) -> bool {
    let is_usual = |(key, values): &(&str, &[&str])| {
        memmem::find_iter(body, key).all(|at| {
            let behind = body.get(at.saturating_add(key.len())..).unwrap_or_default();
            values
                .iter()
                .any(|value| behind.starts_with(value.as_bytes()))
        })
    };
    // A key may be written with escapes.
    usual.iter().all(is_usual) && memmem::find(body, b"\\u").is_none()
}

/// The first of these paths at which there is an id that is a number, as text.
pub(crate) fn number_at<const N: usize>(body: &[u8], paths: &[&[&str]; N]) -> Option<String> {
    let found = values_at(body, paths);
    let number = found.iter().flatten().find_map(id::number_id)?;
    Some(number.to_string())
}

/// The first of these paths at which there is an id or another short text.
pub(crate) fn text_at<const N: usize>(body: &[u8], paths: &[&[&str]; N]) -> Option<String> {
    let found = values_at(body, paths);
    found.iter().flatten().find_map(id::text_id)
}

/// The body as a whole, where it is one text, number or word and nothing else.
///
/// Nothing in a bare number says where it ends: whoever asks has to know that the body came whole.
pub(crate) fn scalar(body: &[u8]) -> Option<Found> {
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    let body = body.trim_ascii();
    if matches!(body.first()?, b'{' | b'[') {
        return None;
    }
    Some(match serde_json::from_slice(body).ok()? {
        serde_json::Value::String(text) => Found::Text(text),
        serde_json::Value::Bool(word) => Found::Bool(word),
        serde_json::Value::Null => Found::Null,
        // Its digits as written: a value would round them.
        _ => Found::Number(std::str::from_utf8(body).ok()?.to_owned()),
    })
}
