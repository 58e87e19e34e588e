//! After a start whose outcome is unknown: looking for the run that it may have started.

use std::any::Any;
use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use futures_core::Stream;
use futures_util::{StreamExt, pin_mut};

use crate::client::Session;
use crate::error::{ErrorKind, Result};
use crate::run::{Run, Timestamp};
use crate::runs::Runs;

/// What a service's own list of runs says about a start.
///
/// Looking starts nothing. A run is never called found if it was created before the start was sent,
/// by the service's own clock, or if something other than such a start began it.
///
/// The service's clock is known from the `Date` of its answers, which has whole seconds. One answer
/// seldom shows that a run of the same second came after the start was sent; each further one says
/// more. So look again while the answer is [`Reconciled::Uncertain`], with pauses that are not
/// whole seconds (0.6 s is good). A unique mark, such as Buddy's comment, needs no clock.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Reconciled {
    /// Exactly one run fits, and it was created after the start was sent. Without a mark it may be
    /// that of a similar start which somebody else sent at the same time.
    One(Box<Run>),
    /// Several runs fit, and the vendor's records do not tell them apart. It is not known which of
    /// them is the one, if any.
    Several(Vec<Run>),
    /// One of these runs may be the one, or none of them: nothing proves either. Looking again may.
    Uncertain {
        /// Runs that may be the one.
        candidates: Vec<Run>,
        /// Why it is not certain, in words.
        why: &'static str,
    },
    /// No run fits so far. A service may list a run late, so this does not prove that none was
    /// started.
    None,
}

/// How well a run fits a start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fit {
    /// Something else began it, or its request was different.
    No,
    /// What it shows does not tell: its input is hidden, or a word that nobody knows says what began
    /// it. It may be the one.
    Silent,
    /// It carries something that only this start was given, such as a comment: no clock has to
    /// prove it.
    Marked,
    /// Everything that the vendor records agrees.
    Agrees,
}

impl Fit {
    /// What is left to say where two things are looked at: what agrees adds nothing.
    pub fn and(self, other: Fit) -> Fit {
        self.min(other)
    }
}

/// In which order a list comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// The first run that is too old ends the search.
    NewestFirst,
    /// A run that is too old says nothing about those after it.
    Unknown,
}

/// A search reads no more runs than this.
const MOST_RUNS: usize = 20_000;

/// A start whose traces are searched for.
pub(crate) struct Search<'s> {
    pub runs: &'s dyn Runs,
    pub session: &'s Session,
    /// When the start was sent, by this machine's clock.
    pub since: DateTime<Utc>,
    pub order: Order,
    /// Whether a run of this service starts when it is created, so that both dates are the same.
    pub starts_at_once: bool,
    /// How well a run fits if its answer could not be read.
    pub otherwise: Fit,
}

#[derive(Default)]
struct Found {
    certain: Vec<Run>,
    /// Created so close to the sending of the start that the clock does not show which came first.
    near: Vec<Run>,
    /// Their time of creation is not known.
    undated: Vec<Run>,
    /// Their input, or what began them, is not known.
    silent: Vec<Run>,
    /// They carry something that only this start was given.
    marked: Vec<Run>,
}

impl<'s> Search<'s> {
    /// In a list that comes newest first, from a service whose runs may wait for their turn.
    pub fn new(runs: &'s dyn Runs, session: &'s Session, since: DateTime<Utc>) -> Self {
        Search {
            runs,
            session,
            since,
            order: Order::NewestFirst,
            starts_at_once: false,
            otherwise: Fit::No,
        }
    }

