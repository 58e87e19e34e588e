//! After a start whose outcome is unknown: looking for the run, never starting another.

use std::time::Duration;

use chrono::{DateTime, Utc};
use runpipe::{Error, Reconciled, Run, RunRef};
use tokio::time::{Instant, sleep_until, timeout};

use crate::context::Context;
use crate::process::exit::Failure;
use crate::vendor::prepared::Start;

/// A look begins this long after the one before. The service reports its time to the second, so
/// each look has to come at a different part of a second: this length spreads them most evenly.
const PACE: Duration = Duration::from_millis(618);
/// After this many looks nothing more is learned about the service's clock, and they get rarer.
const CLOSE_LOOKS: u32 = 24;

/// When the looks after the first begin, from when the first did.
fn further_looks() -> impl Iterator<Item = Duration> {
    let close = (1..=CLOSE_LOOKS).map(|number| PACE.saturating_mul(number));
    let last = PACE.saturating_mul(CLOSE_LOOKS);
    let rare = std::iter::successors(Some(last), |at| Some(at.saturating_mul(2)));
    close.chain(rare.skip(1))
}

/// What is known after a look that found no run for certain.
enum Known {
    /// The list could not be read, or not in time.
    Unread(Option<Error>),
    /// No run fits, so far.
    Nothing,
    /// These runs may be the one.
    Unclear(Vec<Run>, String),
}

/// The run that the start did begin, where the service's list proves it within `patience`; else the
/// failure, with what was found. The patience is that of all looks together.
pub async fn find(
    context: &Context,
    start: &dyn Start,
    error: Error,
    since: DateTime<Utc>,
    patience: Option<Duration>,
) -> Result<Run, Failure> {
    let look = start.look();
    let Some(patience) = patience else {
        return Err(unknown(error, Vec::new(), format!("Look for it: {look}")));
    };
    context.say("The outcome of the start is unknown; looking for the run.");
    let mut known = Known::Unread(None);
    let mut named: Vec<RunRef> = error.run().cloned().into_iter().collect();
    if let Ok(Some(run)) = timeout(patience, search(start, since, &mut known)).await {
        if named.iter().all(|named| *named == run.reference) {
            return Ok(found(run, &error));
        }
        let why = "The answer to the start names another run than the service's list shows";
        known = Known::Unclear(vec![run], why.to_owned());
    }
    let (what, runs) = match known {
        Known::Unread(cause) => {
            let cause = cause.map_or(String::new(), |cause| format!(": {cause}"));
            let what = format!("The service's list could not be read either{cause}");
            (what, Vec::new())
        }
        Known::Nothing => {
            let what =
                "The service lists no run that fits; that does not prove that none was started";
            (what.to_owned(), Vec::new())
        }
        Known::Unclear(runs, why) => (why, runs),
    };
    for run in runs {
        if !named.contains(&run.reference) {
            named.push(run.reference);
        }
    }
    let candidates = named;
    let names: Vec<String> = candidates.iter().map(ToString::to_string).collect();
    let names = match names.as_slice() {
        [] => String::new(),
        names => format!(" It may be one of these: {}.", names.join(", ")),
    };
    let what = what.trim_end_matches('.');
    let advice = format!("{what}.{names} Before you start again, look: {look}");
    Err(unknown(error, candidates, advice))
}

/// Looks until the run is found, or until it is clear that looking again does not help.
async fn search(start: &dyn Start, since: DateTime<Utc>, known: &mut Known) -> Option<Run> {
    let began = Instant::now();
    for next in further_looks() {
        match start.reconcile(since).await {
            Ok(Reconciled::One(run)) => return Some(*run),
            Ok(Reconciled::Several(runs)) => {
                let why = "Several runs fit, and nothing that the service records tells them apart";
                *known = Known::Unclear(runs, why.to_owned());
                return None;
            }
            // What is missing may come: a date, the end of a list, a closer reading of the clock.
            Ok(Reconciled::Uncertain { candidates, why }) => {
                let why = format!("It is not certain which run is yours: {why}");
                *known = Known::Unclear(candidates, why);
            }
            // A service may list a new run late: one look is not enough.
            Ok(_) => *known = Known::Nothing,
            // What an earlier look has shown is still so.
            Err(cause) if matches!(known, Known::Unread(_)) => *known = Known::Unread(Some(cause)),
            Err(_) => {}
        }
        sleep_until(began.checked_add(next)?).await;
    }
    None
}

fn found(mut run: Run, error: &Error) -> Run {
    let why = error
        .http_status()
        .map_or(String::new(), |status| format!(" (HTTP {status})"));
    run.warnings.push(format!(
        "The start got no clear answer{why}; this run was found in the service's list."
    ));
    run
}

fn unknown(error: Error, candidates: Vec<RunRef>, advice: String) -> Failure {
    Failure::Call {
        error: Box::new(error),
        candidates,
        advice: Some(advice),
    }
}
