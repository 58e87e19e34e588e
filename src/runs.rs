//! What can be done with a run that was started, whatever service it is on.

use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;

use crate::error::Result;
use crate::run::{Log, Run, RunRef};
use crate::service::Service;

/// What can be done with a run that was started, whatever service it is on.
///
/// Implemented by each service's `Client`. Object safe: runs of several services are waited on
/// together through it.
pub trait Runs: Send + Sync {
    /// The service that this client talks to.
    fn service(&self) -> Service;

    /// Reads a run.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::Configuration`] when the run is on another service, and every kind that
    /// a read can end in.
    fn get<'a>(&'a self, run: &'a RunRef) -> BoxFuture<'a, Result<Run>>;

    /// Asks the service to stop a run, and reads it back. Stopping takes time: the run may still be
    /// [`crate::RunStatus::Canceling`] or running. A run that has ended stays as it is.
    ///
    /// # Errors
    ///
    /// As [`Runs::get`]; [`crate::ErrorKind::InvalidRequest`] when the service does not stop it.
    fn cancel<'a>(&'a self, run: &'a RunRef) -> BoxFuture<'a, Result<Run>>;

    /// The logs of a run's steps, in their order, each fetched when it is asked for. Of a run that
    /// is under way, what there is so far.
    fn logs<'a>(&'a self, run: &'a RunRef) -> BoxStream<'a, Result<Log>>;
}
