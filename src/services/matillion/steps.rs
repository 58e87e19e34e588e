//! The steps of an execution.

use futures_util::TryStreamExt;

use super::{Client, normalize, types};
use crate::error::Result;
use crate::run::{Log, RunRef, RunStatus, Step, Timestamp};
use crate::service_client::Connect;

impl Client {
    /// The steps of an execution. Those of the pipelines that it runs in turn are not among them.
    pub(super) async fn all_steps(&self, run: &RunRef) -> Result<Vec<Step>> {
        let client = self.bounded();
        let told: Vec<_> = client.steps(run).try_collect().await?;
        let cleaner = self.session.cleaner();
        let steps = told.into_iter().enumerate();
        let steps = steps.map(|(place, told)| step(place, told).clean(&cleaner));
        Ok(steps.collect())
    }

    /// The step's message, which is all that Matillion keeps.
    #[allow(
        clippy::unused_async,
        reason = "the services' other clients ask for the log"
    )]
    pub(super) async fn log_of_step(&self, _: &RunRef, step: &Step) -> Result<Option<Log>> {
        Ok(step.message.clone().map(|text| Log {
            step: step.name.clone(),
            text,
        }))
    }
}

fn step(place: usize, told: types::PipelineExecutionStep) -> Step {
    let id = told.id.unwrap_or_else(|| place.to_string());
    let result = told.result.unwrap_or_default();
    let word = result.status.as_ref();
    // A step that has not begun has no word.
    let status = word.map_or(RunStatus::Queued, normalize::status);
    let mut step = Step::new(id, told.name.unwrap_or_default(), status);
    step.vendor_status = word.map(ToString::to_string);
    step.started_at = result.started_at.as_deref().and_then(Timestamp::parse);
    step.finished_at = result.finished_at.as_deref().and_then(Timestamp::parse);
    step.message = result.message;
    step
}
