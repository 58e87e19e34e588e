//! After a start whose outcome is unknown: looking for the run that it may have started.

use chrono::{DateTime, TimeDelta, Utc};
use futures_core::Stream;
use futures_util::{StreamExt, pin_mut};

use crate::error::Result;
use crate::run::Run;

/// How far the service's clock may be behind ours. Runs begun this long before the start are
/// looked at too.
const CLOCK_SLACK: TimeDelta = TimeDelta::seconds(60);

/// What a service's own list of runs says about a start.
///
/// It never starts anything. `None` is not a promise for ever: a service may list a run late.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Reconciled {
    /// Exactly one run fits: the start did happen.
    One(Box<Run>),
    /// Several runs fit; they cannot be told apart by what the vendor records.
    Several(Vec<Run>),
    /// No run fits.
    None,
}

/// When a run of a start of that moment can have begun at the earliest, by the service's clock.
pub(crate) fn earliest(since: DateTime<Utc>) -> DateTime<Utc> {
    since.checked_sub_signed(CLOCK_SLACK).unwrap_or(since)
}

/// Reads a list, newest first, back to the time of the start, and keeps what fits.
pub(crate) async fn reconcile(
    newest_first: impl Stream<Item = Result<Run>>,
    since: DateTime<Utc>,
    fits: impl Fn(&Run) -> bool,
) -> Result<Reconciled> {
    let earliest = earliest(since);
    pin_mut!(newest_first);
    let mut found = Vec::new();
    while let Some(run) = newest_first.next().await {
        let run = run?;
        let begun = run.created_at.as_ref().or(run.started_at.as_ref());
        // A run that has no date yet is queued: it is as new as can be.
        if begun.is_some_and(|begun| begun.to_utc() < earliest) {
            break;
        }
        if fits(&run) {
            found.push(run);
        }
    }
    Ok(match found.len() {
        0 => Reconciled::None,
        1 => found
            .pop()
            .map_or(Reconciled::None, |run| Reconciled::One(Box::new(run))),
        _ => Reconciled::Several(found),
    })
}
