//! The sandbox's time: the machine's, or one that a test moves.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

/// Where the sandbox reads the time.
#[derive(Clone, Debug, Default)]
pub(crate) enum Time {
    /// The machine's clock.
    #[default]
    Real,
    /// Stands still until it is moved.
    Manual(Arc<Mutex<DateTime<Utc>>>),
}

impl Time {
    pub fn manual(start: DateTime<Utc>) -> Self {
        Time::Manual(Arc::new(Mutex::new(start)))
    }

    pub fn now(&self) -> DateTime<Utc> {
        match self {
            Time::Real => Utc::now(),
            Time::Manual(time) => *time.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }

    pub fn is_manual(&self) -> bool {
        matches!(self, Time::Manual(_))
    }

    /// Moves a manual clock on. `false` for the machine's clock, which stays as it is.
    pub fn advance(&self, by: Duration) -> bool {
        let Time::Manual(time) = self else {
            return false;
        };
        let mut time = time.lock().unwrap_or_else(PoisonError::into_inner);
        *time = time.checked_add_signed(delta(by)).unwrap_or(*time);
        true
    }
}

/// A length of time for calculations with dates. Longer than the calendar is cut.
pub(crate) fn delta(length: Duration) -> TimeDelta {
    TimeDelta::from_std(length).unwrap_or(TimeDelta::MAX)
}

/// A date, moved on; the date itself when the calendar ends before.
pub(crate) fn later(date: DateTime<Utc>, by: Duration) -> DateTime<Utc> {
    date.checked_add_signed(delta(by)).unwrap_or(date)
}
