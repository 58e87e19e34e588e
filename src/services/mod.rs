//! One folder per service, with the same file names in each.
//!
//! * `mod.rs`: the client: what it is (`ServiceClient`, `Connect`), `start` and `get`;
//! * `reference.rs`: what names a pipeline and a run of this service (`Place`);
//! * `normalize.rs`: from the vendor's answers to a `Run`: `status`, `run`, `listed`, `started`, and
//!   `named` for a run of which the id alone is known;
//! * `listing.rs`: the lists, page after page, and the names in them: `list`, `pipelines`,
//!   `pipeline_named`;
//! * `lifecycle.rs`: what changes a run that was started: `stop`, `stop_and_read`,
//!   `carry_out` (a decision), `retry_failed`;
//! * `logs.rs`: what its steps wrote: `step_logs`;
//! * `page.rs`: the addresses of its pages of runs: `page`, `named`, `run_of_page`;
//! * `reconcile.rs`: which run a start may have begun: `reconcile`, `fits`;
//! * `mark.rs`: where the mark of a start goes, and how a run shows it;
//! * `dialect.rs`: what this vendor does on the wire, refusals above all; `proofs.rs`: which of its
//!   own answers prove that nothing was done;
//! * `credentials.rs`: the credentials that the service accepts.
//!
//! `aliyun` and `yunxiao` are two APIs of one product: steps, logs, marks and what changes a run are in
//! `flow`, which asks each of them for the rest (`jobs.rs`).
//!
//! How the vendor behaves, for tests, is in the crate `runpipe-testing`.

// A word that a document gains has to be given a meaning: the compiler asks for it.
#![deny(clippy::wildcard_enum_match_arm)]

#[cfg(feature = "aliyun")]
pub mod aliyun;
#[cfg(feature = "azure-devops")]
pub mod azure_devops;
#[cfg(feature = "buddy")]
pub mod buddy;
mod client;
#[cfg(any(feature = "aliyun", feature = "yunxiao"))]
mod flow;
#[cfg(feature = "matillion")]
pub mod matillion;
#[cfg(feature = "yunxiao")]
pub mod yunxiao;

use crate::document::Document;
use crate::service::{Service, service_table};

macro_rules! documents {
    ($(
        $(#[$doc:meta])*
        $variant:ident, $feature:literal, $folder:ident, $title:literal, [$($part:literal),*];
    )*) => {
        impl Service {
            /// The OpenAPI document that the service's client is generated from; `None` when this
            /// build does not have the service.
            pub const fn document(self) -> Option<Document> {
                match self {
                    $(
                        #[cfg(feature = $feature)]
                        Service::$variant => Some($folder::DOCUMENT),
                        #[cfg(not(feature = $feature))]
                        Service::$variant => None,
                    )*
                }
            }
        }
    };
}
service_table!(documents);
