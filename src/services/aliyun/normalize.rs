//! From Aliyun's answers to a [`Run`].

use super::envelope;
use super::page::page;
use super::reference::PipelineRef;
use super::types::{
    PipelineRun, PipelineRunJob, PipelineRunStageInfo, PipelineRunStatus, PipelineRunSummary,
    StartPipelineRunResponse,
};
use crate::client::Named;
use crate::error::Result;
use crate::place::Place;
use crate::run::{Run, RunStatus, Timestamp};
use crate::services::flow;

/// The action that a manual gate has while it waits.
const PASS: &str = "PassPipelineValidate";

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

/// A run with nothing but its name and its word.
fn worded(pipeline: &PipelineRef, run_id: i64, word: Option<&PipelineRunStatus>) -> Result<Run> {
    let reference = pipeline.run(run_id)?;
    let mut run = Run::new(reference, word.map_or(RunStatus::Unknown, status));
    run.vendor_status = word.map(ToString::to_string);
    Ok(placed(run, pipeline))
}

/// The same run with what its pipeline tells.
fn placed(mut run: Run, pipeline: &PipelineRef) -> Run {
    run.pipeline_id = Some(pipeline.pipeline_id.to_string());
    run.url = Some(page(
        &pipeline.organization_id,
        pipeline.pipeline_id,
        &run.id,
    ));
    run
}

/// A run that has just been started. The answer holds its number and no state: it was accepted.
pub(super) fn started(
    pipeline: &PipelineRef,
    answer: StartPipelineRunResponse,
) -> Option<Result<Run>> {
    // They count from 1: a zero is none.
    let run_id = answer.pipeline_run_id.filter(|id| *id > 0)?;
    Some(worded(pipeline, run_id, None).map(|mut run| {
        run.status = RunStatus::Queued;
        run.warnings.extend(envelope::objection(&answer));
        run.with_vendor(answer)
    }))
}

/// A run of which only the number could be read.
pub(super) fn named(pipeline: &PipelineRef, answer: &Named) -> Result<Run> {
    let run = Run::new(pipeline.run_of(&answer.id)?, RunStatus::Queued);
    Ok(placed(run, pipeline))
}

/// A run as the list shows it. `None` for an item without a number.
pub(super) fn listed(pipeline: &PipelineRef, item: PipelineRunSummary) -> Option<Result<Run>> {
    let run_id = item.pipeline_run_id.filter(|id| *id > 0)?;
    Some(
        worded(pipeline, run_id, item.status.as_ref()).map(|mut run| {
            run.started_at = item.start_time.and_then(Timestamp::from_millis);
            run.finished_at = item.end_time.and_then(Timestamp::from_millis);
            run.with_vendor(item)
        }),
    )
}

/// A run with its stages.
pub(super) fn run(pipeline: &PipelineRef, run_id: i64, answer: Option<PipelineRun>) -> Result<Run> {
    let mut run = worded(
        pipeline,
        run_id,
        answer.as_ref().and_then(|answer| answer.status.as_ref()),
    )?;
    let Some(answer) = answer else {
        run.warnings
            .push("The service's answer holds no run.".to_owned());
        return Ok(run);
    };
    run.created_at = answer.create_time.and_then(Timestamp::from_millis);
    run.started_at = stages(&answer)
        .filter_map(|stage| stage.start_time)
        .filter(|millis| *millis > 0)
        .min()
        .and_then(Timestamp::from_millis);
    if run.status.has_ended() {
        // A run has no end of its own. Its last change comes close.
        let last = stages(&answer).filter_map(|stage| stage.end_time).max();
        run.finished_at = last
            .and_then(Timestamp::from_millis)
            .or_else(|| answer.update_time.and_then(Timestamp::from_millis));
    }
    run.requested_ref = branches(&answer);
    run.message = message(run.status, &answer);
    if !run.status.has_ended() {
        let waiting =
            |job: &&PipelineRunJob| job.status.as_ref().map(status) == Some(RunStatus::Waiting);
        let gate = |job: &PipelineRunJob| flow::gate(job.id, job.name.as_deref(), is_gate(job));
        run.waits_for = jobs(&answer).filter(waiting).map(gate).collect();
    }
    Ok(run.with_vendor(answer))
}

fn stages(run: &PipelineRun) -> impl Iterator<Item = &PipelineRunStageInfo> {
    let stages = run.stages.iter().flatten();
    stages.filter_map(|stage| stage.stage_info.as_ref())
}

/// The jobs of a run, stage after stage.
pub(super) fn jobs(run: &PipelineRun) -> impl Iterator<Item = &PipelineRunJob> {
    stages(run).flat_map(|stage| stage.jobs.iter().flatten())
}

/// The jobs of a run, each with the name of its stage.
pub(super) fn staged(run: &PipelineRun) -> impl Iterator<Item = (Option<&str>, &PipelineRunJob)> {
    run.stages.iter().flatten().flat_map(|stage| {
        let info = stage.stage_info.as_ref();
        let name = info.and_then(|info| info.name.as_deref());
        let name = name.or(stage.name.as_deref());
        let jobs = info.and_then(|info| info.jobs.as_ref());
        jobs.into_iter().flatten().map(move |job| (name, job))
    })
}

/// What the run's sources were set to, each once.
fn branches(run: &PipelineRun) -> Option<String> {
    let mut branches: Vec<&str> = Vec::new();
    for source in run.sources.iter().flatten() {
        let branch = source.data.as_ref().and_then(|data| data.branch.as_deref());
        let branch = branch.filter(|branch| !branch.is_empty());
        branches.extend(branch.filter(|branch| !branches.contains(branch)));
    }
    (!branches.is_empty()).then(|| branches.join(", "))
}

/// Which job a run waits for, or failed in. While a run is under way, one of its jobs may wait for
/// a person and others go on.
fn message(state: RunStatus, run: &PipelineRun) -> Option<String> {
    let first =
        |wanted: RunStatus| jobs(run).find(|job| job.status.as_ref().map(status) == Some(wanted));
    let name = |job: &PipelineRunJob| job.name.clone().unwrap_or_default();
    match state {
        RunStatus::Waiting | RunStatus::Running => {
            let job = first(RunStatus::Waiting)?;
            let what = match is_gate(job) {
                true => "waits for a person to pass or refuse it",
                false => "waits for a resource or for a person",
            };
            Some(format!("The job \"{}\" {what}.", name(job)))
        }
        RunStatus::Failed => {
            let job = first(RunStatus::Failed)?;
            Some(format!("The job \"{}\" failed.", name(job)))
        }
        RunStatus::Queued
        | RunStatus::Canceling
        | RunStatus::Succeeded
        | RunStatus::Canceled
        | RunStatus::Skipped
        | RunStatus::Unknown => None,
    }
}

/// Whether a job is a manual gate that can be passed now.
fn is_gate(job: &PipelineRunJob) -> bool {
    let mut actions = job.actions.iter().flatten();
    actions.any(|action| action.type_.as_deref() == Some(PASS) && action.disable != Some(true))
}
