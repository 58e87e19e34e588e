//! Generated types only, so far.

/// The vendor's own types.
pub mod types {
    pub use crate::generated::azure_devops::open::*;
    pub use crate::generated::azure_devops::types::*;
}
