//! What changes a run that was started: a stop, a retry, an approval.

use super::{Client, PipelineRef, generated, normalize, operations, types};
use crate::error::Result;
use crate::place::Place;
use crate::run::{Run, RunRef};

impl Client {
    pub(super) async fn stop_and_read(&self, run: &RunRef) -> Result<Run> {
        self.update(run, types::ExecutionOperation::Cancel).await
    }

    /// Runs the same thing once more (`updateExecution`, `RETRY`). Starts work: never sent twice.
    ///
    /// # Errors
    ///
    /// As [`Client::start`].
    pub async fn retry(&self, run: &RunRef) -> Result<Run> {
        self.update(run, types::ExecutionOperation::Retry).await
    }

    /// Lets an execution that waits for somebody go on (`updateExecution`, `APPLY`). Starts work:
    /// never sent twice.
    ///
    /// # Errors
    ///
    /// As [`Client::start`].
    pub async fn apply(&self, run: &RunRef) -> Result<Run> {
        self.update(run, types::ExecutionOperation::Apply).await
    }

    async fn update(&self, run: &RunRef, what: types::ExecutionOperation) -> Result<Run> {
        let (call, pipeline, asked) =
            PipelineRef::call_about(&self.session, &operations::UPDATE_EXECUTION, run)?;
        let answer = generated::client(&call)
            .update_execution()
            .workspace(&pipeline.workspace)
            .project_name(&pipeline.project)
            .pipeline_id(pipeline.pipeline_id)
            .execution_id(asked)
            .body(types::UpdateExecutionRequest::builder().operation(what))
            .send()
            .await;
        let read = |execution: types::Execution| {
            let id = execution.id.unwrap_or(asked);
            Some(normalize::run(&pipeline, id, execution))
        };
        call.started(answer, read, |run| normalize::named(&pipeline, run))
    }
}
