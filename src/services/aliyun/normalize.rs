//! From Aliyun's answers to a [`Run`].

use super::envelope;
use super::reference::PipelineRef;
use super::types::{PipelineRun, PipelineRunStatus, PipelineRunSummary, StartPipelineRunResponse};
use crate::client::Named;
use crate::error::Result;
use crate::run::{Run, RunRef, RunStatus};
use crate::services::flow::{self, Shown};

/// What each of Aliyun's words means. `CANCELLED`, `FAILED` and `STOPPED`, which some clients look
/// for, are documented nowhere.
pub(super) fn status(word: &PipelineRunStatus) -> RunStatus {
    match word {
        PipelineRunStatus::Success => RunStatus::Succeeded,
        PipelineRunStatus::Fail => RunStatus::Failed,
        PipelineRunStatus::Running => RunStatus::Running,
        PipelineRunStatus::Canceled => RunStatus::Canceled,
        PipelineRunStatus::Waiting => RunStatus::Waiting,
        PipelineRunStatus::Unknown(_) => RunStatus::Unknown,
    }
}

fn worded(word: &PipelineRunStatus) -> (&str, RunStatus) {
    (word.as_str(), status(word))
}

/// A run that has just been started. The answer holds its number and no state: it was accepted.
pub(super) fn started(
    pipeline: &PipelineRef,
    answer: StartPipelineRunResponse,
) -> Option<Result<Run>> {
    // They count from 1: a zero is none.
    let run_id = answer.pipeline_run_id.filter(|id| *id > 0)?;
    Some(flow::queued(pipeline, run_id).map(|mut run| {
        run.warnings.extend(envelope::objection(&answer));
        run.with_vendor(answer)
    }))
}

/// A run of which only the number could be read.
pub(super) fn named(pipeline: &PipelineRef, answer: &Named) -> Result<Run> {
    flow::queued(pipeline, &answer.id)
}

/// The id of the pipeline that a run is of, where the answer tells.
pub(super) fn pipeline_of(run: &PipelineRun) -> Option<i64> {
    run.pipeline_id.filter(|id| *id > 0)
}

/// A run as the list shows it. `None` for an item without a number, or of another pipeline.
pub(super) fn listed(pipeline: &PipelineRef, item: PipelineRunSummary) -> Option<Result<Run>> {
    let word = item.status.as_ref().map(worded);
    let times = [item.start_time, item.end_time];
    let ids = [item.pipeline_id, item.pipeline_run_id];
    let run = flow::listed(pipeline, ids, word, times)?;
    Some(run.map(|run| run.with_vendor(item)))
}

/// A run with its stages.
pub(super) fn run(reference: RunRef, answer: Option<PipelineRun>) -> Run {
    let shown = answer.as_ref().map(shown).unwrap_or_default();
    let run = flow::run(reference, &shown);
    match answer {
        Some(answer) => run.with_vendor(answer),
        None => run.warn("The service's answer holds no run."),
    }
}

/// What is shown of a run.
pub(super) fn shown(run: &PipelineRun) -> Shown<'_> {
    let mut shown = flow::shown!(run, worded);
    shown.remark = run.comment.as_deref();
    shown
}
