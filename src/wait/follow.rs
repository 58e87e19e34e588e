//! What is known of one run that is waited on.

use std::time::Duration;

use tokio::time::Instant;

use super::WaitOptions;
use crate::error::{Error, ErrorKind};
use crate::run::{Run, RunRef, RunStatus};

/// A service may not know its own new run yet. For this long that is not an error.
const BECOMES_VISIBLE: Duration = Duration::from_secs(30);

/// For this long a run may be over with an unknown word: a service may write the time of the end
/// before the word.
const STRANGE: Duration = Duration::from_secs(10);

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

/// What is known of one run that is waited on.
pub(super) struct Follow {
    began: Instant,
    /// How old the run was when it was first read.
    age_then: Duration,
    /// The last look that brought the run, or the beginning.
    last_good: Instant,
    /// Why nothing could be read since then, if anything was tried.
    failing: Option<ErrorKind>,
    state: Option<Snapshot>,
    /// Since when the run has finished in a word that is unknown.
    strange: Option<Instant>,
}

impl Follow {
    pub fn new() -> Self {
        let now = Instant::now();
        Follow {
            began: now,
            age_then: Duration::ZERO,
            last_good: now,
            failing: None,
            state: None,
            strange: None,
        }
    }

    /// Takes in the result of a look. Returns whether it differs from what was known.
    pub fn read(&mut self, run: &Run, options: &WaitOptions) -> bool {
        let now = Instant::now();
        if self.state.is_none() {
            self.began = now;
            self.age_then = age(run, options);
        }
        self.last_good = now;
        self.failing = None;
        let is_strange = run.status == RunStatus::Unknown && run.finished_at.is_some();
        self.strange = is_strange.then(|| self.strange.unwrap_or(now));
        let state = Snapshot::of(run);
        let changed = self.state.as_ref() != Some(&state);
        self.state = Some(state);
        changed
    }

    /// The error of a run that has finished in a word that nobody knows: nobody is to wait for another.
    pub fn ended_strangely(&self, run: &Run) -> Option<Error> {
        let word = run.vendor_status.as_deref().unwrap_or("none");
        self.strange.filter(|since| since.elapsed() >= STRANGE)?;
        let finished = run.finished_at.as_ref()?;
        let detail =
            format!("the run finished at {finished}, and its state, {word}, is not documented");
        let error = Error::new(ErrorKind::Undecodable)
            .on_service(run.reference.service())
            .about_run(Some(run.reference.clone()))
            .detail(detail)
            .advise("Look at the run's page to see how it ended, and report the word.");
        Some(error)
    }

    /// Takes in why a look failed. Returns whether the wait goes on.
    pub fn survives(&mut self, kind: ErrorKind, options: &WaitOptions) -> bool {
        let failing = self.last_good.elapsed();
        let survives = match kind {
            ErrorKind::Transport
            | ErrorKind::Unavailable
            | ErrorKind::RateLimited
            | ErrorKind::Undecodable => failing < options.patience,
            ErrorKind::NotFound => self.state.is_none() && failing < BECOMES_VISIBLE,
            _ => false,
        };
        if survives {
            self.failing = Some(kind);
        }
        survives
    }

    /// How long the run has been going.
    pub fn age(&self) -> Duration {
        self.age_then.saturating_add(self.began.elapsed())
    }

    /// The error of a wait whose deadline came first.
    pub fn deadline_passed(&self, run: &RunRef, deadline: Duration) -> Error {
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
            .on_service(run.service())
            .about_run(Some(run.clone()))
            .detail(format!("after {} s {last}{why}", deadline.as_secs()))
    }
}

/// How long a run has been going, by the wall clock. Nothing for one just begun.
fn age(run: &Run, options: &WaitOptions) -> Duration {
    let begun = run.started_at.as_ref().or(run.created_at.as_ref());
    let age = begun.map(|begun| (options.clock)().signed_duration_since(begun.to_utc()));
    age.and_then(|age| age.to_std().ok()).unwrap_or_default()
}
