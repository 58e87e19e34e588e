//! Starting once, however often it is tried.
//!
//! A key names one logical run: a deployment, a task of a workflow. At most one run is started for
//! the same key and the same ledger, however often a start is made, on however many machines, and
//! after any crash. Every call ends with that run's reference or says that it cannot know.
//!
//! ```no_run
//! use std::sync::Arc;
//!
//! use runpipe::buddy::{Client, PipelineRef, types::RunExecutionRequest};
//! use runpipe::ledger::{DirectoryLedger, Key, StartOnce};
//!
//! # async fn deploy(buddy: Client) -> Result<(), Box<dyn std::error::Error>> {
//! let ledger = Arc::new(DirectoryLedger::open("/var/lib/deployer/ledger")?);
//! let key: Key = "deploy-4711".parse()?;
//! let pipeline = PipelineRef::new("acme", "website", 2);
//! let once = StartOnce::new(ledger, key);
//! let started = once.start(&buddy, &pipeline, &RunExecutionRequest::default()).await?;
//! println!("{} ({})", started.run.reference, if started.attached { "was there" } else { "new" });
//! # Ok(())
//! # }
//! ```
//!
//! # What happens
//!
//! | the ledger says | what happens |
//! |---|---|
//! | nothing | the intent is written; then the start; then its reference, or its clear refusal |
//! | a run, of the same request | the run is read and returned |
//! | a run, or an intent, of another request | [`ErrorKind::KeyInUse`](crate::ErrorKind::KeyInUse), with the parts that differ |
//! | an intent, its owner alive | waits for the owner's outcome |
//! | an intent, its owner silent | looks for the run at the service, by its mark |
//! | a refusal | the key is free again |
//!
//! An intent is written in two steps: *claimed*, and, right before the request leaves, *sending*.
//! An owner that falls silent after the first has sent nothing. After the second only the service's
//! list can tell, and [`Trace`](crate::Trace) says how much each service's list can.
//!
//! # What no protocol closes
//!
//! An owner that is stopped after it checked its lease for the last time and before the request
//! leaves, for longer than others wait for it, still sends when it goes on. The connection is made
//! before that check, and the check is repeated when the clock says that it took long, so what is
//! left is the moment between two instructions of the program and the time that the bytes are on
//! their way. Only a service that refuses a second start with the same key could close it. The
//! model in the tests shows that it is the only window.

mod caller;
mod directory;
mod doubt;
mod entry;
mod fingerprint;
mod hold;
mod key;
mod look;
#[cfg(feature = "object-store")]
mod object_store;
mod once;
mod protocol;
mod store;
mod target;
mod watch;

#[cfg(test)]
mod tests;

pub use caller::Started;
pub use directory::DirectoryLedger;
pub use entry::{Entry, Refusal, Sent, entries, entry, forget};
pub use key::{InvalidKey, Key};
#[cfg(feature = "object-store")]
pub use object_store::ObjectStoreLedger;
pub use once::StartOnce;
pub use protocol::{Lease, Stage};
pub use store::{Ledger, LedgerError, Stored, Version};
