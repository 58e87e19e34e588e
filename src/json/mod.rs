//! JSON that came from outside, read as bytes: what can be learned before it is decoded, and what
//! can still be learned when it cannot be decoded.
//!
//! Nothing here builds a tree, calls itself, or keeps more than a few counters.

#![deny(clippy::arithmetic_side_effects, clippy::indexing_slicing)]
#![cfg_attr(
    not(test),
    expect(dead_code, reason = "the call path does not use all of it yet")
)]

pub(crate) mod cost;
pub(crate) mod find;
pub(crate) mod id;
mod scan;
#[cfg(test)]
#[allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "what tests read is their own"
)]
mod tests;
