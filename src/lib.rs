// Some parts serve some of the services only.
#![cfg_attr(
    not(all(every_service, feature = "ledger")),
    allow(dead_code, unused_imports, unused_macros)
)]
// What input reaches is added up with care: no overflow, no index out of bounds.
#![deny(clippy::arithmetic_side_effects, clippy::indexing_slicing)]
#![cfg_attr(
    test,
    allow(
        clippy::arithmetic_side_effects,
        clippy::indexing_slicing,
        reason = "what tests read is their own"
    )
)]
#![doc = include_str!("../README.md")]
// On docs.rs each item says which feature it needs.
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod auth;
mod builder;
mod client;
#[cfg(feature = "contract")]
#[doc(hidden)]
#[allow(
    clippy::result_large_err,
    reason = "the generator's own error is large"
)]
pub mod contract;
mod date_text;
mod decision;
mod document;
mod error;
mod generated;
mod http_client;
mod json;
#[cfg(feature = "ledger")]
pub mod ledger;
mod lock;
mod mark;
mod names;
mod paging;
mod place;
mod reconcile;
#[cfg(feature = "recording")]
pub mod recording;
mod retry_after;
mod run;
mod runs;
mod secrets;
mod service;
mod service_client;
mod services;
pub mod text;
mod wait;
mod web_page;

pub use builder::Builder;
pub use client::{Rehearsal, RetryPolicy};
pub use decision::Decision;
pub use document::Document;
pub use error::{Error, ErrorKind, Result};
/// The future that a trait's method returns: [`HttpClient`] and [`auth::TokenProvider`].
pub use futures_core::future::BoxFuture;
pub(crate) use generated::open_enum;
pub use http_client::{HttpClient, Network, ReqwestClient, ResponseBody, SendError};
pub use mark::{Mark, MarkPlace, Trace};
pub use reconcile::Reconciled;
pub use run::{
    Gate, GateKind, InvalidPathValue, InvalidRunRef, Log, LogMark, LogPart, Run, RunRef, RunStatus,
    Step, Timestamp,
};
pub use runs::Runs;
pub use service::{Service, UnknownService};
pub use service_client::ServiceClient;
pub use services::*;
pub use wait::{WaitOptions, states, wait, wait_all};
pub use web_page::{InvalidWebPage, WebPage};

/// The examples on the pages of the book.
#[cfg(doctest)]
mod book {
    macro_rules! pages {
        ($($name:ident $file:literal)+) => { $(#[doc = include_str!(concat!("../docs/", $file))] struct $name;)+ };
    }
    pages! {
        Errors "errors.md"
        Testing "testing.md"
        Waiting "waiting.md"
        AzureDevOps "services/azure-devops.md"
        Matillion "services/matillion.md"
        Aliyun "services/aliyun.md"
        Yunxiao "services/yunxiao.md"
        Buddy "services/buddy.md"
    }
}
