//! One run, looked at until something changes.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, timeout_at};

use super::WaitOptions;
use crate::error::{Error, ErrorKind, Result};
use crate::run::{Run, RunRef, RunStatus};
use crate::runs::Runs;

/// A service may not know its own new run yet. For so long that is no error.
const BECOMES_VISIBLE: Duration = Duration::from_secs(30);

/// What a change is a change of.
#[derive(PartialEq)]
struct Snapshot {
    status: RunStatus,
    vendor_status: Option<String>,
    message: Option<String>,
}

impl Snapshot {
    fn of(run: &Run) -> Self {
        Snapshot {
            status: run.status,
            vendor_status: run.vendor_status.clone(),
            message: run.message.clone(),
        }
    }
}

pub(super) struct Follow<'a> {
    runs: &'a dyn Runs,
    run: RunRef,
    options: WaitOptions,
    /// Bounds the requests of many waits. Whoever waits here holds no more than this struct.
    gate: Option<Arc<Semaphore>>,
    began: Instant,
    /// How old the run was when it was first read.
    age_then: Duration,
    /// The last look that brought the run, or the beginning.
    last_good: Instant,
    /// Why nothing could be read since then, if anything was tried.
    failing: Option<ErrorKind>,
    state: Option<Snapshot>,
    looked: bool,
    ended: bool,
}

impl<'a> Follow<'a> {
    pub fn new(
        runs: &'a dyn Runs,
        run: RunRef,
        options: WaitOptions,
        gate: Option<Arc<Semaphore>>,
    ) -> Self {
        let now = Instant::now();
        Follow {
            runs,
            run,
            options,
            gate,
            began: now,
            age_then: Duration::ZERO,
            last_good: now,
            failing: None,
            state: None,
            looked: false,
            ended: false,
        }
    }

    /// The run as it ended. States in between are dropped: many waits hold little.
    pub async fn until_the_end(&mut self) -> Result<Run> {
        loop {
            match self.within_deadline().await? {
                run if self.ended => return Ok(run),
                _ => {}
            }
        }
    }

    /// The next state that differs from the last one; `None` once the run has ended.
    pub async fn next_change(&mut self) -> Result<Option<Run>> {
        if self.ended {
            return Ok(None);
        }
        self.within_deadline().await.map(Some)
    }

    async fn within_deadline(&mut self) -> Result<Run> {
        let Some(deadline) = self.options.deadline else {
            return self.look_for_change().await;
        };
        let end = self.began.checked_add(deadline);
        let Some(end) = end else {
            // Later than any clock tells: no deadline.
            return self.look_for_change().await;
        };
        match timeout_at(end, self.look_for_change()).await {
            Ok(change) => change,
            Err(_) => Err(self.deadline_passed(deadline)),
        }
    }

    async fn look_for_change(&mut self) -> Result<Run> {
        loop {
            if self.looked {
                let age = self.age_then.saturating_add(self.began.elapsed());
                sleep(self.options.pause(age)).await;
            }
            let read = self.look().await;
            self.looked = true;
            match read {
                Ok(run) => {
                    self.last_good = Instant::now();
                    self.failing = None;
                    let state = Snapshot::of(&run);
                    if self.state.is_none() {
                        self.age_then = self.age(&run);
                    }
                    let stop = run.status == RunStatus::Waiting && self.options.stop_when_waiting;
                    self.ended = run.status.has_ended() || stop;
                    if self.ended || self.state.as_ref() != Some(&state) {
                        self.state = Some(state);
                        return Ok(run);
                    }
                }
                Err(error) if self.survives(&error) => {
                    let (service, kind) = (self.runs.service().name(), error.kind().as_str());
                    tracing::info!(service, run = %self.run, kind, "not read; looked at again");
                    self.failing = Some(error.kind());
                }
                Err(error) => return Err(error),
            }
        }
    }

    async fn look(&self) -> Result<Run> {
        let _permit = match &self.gate {
            // Never closed, so there always is a permit to come.
            Some(gate) => gate.acquire().await.ok(),
            None => None,
        };
        self.runs.get(&self.run).await
    }

    /// How long the run has been going, by the wall clock. Nothing for one just begun.
    fn age(&self, run: &Run) -> Duration {
        let begun = run.started_at.as_ref().or(run.created_at.as_ref());
        let age = begun.map(|begun| (self.options.clock)().signed_duration_since(begun.to_utc()));
        age.and_then(|age| age.to_std().ok()).unwrap_or_default()
    }

    fn survives(&self, error: &Error) -> bool {
        let failing = self.last_good.elapsed();
        match error.kind() {
            ErrorKind::Transport
            | ErrorKind::Unavailable
            | ErrorKind::RateLimited
            | ErrorKind::Undecodable => failing < self.options.patience,
            ErrorKind::NotFound => self.state.is_none() && failing < BECOMES_VISIBLE,
            _ => false,
        }
    }

    fn deadline_passed(&self, deadline: Duration) -> Error {
        let ago = self.last_good.elapsed().as_secs();
        let last = match &self.state {
            Some(state) => format!(
                "the run was {} when last seen, {ago} s before",
                state.status
            ),
            None => "the run could not be read even once".to_owned(),
        };
        let why = self
            .failing
            .map_or(String::new(), |kind| format!(" ({kind})"));
        Error::new(ErrorKind::Deadline)
            .on_service(self.runs.service())
            .about_run(Some(self.run.clone()))
            .detail(format!("after {} s {last}{why}", deadline.as_secs()))
    }
}
