//! What can be done with a run that was started, whatever service it is on.

use std::collections::HashSet;

use futures_core::Stream;
use futures_util::TryFutureExt;
use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream, StreamExt, TryStreamExt};

use crate::decision::Decision;
use crate::error::{Error, ErrorKind, Result};
use crate::place::Place;
use crate::run::{Log, LogMark, LogPart, Run, RunRef, RunStatus, Step};
use crate::service::Service;
use crate::web_page::WebPage;

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
    /// [`crate::ErrorKind::Configuration`] when the run is on another service, and every other kind
    /// except [`crate::ErrorKind::OutcomeUnknown`].
    fn get<'a>(&'a self, run: &'a RunRef) -> BoxFuture<'a, Result<Run>>;

    /// Reads many runs with few requests: from the service's list, page after page, as long as that
    /// takes fewer requests than reading them one by one. Azure DevOps returns a hundred builds of
    /// a project by their ids, Matillion lists the executions of a project, the others list the
    /// runs of a pipeline. Each item of the stream is the result of one request.
    ///
    /// Not every run has to be included: one may be missing from the list or be too far down in it,
    /// and the list is that of the first run. Read what is missing with [`Runs::get`], as
    /// [`crate::wait_all`] does. A page may include runs that were not requested.
    ///
    /// A run of a list holds less than [`Runs::get`] gives: the vendor's item is of another type or
    /// has fewer fields ([`Run::vendor`]), the message may be absent, and it may not show that a
    /// run is waiting for a person. A client without such a list returns nothing.
    ///
    /// # Errors
    ///
    /// Every kind that reading a list can fail with. The stream ends there.
    fn get_many(&self, _runs: Vec<RunRef>) -> BoxStream<'_, Result<Vec<Run>>> {
        stream::empty().boxed()
    }

    /// Asks the service to stop a run, and reads it back. Stopping takes time: the run may still be
    /// [`crate::RunStatus::Canceling`] or running. A run that has ended stays as it is.
    ///
    /// # Errors
    ///
    /// Those of [`Runs::get`], and [`crate::ErrorKind::InvalidRequest`] when the service refuses to
    /// stop the run.
    fn cancel<'a>(&'a self, run: &'a RunRef) -> BoxFuture<'a, Result<Run>>;

    /// The logs of a run's steps, in order, each fetched when it is asked for. While the run is in
    /// progress, this is what has been written so far.
    fn logs<'a>(&'a self, run: &'a RunRef) -> BoxStream<'a, Result<Log>>;

    /// The parts of a run as they are now, in their order: stages, jobs, tasks, actions, whatever
    /// the service reports. Empty if it reports none, or none yet.
    ///
    /// # Errors
    ///
    /// As [`Runs::get`].
    fn steps<'a>(&'a self, _run: &'a RunRef) -> BoxFuture<'a, Result<Vec<Step>>> {
        Box::pin(std::future::ready(Ok(Vec::new())))
    }

    /// What one of these steps wrote so far. `None` where the service keeps no log of it.
    ///
    /// # Errors
    ///
    /// As [`Runs::get`].
    fn step_log<'a>(
        &'a self,
        _run: &'a RunRef,
        _step: &'a Step,
    ) -> BoxFuture<'a, Result<Option<Log>>> {
        Box::pin(std::future::ready(Ok(None)))
    }

    /// The lines of a step's log after a mark, some thousands at most. `None` where the service serves
    /// a log as a whole only: [`Runs::step_log`] has it. Azure DevOps and Buddy serve parts.
    ///
    /// # Errors
    ///
    /// As [`Runs::get`].
    fn log_part<'a>(
        &'a self,
        _run: &'a RunRef,
        _step: &'a Step,
        _from: LogMark,
    ) -> BoxFuture<'a, Result<Option<LogPart>>> {
        Box::pin(std::future::ready(Ok(None)))
    }

    /// The steps whose logs [`Runs::logs`] gives, in its order, to be read with [`Runs::log_part`]: so a
    /// log of any length takes no more memory than a part of it. `None` where the service serves no
    /// parts.
    ///
    /// # Errors
    ///
    /// As [`Runs::get`].
    fn logged_steps<'a>(&'a self, _run: &'a RunRef) -> BoxFuture<'a, Result<Option<Vec<Step>>>> {
        Box::pin(std::future::ready(Ok(None)))
    }

    /// The run that a page of the service's web site shows. Parts that its address does not name
    /// are looked up: on Azure DevOps in one call, on Matillion and Buddy in the list of runs,
    /// newest first.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::Configuration`] when the page is one of another service,
    /// [`crate::ErrorKind::NotFound`] when no run has it, and every other kind that a read can fail
    /// with.
    fn run_on<'a>(&'a self, page: &'a WebPage) -> BoxFuture<'a, Result<RunRef>> {
        Box::pin(std::future::ready(page.reference()))
    }

    /// Gives a waiting run what it is waiting for, or refuses it, and reads the run back. This
    /// starts work: it is never sent twice.
    ///
    /// The run is read first, and the gate that is meant is looked for in [`Run::waits_for`]. Where the
    /// service has taken the decision and the run cannot be read back, the run is
    /// [`RunStatus::Unknown`], with a warning.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::OutcomeUnknown`] when the decision was sent and no clear answer came: it may count.
    /// Every other kind says that nothing was decided: [`ErrorKind::NothingToDo`] when nothing waits
    /// for a decision; [`ErrorKind::UnknownName`] when [`Decision::gate`] names no gate that does, or
    /// several do and it names none;
    /// [`ErrorKind::Unsupported`] when the service has no such decision; those of [`Runs::get`] and the
    /// service's refusals.
    fn decide<'a>(
        &'a self,
        run: &'a RunRef,
        _decision: &'a Decision,
    ) -> BoxFuture<'a, Result<Run>> {
        let error = Error::unsupported(self.service(), run, "its runs never wait for a decision");
        Box::pin(std::future::ready(Err(error)))
    }

    /// Runs again what failed in a run, under the same reference, and reads the run back. Starts work:
    /// never sent twice.
    ///
    /// `step` names, by name or id, the stage (Azure DevOps) or the job (Aliyun, Yunxiao) if more
    /// than one has failed. Buddy runs the whole execution again. The run may still look ended for
    /// a moment.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::OutcomeUnknown`] when the request was sent and no clear answer came: the run may go
    /// on. Every other kind says that nothing was begun: [`ErrorKind::NothingToDo`] when nothing has
    /// failed; [`ErrorKind::UnknownName`] when the name is that of no step that has, or several have
    /// and none is named; [`ErrorKind::Unsupported`] when the service
    /// does not run anything again; those of [`Runs::get`] and the service's refusals.
    fn retry<'a>(&'a self, run: &'a RunRef, _step: Option<&'a str>) -> BoxFuture<'a, Result<Run>> {
        let error = Error::unsupported(self.service(), run, "it does not rerun an ended run");
        Box::pin(std::future::ready(Err(error)))
    }
}

