//! The jobs of a run, each within its stage.

use super::{Client, normalize, types};
use crate::error::Result;
use crate::run::{Log, RunRef, RunStatus, Step, Timestamp};

impl Client {
    /// The jobs of a run as steps. The run's own answer tells them.
    pub(super) async fn all_steps(&self, run: &RunRef) -> Result<Vec<Step>> {
        let read = Client::get(self, run).await?;
        let cleaner = self.session.cleaner();
        let jobs = read.vendor::<types::PipelineRun>().map(normalize::staged);
        let steps = jobs.into_iter().flatten().enumerate();
        let steps = steps.map(|(place, (stage, job))| step(place, stage, job).clean(&cleaner));
        Ok(steps.collect())
    }

    pub(super) async fn log_of_step(&self, run: &RunRef, step: &Step) -> Result<Option<Log>> {
        let Some(job) = step.log.as_deref().and_then(|id| id.parse().ok()) else {
            return Ok(None);
        };
        let (name, has_begun) = (step.name.clone(), step.started_at.is_some());
        let log = self.log_of(run, Some(job), name, has_begun).await;
        log.map(Some)
    }
}

fn step(place: usize, stage: Option<&str>, job: &types::PipelineRunJob) -> Step {
    let log = job.id.map(|id| id.to_string());
    let id = log.clone().unwrap_or_else(|| place.to_string());
    let name = job.name.clone().unwrap_or_default();
    let word = job.status.as_ref();
    let mut step = Step::new(id, name, word.map_or(RunStatus::Unknown, normalize::status));
    step.within = stage.map(str::to_owned).into_iter().collect();
    step.vendor_status = word.map(ToString::to_string);
    step.started_at = job.start_time.and_then(Timestamp::from_millis);
    step.finished_at = job.end_time.and_then(Timestamp::from_millis);
    step.log = log;
    step
}
