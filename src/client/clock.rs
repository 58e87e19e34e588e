//! What time it is, here and at the service.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use chrono::{DateTime, TimeDelta, Utc};
use http::HeaderMap;
use http::header::{AGE, DATE};
use tokio::time::Instant;

use super::header_text;

/// A point in time on a wall clock.
pub(crate) type Moment = DateTime<Utc>;

/// Where the wall clock comes from. Signatures and HTTP dates need it; waiting does not.
pub(crate) type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// This machine's clock, and what is known about the service's.
///
/// An answer's `Date` is the service's time, cut to the second (RFC 9110). It was written between
/// the sending of the request and the coming of the answer, so it bounds how far the service's
/// clock is ahead from below (the date minus our time at the answer) and from above (the date, a
/// second more, minus our time at the sending). The bounds of several answers are laid over each
/// other, and grow apart again with time, as clocks do.
pub(crate) struct Clocks {
    clock: Clock,
    learned: Mutex<Learned>,
}

#[derive(Clone, Copy, Default)]
struct Learned {
    ahead: Option<Ahead>,
    /// What a refusal told us to allow for, in milliseconds.
    skew: i64,
    /// The last `Date`.
    date: Option<([u8; DATE_LENGTH], Moment)>,
}

/// How far the service's clock is ahead, in milliseconds: at least, and less than.
#[derive(Clone, Copy)]
struct Ahead {
    least: i64,
    below: i64,
    /// When that was learned, by this machine's clock.
    at: Moment,
    /// The same by the clock that nobody sets.
    heard: Instant,
}

/// When something happened by the service's clock: not before the one moment, and before the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub earliest: Moment,
    pub before: Moment,
}

/// Of a `Date` as it should be written.
const DATE_LENGTH: usize = "Fri, 01 May 2026 10:00:00 GMT".len();
/// Clocks that are being corrected drift apart by no more than one part in this many.
const DRIFT: i64 = 1_000;
/// Bounds that miss each other by no more than this many milliseconds come from a `Date` that was
/// written late or by another machine; by more, from a clock that was set.
const LATE_DATE: i64 = 2_000;

impl Ahead {
    /// The same after a while.
    fn after(self, moment: Moment) -> Self {
        let drift = distance(moment, self.at).saturating_abs() / DRIFT;
        Ahead {
            least: self.least.saturating_sub(drift),
            below: self.below.saturating_add(drift),
            at: moment,
            ..self
        }
    }

    /// What is so by both.
    fn and(self, newer: Ahead) -> Self {
        let narrow = Ahead {
            least: self.least.max(newer.least),
            below: self.below.min(newer.below),
            ..newer
        };
        let missed = narrow.least.saturating_sub(narrow.below);
        match missed {
            ..0 => narrow,
            0..=LATE_DATE => Ahead {
                least: self.least.min(newer.least),
                below: self.below.max(newer.below),
                ..newer
            },
            _ => newer,
        }
    }
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
        self.corrected(self.here())
    }

    /// A moment of this machine's clock, corrected in the same way.
    pub fn corrected(&self, moment: Moment) -> Moment {
        match self.lock().skew {
            0 => moment,
            skew => shifted(moment, skew),
        }
    }

    /// Takes over what the service's clock showed when it refused for the time's sake. It is kept as
    /// the distance from our own clock as it is, so that calls that learn it at once do not add up.
    pub fn correct(&self, service: Moment) {
        let skew = distance(service, self.here());
        self.lock().skew = skew;
    }

    /// Takes over the `Date` of an answer of the service's own, by when its request was sent and
    /// when it came.
    pub fn learn(&self, headers: &HeaderMap, sent: Moment, came: Moment) {
        // What a cache kept says when it was written, which was before.
        let is_kept = headers.contains_key(AGE);
        if is_kept || sent > came {
            return;
        }
        let Some(date) = self.date(headers) else {
            return;
        };
        let told = Ahead {
            least: distance(date, came),
            below: distance(date, sent).saturating_add(1_000),
            at: came,
            heard: Instant::now(),
        };
        let mut learned = self.lock();
        learned.ahead = Some(match learned.ahead {
            Some(known) => known.after(came).and(told),
            None => told,
        });
    }

    /// The time in an answer's `Date`. It is the same text for a second, and is read once.
    fn date(&self, headers: &HeaderMap) -> Option<Moment> {
        let text = headers.get(DATE)?.as_bytes();
        if let Some((known, date)) = self.lock().date
            && known == text
        {
            return Some(date);
        }
        let date = date(headers)?;
        let text = text.try_into().ok();
        self.lock().date = text.map(|text| (text, date));
        Some(date)
    }

    /// A moment of this machine's clock as the service's clock showed it; `None` while no answer
    /// has told the service's time.
    pub fn at_service(&self, moment: Moment) -> Option<Span> {
        let ahead = self.lock().ahead?.after(moment);
        Some(Span {
            earliest: shifted(moment, ahead.least),
            before: shifted(moment, ahead.below),
        })
    }

    /// What the service's clock shows now, at the earliest; `None` while no answer has told its time.
    ///
    /// This machine's clock may have been set since that answer, and the other one stands still while
    /// the machine sleeps: so much time has passed as both of them say.
    pub fn at_service_now(&self) -> Option<Moment> {
        let ahead = self.lock().ahead?;
        let lapse = TimeDelta::from_std(ahead.heard.elapsed()).ok()?;
        let now = self.here().min(ahead.at.checked_add_signed(lapse)?);
        Some(shifted(now, ahead.after(now).least))
    }

    /// A moment of this machine's clock that was over when the service's clock showed this one:
    /// nothing that answers tell later makes [`Clocks::at_service`] of it later than that. `None`
    /// while no answer has told the service's time.
    pub fn before(&self, at_service: Moment) -> Option<Moment> {
        let ahead = self.lock().ahead?;
        let below = ahead.after(self.here()).below;
        Some(shifted(at_service, below.saturating_neg()))
    }

    fn lock(&self) -> MutexGuard<'_, Learned> {
        // Each change is a single assignment: a poisoned state is still whole.
        self.learned.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The time in an answer's `Date`.
