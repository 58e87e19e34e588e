//! Many runs, waited on by one task.

use std::collections::HashMap;
use std::ptr;
use std::sync::Arc;

use futures_util::stream::{self, BoxStream, StreamExt};
use tokio::sync::Semaphore;

use super::WaitOptions;
use super::group::Group;
use crate::error::Result;
use crate::run::{Run, RunRef};
use crate::runs::Runs;

/// Waits for many runs, on any services, in the one task that polls the stream. Yields each run when
/// it ends, or the error that ended its wait.
///
/// Runs of one client and one list (of a project on Azure DevOps and Matillion, of a pipeline
/// elsewhere) are checked together, through [`Runs::get_many`], as long as that takes fewer
/// requests than reading each individually. A run that is not in the list is read individually, and
/// so is each run once more when the list has shown its end: the stream yields what [`Runs::get`]
/// returns ([`WaitOptions::last_look`]).
///
/// All waits share the services' budgets of requests ([`crate::Builder::requests_per_second`]), and
/// at most [`WaitOptions::at_once`] requests are under way. Each wait takes about a kilobyte.
pub fn wait_all<'a>(
    runs: impl IntoIterator<Item = (&'a dyn Runs, RunRef)>,
    options: &WaitOptions,
) -> BoxStream<'a, (RunRef, Result<Run>)> {
    let gate = Arc::new(Semaphore::new(options.at_once));
    let mut groups: HashMap<_, Group<'a>> = HashMap::new();
    for (runs, run) in runs {
        let list = (ptr::from_ref(runs), run.service(), run.list().to_vec());
        let group = groups
            .entry(list)
            .or_insert_with(|| Group::new(runs, options, gate.clone()));
        group.add(run);
    }
    let groups = groups.into_values();
    stream::select_all(groups.map(|group| group.into_stream().boxed())).boxed()
}
