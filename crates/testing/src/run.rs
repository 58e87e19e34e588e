//! A run as it really is, and its state at each time.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::catalogue::Pipeline;
use super::clock::later;
use super::plan::{Outcome, RunPlan};
use super::seeded_run::Trigger;

/// What a new run is to be.
pub(crate) struct NewRun {
    /// What the id is to be unique within: a pipeline, a project.
    pub scope: String,
    /// The vendor's id of the pipeline.
    pub pipeline: String,
    /// What is asked for: the decoded body of the request.
    pub request: Value,
    /// Makes the id from the run's number in its scope and its number in the service.
    pub id: fn(u64, u64) -> String,
    pub trigger: Trigger,
    /// When it is to begin, if not at once.
    pub begins: Option<DateTime<Utc>>,
}

impl NewRun {
    /// A run of a pipeline, asked for through the API.
    pub fn new(
        scope: String,
        pipeline: &Pipeline,
        request: Value,
        id: fn(u64, u64) -> String,
    ) -> Self {
        NewRun {
            scope,
            pipeline: pipeline.id.clone(),
            request,
            id,
            trigger: Trigger::Api,
            begins: None,
        }
    }

    /// As [`NewRun::new`], with ids that are the numbers of the pipeline's runs.
    pub fn numbered(pipeline: &Pipeline, request: Value) -> Self {
        NewRun::new(pipeline.path(), pipeline, request, |number, _| {
            number.to_string()
        })
    }

    /// The run, with its number in its scope and its number in the service.
    pub fn stored(self, numbers: (u64, u64), plan: RunPlan, created: DateTime<Utc>) -> StoredRun {
        StoredRun {
            id: (self.id)(numbers.0, numbers.1),
            number: numbers.0,
            scope: self.scope,
            pipeline: self.pipeline,
            trigger: self.trigger,
            created,
            begins: self.begins.map_or(created, |begins| begins.max(created)),
            bytes: self.request.to_string().len(),
            request: self.request,
            plan,
            applied: None,
            canceled: None,
        }
    }
}

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
    /// What started it.
    pub trigger: Trigger,
    /// When it was asked for.
    pub created: DateTime<Utc>,
    /// What was asked for: the decoded body of the request.
    pub request: Value,
    begins: DateTime<Utc>,
    plan: RunPlan,
    applied: Option<DateTime<Utc>>,
    /// When it was told to stop, and when it had stopped.
    canceled: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// How much of it was asked for, in bytes of JSON.
    pub bytes: usize,
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

    /// When it was let go on, if it was.
    pub fn applied_at(&self) -> Option<DateTime<Utc>> {
        self.applied
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
    pub fn restart(&mut self, now: DateTime<Utc>, plan: RunPlan) {
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
