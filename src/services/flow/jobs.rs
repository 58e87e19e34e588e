//! The jobs of a run: as steps, each within its stage, and their logs.

use super::Job;
use crate::error::{Error, ErrorKind, Result};
use crate::run::{RunRef, RunStatus, Step, Timestamp};

pub(super) fn step(place: usize, job: &Job<'_>) -> Step {
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

/// Whether an error can say that there is no log.
pub(super) fn has_no_log(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::NotFound | ErrorKind::InvalidRequest | ErrorKind::Refused
    )
}

/// The number of a job. What this library wrote as a number is one.
pub(super) fn number(run: &RunRef, id: &str) -> Result<i64> {
    id.parse().map_err(|_| {
        let error = Error::configuration(format!("the job {id:?} has no number"));
        error.on_service(run.service()).about_run(Some(run.clone()))
    })
}
