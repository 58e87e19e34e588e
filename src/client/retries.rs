//! What may be sent again, and when.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};

/// What a failure allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Again {
    /// A clear answer. Asking again gives the same result.
    No,
    /// Nothing reached the service.
    NotSent,
    /// The service did nothing and asks for a pause, this long if it says.
    Throttled(Option<Duration>),
    /// The service did nothing because of the token; a new one may do.
    NewToken,
    /// The service did nothing because the clock is off; it has been set right.
    NewClock,
    /// Nobody knows what the service did.
    Ambiguous,
}

/// How often, and after which delays, temporary failures are retried.
///
/// A delay is the current step plus a random part of up to the same length; then the step doubles.
/// All attempts and the delays between them share the call's one deadline
/// ([`crate::Builder::timeout`]).
///
/// ```
/// use std::time::Duration;
/// use runpipe::RetryPolicy;
///
/// let patient = RetryPolicy::default().retries(20).steps(Duration::from_secs(1), Duration::from_secs(30));
/// let once = RetryPolicy::none();
/// # let _ = (patient, once);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    retries: usize,
    first: Duration,
    longest: Duration,
}

impl Default for RetryPolicy {
    /// Four retries, the first after 0.3 s to 0.6 s.
    fn default() -> Self {
        RetryPolicy {
            retries: 4,
            first: Duration::from_millis(300),
            longest: Duration::from_secs(15),
        }
    }
}

impl RetryPolicy {
    /// One attempt and no retries.
    #[must_use]
    pub fn none() -> Self {
        RetryPolicy::default().retries(0)
    }

    /// Sets how many attempts follow the first.
    #[must_use]
    pub fn retries(mut self, retries: usize) -> Self {
        self.retries = retries;
        self
    }

    /// Sets the first and the longest step.
    #[must_use]
    pub fn steps(mut self, first: Duration, longest: Duration) -> Self {
        self.first = first;
        self.longest = longest.max(first);
        self
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
