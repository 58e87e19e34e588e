//! What changes a run that was started: a stop, a retry, what it waits for.

use super::types::{ExecutionOperation as Operation, UpdateExecutionRequest};
use super::{Client, PipelineRef, api, gates, normalize, operations, types};
use crate::decision::Decision;
use crate::error::{Error, Result};
use crate::place::Place;
use crate::run::{Run, RunRef};
use crate::runs::look_first;
use crate::service::Service;
use crate::service_client::Connect;

impl Client {
    pub(super) async fn stop_and_read(&self, run: &RunRef) -> Result<Run> {
        self.update(run, only(Operation::Cancel)).await
    }

    /// Lets an execution that waits for somebody go on.
    pub(super) async fn carry_out(&self, run: &RunRef, decision: &Decision) -> Result<Run> {
        if !decision.approves() {
            let why = "what is waiting cannot be rejected";
            let error = Error::unsupported(Service::Buddy, run, why);
            return Err(error.advise("Cancel the run: it ends there."));
        }
        decision.expect_no_comment(Service::Buddy, run)?;
        let client = self.bounded();
        let read = client.get(run).await?;
        let gate = decision.gate_of(&read)?;
        let request = gates::request(&read, gate, decision)?;
        client.update(run, request).await
    }

    /// Runs the same execution once more.
    pub(super) async fn retry_failed(&self, run: &RunRef, step: Option<&str>) -> Result<Run> {
        if step.is_some() {
            let why = "an action cannot be run again on its own";
            let error = Error::unsupported(Service::Buddy, run, why);
            return Err(error.advise("Leave the step out: the whole execution is run again."));
        }
        self.update(run, only(Operation::Retry)).await
    }

    /// Acts on an execution (`updateExecution`). What starts work is never sent twice.
    async fn update(&self, run: &RunRef, request: UpdateExecutionRequest) -> Result<Run> {
        let (pipeline, asked) = PipelineRef::of(run)?;
        let call = self.about(&operations::UPDATE_EXECUTION, run)?;
        let answer = api(&call).update_execution().body(&request).send().await;
        // Only a retry may begin another run.
        let begins = request.operation == Operation::Retry;
        let read = |execution: types::Execution| {
            let reference = match execution.id {
                Some(id) if id == asked => Ok(run.clone()),
                None if !begins => Ok(run.clone()),
                Some(id) if id > 0 || !begins => pipeline.execution(id),
                Some(_) | None => return None,
            };
            Some(reference.map(|reference| normalize::run(reference, execution)))
        };
        let updated = call.started(answer, read, |run| normalize::named(&pipeline, run));
        let updated = updated.and_then(|read| {
            let told = read.vendor().and_then(normalize::pipeline_of);
            let read = call.started_in(read, told)?;
            if !begins {
                call.expect_run(Some(&read.id))?;
            }
            Ok(read)
        });
        updated.map_err(look_first)
    }
}

fn only(operation: Operation) -> UpdateExecutionRequest {
    UpdateExecutionRequest {
        approve_action_id: None,
        operation,
        variables: Vec::new(),
    }
}
