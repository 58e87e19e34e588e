//! From Matillion's answers to a [`Run`].

use super::page::page;
use super::reference::ProjectRef;
use super::types::{
    ExecutePublishedPipelineRequest, ExecutionStatus, PipelineExecution, PipelineExecutionAnswer,
    PipelineExecutionStatus, StartedPipelineExecution,
};
use crate::error::Result;
use crate::run::{Run, RunRef, RunStatus, Timestamp};

/// What each of Matillion's words means.
pub(super) fn status(word: &ExecutionStatus) -> RunStatus {
    match word {
        ExecutionStatus::Running => RunStatus::Running,
        ExecutionStatus::Success => RunStatus::Succeeded,
        ExecutionStatus::Failed => RunStatus::Failed,
        ExecutionStatus::Cancelling => RunStatus::Canceling,
        ExecutionStatus::Cancelled => RunStatus::Canceled,
        ExecutionStatus::Skipped => RunStatus::Skipped,
        // On no vendor page; a public client that meets it takes it for a failure and an end.
        ExecutionStatus::Unknown(word) if word == "FORBIDDEN" => RunStatus::Failed,
        ExecutionStatus::VendorUnknown | ExecutionStatus::Unknown(_) => RunStatus::Unknown,
    }
}

/// A run of which the state is known and nothing else.
fn known(reference: RunRef, word: Option<&ExecutionStatus>) -> Run {
    let url = page(reference.run_id());
    let mut run = Run::new(reference, word.map_or(RunStatus::Unknown, status));
    run.vendor_status = word.map(ToString::to_string);
    run.url = Some(url);
    run
}

/// An execution as a run. Its id is in the reference, whether the answer repeats it or not.
pub(super) fn run(reference: RunRef, execution: PipelineExecution) -> Run {
    let mut run = known(reference, execution.status.as_ref());
    run.pipeline_name = execution.pipeline_name.clone();
    run.started_at = execution.started_at.as_deref().and_then(Timestamp::parse);
    run.finished_at = execution.finished_at.as_deref().and_then(Timestamp::parse);
    run.message = execution.message.clone();
    run.set_vendor(execution);
    run
}

/// The answer to the question for the status alone.
pub(super) fn status_only(reference: RunRef, answer: PipelineExecutionStatus) -> Run {
    known(reference, answer.status.as_ref()).with_vendor(answer)
}

/// An execution out of either form of the details: flat as on the vendor page, or inside `result`
/// as public clients read them. What one form leaves out is taken from the other.
pub(super) fn details(answer: PipelineExecutionAnswer) -> PipelineExecution {
    let inner = answer.result.unwrap_or_default();
    PipelineExecution {
        environment_name: inner.environment_name.or(answer.environment_name),
        finished_at: inner.finished_at.or(answer.finished_at),
        message: inner.message.or(answer.message),
        pipeline_execution_id: inner.pipeline_execution_id.or(answer.pipeline_execution_id),
        pipeline_name: inner.pipeline_name.or(answer.pipeline_name),
        pipeline_type: inner.pipeline_type.or(answer.pipeline_type),
        project_id: inner.project_id.or(answer.project_id),
        schedule_id: inner.schedule_id.or(answer.schedule_id),
        started_at: inner.started_at.or(answer.started_at),
        status: inner.status.or(answer.status),
        trigger: inner.trigger.or(answer.trigger),
        user: inner.user.or(answer.user),
    }
}

/// A run that was started just now; `None` where the answer has no id in its place.
pub(super) fn started(
    project: &ProjectRef,
    request: &ExecutePublishedPipelineRequest,
    answer: StartedPipelineExecution,
) -> Option<Result<Run>> {
    let id = answer.pipeline_execution_id.as_deref()?.trim();
    let id = is_id(id).then_some(id)?;
    let run = named(project, request, id);
    Some(run.map(|run| run.with_vendor(answer)))
}

/// Whether a text can be the id of an execution. The vendor's are UUIDs; zero and less are none of
/// anybody's.
pub(super) fn is_id(text: &str) -> bool {
    !text.is_empty() && !text.parse::<f64>().is_ok_and(|number| number <= 0.0)
}

/// A run of which only the id, the request and the service's acceptance are known.
pub(super) fn named(
    project: &ProjectRef,
    request: &ExecutePublishedPipelineRequest,
    execution_id: &str,
) -> Result<Run> {
    let mut run = Run::new(project.execution(execution_id)?, RunStatus::Queued);
    run.url = Some(page(execution_id));
    run.pipeline_name = Some(request.pipeline_name.to_string());
    run.requested_ref = request.version_name.clone();
    Ok(run)
}
