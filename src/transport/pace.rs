//! One budget of requests for everything that talks to one service.

use std::sync::Mutex;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// Spaces requests evenly, and keeps still when the service asks for it.
///
/// A fair queue in one number: each request takes the next free moment and sleeps until then, so a
/// waiting request costs a timer and nothing else.
#[derive(Debug)]
pub(crate) struct Pace {
    gap: Duration,
    /// How much of the budget may be used at once after a quiet time.
    burst: Duration,
    state: Mutex<State>,
}

/// A day, in seconds: whatever is asked for, a request goes out at some time.
const LONGEST_GAP: f64 = 24.0 * 3600.0;

#[derive(Debug, Default)]
struct State {
    /// The next free moment.
    next: Option<Instant>,
    /// No request begins before this.
    paused_until: Option<Instant>,
}

impl Pace {
    /// At most `per_second` requests a second over time, and as many at once after a quiet second.
    pub fn new(per_second: f64) -> Self {
        let gap = if per_second > 0.0 {
            1.0 / per_second
        } else {
            LONGEST_GAP
        };
        let gap = Duration::try_from_secs_f64(gap.min(LONGEST_GAP)).unwrap_or_default();
        Pace {
            gap,
            burst: Duration::from_secs(1),
            state: Mutex::default(),
        }
    }

    /// Returns when it is this request's turn.
    pub async fn turn(&self) {
        let mut turn = self.take_turn();
        while turn > Instant::now() {
            sleep_until(turn).await;
            // The service may have asked for quiet meanwhile.
            match self.lock().paused_until {
                Some(until) if until > turn => turn = until,
                _ => return,
            }
        }
    }

    fn take_turn(&self) -> Instant {
        let now = Instant::now();
        let earliest = now.checked_sub(self.burst).unwrap_or(now);
        let mut state = self.lock();
        let turn = state.next.map_or(earliest, |next| next.max(earliest));
        let turn = state.paused_until.map_or(turn, |until| turn.max(until));
        state.next = Some(turn + self.gap);
        turn
    }

    /// Lets no request begin for so long.
    pub fn pause(&self, pause: Duration) {
        let until = Instant::now() + pause;
        let mut state = self.lock();
        state.paused_until = Some(state.paused_until.map_or(until, |before| before.max(until)));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        // Nothing panics while it is held; a poisoned state is still whole.
        self.state
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn taken(pace: &Pace, requests: u32) -> Duration {
        let began = Instant::now();
        for _ in 0..requests {
            pace.turn().await;
        }
        began.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn a_second_of_the_budget_may_be_used_at_once_and_the_rest_is_spaced() {
        let pace = Pace::new(10.0);
        assert_eq!(taken(&pace, 11).await, Duration::ZERO);
        assert_eq!(taken(&pace, 20).await, Duration::from_secs(2));
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_holds_those_who_wait_already() {
        let pace = Pace::new(1.0);
        taken(&pace, 2).await;
        let began = Instant::now();
        let waiting = pace.turn();
        let asked = async {
            tokio::time::sleep(Duration::from_millis(500)).await;
            pace.pause(Duration::from_secs(30));
        };
        tokio::join!(waiting, asked);
        assert_eq!(began.elapsed(), Duration::from_millis(30_500));
    }

    #[test]
    fn no_budget_is_a_request_a_day() {
        for nothing in [0.0, -1.0, f64::NAN, 1e-300] {
            assert_eq!(
                Pace::new(nothing).gap,
                Duration::from_secs(86_400),
                "{nothing}"
            );
        }
        assert_eq!(Pace::new(f64::INFINITY).gap, Duration::ZERO);
    }
}
