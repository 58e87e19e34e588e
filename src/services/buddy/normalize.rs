//! From Buddy's answers to a [`Run`].

use super::gates::{Waiting, waiting, waits_for};
use super::reference::PipelineRef;
use super::types::{Execution, ExecutionStatus};
use crate::client::Named;
use crate::error::Result;
use crate::place::Place;
use crate::run::{Gate, Run, RunRef, RunStatus, Timestamp};

/// What each of Buddy's words means. Words for people's input start with `WAITING_FOR_`, and
/// Buddy adds to them.
pub(super) fn status(word: &ExecutionStatus) -> RunStatus {
    match word {
        ExecutionStatus::Initial | ExecutionStatus::Enqueued => RunStatus::Queued,
        ExecutionStatus::Inprogress => RunStatus::Running,
        ExecutionStatus::Terminating => RunStatus::Canceling,
        ExecutionStatus::Successful => RunStatus::Succeeded,
        ExecutionStatus::Failed => RunStatus::Failed,
        ExecutionStatus::Terminated => RunStatus::Canceled,
        ExecutionStatus::Skipped | ExecutionStatus::NotExecuted => RunStatus::Skipped,
        ExecutionStatus::WaitingForApply
        | ExecutionStatus::WaitingForVariables
        | ExecutionStatus::WaitingForSettableVariables
        | ExecutionStatus::WaitingForVtSession => RunStatus::Waiting,
        ExecutionStatus::Unknown(word) if word.starts_with("WAITING_FOR_") => RunStatus::Waiting,
        ExecutionStatus::Unknown(_) => RunStatus::Unknown,
    }
}

/// An execution as a run. Its id, in the reference, is the one thing that it cannot do without.
pub(super) fn run(reference: RunRef, execution: Execution) -> Run {
    let word = execution.status.as_ref();
    let pipeline_id = reference.part("pipelineId").to_owned();
    let mut run = Run::new(reference, word.map_or(RunStatus::Unknown, status));
    run.vendor_status = word.map(ToString::to_string);
    let own = word.and_then(waits_for);
    // The run says INPROGRESS while one of its actions waits for a person.
    let waits = own.is_some() || run.status == RunStatus::Running;
    let id = run.id.clone();
    for Waiting { gate, word, wait } in waiting(&execution, &id).filter(|_| waits) {
        let what = wait.what;
        if run.status == RunStatus::Running {
            run.status = RunStatus::Waiting;
            run.vendor_status = Some(word.to_string());
            run.message = Some(match gate.name.as_str() {
                "" => format!("The run {what}."),
                name => format!("The action \"{name}\" {what}."),
            });
        }
        run.waits_for.push(gate);
    }
    if let Some(own) = own {
        run.message = Some(format!("The run {}.", own.what));
        if run.waits_for.is_empty() {
            let name = execution.pipeline.as_ref();
            let name = name.and_then(|pipeline| pipeline.name.as_deref());
            let gate = Gate::new(run.id.clone(), name.unwrap_or_default(), own.kind);
            run.waits_for.push(gate);
        }
    }
    run.pipeline_id = Some(pipeline_id);
    run.pipeline_name = execution
        .pipeline
        .as_ref()
        .and_then(|pipeline| pipeline.name.clone());
    run.url = execution.html_url.clone();
    run.started_at = execution.start_date.as_deref().and_then(Timestamp::parse);
    run.finished_at = execution.finish_date.as_deref().and_then(Timestamp::parse);
    run.requested_ref = requested_ref(&execution);
    run.set_vendor(execution);
    run
}

/// The id of the pipeline that an execution is of, where the answer tells.
pub(super) fn pipeline_of(execution: &Execution) -> Option<i64> {
    execution.pipeline.as_ref()?.id.filter(|id| *id > 0)
}

/// A run of a list; `None` if it has no id in its place, or is of another pipeline.
pub(super) fn listed(pipeline: &PipelineRef, execution: Execution) -> Option<Result<Run>> {
    let its_own = pipeline_of(&execution).is_none_or(|id| id == pipeline.pipeline_id);
    its_own.then(|| started(pipeline, execution))?
}

/// A run that was just started; `None` if it has no id in its place.
pub(super) fn started(pipeline: &PipelineRef, execution: Execution) -> Option<Result<Run>> {
    let id = execution.id.filter(|id| *id > 0)?;
    Some(
        pipeline
            .execution(id)
            .map(|reference| run(reference, execution)),
    )
}

/// An execution of which the id could be read, and perhaps a little more.
pub(super) fn named(pipeline: &PipelineRef, answer: &Named) -> Result<Run> {
    let word = answer.text(&["status"]);
    let state = word
        .as_deref()
        .map_or(RunStatus::Unknown, |word| status(&word.into()));
    let mut run = Run::new(pipeline.run_of(&answer.id)?, state);
    run.vendor_status = word;
    run.pipeline_id = Some(pipeline.pipeline_id.to_string());
    run.url = answer.text(&["html_url"]);
    Ok(run)
}

pub(super) fn requested_ref(execution: &Execution) -> Option<String> {
    let tag = execution.tag.as_ref().and_then(|tag| tag.name.clone());
    let request = execution
        .pull_request
        .as_ref()
        .and_then(|request| request.name.clone());
    let branch = execution
        .branch
        .as_ref()
        .and_then(|branch| branch.name.clone());
    let revision = execution
        .to_revision
        .as_ref()
        .and_then(|commit| commit.revision.clone());
    tag.or(request).or(branch).or(revision)
}
