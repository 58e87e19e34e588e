//! After a start whose outcome is unknown: looking for the run that it may have started.

use chrono::{DateTime, Utc};
use futures_core::Stream;
use futures_util::{StreamExt, pin_mut};

use crate::client::Session;
use crate::error::{ErrorKind, Result};
use crate::run::{Run, Timestamp};
use crate::runs::Runs;

/// What a service's own list of runs says about a start.
///
/// It never starts anything, and it never names a run as found that was created before the start
/// was sent, by the service's own clock, or that something else than a start like this one began.
/// The service's clock is known from the `Date` of its answers, to the second.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Reconciled {
    /// Exactly one run fits: the start did happen.
    One(Box<Run>),
    /// Several runs fit; they cannot be told apart by what the vendor records. Which of them is the
    /// one, if any, is not known.
    Several(Vec<Run>),
    /// Something speaks for these runs (or for none), and it proves nothing.
    Uncertain {
        /// Runs that may be the one.
        candidates: Vec<Run>,
        /// What is missing for certainty, in words.
        why: &'static str,
    },
    /// No run fits. This is not a promise for ever: a service may list a run late.
    None,
}

/// How well a run fits a start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fit {
    /// Something else began it, or it was asked for something else.
    No,
    /// Everything that the vendor records agrees.
    Agrees,
    /// It carries what only this start was given, such as a comment.
    Marked,
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

/// A start, as its traces are looked for.
pub(crate) struct Search<'s> {
    pub runs: &'s dyn Runs,
    pub session: &'s Session,
    /// When the start was sent, by this machine's clock.
    pub since: DateTime<Utc>,
    pub order: Order,
    /// Whether a run of this service starts when it is created, so that the one date is the other.
    pub starts_at_once: bool,
}

#[derive(Default)]
struct Found {
    certain: Vec<Run>,
    /// Their time of creation is not known.
    undated: Vec<Run>,
}

impl Search<'_> {
    /// Reads the list back to the time of the start.
    pub async fn among(
        &self,
        list: impl Stream<Item = Result<Run>>,
        fits: impl Fn(&Run) -> Fit,
    ) -> Result<Reconciled> {
        pin_mut!(list);
        let mut found = Found::default();
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
            let fit = fits(&run);
            if fit == Fit::No {
                continue;
            }
            match (age, fit) {
                (Some(_), _) => found.certain.push(run),
                // Only this start has the mark, so the run cannot be older.
                (None, Fit::Marked) => found.certain.push(run),
                (None, _) => self.look_closer(run, &mut found).await?,
            }
        }
        if self.session.at_service(self.since).is_none() && !found.undated.is_empty() {
            return Ok(uncertain(found, NO_CLOCK));
        }
        Ok(match (found.certain.len(), found.undated.is_empty()) {
            (0, true) => Reconciled::None,
            (1, true) => found
                .certain
                .pop()
                .map_or(Reconciled::None, |run| Reconciled::One(Box::new(run))),
            (_, true) => Reconciled::Several(found.certain),
            (_, false) => uncertain(found, NO_DATE),
        })
    }

    /// A list may leave out when a run was created; the run itself may tell.
    async fn look_closer(&self, run: Run, found: &mut Found) -> Result<()> {
        let closer = match self.runs.get(&run.reference).await {
            Ok(closer) => closer,
            Err(error) if error.kind() == ErrorKind::NotFound => run,
            Err(error) => return Err(error),
        };
        match self.age(&closer) {
            Some(Age::Older) => {}
            Some(Age::Young) => found.certain.push(closer),
            None => found.undated.push(closer),
        }
        Ok(())
    }

    /// Whether a run can have come from the start, by its dates on the service's clock; `None`
    /// where the dates or the clock are missing.
    fn age(&self, run: &Run) -> Option<Age> {
        let earliest = self.session.at_service(self.since)?;
        let older = |moment: &Timestamp| moment.to_utc() < earliest;
        // What began or ended before was created before; what began later may have waited.
        let dates = [&run.created_at, &run.started_at, &run.finished_at];
        if dates.into_iter().flatten().any(older) {
            return Some(Age::Older);
        }
        let young = match self.starts_at_once {
            true => run.created_at.is_some() || run.started_at.is_some(),
            false => run.created_at.is_some(),
        };
        young.then_some(Age::Young)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Age {
    Older,
    Young,
}

fn uncertain(found: Found, why: &'static str) -> Reconciled {
    let mut candidates = found.certain;
    candidates.extend(found.undated);
    Reconciled::Uncertain { candidates, why }
}

const TOO_LONG: &str = "the service's list of runs is too long to be read to its end";
const NO_DATE: &str = "the service does not say when it created a run that fits";
const NO_CLOCK: &str = "the service does not tell its time, so no run can be shown to be new";
