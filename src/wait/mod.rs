//! Following runs to their ends.
//!
//! The services do not call back, so each is polled. The pause depends on how long the run has taken
//! so far: noticing the end a few percent late is early enough, whether the run took ten seconds or
//! two hours. See [`WaitOptions`] for the figures.

mod follow;
mod group;
mod many;
mod options;

use futures_util::StreamExt;
use futures_util::stream::BoxStream;

use crate::error::Result;
use crate::run::{Run, RunRef};
use crate::runs::Runs;

use group::Group;
pub use many::wait_all;
pub use options::WaitOptions;

/// Waits until a run has ended, and returns it as it ended.
///
/// Dropping the future stops the wait, never the run. The wait goes on while reads fail for a time
/// ([`WaitOptions::patience`]).
///
/// # Errors
///
/// [`crate::ErrorKind::Deadline`] when the options' deadline passes first. The kind of a failed
/// read that is not temporary (authentication, not found, …), or of one that kept failing for
/// longer than [`WaitOptions::patience`]. [`crate::ErrorKind::Undecodable`] when the service says
/// that the run has finished, but its state stays an undocumented word.
///
/// ```no_run
/// # async fn follow(buddy: runpipe::buddy::Client, run: runpipe::Run) -> runpipe::Result<()> {
/// use std::time::Duration;
/// use runpipe::{WaitOptions, wait};
///
/// let options = WaitOptions::default().deadline(Duration::from_secs(3600));
/// let ended = wait(&buddy, &run.reference, &options).await?;
/// assert!(ended.status.has_ended());
/// # Ok(())
/// # }
/// ```
pub async fn wait(runs: &dyn Runs, run: &RunRef, options: &WaitOptions) -> Result<Run> {
    match Group::of_one(runs, run.clone(), options).next().await {
        Some((_, end)) => end,
        // Nothing is waited for.
        None => runs.get(run).await,
    }
}

/// The states that a run goes through: the present one, then one for each change of the status, of
/// the vendor's word or of the message. The stream ends after the state in which the run has ended,
/// or after the first error.
///
/// A run that is waiting for a person is [`crate::RunStatus::Waiting`], with a message that says
/// what for.
pub fn states<'a>(
    runs: &'a dyn Runs,
    run: RunRef,
    options: WaitOptions,
) -> BoxStream<'a, Result<Run>> {
    let group = Group::of_one(runs, run, &options).with_every_change();
    group.into_stream().map(|(_, state)| state).boxed()
}
