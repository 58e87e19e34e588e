//! Whether a run has the input of a start. The newer API records the remark and the variables of a
//! start in the run's variables, and the remark in the parameters of its jobs, too (two public
//! clients tell their runs apart by it). Whether every kind of pipeline shows all of it, and
//! whether the older API shows any of it, is not confirmed: a missing value proves nothing.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use futures_core::Stream;
use futures_util::TryStreamExt;

use super::{Flow, Shown};
use crate::error::{ErrorKind, Result};
use crate::json;
use crate::paging::flat;
use crate::reconcile::{Fit, Order, Reconciled, Search};
use crate::run::Run;

/// What the remark of a start is called.
const REMARK: [&str; 2] = ["FLOW_INST_RUNNING_COMMENT", "BUILD_REMARK"];

/// How well the way in which a run began fits a start through the API: by hand (1, vendor page) and
/// through the API (4, seen by two public clients). The others are a timer, a push, another pipeline
/// and a webhook; what the vendor adds may be either.
fn begun(trigger_mode: Option<i64>) -> Fit {
    match trigger_mode {
        None | Some(1 | 4) => Fit::Agrees,
        Some(2 | 3 | 5 | 6) => Fit::No,
        Some(_) => Fit::Silent,
    }
}

/// Looks in a list for the run that a start with these parameters may have begun.
pub(in crate::services) async fn reconcile<C: Flow>(
    client: &C,
    pages: impl Stream<Item = Result<Vec<Run>>> + Send + 'static,
    since: DateTime<Utc>,
    remark: Option<&str>,
    variables: &BTreeMap<String, String>,
) -> Result<Reconciled> {
    // The list says neither what a run was given nor when it was created; the run itself does.
    let whole = flat(pages).try_filter_map(|listed| candidate(client, listed, since));
    let search = Search {
        // Newest first, by one source; a run that is passed over would be lost.
        order: Order::Unknown,
        otherwise: C::SILENT,
        ..Search::new(client, client.session(), since)
    };
    let fit = |answer: &C::Answer| {
        let shown = C::shown(answer);
        begun(shown.trigger_mode).and(match fits(remark, variables, &shown) {
            Fit::Silent => C::SILENT,
            fit @ (Fit::No | Fit::Agrees | Fit::Marked) => fit,
        })
    };
    search.among(whole, fit).await
}

/// A listed run, read as a whole, where it can be one that a start began at that time.
async fn candidate<C: Flow>(client: &C, listed: Run, since: DateTime<Utc>) -> Result<Option<Run>> {
    let sent = client.session().at_service(since);
    // Wherever in its second the run began.
    let began = listed.started_at.as_ref().map(|began| began.to_utc());
    let began = began.and_then(|began| began.checked_add_signed(TimeDelta::seconds(1)));
    let older = began
        .zip(sent)
        .is_some_and(|(began, sent)| began <= sent.earliest);
    if older || begun(C::trigger_mode(&listed)) == Fit::No {
        return Ok(None);
    }
    match client.get(&listed.reference).await {
        Ok(mut run) => {
            // A run has no beginning of its own but that of its stages.
            run.started_at = run.started_at.or(listed.started_at);
            Ok(Some(run))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Some(listed)),
        Err(error) => Err(error),
    }
}

/// How well a run fits what a start gave.
fn fits(remark: Option<&str>, variables: &BTreeMap<String, String>, run: &Shown<'_>) -> Fit {
    let variables = of_variables(variables, run);
    let asked = remark.unwrap_or_default().trim();
    match (variables, asked, remark_of(run)) {
        (Fit::No, _, _) => Fit::No,
        (_, "", Some(has)) if !has.is_empty() => Fit::No,
        (variables, "", _) => variables,
        // Only this start has the remark.
        (_, asked, Some(has)) if asked == has => Fit::Marked,
        (_, _, Some(_)) => Fit::No,
        (_, _, None) => Fit::Silent,
    }
}

/// How well the run's variables fit those of the start.
fn of_variables(given: &BTreeMap<String, String>, run: &Shown<'_>) -> Fit {
    let mut fit = Fit::Agrees;
    for (name, asked) in given {
        let shown = run.variables.iter().find(|(key, _)| key == name);
        match shown.and_then(|(_, value)| *value) {
            Some(value) if value == asked => {}
            Some(_) => return Fit::No,
            None => fit = Fit::Silent,
        }
    }
    fit
}

/// The remark that a run was started with; `None` where nothing says whether it had one.
fn remark_of(run: &Shown<'_>) -> Option<String> {
    let in_variables = run.variables.iter();
    let in_variables = in_variables.filter(|(key, _)| REMARK.contains(key));
    let in_variables = in_variables.filter_map(|(_, value)| value.map(str::to_owned));
    let in_jobs = run.jobs.iter().filter_map(|job| {
        let params = json::tree(job.params?.as_bytes())?;
        let remark = REMARK.iter().find_map(|key| params.get(*key)?.as_str());
        remark.map(str::to_owned)
    });
    let own = run.remark.map(str::to_owned);
    let remarks = own.into_iter().chain(in_variables).chain(in_jobs);
    let mut remarks = remarks.map(|remark| remark.trim().to_owned()).peekable();
    let any = remarks.peek().is_some();
    remarks
        .find(|remark| !remark.is_empty())
        .or_else(|| any.then(String::new))
}
