//! The actions of an execution.

use super::{Client, normalize, types};
use crate::error::{ErrorKind, Result};
use crate::run::{Log, RunRef, RunStatus, Step, Timestamp};
use crate::service_client::Connect;

/// So many actions that failed are asked for their reason: each costs a request.
const MOST_REASONS: usize = 20;

impl Client {
    /// The actions of an execution as steps. They are in the execution's own answer; why one of
    /// them failed takes a request of its own, which is made for the first few once the execution
    /// has ended.
    pub(super) async fn all_steps(&self, run: &RunRef) -> Result<Vec<Step>> {
        let client = self.bounded();
        let read = Client::get(&client, run).await?;
        let execution = read.vendor::<types::Execution>();
        let actions = execution.and_then(|execution| execution.action_executions.as_ref());
        let mut steps = Vec::new();
        let mut asked = 0_usize;
        for (place, action) in actions.into_iter().flatten().enumerate() {
            let mut step = step(place, action);
            if let (RunStatus::Failed, true, Some(action)) =
                (step.status, read.status.has_ended(), &step.log)
                && asked < MOST_REASONS
            {
                asked = asked.saturating_add(1);
                // Its log comes with it, and may be too long to be read.
                let action = client.action(run, action.clone()).await;
                step.message = match action {
                    Ok((_, action)) => action.error_message,
                    Err(error) if error.kind() == ErrorKind::Undecodable => None,
                    Err(error) => return Err(error),
                };
            }
            steps.push(step.clean(&self.session.cleaner()));
        }
        Ok(steps)
    }

    pub(super) async fn log_of_step(&self, run: &RunRef, step: &Step) -> Result<Option<Log>> {
        match &step.log {
            Some(action) => {
                let (action, name) = (Some(action.clone()), step.name.clone());
                self.log_of(run, action, name).await.map(Some)
            }
            None => Ok(None),
        }
    }
}

pub(super) fn step(place: usize, execution: &types::ShortActionExecution) -> Step {
    let action = execution.action.as_ref();
    let name = action.and_then(|action| action.name.clone());
    let log = execution.action_execution_id.clone();
    let id = log.clone().unwrap_or_else(|| place.to_string());
    let word = execution.status.as_ref();
    let status = word.map_or(RunStatus::Unknown, normalize::status);
    let mut step = Step::new(id, name.unwrap_or_default(), status);
    step.vendor_status = word.map(ToString::to_string);
    step.started_at = execution.start_date.as_deref().and_then(Timestamp::parse);
    step.finished_at = execution.finish_date.as_deref().and_then(Timestamp::parse);
    step.log = log;
    step
}
