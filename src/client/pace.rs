//! One budget of requests for everything that talks to one service.

use std::sync::PoisonError;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::deadline::{Deadline, after};
use crate::lock::{Mutex, MutexGuard};

/// Spaces requests evenly, and keeps still when the service asks for it.
///
/// A fair queue in one number: each request takes the next free moment and sleeps until then, so a
/// waiting request costs a timer and nothing else.
#[derive(Debug)]
pub(crate) struct Pace {
    gap: Duration,
    /// How much of the budget may be used at once after a quiet time.
    burst: Duration,
    schedule: Mutex<Schedule>,
}

/// A day, in seconds: whatever is asked for, a request goes out at some time.
const LONGEST_GAP: f64 = 24.0 * 3600.0;

/// A longer wait for a turn is reported before it begins: nothing else would say why nothing
/// happens.
const NOTICED: Duration = Duration::from_millis(500);

/// The turn comes after the call's deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooLate {
    /// How long from now the turn comes.
    pub wait: Duration,
    /// Whether the service asked for the wait; otherwise it is our own budget.
    pub asked: bool,
}

impl TooLate {
    fn until(turn: Instant, asked: bool) -> Self {
        let wait = turn.saturating_duration_since(Instant::now());
        TooLate { wait, asked }
    }
}

#[derive(Debug, Default)]
struct Schedule {
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
            schedule: Mutex::default(),
        }
    }

    /// Returns when it is this request's turn; at once with an error when the turn would come after
    /// the deadline. A turn that comes too late is not taken from anybody.
    pub async fn turn(&self, deadline: Deadline) -> Result<(), TooLate> {
        loop {
            let turn = self.take_turn(deadline)?;
            let pause = turn.saturating_duration_since(Instant::now());
            if pause.is_zero() {
                break;
            }
            if pause > NOTICED {
                tracing::info!(?pause, "waits for its turn");
            }
            sleep_until(turn).await;
            // The service may have asked for a pause in the meantime. Those that waited take
            // another turn: all at once at the end of the pause would be too many.
            if !self.is_quiet_at(turn) {
                break;
            }
        }
        Ok(())
    }

    fn take_turn(&self, deadline: Deadline) -> Result<Instant, TooLate> {
        let now = Instant::now();
        let earliest = now.checked_sub(self.burst).unwrap_or(now);
        let mut schedule = self.lock();
        let turn = schedule.next.map_or(earliest, |next| next.max(earliest));
        let turn = schedule.paused_until.map_or(turn, |until| turn.max(until));
        if turn > deadline.at() && turn > now {
            let asked = schedule
                .paused_until
                .is_some_and(|until| until > deadline.at());
            return Err(TooLate::until(turn, asked));
        }
        schedule.next = Some(turn.checked_add(self.gap).unwrap_or(turn));
        Ok(turn)
    }

    fn is_quiet_at(&self, moment: Instant) -> bool {
        let until = self.lock().paused_until;
        until.is_some_and(|until| until > moment)
    }

    /// Holds all requests back for this long.
    pub fn pause(&self, pause: Duration) {
        let until = after(pause);
        let mut schedule = self.lock();
        schedule.paused_until = Some(
            schedule
                .paused_until
                .map_or(until, |before| before.max(until)),
        );
    }

    fn lock(&self) -> MutexGuard<'_, Schedule> {
        // Nothing panics while it is held; a poisoned schedule is still whole.
        self.schedule.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Every order in which threads can ask.
#[cfg(all(test, shuttle))]
mod schedules {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn no_turn_is_given_twice_and_none_in_a_quiet_that_had_begun() {
        const QUIET: Duration = Duration::from_secs(30);
        let ask = || {
            let pace = Arc::new(Pace::new(10.0));
            let callers = [0; 2].map(|_| {
                let pace = pace.clone();
                shuttle::thread::spawn(move || pace.take_turn(Deadline::within(Duration::MAX)))
            });
            let quiet = {
                let pace = pace.clone();
                shuttle::thread::spawn(move || {
                    let from = Instant::now();
                    pace.pause(QUIET);
                    let after = pace.take_turn(Deadline::within(Duration::MAX));
                    let after = after.expect("no deadline");
                    assert!(after >= from + QUIET && pace.is_quiet_at(from));
                    after
                })
            };
            let turns = callers.map(|caller| caller.join().expect("no panic"));
            let mut turns = turns.map(|turn| turn.expect("no deadline")).to_vec();
            turns.push(quiet.join().expect("no panic"));
            turns.sort();
            for pair in turns.windows(2) {
                assert!(pair[1] - pair[0] >= pace.gap, "{turns:?}");
            }
        };
        shuttle::check_random(ask, 5_000);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn late() -> Deadline {
        Deadline::within(Duration::from_secs(1_000_000))
    }

