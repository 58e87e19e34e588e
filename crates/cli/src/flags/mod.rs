//! What flags are read as, and which fields of a request they become.

pub mod body;
pub mod fields;
pub mod pair;
pub mod pipeline;
pub mod value;
pub mod variables;
pub mod veil;
