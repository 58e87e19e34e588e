//! From Yunxiao's answers to a [`Run`].

use super::reference::PipelineRef;
use super::types::{
    CreatePipelineRunAnswer, PipelineRun, PipelineRunStatus, PipelineRunSummary, StartedPipelineRun,
};
use crate::client::Named;
use crate::error::Result;
use crate::json::{Found, number_id};
use crate::run::{Run, RunRef, RunStatus};
use crate::services::flow::{self, Shown};

/// What each of Yunxiao's words means. `FAILED`, `CANCELLED`, `STOPPED` and others, which some
/// clients look for, were not seen in an answer.
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

/// A run that has just been started: its number, and nothing else.
pub(super) fn started(
    pipeline: &PipelineRef,
    answer: &CreatePipelineRunAnswer,
) -> Option<Result<Run>> {
    // They count from 1: a zero is none.
    let run_id = match answer {
        CreatePipelineRunAnswer::Int64(number) => Some(*number),
        CreatePipelineRunAnswer::String(text) => number_id(&Found::Text(text.clone())),
        CreatePipelineRunAnswer::StartedPipelineRun(run) => in_object(run),
    };
    let run_id = run_id.filter(|id| *id > 0)?;
    Some(flow::queued(pipeline, run_id))
}

/// The key that says what it is the number of; the others where they agree.
fn in_object(run: &StartedPipelineRun) -> Option<i64> {
    let inner = run.data.as_ref();
    let named = [
        run.pipeline_run_id,
        inner.and_then(|data| data.pipeline_run_id),
    ];
    named.into_iter().flatten().next().or_else(|| {
        let inner = inner.map_or([None; 2], |data| [data.run_id, data.id]);
        let mut ids = [run.run_id, run.id].into_iter().chain(inner).flatten();
        let first = ids.next()?;
        ids.all(|id| id == first).then_some(first)
    })
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
pub(super) fn run(reference: RunRef, answer: PipelineRun) -> Run {
    let mut run = flow::run(reference, &shown(&answer));
    run.set_vendor(answer);
    run
}

/// What is shown of a run.
pub(super) fn shown(run: &PipelineRun) -> Shown<'_> {
    flow::shown!(run, worded)
}
