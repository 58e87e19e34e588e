//! JSON that came from outside, read as bytes: what can be learned before it is decoded, and what
//! can still be learned when it cannot be decoded.
//!
//! Nothing here builds a tree, calls itself, or keeps more than a few counters.

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

pub(crate) use cost::{Limits, TooMuch, check};
pub(crate) use find::Found;

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