    async fn taken(pace: &Pace, requests: u32) -> Duration {
        let began = Instant::now();
        for _ in 0..requests {
            pace.turn(late()).await.unwrap();
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
        let waiting = pace.turn(late());
        let asked = async {
            tokio::time::sleep(Duration::from_millis(500)).await;
            pace.pause(Duration::from_secs(30));
        };
        let _ = tokio::join!(waiting, asked);
        assert_eq!(began.elapsed(), Duration::from_millis(30_500));
    }

    #[tokio::test(start_paused = true)]
    async fn a_turn_after_the_deadline_is_refused_at_once_and_taken_from_nobody() {
        let pace = Pace::new(1.0);
        pace.pause(Duration::from_secs(70));
        let began = Instant::now();
        let soon = Deadline::within(Duration::from_secs(60));
        let late = pace.turn(soon).await.unwrap_err();
        assert!(late.asked && late.wait == Duration::from_secs(70));
        assert_eq!(began.elapsed(), Duration::ZERO);
        assert_eq!(taken(&pace, 1).await, Duration::from_secs(70));
    }

    #[tokio::test(start_paused = true)]
    async fn no_pause_is_too_long_for_the_clock() {
        let pace = Pace::new(1.0);
        pace.pause(Duration::MAX);
        let soon = Deadline::within(Duration::from_secs(60));
        assert!(pace.turn(soon).await.is_err());
    }

    /// A request: how long after the one before it comes, how long it may wait, and a pause that the
    /// service asks for just then, all in milliseconds.
    type Coming = (u64, u64, Option<u64>);

    /// When each request came and got its turn, if it did, and when it was to be quiet.
    async fn served(per_second: f64, comings: &[Coming]) -> (Vec<Instant>, Vec<[Instant; 2]>) {
        let (pace, began) = (Pace::new(per_second), Instant::now());
        let mut at = Duration::ZERO;
        let requests = comings.iter().map(|(after, patience, pause)| {
            at += Duration::from_millis(*after);
            let (pace, came) = (&pace, began + at);
            async move {
                sleep_until(came).await;
                let quiet = pause.map(Duration::from_millis).map(|pause| {
                    pace.pause(pause);
                    [came, came + pause]
                });
                let deadline = Deadline::within(Duration::from_millis(*patience));
                let turn = pace.turn(deadline).await.ok().map(|_| Instant::now());
                assert!(turn.is_none_or(|turn| turn <= deadline.at()));
                (turn, quiet)
            }
        });
        let all = futures_util::future::join_all(requests.collect::<Vec<_>>()).await;
        let (turns, quiet): (Vec<_>, Vec<_>) = all.into_iter().unzip();
        let mut turns: Vec<Instant> = turns.into_iter().flatten().collect();
        turns.sort();
        (turns, quiet.into_iter().flatten().collect())
    }

    fn comings() -> impl Strategy<Value = Vec<Coming>> {
        let pause = proptest::option::weighted(0.1, 0..20_000_u64);
        let patience = prop_oneof![0..3_000_u64, Just(1_000_000)];
        prop::collection::vec((prop_oneof![Just(0), 0..2_000_u64], patience, pause), 1..60)
    }

    proptest! {
        #[test]
        fn the_budget_is_kept_in_every_stretch_of_time_and_no_request_begins_in_a_quiet_one(
            per_second in 0.5..50.0_f64,
            comings in comings(),
        ) {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_time()
                .start_paused(true)
                .build()
                .unwrap();
            let (turns, quiet) = runtime.block_on(served(per_second, &comings));
            for (number, from) in turns.iter().enumerate() {
                for (more, to) in turns[number..].iter().enumerate() {
                    // A second's worth at once, and a timer wakes up to a millisecond late.
                    let length = (*to - *from).as_secs_f64() + 1.002;
                    prop_assert!((more as f64) <= length * per_second, "{turns:?}");
                }
                for [begin, end] in &quiet {
                    prop_assert!(from <= begin || from >= end, "{from:?} in {begin:?} to {end:?}");
                }
            }
        }
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
