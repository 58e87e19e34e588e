//! What the contract tests share. Nothing here knows a service: `expectations/` says what the documents
//! cannot, and everything else is read from the documents.

#![allow(dead_code, reason = "each test file uses its part")]

pub mod answers;
pub mod calls;
pub mod draw;
pub mod fixture;
pub mod judge;
pub mod loss;
pub mod mutants;
pub mod needs;
pub mod places;
pub mod plan;
pub mod recording;
pub mod refusals;
pub mod shapes;
pub mod subject;
pub mod tolerance;
pub mod traffic;
pub mod types;
pub mod wire;

/// Fails with all faults at once, one to a line.
pub fn none(faults: &[String]) {
    let count = faults.len();
    assert!(faults.is_empty(), "{count} faults:\n{}", faults.join("\n"));
}
