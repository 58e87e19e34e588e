//! What can be done around a run: cancel, steps as logs, reconcile.

use chrono::{DateTime, Utc};
use futures_util::StreamExt;
use futures_util::stream::BoxStream;

use super::reference::ExecutionRef;
use super::{Client, ListFilter, ProjectRef, at, generated, normalize, operations, types};
use crate::error::{Error, ErrorKind, Result};
use crate::reconcile::{Fit, Order, Reconciled, Search};
use crate::run::{Log, Run, RunRef, RunStatus};
use crate::service_client::Connect;

impl Client {
    /// Asks Matillion to stop an execution (`terminatePipelineExecution`) and reads it back: in an
    /// orderly way, or hard with `force`. [`crate::Runs::cancel`] does not force.
    ///
    /// It takes a while: the execution may still be running, or
    /// [`crate::RunStatus::Canceling`], when it is read back. What the service answers for an
    /// execution that has ended is not documented; a refusal is no error when the execution turns
    /// out to have ended, or to be stopping already and no force was asked for.
    ///
    /// # Errors
    ///
    /// As [`Client::get`], and the service's refusal when the execution goes on.
    pub async fn cancel(&self, run: &RunRef, force: bool) -> Result<Run> {
        let ExecutionRef {
            project,
            execution_id,
        } = ExecutionRef::of(run)?;
        let client = self.bounded();
        let call = at(
            client
                .session
                .call(&operations::TERMINATE_PIPELINE_EXECUTION),
            &project,
        )
        .at("execution", &execution_id)
        .of(run);
        let api = generated::client(&call);
        let body = types::TerminatePipelineExecutionRequest {
            force_update: force,
            status: types::TerminationStatus::Cancelled,
        };
        let request = api
            .terminate_pipeline_execution()
            .project_id(&project.project_id);
        let answer = request
            .pipeline_execution_id(&execution_id)
            .body(body)
            .send()
            .await;
        match call.decoded(answer) {
            Ok(_) => client.get(run).await,
            Err(refusal) if may_have_ended(&refusal) => match client.get(run).await {
                Ok(run) if run.status.has_ended() => Ok(run),
                Ok(run) if run.status == RunStatus::Canceling && !force => Ok(run),
                _ => Err(refusal),
            },
            Err(error) => Err(error),
        }
    }

    /// Looks for the execution that a start may have begun. Starts nothing.
    ///
    /// Matillion's list does not tell the `executionTag`, so what fits is any execution of this
    /// pipeline in this environment that an API call began since then; somebody else's start of
    /// the same pipeline fits too. A name fits with and without the file ending that pipelines
    /// have.
    ///
    /// # Errors
    ///
    /// Every kind that reading the list can end in.
    pub async fn reconcile(
        &self,
        project: &ProjectRef,
        request: &types::ExecutePublishedPipelineRequest,
        since: DateTime<Utc>,
    ) -> Result<Reconciled> {
        let environment: &str = &request.environment_name;
        // Not narrowed by time: the service's clock is not known before it has answered.
        let filter = ListFilter::default()
            .project(project)
            .pipeline_part(normalize::stem(&request.pipeline_name))
            .environment(environment);
        let client = self.bounded();
        let search = Search {
            runs: &client,
            session: &client.session,
            since,
            order: Order::NewestFirst,
            // No word of the vendor's says that an execution waits for its turn.
            starts_at_once: true,
        };
        let fits = |run: &Run| match run.vendor::<types::PipelineExecution>() {
            Some(execution) => normalize::fits(request, execution),
            None => Fit::No,
        };
        search.among(client.list(&filter), fits).await
    }
}

/// Whether a refusal to stop an execution can be because it has ended, or because an earlier
/// attempt has reached the service.
fn may_have_ended(refusal: &Error) -> bool {
    use ErrorKind::{Conflict, Disabled, InvalidRequest, NotFound, Refused, Undecodable};
    matches!(
        refusal.kind(),
        Conflict | Disabled | InvalidRequest | NotFound | Refused | Undecodable
    )
}

impl Client {
    pub(super) async fn stop_and_read(&self, run: &RunRef) -> Result<Run> {
        self.cancel(run, false).await
    }

    /// Matillion keeps no text of a step but its message.
    pub(super) fn step_logs<'a>(&'a self, run: &'a RunRef) -> BoxStream<'a, Result<Log>> {
        let steps = self.steps(run).map(|step| {
            let step = step?;
            let message = step.result.and_then(|result| result.message);
            Ok(Log {
                step: step.name.unwrap_or_default(),
                text: message.unwrap_or_default(),
            })
        });
        steps.boxed()
    }
}
