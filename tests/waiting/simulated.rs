//! A service that exists on the simulated clock alone.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use futures_util::future::{BoxFuture, FutureExt};
use futures_util::stream::{self, BoxStream, StreamExt};
use runpipe::{Error, ErrorKind, Log, Result, Run, RunRef, RunStatus, Runs, Service, Timestamp};
use tokio::time::{Instant, sleep};

pub struct Simulated {
    born: Instant,
    /// From which second on the run is in which state.
    script: Vec<(Duration, RunStatus)>,
    begun_at: Option<DateTime<Utc>>,
    finished_at: Option<DateTime<Utc>>,
    failing: Option<(Range<u64>, ErrorKind)>,
    latency: Duration,
    requests: AtomicUsize,
    at_once: AtomicUsize,
    most_at_once: AtomicUsize,
}

impl Simulated {
    pub fn script(script: &[(u64, RunStatus)]) -> Self {
        let script = script
            .iter()
            .map(|(at, status)| (Duration::from_secs(*at), *status));
        Simulated {
            born: Instant::now(),
            script: script.collect(),
            begun_at: None,
            finished_at: None,
            failing: None,
            latency: Duration::ZERO,
            requests: AtomicUsize::new(0),
            at_once: AtomicUsize::new(0),
            most_at_once: AtomicUsize::new(0),
        }
    }

    pub fn ends_after(length: Duration) -> Self {
        let mut service = Simulated::script(&[(0, RunStatus::Running)]);
        service.script.push((length, RunStatus::Succeeded));
        service
    }

    pub fn begun_at(mut self, begun_at: DateTime<Utc>) -> Self {
        self.begun_at = Some(begun_at);
        self
    }

    /// Whatever its state, it says that it finished then.
    pub fn finished_at(mut self, finished_at: DateTime<Utc>) -> Self {
        self.finished_at = Some(finished_at);
        self
    }

    /// Answers with an error between those seconds.
    pub fn fails(mut self, when: Range<u64>, kind: ErrorKind) -> Self {
        self.failing = Some((when, kind));
        self
    }

    pub fn answers_after(mut self, latency: Duration) -> Self {
        self.latency = latency;
        self
    }

    pub fn run(&self) -> RunRef {
        self.run_of(31)
    }

    pub fn run_of(&self, id: usize) -> RunRef {
        let id = id.to_string();
        RunRef::new(Service::Buddy, ["acme", "site", "2", id.as_str()]).unwrap()
    }

    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::Relaxed)
    }

    pub fn most_at_once(&self) -> usize {
        self.most_at_once.load(Ordering::Relaxed)
    }

    async fn read(&self, run: &RunRef) -> Result<Run> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let now = self.at_once.fetch_add(1, Ordering::Relaxed) + 1;
        self.most_at_once.fetch_max(now, Ordering::Relaxed);
        if !self.latency.is_zero() {
            sleep(self.latency).await;
        }
        self.at_once.fetch_sub(1, Ordering::Relaxed);
        let age = self.born.elapsed();
        if let Some((when, kind)) = &self.failing
            && when.contains(&age.as_secs())
        {
            return Err(Error::new(*kind));
        }
        let state = self.script.iter().rev().find(|(from, _)| *from <= age);
        let mut run = Run::new(run.clone(), state.unwrap().1);
        let time = |date: DateTime<Utc>| {
            Timestamp::parse(&date.to_rfc3339_opts(SecondsFormat::Millis, true))
        };
        run.started_at = self.begun_at.and_then(time);
        run.finished_at = self.finished_at.and_then(time);
        Ok(run)
    }
}

impl Runs for Simulated {
    fn service(&self) -> Service {
        Service::Buddy
    }

    fn get<'a>(&'a self, run: &'a RunRef) -> BoxFuture<'a, Result<Run>> {
        self.read(run).boxed()
    }

    fn cancel<'a>(&'a self, run: &'a RunRef) -> BoxFuture<'a, Result<Run>> {
        self.read(run).boxed()
    }

    fn logs<'a>(&'a self, _: &'a RunRef) -> BoxStream<'a, Result<Log>> {
        stream::empty().boxed()
    }
}
