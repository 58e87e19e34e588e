//! The one deadline of a call, which everything inside it shares.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

/// The moment at which a call ends, whatever it is doing then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Deadline(Instant);

/// The latest moment that a clock can represent without overflowing: anything beyond it is no
/// deadline.
const NEVER: Duration = Duration::from_secs(30 * 365 * 24 * 3600);

/// A moment that far from now. A duration that no clock can add is thirty years.
pub(crate) fn after(duration: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(duration.min(NEVER)).unwrap_or(now)
}

impl Deadline {
    /// This long from now.
    pub fn within(duration: Duration) -> Self {
        Deadline(after(duration))
    }

    pub fn at(self) -> Instant {
        self.0
    }

    /// How long is left.
    pub fn left(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }

    /// The earlier of this and that long from now.
    pub fn or_within(self, duration: Duration) -> Self {
        self.min(Deadline::within(duration))
    }

    /// The future's outcome; `None` when the deadline comes first. What is there at once needs no timer.
    pub async fn bound<F: Future>(self, mut future: Pin<&mut F>) -> Option<F::Output> {
        let mut timer = pin!(None::<Sleep>);
        poll_fn(|context| {
            if let Poll::Ready(outcome) = future.as_mut().poll(context) {
                return Poll::Ready(Some(outcome));
            }
            if timer.is_none() {
                timer.set(Some(sleep_until(self.0)));
            }
            let timer = timer.as_mut().as_pin_mut();
            timer.map_or(Poll::Pending, |timer| timer.poll(context).map(|()| None))
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn no_duration_is_too_long() {
        for long in [Duration::MAX, Duration::from_secs(u64::MAX), NEVER] {
            assert!(Deadline::within(long).left() > NEVER / 2);
        }
        assert_eq!(Deadline::within(Duration::ZERO).left(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn what_takes_longer_is_cut_off() {
        let deadline = Deadline::within(Duration::from_secs(5));
        let sleep = |seconds| tokio::time::sleep(Duration::from_secs(seconds));
        assert!(deadline.bound(pin!(sleep(3))).await.is_some());
        assert!(deadline.bound(pin!(sleep(3))).await.is_none());
        assert_eq!(deadline.left(), Duration::ZERO);
    }
}
