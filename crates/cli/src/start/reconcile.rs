//! After a start whose outcome is unknown: looking for the run, never starting another.

use std::time::Duration;

use chrono::{DateTime, Utc};
use runpipe::{Error, Reconciled, Run, RunRef};
use tokio::time::{Instant, sleep};

use super::Start;
use crate::Context;
use crate::exit::Failure;

/// The first pause between two looks. Each is twice as long as the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// The run that the start did begin, if the service's list tells so beyond doubt within
/// `patience`; else the failure, with what was found.
pub async fn find(
    context: &Context,
    start: &dyn Start,
    error: Error,
    since: DateTime<Utc>,
    patience: Option<Duration>,
) -> Result<Run, Failure> {
    let look = start.list_command();
    let Some(patience) = patience else {
        return Err(unknown(error, Vec::new(), format!("Look for it: {look}")));
    };
    context
        .output
        .progress("The outcome of the start is unknown; looking for the run.");
    let end = Instant::now() + patience;
    let mut pause = FIRST_PAUSE;
    loop {
        let read = start.reconcile(since).await;
        let left = end.saturating_duration_since(Instant::now());
        match read {
            Ok(Reconciled::One(run)) => return Ok(found(*run, &error)),
            Ok(Reconciled::Several(runs)) => {
                let runs: Vec<RunRef> = runs.into_iter().map(|run| run.reference).collect();
                let names: Vec<String> = runs.iter().map(ToString::to_string).collect();
                let advice = format!(
                    "Several runs fit, one of them may be yours: {}.",
                    names.join(", ")
                );
                return Err(unknown(error, runs, advice));
            }
            // A service may list a new run late: one look is not enough to say that there is none.
            Ok(_) if left.is_zero() => {
                let advice = format!(
                    "The service lists no run that fits, so most likely none was started. Make sure \
                     before you start again: {look}"
                );
                return Err(unknown(error, Vec::new(), advice));
            }
            Err(cause) if left.is_zero() => {
                let advice =
                    format!("The service's list could not be read either ({cause}) Look: {look}");
                return Err(unknown(error, Vec::new(), advice));
            }
            Ok(_) | Err(_) => {}
        }
        sleep(pause.min(left)).await;
        pause *= 2;
    }
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
