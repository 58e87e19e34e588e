//! Following runs to their ends.
//!
//! Every service is asked again and again; none of them calls back. How often follows from how long
//! a run has taken so far: a notice that comes a few percent late is early enough, whether the run took ten
//! seconds or two hours. See [`WaitOptions`] for the figures.

mod follow;
mod many;
mod options;

use futures_core::Stream;
use futures_util::stream;

use crate::error::Result;
use crate::run::{Run, RunRef};
use crate::runs::Runs;

use follow::Follow;
pub use many::wait_all;
pub use options::WaitOptions;

/// Waits until a run has ended, and returns it as it ended.
///
/// Dropping the future stops the wait, never the run. Reads that fail for a while are survived
/// ([`WaitOptions::patience`]).
///
/// # Errors
///
/// [`crate::ErrorKind::Deadline`] when the options' deadline passes first; the kinds of a read that cannot
/// be survived (authentication, not found, …), or that failed for longer than the patience.
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
    Follow::new(runs, run.clone(), options.clone(), None)
        .until_the_end()
        .await
}

/// The states that a run goes through: the present one, then each change of status, of the vendor's
/// word or of the message, and at last the end. Ends after the end, or after the first error.
///
/// A run that waits for a person comes as [`crate::RunStatus::Waiting`], with a message that says
/// what for.
pub fn states<'a>(
    runs: &'a dyn Runs,
    run: RunRef,
    options: WaitOptions,
) -> impl Stream<Item = Result<Run>> + Send + 'a {
    let follow = Follow::new(runs, run, options, None);
    stream::try_unfold(follow, |mut follow| async move {
        let change = follow.next_change().await?;
        Ok(change.map(|run| (run, follow)))
    })
}
