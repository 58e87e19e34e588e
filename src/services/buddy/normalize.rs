//! From Buddy's answers to a [`Run`].

use super::reference::PipelineRef;
use super::types::{Execution, ExecutionStatus};
use crate::client::Named;
use crate::error::Result;
use crate::place::Place;
use crate::run::{Run, RunStatus, Timestamp};

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

/// What a word waits for; `None` where it waits for nobody.
fn waits_for(word: &ExecutionStatus) -> Option<&'static str> {
    match word {
        ExecutionStatus::WaitingForApply => Some("waits for somebody to apply it"),
        ExecutionStatus::WaitingForVariables | ExecutionStatus::WaitingForSettableVariables => {
            Some("waits for values of its variables")
        }
        ExecutionStatus::WaitingForVtSession => Some("waits for a visual test session"),
        ExecutionStatus::Unknown(word) if word.starts_with("WAITING_FOR_") => {
            Some("waits for a person")
        }
        ExecutionStatus::Initial
        | ExecutionStatus::Enqueued
        | ExecutionStatus::Inprogress
        | ExecutionStatus::Terminating
        | ExecutionStatus::Successful
        | ExecutionStatus::Failed
        | ExecutionStatus::Terminated
        | ExecutionStatus::Skipped
        | ExecutionStatus::NotExecuted
        | ExecutionStatus::Unknown(_) => None,
    }
}

/// An execution as a run. Its id is the one thing that an execution cannot do without.
pub(super) fn run(pipeline: &PipelineRef, execution_id: i64, execution: Execution) -> Result<Run> {
    let word = execution.status.as_ref();
    let reference = pipeline.execution(execution_id)?;
    let mut run = Run::new(reference, word.map_or(RunStatus::Unknown, status));
    // The run says INPROGRESS while one of its actions waits for a person.
    let waiting = execution
        .action_executions
        .iter()
        .flatten()
        .find_map(|action| {
            let word = action.status.as_ref()?;
            let what = waits_for(word)?;
            let name = action
                .action
                .as_ref()
                .and_then(|action| action.name.as_deref());
            let who = match name {
                None | Some("") => "The run".to_owned(),
                Some(name) => format!("The action \"{name}\""),
            };
            Some((word.to_string(), format!("{who} {what}.")))
        });
    run.vendor_status = word.map(ToString::to_string);
    if let Some(what) = word.and_then(waits_for) {
        run.message = Some(format!("The run {what}."));
    } else if let (RunStatus::Running, Some((word, message))) = (run.status, waiting) {
        run.status = RunStatus::Waiting;
        run.message = Some(message);
        run.vendor_status = Some(word);
    }
    run.pipeline_id = Some(pipeline.pipeline_id.to_string());
    run.pipeline_name = execution
        .pipeline
        .as_ref()
        .and_then(|pipeline| pipeline.name.clone());
    run.url = execution.html_url.clone();
    run.started_at = execution.start_date.as_deref().and_then(Timestamp::parse);
    run.finished_at = execution.finish_date.as_deref().and_then(Timestamp::parse);
    run.requested_ref = requested_ref(&execution);
    Ok(run.with_vendor(execution))
}

/// A run that was just started, or that a list has; `None` where there is no id in its place.
pub(super) fn listed(pipeline: &PipelineRef, execution: Execution) -> Option<Result<Run>> {
    let id = execution.id.filter(|id| *id > 0)?;
    Some(run(pipeline, id, execution))
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
