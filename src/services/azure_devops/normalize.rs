//! From Azure DevOps' answers to a [`Run`].

use std::collections::BTreeMap;

use super::reference::PipelineRef;
use super::types;
use crate::client::Named;
use crate::error::Result;
use crate::place::Place;
use crate::run::{Gate, GateKind, Run, RunRef, RunStatus, Timestamp};

/// What a run's two words mean together.
fn run_status(state: Option<&types::RunState>, result: Option<&types::RunResult>) -> RunStatus {
    use types::{RunResult as Ended, RunState as State};
    let ended = match result {
        None | Some(Ended::VendorUnknown) => None,
        Some(Ended::Succeeded) => Some(RunStatus::Succeeded),
        Some(Ended::Failed) => Some(RunStatus::Failed),
        Some(Ended::Canceled) => Some(RunStatus::Canceled),
        Some(Ended::Unknown(_)) => Some(RunStatus::Unknown),
    };
    match state {
        Some(State::InProgress) => unended(RunStatus::Running, ended),
        Some(State::Canceling) => unended(RunStatus::Canceling, ended),
        Some(State::Completed) => ended.unwrap_or(RunStatus::Unknown),
        None | Some(State::VendorUnknown | State::Unknown(_)) => RunStatus::Unknown,
    }
}

/// What a build's two words mean together.
fn build_status(
    status: Option<&types::BuildStatus>,
    result: Option<&types::BuildResult>,
) -> RunStatus {
    use types::{BuildResult as Ended, BuildStatus as Status};
    let ended = match result {
        None | Some(Ended::None) => None,
        Some(Ended::Succeeded | Ended::PartiallySucceeded) => Some(RunStatus::Succeeded),
        Some(Ended::Failed) => Some(RunStatus::Failed),
        Some(Ended::Canceled) => Some(RunStatus::Canceled),
        Some(Ended::Unknown(_)) => Some(RunStatus::Unknown),
    };
    match status {
        Some(Status::NotStarted | Status::Postponed) => unended(RunStatus::Queued, ended),
        Some(Status::InProgress) => unended(RunStatus::Running, ended),
        Some(Status::Cancelling) => unended(RunStatus::Canceling, ended),
        Some(Status::Completed) => ended.unwrap_or(RunStatus::Unknown),
        // The service has given the build up (7.2): nothing goes on, and nobody said that it ended
        // well. As a task's result the same word is an end too. Otherwise the wait would never end.
        Some(Status::Abandoned) => match ended {
            None => RunStatus::Failed,
            Some(RunStatus::Succeeded) => RunStatus::Unknown,
            Some(ended) => ended,
        },
        // `all` is a word of filters.
        None | Some(Status::None | Status::All | Status::Unknown(_)) => RunStatus::Unknown,
    }
}

/// A result goes with an end: beside any other state it is documented nowhere.
fn unended(state: RunStatus, ended: Option<RunStatus>) -> RunStatus {
    match ended {
        None => state,
        Some(_) => RunStatus::Unknown,
    }
}

/// `completed/succeeded`, or the only word.
pub(super) fn words<'a>(state: Option<&'a str>, result: Option<&'a str>) -> Option<String> {
    match (state, result) {
        (Some(state), Some(result)) => Some([state, "/", result].concat()),
        (state, result) => state.or(result).map(str::to_owned),
    }
}

/// Whether a run has ended and does not say how. Its build does: a run's result has no word for
/// `partiallySucceeded`.
pub(super) fn needs_build(run: &types::Run) -> bool {
    use types::{RunResult as Ended, RunState as State};
    let told = [Ended::Succeeded, Ended::Failed, Ended::Canceled];
    run.state == Some(State::Completed)
        && !run
            .result
            .as_ref()
            .is_some_and(|result| told.contains(result))
}

/// A run as a [`Run`]. Its id, in the reference, is the one thing that it cannot do without.
pub(super) fn run(reference: RunRef, answer: types::Run) -> Run {
    let (state, result) = (answer.state.as_ref(), answer.result.as_ref());
    let mut run = of_pipeline(reference, run_status(state, result));
    run.vendor_status = words(
        state.map(types::RunState::as_str),
        result.map(types::RunResult::as_str),
    );
    run.pipeline_name = answer
        .pipeline
        .as_ref()
        .and_then(|pipeline| pipeline.name.clone());
    run.url = web_page(answer.links.as_ref());
    run.created_at = answer.created_date.as_deref().and_then(Timestamp::parse);
    run.finished_at = answer.finished_date.as_deref().and_then(Timestamp::parse);
    run.requested_ref = own_repository(&answer).and_then(|own| own.ref_name.clone());
    run.set_vendor(answer);
    run
}

fn of_pipeline(reference: RunRef, status: RunStatus) -> Run {
    let pipeline_id = reference.part("pipelineId").to_owned();
    let mut run = Run::new(reference, status);
    run.pipeline_id = Some(pipeline_id);
    run
}

