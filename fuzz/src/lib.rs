//! What the targets share: answers written as text, and clients that get them without a network.

pub mod clients;
pub mod exchange;
pub mod outcome;