pub(crate) fn date(headers: &HeaderMap) -> Option<Moment> {
    let date: SystemTime = httpdate::parse_http_date(header_text(headers, DATE)?.trim()).ok()?;
    Some(DateTime::from(date))
}

fn distance(from: Moment, to: Moment) -> i64 {
    from.timestamp_millis()
        .saturating_sub(to.timestamp_millis())
}

fn shifted(moment: Moment, millis: i64) -> Moment {
    let by = TimeDelta::try_milliseconds(millis).unwrap_or_default();
    moment.checked_add_signed(by).unwrap_or(moment)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn moment(text: &str) -> Moment {
        text.parse().unwrap()
    }

    fn dated(date: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(DATE, HeaderValue::from_static(date))])
    }

    fn span(around: Moment, from: i64, to: i64) -> Option<Span> {
        Some(Span {
            earliest: shifted(around, from),
            before: shifted(around, to),
        })
    }

    #[test]
    fn a_service_that_is_behind_is_understood() {
        let here = moment("2026-05-01T10:02:30Z");
        let clocks = Clocks::new(Arc::new(move || here));
        assert_eq!(clocks.at_service(here), None);
        clocks.learn(&dated("Fri, 01 May 2026 10:00:00 GMT"), here, here);
        let there = moment("2026-05-01T10:00:00Z");
        assert_eq!(clocks.at_service(here), span(there, 0, 1_000));
        assert_eq!(clocks.now(), here, "signatures go by refusals alone");
    }

    #[test]
    fn several_answers_narrow_it_down_and_time_widens_it_again() {
        let base = moment("2026-05-01T10:00:00Z");
        let clocks = Clocks::new(Arc::new(move || base));
        let learn = |date, sent, came| {
            clocks.learn(&dated(date), shifted(base, sent), shifted(base, came));
        };
        // Both clocks agree; the date hides up to 900 ms, and later only 100.
        learn("Fri, 01 May 2026 10:00:00 GMT", 850, 900);
        assert_eq!(clocks.at_service(base), span(base, -900, 150));
        learn("Fri, 01 May 2026 10:00:02 GMT", 2_050, 2_100);
        assert_eq!(
            clocks.at_service(shifted(base, 2_100)),
            span(shifted(base, 2_100), -100, 151)
        );
        let later = shifted(base, 62_100);
        assert_eq!(clocks.at_service(later), span(later, -160, 211));
    }

    #[test]
    fn a_late_date_is_allowed_for_and_a_clock_that_was_set_starts_anew() {
        let base = moment("2026-05-01T10:00:00Z");
        let clocks = Clocks::new(Arc::new(move || base));
        let learn = |date| clocks.learn(&dated(date), base, base);
        let (early, late) = (
            "Fri, 01 May 2026 10:00:00 GMT",
            "Fri, 01 May 2026 10:00:02 GMT",
        );
        for dates in [[early, late], [late, early]] {
            dates.into_iter().for_each(learn);
            assert_eq!(clocks.at_service(base), span(base, 0, 3_000));
        }
        learn("Fri, 01 May 2026 11:00:02 GMT");
        assert_eq!(clocks.at_service(base), span(base, 3_602_000, 3_603_000));
    }

    /// The service's clock says when a start was sent; that is looked for by this machine's, and
    /// each answer on the way may tell more of how far they are apart.
    #[test]
    fn what_is_learned_meanwhile_makes_no_moment_later() {
        let base = moment("2026-05-01T10:00:00Z");
        // When answers come, in milliseconds, and how long they were on their way.
        let answers = [(900, 40), (1_010, 5), (1_990, 900), (3_000, 1)];
        for ahead in [0, 250, -86_400_123] {
            for first in 1..answers.len() {
                let clocks = Clocks::new(Arc::new(move || base));
                let learn = |&(came, took): &(i64, i64)| {
                    let (came, sent) = (shifted(base, came), shifted(base, came - took));
                    let date = httpdate::fmt_http_date(shifted(came, ahead).into());
                    let date = HeaderMap::from_iter([(DATE, date.parse().unwrap())]);
                    clocks.learn(&date, sent, came);
                };
                answers[..first].iter().for_each(learn);
                let there = shifted(base, ahead);
                let since = clocks.before(there).unwrap();
                answers[first..].iter().for_each(learn);
                let span = clocks.at_service(since).unwrap();
                assert!(span.earliest <= there, "{ahead} {first}: {span:?}");
            }
        }
    }

    #[test]
    fn what_does_not_tell_the_time_is_not_learned_from() {
        let base = moment("2026-05-01T10:00:00Z");
        let clocks = Clocks::new(Arc::new(move || base));
        let mut kept = dated("Fri, 01 May 2026 09:00:00 GMT");
        kept.insert(AGE, HeaderValue::from_static("3600"));
        clocks.learn(&kept, base, base);
        clocks.learn(&dated("yesterday"), base, base);
        clocks.learn(&HeaderMap::new(), base, base);
        // A clock that was set meanwhile.
        let date = dated("Fri, 01 May 2026 10:00:00 GMT");
        clocks.learn(&date, base, shifted(base, -1));
        assert_eq!(clocks.at_service(base), None);
    }
}
