//! The sandbox's time: the machine's, or one that a test moves; and how far the services' clocks are
//! from their clients'.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

/// Where the sandbox reads the time. Clones go by the same clock.
#[derive(Clone, Debug)]
pub(crate) struct Clock {
    /// Stands still until it is moved. Without one the machine's clock counts.
    manual: Option<Arc<Mutex<DateTime<Utc>>>>,
    /// How far the services are before their clients.
    ahead: Arc<Mutex<TimeDelta>>,
}

impl Clock {
    pub fn new(manual: Option<DateTime<Utc>>, ahead: TimeDelta) -> Self {
        Clock {
            manual: manual.map(|start| Arc::new(Mutex::new(start))),
            ahead: Arc::new(Mutex::new(ahead)),
        }
    }

    /// The time for the services.
    pub fn now(&self) -> DateTime<Utc> {
        let now = self.for_clients();
        now.checked_add_signed(*locked(&self.ahead)).unwrap_or(now)
    }

    /// The time for their clients.
    pub fn for_clients(&self) -> DateTime<Utc> {
        match &self.manual {
            None => Utc::now(),
            Some(time) => *locked(time),
        }
    }

    pub fn is_manual(&self) -> bool {
        self.manual.is_some()
    }

    pub fn ahead(&self) -> TimeDelta {
        *locked(&self.ahead)
    }

    pub fn set_ahead(&self, ahead: TimeDelta) {
        *locked(&self.ahead) = ahead;
    }

    /// Advances a manual clock. `false` for the machine's clock, which does not change.
    pub fn advance(&self, by: Duration) -> bool {
        if let Some(time) = &self.manual {
            let mut time = locked(time);
            *time = later(*time, by);
        }
        self.is_manual()
    }
}

fn locked<T>(value: &Mutex<T>) -> MutexGuard<'_, T> {
    value.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A date, moved on; the date itself when the calendar ends before.
pub(crate) fn later(date: DateTime<Utc>, by: Duration) -> DateTime<Utc> {
    let by = TimeDelta::from_std(by).unwrap_or(TimeDelta::MAX);
    date.checked_add_signed(by).unwrap_or(date)
}

/// As in the header `Date`: to the second, the rest is cut off.
pub(crate) fn http_date(date: DateTime<Utc>) -> String {
    date.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
