//! The stages, jobs and tasks of a run, from the timeline of its build.

use std::collections::{BTreeMap, BTreeSet};

use super::{Client, types};
use crate::error::Result;
use crate::run::{Log, RunRef, RunStatus, Step, Timestamp};

use super::gates::APPROVAL;
use super::logs::LogPlace;
use super::normalize::words;

/// What is deeper than this is no stage, phase, job or task.
const DEEPEST: usize = 16;

impl Client {
    /// The records of a run's timeline, each after what it is a part of.
    pub(super) async fn all_steps(&self, run: &RunRef) -> Result<Vec<Step>> {
        let Some(records) = self.timeline_there(run).await? else {
            // The run exists and has no steps.
            return self.get(run).await.map(|_| Vec::new());
        };
        let cleaner = self.session.cleaner();
        let steps = in_order(records).into_iter();
        Ok(steps.map(|step| step.clean(&cleaner)).collect())
    }

    pub(super) async fn log_of_step(&self, run: &RunRef, step: &Step) -> Result<Option<Log>> {
        let Some(id) = step.log.as_deref().and_then(|id| id.parse().ok()) else {
            return Ok(None);
        };
        let place = LogPlace {
            id,
            step: step.name.clone(),
        };
        self.log_of(run, place).await.map(Some)
    }
}

type Records = BTreeMap<Option<String>, Vec<types::TimelineRecord>>;

/// They come in no given order; each says what it is a part of, and its place there.
fn in_order(records: Vec<types::TimelineRecord>) -> Vec<Step> {
    let known: BTreeSet<String> = records.iter().filter_map(|one| one.id.clone()).collect();
    let mut children = Records::new();
    for record in records {
        // A record whose parent is not in the answer goes to the top.
        let parent = record.parent_id.clone().filter(|id| known.contains(id));
        children.entry(parent).or_default().push(record);
    }
    for siblings in children.values_mut() {
        siblings.sort_by_key(|record| record.order);
    }
    let mut steps = Vec::new();
    take(&None, DEEPEST, &mut Vec::new(), &mut children, &mut steps);
    steps
}

fn take(
    parent: &Option<String>,
    deeper: usize,
    within: &mut Vec<String>,
    children: &mut Records,
    steps: &mut Vec<Step>,
) {
    // Taken out: a circle of parents ends.
    for record in children.remove(parent).unwrap_or_default() {
        let name = record.name.clone().unwrap_or_default();
        // A phase stands between a stage and its jobs, a checkpoint between a stage and its approvals;
        // the service's own pages do not show them.
        let is_between = matches!(record.type_.as_deref(), Some("Phase" | "Checkpoint"));
        let id = record.id.clone();
        if !is_between {
            steps.push(step(steps.len(), within, record));
        }
        if let (Some(_), Some(deeper)) = (&id, deeper.checked_sub(1)) {
            let inside = !is_between && !name.is_empty();
            if inside {
                within.push(name);
            }
            take(&id, deeper, within, children, steps);
            if inside {
                within.pop();
            }
        }
    }
}

fn step(place: usize, within: &[String], record: types::TimelineRecord) -> Step {
    let id = record.id.unwrap_or_else(|| place.to_string());
    let mut status = status(record.state.as_ref(), record.result.as_ref());
    if status == RunStatus::Running && record.type_.as_deref() == Some(APPROVAL) {
        status = RunStatus::Waiting;
    }
    let mut step = Step::new(id, record.name.unwrap_or_default(), status);
    step.within = within.to_vec();
    step.vendor_status = words(
        record
            .state
            .as_ref()
            .map(types::TimelineRecordState::as_str),
        record.result.as_ref().map(types::TaskResult::as_str),
    );
    step.started_at = record.start_time.as_deref().and_then(Timestamp::parse);
    step.finished_at = record.finish_time.as_deref().and_then(Timestamp::parse);
    let issues = record.issues.unwrap_or_default().into_iter();
    let mut errors = issues
        .filter(|issue| issue.type_ == Some(types::IssueType::Error))
        .filter_map(|issue| issue.message);
    step.message = errors.next().or(record.current_operation);
    step.log = record.log.and_then(|log| log.id).map(|id| id.to_string());
    step
}

/// What a record's two words mean together. A result goes with an end.
fn status(
    state: Option<&types::TimelineRecordState>,
    result: Option<&types::TaskResult>,
) -> RunStatus {
    use types::{TaskResult as Ended, TimelineRecordState as State};
    match (state, result) {
        (Some(State::Pending), None) => RunStatus::Queued,
        (Some(State::InProgress), None) => RunStatus::Running,
        // Two results say why a stage has not begun (the document, version 7.2 of the API).
        (Some(State::Pending), Some(Ended::ManuallyQueued)) => RunStatus::Waiting,
        (Some(State::Pending), Some(Ended::DependentOnManualQueue)) => RunStatus::Queued,
        (Some(State::Completed), Some(result)) => match result {
            Ended::Succeeded | Ended::SucceededWithIssues => RunStatus::Succeeded,
            Ended::Failed | Ended::Abandoned => RunStatus::Failed,
            Ended::Canceled => RunStatus::Canceled,
            Ended::Skipped => RunStatus::Skipped,
            Ended::ManuallyQueued => RunStatus::Waiting,
            Ended::DependentOnManualQueue => RunStatus::Queued,
            Ended::Unknown(_) => RunStatus::Unknown,
        },
        _ => RunStatus::Unknown,
    }
}
