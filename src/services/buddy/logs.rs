//! What the actions of an execution wrote.

use futures_util::stream::BoxStream;

use super::{Client, PipelineRef, generated, operations, types};
use crate::error::Result;
use crate::place::Place;
use crate::run::{Log, RunRef};
use crate::runs::logs_of;

impl Client {
    pub(super) fn step_logs<'a>(&'a self, run: &'a RunRef) -> BoxStream<'a, Result<Log>> {
        let actions = async move {
            let read = self.get(run).await?;
            let execution = read.vendor::<types::Execution>();
            let actions = execution.and_then(|execution| execution.action_executions.clone());
            Ok(actions.unwrap_or_default())
        };
        logs_of(actions, move |action| self.log_of(run, action))
    }

    /// One action's log (`getActionExecution`).
    async fn log_of(&self, run: &RunRef, action: types::ShortActionExecution) -> Result<Log> {
        let step = action.action.and_then(|action| action.name);
        let step = step.unwrap_or_default();
        let Some(id) = action.action_execution_id else {
            let text = String::new();
            return Ok(Log { step, text });
        };
        let (call, pipeline, execution_id) =
            PipelineRef::call_about(&self.session, &operations::GET_ACTION_EXECUTION, run)?;
        let call = call.at("action", &id);
        let answer = generated::client(&call)
            .get_action_execution()
            .workspace(&pipeline.workspace)
            .project_name(&pipeline.project)
            .pipeline_id(pipeline.pipeline_id)
            .execution_id(execution_id)
            .action_execution_id(id)
            .send()
            .await;
        let text = call.decoded(answer)?.log.unwrap_or_default().join("\n");
        Ok(call.clean_log(Log { step, text }))
    }
}
