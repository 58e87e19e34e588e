//! What may be sent again, when, and for how long.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};

/// Whether a call may be made twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// Reading, or asking for what is already so: any failure that may pass is tried again.
    Freely,
    /// Starting a run. Sent again only where the service cannot have acted: the connection was
    /// never made, or the answer itself says that nothing was done (too many requests, a token
    /// that has expired, a clock that is off).
    Never,
}

/// What a failure allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Again {
    /// A clear answer. Asking again brings the same.
    No,
    /// Nothing reached the service.
    NotSent,
    /// The service did nothing and asks for patience, for so long if it says.
    Throttled(Option<Duration>),
    /// The service did nothing because of the token; a new one may do.
    NewToken,
    /// The service did nothing because the clock is off; it has been set right.
    NewClock,
    /// Nobody knows what the service did.
    Ambiguous,
}

/// How failures that may pass are tried again.
///
/// A delay is the current step and up to as much again, drawn at random; then the step doubles. The
/// deadline bounds all attempts and the waits between them, not a single attempt.
///
/// ```
/// use std::time::Duration;
/// use runpipe::RetryPolicy;
///
/// let patient = RetryPolicy::default().deadline(Duration::from_secs(300)).retries(20);
/// let once = RetryPolicy::none();
/// # let _ = (patient, once);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    deadline: Duration,
    retries: usize,
    first: Duration,
    longest: Duration,
}

impl Default for RetryPolicy {
    /// Four more attempts within a minute, the first after 0.3 s to 0.6 s.
    fn default() -> Self {
        RetryPolicy {
            deadline: Duration::from_secs(60),
            retries: 4,
            first: Duration::from_millis(300),
            longest: Duration::from_secs(15),
        }
    }
}

impl RetryPolicy {
    /// One attempt and no other.
    pub fn none() -> Self {
        RetryPolicy::default().retries(0)
    }

    /// Sets the time after which no further attempt is begun.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Sets how many attempts follow the first.
    pub fn retries(mut self, retries: usize) -> Self {
        self.retries = retries;
        self
    }

    /// Sets the first step and the longest.
    pub fn steps(mut self, first: Duration, longest: Duration) -> Self {
        self.first = first;
        self.longest = longest.max(first);
        self
    }

    pub(crate) fn within(&self) -> Duration {
        self.deadline
    }

    /// The delays before each further attempt, then nothing.
    pub(crate) fn delays(&self) -> ExponentialBackoff {
        ExponentialBuilder::default()
            .with_min_delay(self.first)
            .with_max_delay(self.longest)
            .with_max_times(self.retries)
            .with_jitter()
            .build()
    }
}