    /// Reads the list back to the time of the start. The vendor's answer in a run shows how well it
    /// fits.
    pub async fn among<V: Any>(
        &self,
        list: impl Stream<Item = Result<Run>>,
        fits: impl Fn(&V) -> Fit,
    ) -> Result<Reconciled> {
        pin_mut!(list);
        let (mut found, mut seen) = (Found::default(), HashSet::new());
        let mut read = 0_usize;
        while let Some(run) = list.next().await {
            let run = run?;
            read = read.saturating_add(1);
            if read > MOST_RUNS {
                return Ok(uncertain(found, TOO_LONG));
            }
            let age = self.age(&run);
            if age == Some(Age::Older) {
                match self.order {
                    Order::NewestFirst => break,
                    Order::Unknown => continue,
                }
            }
            let fit = run.vendor().map_or(self.otherwise, &fits);
            // A list that grows meanwhile shows a run on two pages.
            if fit == Fit::No || !seen.insert(run.reference.clone()) {
                continue;
            }
            match (fit, age) {
                (Fit::Silent, _) => found.silent.push(run),
                // Only this start has the mark, so the run cannot be older.
                (Fit::Marked, _) => found.marked.push(run),
                (_, Some(age)) => found.add(run, age),
                (_, None) => self.look_closer(run, &mut found).await?,
            }
        }
        // A mark outweighs the clock, and runs that do not show their input.
        if !found.marked.is_empty() {
            return Ok(certainly(found.marked));
        }
        let why = match &found {
            _ if !found.silent.is_empty() => NO_TRACE,
            _ if !found.undated.is_empty() => match self.session.at_service(self.since) {
                Some(_) => NO_DATE,
                None => NO_CLOCK,
            },
            _ if !found.near.is_empty() => SAME_MOMENT,
            _ => return Ok(certainly(found.certain)),
        };
        Ok(uncertain(found, why))
    }

    /// A list may omit when a run was created; the run itself may have it.
    async fn look_closer(&self, run: Run, found: &mut Found) -> Result<()> {
        let closer = match self.runs.get(&run.reference).await {
            Ok(closer) => closer,
            Err(error) if error.kind() == ErrorKind::NotFound => run,
            Err(error) => return Err(error),
        };
        match self.age(&closer) {
            Some(age) => found.add(closer, age),
            None => found.undated.push(closer),
        }
        Ok(())
    }

    /// Whether a run can have come from the start, by its dates on the service's clock; `None`
    /// where the dates or the clock are missing.
    fn age(&self, run: &Run) -> Option<Age> {
        let sent = self.session.at_service(self.since)?;
        // What began or ended before was created before; what began later may have waited.
        let dates = [&run.created_at, &run.started_at, &run.finished_at];
        let mut dates = dates.into_iter().flatten();
        if dates.any(|date| end_of(date) <= sent.earliest) {
            return Some(Age::Older);
        }
        let created = run.created_at.as_ref();
        let created = created.or(run.started_at.as_ref().filter(|_| self.starts_at_once))?;
        match created.to_utc() >= sent.before {
            true => Some(Age::Young),
            false => Some(Age::Near),
        }
    }
}

/// The end of the time that a date may stand for: a vendor that writes whole seconds, or whole
/// milliseconds, cuts the rest off.
fn end_of(date: &Timestamp) -> DateTime<Utc> {
    let date = date.to_utc();
    let length = match date.timestamp_subsec_nanos() {
        0 => TimeDelta::seconds(1),
        _ => TimeDelta::milliseconds(1),
    };
    date.checked_add_signed(length).unwrap_or(date)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Age {
    Older,
    Near,
    Young,
}

impl Found {
    fn add(&mut self, run: Run, age: Age) {
        match age {
            Age::Older => {}
            Age::Near => self.near.push(run),
            Age::Young => self.certain.push(run),
        }
    }
}

/// If nothing is uncertain.
fn certainly(runs: Vec<Run>) -> Reconciled {
    match <[Run; 1]>::try_from(runs) {
        Ok([run]) => Reconciled::One(Box::new(run)),
        Err(runs) if runs.is_empty() => Reconciled::None,
        Err(runs) => Reconciled::Several(runs),
    }
}

fn uncertain(found: Found, why: &'static str) -> Reconciled {
    let mut candidates = found.marked;
    candidates.extend(found.certain);
    candidates.extend(found.near);
    candidates.extend(found.undated);
    candidates.extend(found.silent);
    Reconciled::Uncertain { candidates, why }
}

const TOO_LONG: &str = "the service's list of runs is too long to be read to its end";
const NO_DATE: &str = "the service does not say when it created a run that fits; a unique mark \
                       (Buddy's comment) would settle it";
const SAME_MOMENT: &str = "a run that fits was created at about the moment when the start was sent, and the service \
     reports its time only to the second, so the run may be older than the start; looking again narrows \
     this down, and a unique mark (Buddy's comment) settles it";
const NO_TRACE: &str = "the service does not show the input of a run that may be the one, though it \
                        can, or names a trigger that is not documented";
const NO_CLOCK: &str = "the service does not report its time, so no run can be shown to be new";
