//! JSON that came from outside, read as bytes: what can be learned before it is decoded, and what
//! can still be learned when it cannot be decoded.
//!
//! Nothing here builds a tree of unknown size, calls itself, or keeps more than a few counters.

#![deny(clippy::arithmetic_side_effects, clippy::indexing_slicing)]
mod cost;
mod decode;
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

use memchr::memchr_iter;
use memchr::memmem::Finder;

pub(crate) use cost::{Limits, TooMuch, check};
pub(crate) use decode::decoded;
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

/// What a body says at each of these paths. If it says two things, it says nothing.
///
/// A number at the very end counts as cut: in a whole object a bracket follows it.
pub(crate) fn values_at<const N: usize>(body: &[u8], paths: &[&[&str]; N]) -> [Option<Found>; N] {
    let mut found = find::find(body, true, paths).into_iter();
    std::array::from_fn(|_| {
        let finding = found.next().filter(|finding| !finding.conflict)?;
        finding.value
    })
}

/// What answers usually say of a key.
pub(crate) struct Usual {
    key: Finder<'static>,
    /// What stands behind the key, as it is usually written.
    values: &'static [&'static str],
}

impl Usual {
    pub fn new(key: &'static str, values: &'static [&'static str]) -> Self {
        let key = Finder::new(key);
        Usual { key, values }
    }
}

/// Whether everything that a body says of some keys, wherever it does, is what is usual. `false` says
/// nothing.
pub(crate) fn says_only(body: &[u8], usual: &[Usual]) -> bool {
    let is_usual = |Usual { key, values }: &Usual| {
        key.find_iter(body).all(|at| {
            let end = at.saturating_add(key.needle().len());
            let behind = body.get(end..).unwrap_or_default();
            values
                .iter()
                .any(|value| behind.starts_with(value.as_bytes()))
        })
    };
    // A key may be written with escapes.
    let mut escapes = memchr_iter(b'\\', body);
    let names = |at: usize| body.get(at.saturating_add(1)) == Some(&b'u');
    usual.iter().all(is_usual) && !escapes.any(names)
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
/// Nothing in a bare number says where it ends: the caller has to know that the body arrived whole.
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
