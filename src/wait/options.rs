//! How to wait.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::client::Clock;

/// The longest pause: made longer by a tenth, it still has to fit a clock.
const LONGEST_PAUSE: Duration = Duration::from_secs(30 * 24 * 3600);

/// How to wait for runs.
///
/// The pause before the next poll is 7 % of the run's age, at least a second and at most a minute,
/// varied by up to a tenth. When a service asks for slower requests, all waits slow down together.
#[derive(Clone)]
pub struct WaitOptions {
    pub(super) deadline: Option<Duration>,
    pub(super) patience: Duration,
    pub(super) shortest: Duration,
    pub(super) longest: Duration,
    pub(super) stop_when_waiting: bool,
    pub(super) at_once: usize,
    pub(super) last_look: bool,
    pub(super) clock: Clock,
}

impl Default for WaitOptions {
    fn default() -> Self {
        WaitOptions {
            deadline: None,
            patience: Duration::from_secs(15 * 60),
            shortest: Duration::from_secs(1),
            longest: Duration::from_secs(60),
            stop_when_waiting: false,
            at_once: 32,
            last_look: true,
            clock: Arc::new(Utc::now),
        }
    }
}

impl WaitOptions {
    /// Sets when to give up, counted from the beginning of the wait. Without a deadline, the wait
    /// for a run that never ends never ends.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Sets how long reads may keep failing before the wait ends: 15 minutes unless set.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Sets the shortest and the longest pause between two polls: a second and a minute unless set.
    #[must_use]
    pub fn pauses(mut self, shortest: Duration, longest: Duration) -> Self {
        self.shortest = shortest.min(LONGEST_PAUSE);
        self.longest = longest.clamp(self.shortest, LONGEST_PAUSE);
        self
    }

    /// Sets whether the wait ends, with the run as it is, when the run is waiting for a person. Not
    /// every list shows that: [`super::wait_all`] then reads each run individually.
    #[must_use]
    pub fn stop_when_waiting(mut self, stop: bool) -> Self {
        self.stop_when_waiting = stop;
        self
    }

    /// Sets how many requests [`super::wait_all`] makes at once: 32 unless set.
    #[must_use]
    pub fn at_once(mut self, requests: usize) -> Self {
        self.at_once = requests.max(1);
        self
    }

    /// Sets whether [`super::wait_all`] reads a run individually once more when a list has shown
    /// its end: it does unless this is set to `false`. Without that read, ends are reported sooner
    /// if many runs end at the same time, and each run holds what a list has
    /// ([`crate::Runs::get_many`] says what is missing there).
    #[must_use]
    pub fn last_look(mut self, last_look: bool) -> Self {
        self.last_look = last_look;
        self
    }

    /// Sets the wall clock, which gives the age of a run that was started elsewhere.
    #[must_use]
    pub fn clock(mut self, clock: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// The pause after a look at a run of that age.
    pub(super) fn pause(&self, age: Duration) -> Duration {
        let pause = age.mul_f64(0.07).clamp(self.shortest, self.longest);
        pause.mul_f64(0.9 + 0.2 * fastrand::f64())
    }
}

impl fmt::Debug for WaitOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaitOptions")
            .field("deadline", &self.deadline)
            .field("patience", &self.patience)
            .field("shortest", &self.shortest)
            .field("longest", &self.longest)
            .field("stop_when_waiting", &self.stop_when_waiting)
            .field("at_once", &self.at_once)
            .field("last_look", &self.last_look)
            .finish_non_exhaustive()
    }
}
