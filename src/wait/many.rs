//! Many runs, waited on by one task.

use std::sync::Arc;

use futures_core::Stream;
use futures_util::stream::FuturesUnordered;
use tokio::sync::Semaphore;

use super::WaitOptions;
use super::follow::Follow;
use crate::error::Result;
use crate::run::{Run, RunRef};
use crate::runs::Runs;

/// Waits for many runs, on any services, in the one task that polls the stream. Yields each run when
/// it ends, or the error that ended its wait.
///
/// All waits share the services' budgets of requests ([`crate::Builder::requests_per_second`]), and
/// at most [`WaitOptions::at_once`] requests are under way. Each wait takes about a kilobyte.
pub fn wait_all<'a>(
    runs: impl IntoIterator<Item = (&'a dyn Runs, RunRef)>,
    options: &WaitOptions,
) -> impl Stream<Item = (RunRef, Result<Run>)> + Send + 'a {
    let gate = Arc::new(Semaphore::new(options.at_once));
    let waits = runs.into_iter().map(|(runs, run)| {
        let mut follow = Follow::new(runs, run.clone(), options.clone(), Some(gate.clone()));
        async move {
            let ended = follow.until_the_end().await;
            (run, ended)
        }
    });
    waits.collect::<FuturesUnordered<_>>()
}
