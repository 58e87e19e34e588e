//! The runs of one service, as they really are. Bounded: old runs are forgotten.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};

use super::plan::RunPlan;
use super::run::{NewRun, State, StoredRun};

/// How many runs are kept.
const MOST_RUNS: usize = 20_000;
/// How much of a request is kept, in bytes of JSON.
const MOST_BYTES: usize = 32 << 20;

/// When a run was created, and its number in the service.
type Key = (DateTime<Utc>, u64);

/// All runs of one service, by the time they were created.
#[derive(Debug, Default)]
pub(crate) struct Store {
    runs: BTreeMap<Key, StoredRun>,
    by_id: HashMap<(String, String), Key>,
    numbers: HashMap<String, u64>,
    count: u64,
    started: usize,
    bytes: usize,
}

impl Store {
    /// Starts a run.
    pub fn start(&mut self, new: NewRun, plan: RunPlan, now: DateTime<Utc>) -> StoredRun {
        self.started += 1;
        self.add(new, plan, now, now)
    }

    /// Adds a run that was created then. It does not count as started.
    pub fn add(
        &mut self,
        new: NewRun,
        plan: RunPlan,
        created: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> StoredRun {
        self.count += 1;
        let number = self.numbers.entry(new.scope.clone()).or_default();
        *number += 1;
        let run = new.stored((*number, self.count), plan, created);
        let key = (created, self.count);
        self.bytes += run.bytes;
        self.by_id.insert((run.scope.clone(), run.id.clone()), key);
        self.runs.insert(key, run.clone());
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

    /// The runs of a scope, the newest first.
    pub fn newest_of(&self, scope: &str) -> impl Iterator<Item = &StoredRun> {
        self.newest_first().filter(move |run| run.scope == scope)
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
    use std::time::Duration;

    use serde_json::Value;

    use super::*;
    use crate::{Outcome, Pipeline};

    fn at(millis: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(1_800_000_000_000 + millis).unwrap_or_default()
    }

    fn start(store: &mut Store, plan: RunPlan, now: DateTime<Utc>) -> StoredRun {
        let pipeline = Pipeline::new(runpipe::Service::Buddy, ["a"], "p", "p");
        let new = NewRun::new("a".to_owned(), &pipeline, Value::Null, |number, _| {
            number.to_string()
        });
        store.start(new, plan, now)
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
