//! What time it is, here and at the service.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use chrono::{DateTime, TimeDelta, Utc};
use http::HeaderMap;
use http::header::DATE;

use super::header_text;

/// A point in time on a wall clock.
pub(crate) type Moment = DateTime<Utc>;

/// Where the wall clock comes from. Signatures and HTTP dates need it; waiting does not.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// This machine's clock, and what was learned of the service's.
///
/// Every answer carries a `Date`, cut to the second. It was written between the sending of the
/// request and the coming of the answer, so it bounds how far the service's clock is ahead from
/// below (the date minus our time at the answer) and from above (the date, a second more, minus
/// our time at the sending). The bounds of several answers are laid over each other; where they
/// exclude each other, a clock was set, and the last one counts.
pub(crate) struct Clocks {
    clock: Clock,
    learned: Mutex<Learned>,
}

#[derive(Clone, Copy, Default)]
struct Learned {
    /// How far the service's clock is ahead: at least and at most, in milliseconds.
    ahead: Option<(i64, i64)>,
    /// What a refusal told us to allow for, in milliseconds.
    skew: i64,
}

impl Clocks {
    pub fn new(clock: Clock) -> Self {
        Clocks {
            clock,
            learned: Mutex::default(),
        }
    }

    /// This machine's time.
    pub fn here(&self) -> Moment {
        (self.clock)()
    }

    /// This machine's time, corrected by what a refusal told.
    pub fn now(&self) -> Moment {
        shifted(self.here(), self.lock().skew)
    }

    /// Takes over what the service's clock showed when it refused for the time's sake. It is kept as
    /// the distance from our own clock as it is, so that calls that learn it at once do not add up.
    pub fn correct(&self, service: Moment) {
        let skew = distance(service, self.here());
        self.lock().skew = skew;
    }

    /// Takes over the `Date` of an answer to a request that was sent then.
    pub fn learn(&self, headers: &HeaderMap, sent: Moment) {
        let Some(date) = date(headers) else { return };
        let at_least = distance(date, self.here());
        let at_most = distance(date, sent).saturating_add(1_000);
        let mut learned = self.lock();
        let narrowed = learned
            .ahead
            .map(|(least, most)| (least.max(at_least), most.min(at_most)))
            .filter(|(least, most)| least <= most);
        learned.ahead = narrowed.or(Some((at_least, at_most)));
    }

    /// A moment of this machine's clock as the service's clock showed it, at the earliest; `None`
    /// while no answer has told the service's time.
    pub fn at_service(&self, moment: Moment) -> Option<Moment> {
        let (least, _) = self.lock().ahead?;
        Some(shifted(moment, least))
    }

    fn lock(&self) -> MutexGuard<'_, Learned> {
        // Each change is a single assignment: a poisoned state is still whole.
        self.learned.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The time in an answer's `Date`.
pub(crate) fn date(headers: &HeaderMap) -> Option<Moment> {
    let date: SystemTime =
        httpdate::parse_http_date(header_text(headers, DATE.as_str())?.trim()).ok()?;
    Some(DateTime::from(date))
}

fn distance(from: Moment, to: Moment) -> i64 {
    from.signed_duration_since(to).num_milliseconds()
}

fn shifted(moment: Moment, millis: i64) -> Moment {
    let by = TimeDelta::try_milliseconds(millis).unwrap_or_default();
    moment.checked_add_signed(by).unwrap_or(moment)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;
    use std::sync::atomic::{AtomicI64, Ordering};

    fn moment(text: &str) -> Moment {
        text.parse().unwrap()
    }

    fn dated(date: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(DATE, HeaderValue::from_static(date))])
    }

    #[test]
    fn a_service_that_is_behind_is_understood() {
        let here = moment("2026-05-01T10:02:30Z");
        let clocks = Clocks::new(Arc::new(move || here));
        assert_eq!(clocks.at_service(here), None);
        clocks.learn(&dated("Fri, 01 May 2026 10:00:00 GMT"), here);
        let there = clocks.at_service(here).unwrap();
        assert_eq!(there, moment("2026-05-01T10:00:00Z"));
        assert_eq!(clocks.now(), here, "signatures go by refusals alone");
    }

    #[test]
    fn several_answers_narrow_it_down_and_a_clock_that_was_set_starts_anew() {
        let millis = Arc::new(AtomicI64::new(900));
        let shown = millis.clone();
        let base = moment("2026-05-01T10:00:00Z");
        let clock = move || shifted(base, shown.load(Ordering::Relaxed));
        let clocks = Clocks::new(Arc::new(clock));
        // Both clocks agree; the date hides 900 ms, and later only 100.
        clocks.learn(&dated("Fri, 01 May 2026 10:00:00 GMT"), clocks.here());
        assert_eq!(clocks.at_service(base), Some(shifted(base, -900)));
        millis.store(2_100, Ordering::Relaxed);
        clocks.learn(&dated("Fri, 01 May 2026 10:00:02 GMT"), clocks.here());
        assert_eq!(clocks.at_service(base), Some(shifted(base, -100)));
        clocks.learn(&dated("Fri, 01 May 2026 11:00:02 GMT"), clocks.here());
        assert_eq!(clocks.at_service(base), Some(shifted(base, 3_599_900)));
    }
}
