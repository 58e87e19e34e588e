//! The runs of one service, as they really are. Bounded: old runs are forgotten.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::clock::later;
use super::plan::{Outcome, RunPlan};

/// How many runs are kept.
const MOST_RUNS: usize = 20_000;
/// How much of what was asked for is kept, in bytes of JSON.
const MOST_BYTES: usize = 32 << 20;

/// What state a run is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Queued,
    Running,
    /// Until somebody lets it go on.
    Waiting,
    Canceling,
    Ended(Outcome),
}

/// A run that was started.
#[derive(Clone, Debug)]
pub(crate) struct StoredRun {
    /// What the id is unique within: a pipeline, a project.
    pub scope: String,
    /// The vendor's id of the run.
    pub id: String,
    /// The vendor's id of the pipeline.
    pub pipeline: String,
    /// Counts the runs of the scope from 1.
    pub number: u64,
    /// When it was asked for.
    pub created: DateTime<Utc>,
    /// What was asked for: the decoded body of the request.
    pub request: Value,
    begins: DateTime<Utc>,
    plan: RunPlan,
    applied: Option<DateTime<Utc>>,
    /// When it was told to stop, and when it had stopped.
    canceled: Option<(DateTime<Utc>, DateTime<Utc>)>,
    bytes: usize,
}

impl StoredRun {
    /// Its state at a time.
    pub fn state(&self, now: DateTime<Utc>) -> State {
        if let Some((_, stopped)) = self.canceled {
            return match now >= stopped {
                true => State::Ended(Outcome::Canceled),
                false => State::Canceling,
            };
        }
        match self.natural_end() {
            Some(end) if now >= end => State::Ended(self.plan.outcome()),
            _ if now < self.started() => State::Queued,
            _ if self.waits_at(now) => State::Waiting,
            _ => State::Running,
        }
    }

    /// When it began to run, if it has.
    pub fn started_at(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let stopped = self.canceled.is_some_and(|(told, _)| told < self.started());
        (now >= self.started() && !stopped).then(|| self.started())
    }

    /// When it ended, if it has.
    pub fn finished_at(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self.canceled {
            Some((_, stopped)) => (now >= stopped).then_some(stopped),
            None => self.natural_end().filter(|end| now >= *end),
        }
    }

    /// How much of it is done, in hundredths.
    pub fn progress(&self, now: DateTime<Utc>) -> u32 {
        if matches!(self.state(now), State::Ended(_)) {
            return 100;
        }
        let length = self.plan.length().as_millis().max(1);
        let gone = (now - self.begins).num_milliseconds().max(0).unsigned_abs();
        u32::try_from((u128::from(gone) * 100 / length).min(99)).unwrap_or(99)
    }

    /// Tells it to stop; it takes `grace` of its length. A run that has ended stays as it is.
    pub fn cancel(&mut self, now: DateTime<Utc>, at_once: bool) {
        if self.canceled.is_none() && !matches!(self.state(now), State::Ended(_)) {
            let grace = self.plan.length().mul_f64(0.2).min(Duration::from_secs(10));
            let grace = if at_once { Duration::ZERO } else { grace };
            self.canceled = Some((now, later(now, grace)));
        } else if let (true, Some((_, stopped))) = (at_once, &mut self.canceled) {
            *stopped = (*stopped).min(now);
        }
    }

    /// Lets it go on. `false` when it does not wait.
    pub fn apply(&mut self, now: DateTime<Utc>) -> bool {
        let waits = self.state(now) == State::Waiting;
        if waits {
            self.applied = Some(now);
        }
        waits
    }

    /// Lets a run that is to begin later begin now. `false` when it has begun.
    pub fn begin_now(&mut self, now: DateTime<Utc>) -> bool {
        let waits = now < self.begins && self.canceled.is_none();
        if waits {
            self.begins = now;
        }
        waits
    }

    /// Begins it anew, by a new plan.
    fn restart(&mut self, now: DateTime<Utc>, plan: RunPlan) {
        self.begins = now;
        self.plan = plan;
        self.applied = None;
        self.canceled = None;
    }

    fn started(&self) -> DateTime<Utc> {
        later(self.begins, self.plan.length() / 10)
    }

    fn pauses(&self) -> DateTime<Utc> {
        later(self.begins, self.plan.length() / 2)
    }

    fn waits_at(&self, now: DateTime<Utc>) -> bool {
        self.plan.waits() && self.applied.is_none() && now >= self.pauses()
    }

    fn natural_end(&self) -> Option<DateTime<Utc>> {
        match (self.plan.outcome(), self.plan.waits(), self.applied) {
            (Outcome::Never, ..) | (_, true, None) => None,
            (_, true, Some(applied)) => Some(later(applied, self.plan.length() / 2)),
            (_, false, _) => Some(later(self.begins, self.plan.length())),
        }
    }
}

/// What a new run is to be.
pub(crate) struct NewRun {
    pub scope: String,
    pub pipeline: String,
    pub request: Value,
    /// When it is to begin, if not now.
    pub begins: Option<DateTime<Utc>>,
}

/// All runs of one service.
#[derive(Debug, Default)]
pub(crate) struct Store {
    runs: BTreeMap<u64, StoredRun>,
    by_id: HashMap<(String, String), u64>,
    numbers: HashMap<String, u64>,
    next: u64,
    started: usize,
    bytes: usize,
}

