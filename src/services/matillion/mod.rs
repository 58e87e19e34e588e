//! Generated types only, so far.

/// The vendor's own types.
pub mod types {
    pub use crate::generated::matillion::open::*;
    pub use crate::generated::matillion::types::*;
}