/// What [`Runs::decide`] and [`Runs::retry`] do once they were sent: they read the run back. What the
/// service has taken is done, whether the run can be read afterwards or not.
pub(crate) async fn read_after(runs: &dyn Runs, run: &RunRef, sent: Result<()>) -> Result<Run> {
    sent.map_err(look_first)?;
    Ok(match runs.get(run).await {
        Ok(read) => read,
        Err(error) => Run::new(run.clone(), RunStatus::Unknown).warn(format!(
            "The service has done it, but the run could not be read afterwards: {error}"
        )),
    })
}

/// What to do after an unclear answer about a run that goes on: no other run was started.
pub(crate) fn look_first(error: Error) -> Error {
    match error.kind() == ErrorKind::OutcomeUnknown {
        true => {
            error.advise("Read the run, and see what it is waiting for, before you call again.")
        }
        false => error,
    }
}

/// What [`Runs::cancel`] does once a stop was asked for: it reads the run back. A refusal of one of
/// these kinds is not an error if the run turns out to be in a state that was wanted.
pub(crate) async fn read_back(
    runs: &dyn Runs,
    run: &RunRef,
    stopped: Result<()>,
    forgiven: &[ErrorKind],
    is_wanted: impl Fn(RunStatus) -> bool + Send,
) -> Result<Run> {
    let refusal = match stopped {
        Ok(()) => return runs.get(run).await,
        Err(error) if forgiven.contains(&error.kind()) => error,
        Err(error) => return Err(error),
    };
    match runs.get(run).await {
        Ok(read) if is_wanted(read.status) => Ok(read),
        _ => Err(refusal),
    }
}

/// What [`Runs::get_many`] is made of: the pages of the list that the first run is on.
///
/// A page that includes one of the runs has paid for itself. Pages that include none are read until
/// they are as many as the missing runs: in total it takes no more than twice the requests of
/// reading each run individually, and mostly far fewer. One missing run is cheaper to read
/// individually.
pub(crate) fn told<'a, P: Place, S>(
    runs: Vec<RunRef>,
    pages: impl FnOnce(&P) -> S,
) -> BoxStream<'a, Result<Vec<Run>>>
where
    S: Stream<Item = Result<Vec<Run>>> + Send + 'a,
{
    let Some((place, _)) = runs.first().and_then(|run| P::of(run).ok()) else {
        return stream::empty().boxed();
    };
    let missing: HashSet<RunRef> = runs.into_iter().collect();
    let state = (pages(&place).boxed(), missing, 0_usize);
    stream::try_unfold(state, |(mut pages, mut missing, idle)| async move {
        let before = missing.len();
        if before <= idle.max(1) {
            return Ok(None);
        }
        let Some(page) = pages.try_next().await? else {
            return Ok(None);
        };
        for run in &page {
            missing.remove(&run.reference);
        }
        let told_none = usize::from(missing.len() == before);
        Ok(Some((
            page,
            (pages, missing, idle.saturating_add(told_none)),
        )))
    })
    .boxed()
}

/// What [`Runs::logs`] is made of: the steps of a run, and how the log of one is fetched.
pub(crate) fn logs_of<'a, S: Send + 'a, F>(
    steps: impl Future<Output = Result<Vec<S>>> + Send + 'a,
    fetch: impl FnMut(S) -> F + Send + 'a,
) -> BoxStream<'a, Result<Log>>
where
    F: Future<Output = Result<Log>> + Send + 'a,
{
    let steps = steps.map_ok(|steps| stream::iter(steps.into_iter().map(Ok)));
    let steps = stream::once(steps).try_flatten();
    steps.and_then(fetch).boxed()
}
