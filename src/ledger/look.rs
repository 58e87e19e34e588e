//! Looking for the run of a start in the service's own list.

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::StreamExt;

use super::Stage;
use super::entry::Entry;
use super::protocol::{Looked, Silence};
use super::target::Target;
use crate::error::Result;
use crate::mark::Trace;
use crate::reconcile::Reconciled;
use crate::run::{Run, RunRef};

/// A look reads no more runs than this.
const MOST_RUNS: usize = 20_000;
/// How far back a list is read before the moment at which the start was sent, by the service's
/// clock. The mark tells runs apart, so this costs no certainty.
const SLACK: TimeDelta = TimeDelta::minutes(10);
/// How far the clock that dates a service's runs may be behind the one that dates its answers, where
/// it is concluded that no run was started, or that no other one was.
const APART: TimeDelta = TimeDelta::minutes(1);

/// What the service's list says about the start of an entry that was silent for this long; the
/// target has the mark on its request.
pub(super) async fn look(target: &dyn Target, entry: &Entry, silence: Silence) -> Looked {
    let going = matches!(entry.stage, Stage::Unclear { going: true });
    let looked = match entry.trace {
        Trace::Shown => by_mark(target, entry).await,
        Trace::Guarded | Trace::Unseen => {
            let settled = silence == Silence::Settled;
            by_likeness(target, entry, going, settled).await
        }
    };
    let looked = looked.unwrap_or_else(|error| {
        tracing::info!(%error, "the service's list could not be read");
        Looked::Unread
    });
    match &entry.named {
        Some(named) => looked.beside(named),
        None => looked,
    }
}

/// Where the list shows the mark: it decides, whatever else is recorded.
async fn by_mark(target: &dyn Target, entry: &Entry) -> Result<Looked> {
    // Where the service's clock was not known, nothing bounds the list: the sender's own may
    // have been wrong by any time.
    let sent = entry.sent.and_then(|sent| sent.at_service);
    let earliest = sent.and_then(|moment| moment.checked_sub_signed(SLACK));
    let target = target.bounded();
    let mut list = target.newest();
    let (mut bearing, mut untold) = (Vec::new(), Vec::new());
    let mut read = 0_usize;
    while let Some(run) = list.next().await {
        let run = run?;
        read = read.saturating_add(1);
        if read > MOST_RUNS {
            bearing.append(&mut untold);
            return Ok(Looked::Unsure(bearing));
        }
        let is_older = earliest.is_some_and(|earliest| is_older(&run, earliest));
        match target.bears(&run, &entry.mark, &entry.place) {
            // Whatever its dates say. A list that grows meanwhile shows a run on two pages.
            Some(true) if bearing.contains(&run.reference) => {}
            Some(true) => bearing.push(run.reference),
            // In another order the run may follow, unless it has been found.
            _ if is_older && (target.is_newest_first() || !bearing.is_empty()) => break,
            None => untold.push(run.reference),
            Some(false) => {}
        }
    }
    Ok(match bearing.as_slice() {
        [run] => Looked::Found(run.clone()),
        [_, ..] => Looked::Unsure(bearing),
        [] if untold.is_empty() => Looked::Nothing,
        [] => Looked::Unsure(untold),
    })
}

/// For a list that does not show the mark: other recorded facts suggest a run, and prove nothing.
/// If the service has said that a run with the mark is in progress, then once it is listed, it is
/// the only run that fits.
async fn by_likeness(
    target: &dyn Target,
    entry: &Entry,
    going: bool,
    settled: bool,
) -> Result<Looked> {
    let Some(sent) = entry.sent else {
        return Ok(Looked::Unsure(Vec::new()));
    };
    let target = target.bounded();
    // Its clock is known after an answer. What fails here fails below too.
    let _ = target.newest().next().await;
    let since = sent
        .at_service
        .and_then(|there| target.session().before(there));
    // Otherwise only the sender's clock is left, and nothing is concluded from it.
    let dated = since.is_some();
    let since = since.unwrap_or(sent.here);
    let concludes = dated && entry.trace == Trace::Guarded;
    let earlier = since.checked_sub_signed(APART).filter(|_| concludes);
    let reconciled = target.reconcile(earlier.unwrap_or(since)).await?;
    let fitting = match reconciled {
        Reconciled::None if concludes && !going => return Ok(Looked::Nothing),
        Reconciled::None => Vec::new(),
        Reconciled::One(run) => vec![*run],
        Reconciled::Several(runs)
        | Reconciled::Uncertain {
            candidates: runs, ..
        } => runs,
    };
    let fitting: Vec<RunRef> = fitting.into_iter().map(|run| run.reference).collect();
    Ok(match fitting.as_slice() {
        [run] if concludes && going && settled => Looked::Found(run.clone()),
        _ => Looked::Unsure(fitting),
    })
}

fn is_older(run: &Run, earliest: DateTime<Utc>) -> bool {
    let dates = [&run.created_at, &run.started_at];
    let mut dates = dates.into_iter().flatten();
    dates.any(|date| date.to_utc() < earliest)
}