/// What the build of a run adds to it: how it ended, and when it began.
pub(super) fn add_build(run: &mut Run, build: &types::Build) {
    let result = build.result.as_ref();
    run.started_at = build.start_time.as_deref().and_then(Timestamp::parse);
    if run.finished_at.is_none() {
        run.finished_at = build.finish_time.as_deref().and_then(Timestamp::parse);
    }
    let status = build_status(Some(&types::BuildStatus::Completed), result);
    if status.has_ended() {
        run.status = status;
        // Not the build's status: it may still say that the run, which has ended, is in progress.
        run.vendor_status = words(Some("completed"), result.map(types::BuildResult::as_str));
    }
    warn_of_issues(run, result);
}

/// What a run in progress waits for.
pub(super) fn add_gates(run: &mut Run, gates: Vec<Gate>) {
    if let Some(gate) = gates.first() {
        let what = match gate.kind {
            GateKind::Approval => "waits for an approval",
            GateKind::Variables | GateKind::Other => "waits for somebody",
        };
        run.status = RunStatus::Waiting;
        run.message = Some(format!("The stage \"{}\" {what}.", gate.name));
    }
    run.waits_for = gates;
}

fn warn_of_issues(run: &mut Run, result: Option<&types::BuildResult>) {
    if result == Some(&types::BuildResult::PartiallySucceeded) {
        run.warnings.push(
            "Not every task of the run succeeded: the service calls it partially succeeded."
                .to_owned(),
        );
    }
}

/// A build, as the [`Run`] that it carries out.
fn build(reference: RunRef, answer: types::Build) -> Run {
    let (status, result) = (answer.status.as_ref(), answer.result.as_ref());
    let mut run = of_pipeline(reference, build_status(status, result));
    run.vendor_status = words(
        status.map(types::BuildStatus::as_str),
        result.map(types::BuildResult::as_str),
    );
    run.pipeline_name = answer
        .definition
        .as_ref()
        .and_then(|definition| definition.name.clone());
    run.url = web_page(answer.links.as_ref());
    run.created_at = answer.queue_time.as_deref().and_then(Timestamp::parse);
    run.started_at = answer.start_time.as_deref().and_then(Timestamp::parse);
    run.finished_at = answer.finish_time.as_deref().and_then(Timestamp::parse);
    run.requested_ref = answer.source_branch.clone();
    warn_of_issues(&mut run, result);
    run.set_vendor(answer);
    run
}

/// The id of the pipeline that a run is of, where the answer tells.
pub(super) fn pipeline_of(run: &types::Run) -> Option<i64> {
    run.pipeline.as_ref()?.id.filter(|id| *id > 0)
}

/// A run of a list; `None` for an item without an id, or of another pipeline. No run has the id 0 or
/// less.
pub(super) fn listed(pipeline: &PipelineRef, item: types::Run) -> Option<Result<Run>> {
    let its_own = pipeline_of(&item).is_none_or(|id| id == pipeline.pipeline_id);
    its_own.then(|| identified(pipeline, item))?
}

fn identified(pipeline: &PipelineRef, answer: types::Run) -> Option<Result<Run>> {
    let id = answer.id.filter(|id| *id > 0)?;
    Some(pipeline.run(id).map(|reference| run(reference, answer)))
}

/// The same of a list of builds.
pub(super) fn listed_build(pipeline: &PipelineRef, item: types::Build) -> Option<Result<Run>> {
    let definition = item.definition.as_ref().and_then(|told| told.id);
    let id = item.id.filter(|id| *id > 0)?;
    let its_own = definition.is_none_or(|id| id == pipeline.pipeline_id);
    its_own.then(|| pipeline.run(id).map(|reference| build(reference, item)))
}

/// A run that was just started; `None` where the answer has no id in its place.
pub(super) fn started(
    pipeline: &PipelineRef,
    request: &types::RunPipelineParameters,
    answer: types::Run,
) -> Option<Result<Run>> {
    let mut run = identified(pipeline, answer)?;
    if let Ok(run) = &mut run
        && run.requested_ref.is_none()
    {
        run.requested_ref = asked_ref(request);
    }
    Some(run)
}

/// The ref that a request asks for, of the repository with the pipeline's YAML.
fn asked_ref(request: &types::RunPipelineParameters) -> Option<String> {
    let own = request.resources.as_ref()?.repositories.get("self")?;
    own.ref_name.clone()
}

/// A run of which the id could be read, and perhaps a little more.
pub(super) fn named(pipeline: &PipelineRef, answer: &Named) -> Result<Run> {
    let (state, result) = (answer.text(&["state"]), answer.text(&["result"]));
    let (state, result) = (state.as_deref(), result.as_deref());
    let status = run_status(
        state.map(types::RunState::from).as_ref(),
        result.map(types::RunResult::from).as_ref(),
    );
    let mut run = of_pipeline(pipeline.run_of(&answer.id)?, status);
    run.vendor_status = words(state, result);
    run.pipeline_name = answer.text(&["pipeline", "name"]);
    run.url = answer.text(&["_links", "web", "href"]);
    run.created_at = answer
        .text(&["createdDate"])
        .and_then(|date| Timestamp::parse(&date));
    Ok(run)
}

/// The page for people. `url` and the link `self` lead to JSON.
fn web_page(links: Option<&BTreeMap<String, types::Link>>) -> Option<String> {
    links?.get("web")?.href.clone()
}

/// The repository that holds the pipeline's YAML: the service calls it `self`.
fn own_repository(run: &types::Run) -> Option<&types::RepositoryResource> {
    run.resources.as_ref()?.repositories.as_ref()?.get("self")
}