impl Store {
    /// Starts a run. `id` makes its id from its number in the scope and its number in the service.
    pub fn start(
        &mut self,
        new: NewRun,
        plan: RunPlan,
        now: DateTime<Utc>,
        id: impl FnOnce(u64, u64) -> String,
    ) -> StoredRun {
        self.next += 1;
        self.started += 1;
        let number = self.numbers.entry(new.scope.clone()).or_default();
        *number += 1;
        let bytes = new.request.to_string().len();
        let run = StoredRun {
            id: id(*number, self.next),
            number: *number,
            scope: new.scope,
            pipeline: new.pipeline,
            created: now,
            begins: new.begins.map_or(now, |begins| begins.max(now)),
            request: new.request,
            plan,
            applied: None,
            canceled: None,
            bytes,
        };
        self.bytes += bytes;
        self.by_id
            .insert((run.scope.clone(), run.id.clone()), self.next);
        self.runs.insert(self.next, run.clone());
        self.forget_old(now);
        run
    }

    /// Begins a run once more. It counts as started.
    pub fn restart(&mut self, scope: &str, id: &str, plan: RunPlan, now: DateTime<Utc>) {
        if let Some(run) = self.get_mut(scope, id) {
            run.restart(now, plan);
            self.started += 1;
        }
    }

    pub fn get(&self, scope: &str, id: &str) -> Option<&StoredRun> {
        let key = self.by_id.get(&(scope.to_owned(), id.to_owned()))?;
        self.runs.get(key)
    }

    pub fn get_mut(&mut self, scope: &str, id: &str) -> Option<&mut StoredRun> {
        let key = self.by_id.get(&(scope.to_owned(), id.to_owned()))?;
        self.runs.get_mut(key)
    }

    /// All runs, the newest first.
    pub fn newest_first(&self) -> impl Iterator<Item = &StoredRun> {
        self.runs.values().rev()
    }

    /// How many runs were really started, whatever has been forgotten since.
    pub fn started(&self) -> usize {
        self.started
    }

    /// How many runs are remembered.
    pub fn len(&self) -> usize {
        self.runs.len()
    }

    /// The oldest runs that have ended go first, then the oldest of all.
    fn forget_old(&mut self, now: DateTime<Utc>) {
        while self.runs.len() > MOST_RUNS || (self.bytes > MOST_BYTES && self.runs.len() > 1) {
            let ended = |run: &StoredRun| matches!(run.state(now), State::Ended(_));
            let oldest_ended = self.runs.iter().find(|(_, run)| ended(run));
            let Some(key) = oldest_ended
                .or(self.runs.iter().next())
                .map(|(key, _)| *key)
            else {
                return;
            };
            if let Some(run) = self.runs.remove(&key) {
                self.bytes = self.bytes.saturating_sub(run.bytes);
                self.by_id.remove(&(run.scope, run.id));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(1_800_000_000_000 + millis).unwrap_or_default()
    }

    fn start(store: &mut Store, plan: RunPlan, now: DateTime<Utc>) -> StoredRun {
        let new = NewRun {
            scope: "a".to_owned(),
            pipeline: "p".to_owned(),
            request: Value::Null,
            begins: None,
        };
        store.start(new, plan, now, |number, _| number.to_string())
    }

    #[test]
    fn a_run_goes_through_its_states() {
        let mut store = Store::default();
        let plan = RunPlan::default()
            .takes(Duration::from_secs(10))
            .ends(Outcome::Failed);
        let run = start(&mut store, plan, at(0));
        assert_eq!(run.state(at(0)), State::Queued);
        assert_eq!(run.started_at(at(999)), None);
        assert_eq!(run.state(at(1_000)), State::Running);
        assert_eq!(run.progress(at(5_000)), 50);
        assert_eq!(run.state(at(9_999)), State::Running);
        assert_eq!(run.state(at(10_000)), State::Ended(Outcome::Failed));
        assert_eq!(run.finished_at(at(20_000)), Some(at(10_000)));
    }

    #[test]
    fn a_waiting_run_goes_on_when_it_is_applied() {
        let mut store = Store::default();
        let plan = RunPlan::default()
            .takes(Duration::from_secs(10))
            .waits_for_a_person();
        let mut run = start(&mut store, plan, at(0));
        assert!(!run.apply(at(4_000)));
        assert_eq!(run.state(at(60_000)), State::Waiting);
        assert!(run.apply(at(60_000)));
        assert_eq!(run.state(at(64_999)), State::Running);
        assert_eq!(run.state(at(65_000)), State::Ended(Outcome::Succeeded));
    }

    #[test]
    fn canceling_takes_time_and_ended_runs_stay() {
        let mut store = Store::default();
        let plan = RunPlan::default().takes(Duration::from_secs(10));
        let mut run = start(&mut store, plan, at(0));
        let mut ended = run.clone();
        run.cancel(at(5_000), false);
        assert_eq!(run.state(at(6_999)), State::Canceling);
        assert_eq!(run.state(at(7_000)), State::Ended(Outcome::Canceled));
        ended.cancel(at(11_000), true);
        assert_eq!(ended.state(at(12_000)), State::Ended(Outcome::Succeeded));
    }

    #[test]
    fn old_runs_are_forgotten_and_still_counted() {
        let mut store = Store::default();
        let kept = RunPlan::default().ends(Outcome::Never);
        let first = start(&mut store, kept, at(0));
        for _ in 0..MOST_RUNS + 10 {
            start(&mut store, RunPlan::default().takes(Duration::ZERO), at(1));
        }
        assert_eq!(store.len(), MOST_RUNS);
        assert_eq!(store.started(), MOST_RUNS + 11);
        assert!(
            store.get("a", &first.id).is_some(),
            "a run under way is kept"
        );
        assert!(store.get("a", "2").is_none());
    }
}
