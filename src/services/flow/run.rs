//! A run, in the shape that both APIs share.

use super::answer::{Shown, Word};
use super::decide::gate;
use super::page::page;
use crate::error::Result;
use crate::place::Place;
use crate::run::{Run, RunRef, RunStatus, Timestamp};

/// A run with nothing but its name and its word.
fn worded(reference: RunRef, word: Option<Word<'_>>) -> Run {
    let status = word.map_or(RunStatus::Unknown, |(_, status)| status);
    let (pipeline_id, url) = (reference.part("pipelineId").to_owned(), page(&reference));
    let mut run = Run::new(reference, status);
    run.vendor_status = word.map(|(word, _)| word.to_owned());
    run.pipeline_id = Some(pipeline_id);
    run.url = url;
    run
}

/// A run that has just been started: its answer has a number and no state.
pub(in crate::services) fn queued(pipeline: &impl Place, run_id: impl ToString) -> Result<Run> {
    let mut run = worded(pipeline.run_of(run_id)?, None);
    run.status = RunStatus::Queued;
    Ok(run)
}

/// A run as a list shows it, with the numbers of its pipeline and its own. `None` for an item without a
/// number, they count from 1, and for one of another pipeline.
pub(in crate::services) fn listed(
    pipeline: &impl Place,
    [pipeline_id, run_id]: [Option<i64>; 2],
    word: Option<Word<'_>>,
    [began, ended]: [Option<i64>; 2],
) -> Option<Result<Run>> {
    let run_id = run_id.filter(|id| *id > 0)?;
    let told = pipeline_id.filter(|id| *id > 0).map(|id| id.to_string());
    if told.is_some_and(|told| pipeline.values().last() != Some(told.into())) {
        return None;
    }
    Some(pipeline.run_of(run_id).map(|reference| {
        let mut run = worded(reference, word);
        run.started_at = began.and_then(Timestamp::from_millis);
        run.finished_at = ended.and_then(Timestamp::from_millis);
        run
    }))
}

/// A run with its stages. It has no times of its own but those of its record.
pub(in crate::services) fn run(reference: RunRef, shown: &Shown<'_>) -> Run {
    let mut run = worded(reference, shown.word);
    run.created_at = shown.created.and_then(Timestamp::from_millis);
    let began = shown.stages.iter().filter_map(|[began, _]| *began);
    let began = began.filter(|millis| *millis > 0).min();
    run.started_at = began.and_then(Timestamp::from_millis);
    if run.status.has_ended() {
        // Its last change comes close.
        let last = shown.stages.iter().filter_map(|[_, ended]| *ended).max();
        let last = last.and_then(Timestamp::from_millis);
        run.finished_at = last.or_else(|| shown.changed.and_then(Timestamp::from_millis));
    }
    run.requested_ref = branches(shown);
    run.message = message(run.status, shown);
    if !run.status.has_ended() {
        let waiting = shown.jobs.iter().filter(|job| job.is(RunStatus::Waiting));
        run.waits_for = waiting.map(gate).collect();
    }
    run
}

/// What the run's sources were set to, each once.
fn branches(shown: &Shown<'_>) -> Option<String> {
    let mut branches: Vec<&str> = Vec::new();
    for branch in shown.branches.iter().filter(|branch| !branch.is_empty()) {
        if !branches.contains(branch) {
            branches.push(branch);
        }
    }
    (!branches.is_empty()).then(|| branches.join(", "))
}

/// Which job a run waits for, or failed in. While a run is under way, one of its jobs may wait for
/// a person and others go on.
fn message(status: RunStatus, shown: &Shown<'_>) -> Option<String> {
    let first = |wanted: RunStatus| {
        let mut jobs = shown.jobs.iter();
        jobs.find(|job| job.is(wanted))
    };
    let (job, what) = match status {
        RunStatus::Waiting | RunStatus::Running => {
            let job = first(RunStatus::Waiting)?;
            let what = match job.is_gate {
                true => "waits for a person to pass or refuse it",
                false => "waits for a resource or for a person",
            };
            (job, what)
        }
        RunStatus::Failed => (first(RunStatus::Failed)?, "failed"),
        RunStatus::Queued
        | RunStatus::Canceling
        | RunStatus::Succeeded
        | RunStatus::Canceled
        | RunStatus::Skipped
        | RunStatus::Unknown => return None,
    };
    Some(format!("The job \"{}\" {what}.", job.name))
}
