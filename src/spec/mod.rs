//! OpenAPI 3.0 documents as data: read, judged, and held against real requests and responses.
//!
//! The module knows no service by name. [`Document::parse`](document::Document::parse) reads a document;
//! [`lint`](fn@lint::lint) lists its faults; [`validate`] checks messages against it.

pub mod coverage;
mod declared;
pub mod diff;
pub mod document;
pub mod example;
pub mod finding;
mod format;
pub mod lint;
pub mod lower;
pub mod operation;
mod reading;
mod reference;
mod refuse;
pub mod route;
pub mod schema;
mod schema_error;
mod translate;
pub mod validate;
