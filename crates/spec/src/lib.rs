#![doc = include_str!("../README.md")]
// On docs.rs each item says which feature it needs.
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "schemas")]
pub mod coverage;
#[cfg(feature = "schemas")]
pub mod decisions;
#[cfg(feature = "schemas")]
mod declared;
#[cfg(feature = "schemas")]
pub mod diff;
#[cfg(feature = "schemas")]
pub mod document;
#[cfg(feature = "schemas")]
pub mod drift;
pub mod effect;
#[cfg(feature = "emit")]
pub mod emit;
#[cfg(feature = "schemas")]
pub mod example;
pub mod finding;
#[cfg(feature = "schemas")]
pub mod fixture;
mod format;
mod keyed;
pub mod lint;
pub mod lower;
mod media_type;
mod nearest;
#[cfg(feature = "schemas")]
pub mod operation;
mod outline;
mod pointer;
#[cfg(feature = "schemas")]
mod reading;
#[cfg(feature = "schemas")]
mod refuse;
#[cfg(feature = "schemas")]
pub mod route;
#[cfg(feature = "schemas")]
mod router;
mod rust_name;
#[cfg(feature = "schemas")]
pub mod schema;
#[cfg(feature = "schemas")]
mod schema_error;
#[cfg(feature = "schemas")]
mod strictness;
mod template;
#[cfg(feature = "schemas")]
mod translate;
#[cfg(feature = "schemas")]
pub mod upstream;
#[cfg(feature = "schemas")]
pub mod validate;
