//! The jobs of a run: as steps, each within its stage, and what they wrote.

use futures_util::stream::BoxStream;

use super::{Job, Shown};
use crate::error::{ErrorKind, Result};
use crate::run::{Log, RunRef, RunStatus, Step, Timestamp};
use crate::runs::{Runs, logs_of};
use crate::service_client::Connect;

/// A client of either API.
pub(in crate::services) trait Flow: Connect + Runs {
    /// The answer that [`Runs::get`] leaves in a run.
    type Answer: 'static;

    fn shown(answer: &Self::Answer) -> Shown<'_>;

    /// What a job wrote so far.
    fn job_log(&self, run: &RunRef, job_id: i64) -> impl Future<Output = Result<String>> + Send;
}

/// The jobs of a run, stage after stage. The run's own answer tells them.
pub(in crate::services) async fn all_steps<C: Flow>(client: &C, run: &RunRef) -> Result<Vec<Step>> {
    let read = client.get(run).await?;
    let jobs = read
        .vendor::<C::Answer>()
        .map(|answer| C::shown(answer).jobs);
    let cleaner = client.session().cleaner();
    let steps = jobs.into_iter().flatten().enumerate();
    Ok(steps
        .map(|(place, job)| step(place, &job).clean(&cleaner))
        .collect())
}

fn step(place: usize, job: &Job<'_>) -> Step {
    let log = job.id.map(|id| id.to_string());
    let id = log.clone().unwrap_or_else(|| place.to_string());
    let status = job.word.map_or(RunStatus::Unknown, |(_, status)| status);
    let mut step = Step::new(id, job.name, status);
    step.within = job.stage.map(str::to_owned).into_iter().collect();
    step.vendor_status = job.word.map(|(word, _)| word.to_owned());
    step.started_at = job.began.and_then(Timestamp::from_millis);
    step.finished_at = job.ended.and_then(Timestamp::from_millis);
    step.log = log;
    step
}

/// One log for each job of a run, stage after stage.
pub(in crate::services) fn step_logs<'a, C: Flow>(
    client: &'a C,
    run: &'a RunRef,
) -> BoxStream<'a, Result<Log>> {
    logs_of(all_steps(client, run), move |step| async move {
        let log = log_of_step(client, run, &step).await?;
        let (step, text) = (step.name, String::new());
        Ok(log.unwrap_or(Log { step, text }))
    })
}

/// One job's log; `None` for a job without an id.
pub(in crate::services) async fn log_of_step<C: Flow>(
    client: &C,
    run: &RunRef,
    step: &Step,
) -> Result<Option<Log>> {
    let Some(job) = step.log.as_deref().and_then(|id| id.parse().ok()) else {
        return Ok(None);
    };
    let text = match client.job_log(run, job).await {
        // A job that has not begun may have no log at all.
        Err(error) if step.started_at.is_none() && has_none(error.kind()) => String::new(),
        text => text?,
    };
    let step = step.name.clone();
    let log = Log { step, text };
    Ok(Some(log.clean(&client.session().cleaner())))
}

/// Whether an error can say that there is no log.
fn has_none(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::NotFound | ErrorKind::InvalidRequest | ErrorKind::Refused
    )
}
