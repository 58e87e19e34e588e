//! The build area: the build behind a run has the run's id.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::exceptions::exception;
use super::logs::STAGE;
use super::page::{names, page};
use super::site::{Site, date, source};
use super::text_at;
use crate::fields::with;
use crate::{Answer, Call, Context, Incoming, Outcome, Pipeline, State, StoredRun, Trigger};

/// What a build says of itself. It knows more than the run: queued, partially succeeded.
fn words(state: State) -> (&'static str, Option<&'static str>) {
    match state {
        State::Queued => ("notStarted", None),
        State::Running | State::Waiting => ("inProgress", None),
        State::Canceling => ("cancelling", None),
        State::Ended(Outcome::Failed) => ("completed", Some("failed")),
        State::Ended(Outcome::Canceled | Outcome::Skipped) => ("completed", Some("canceled")),
        State::Ended(Outcome::PartiallySucceeded) => ("completed", Some("partiallySucceeded")),
        State::Ended(Outcome::Succeeded | Outcome::Never) => ("completed", Some("succeeded")),
    }
}

/// Whoever holds the accepted credential: id and e-mail address.
pub(super) const CALLER: (&str, &str) = (
    "5f0c2d1e-8a44-4c7e-9b1f-2d5e8f7b1c60",
    "caller@sandbox.example",
);

/// On whose behalf a build was started: pushes and the clock have the service itself.
fn requested_for(run: &StoredRun) -> Value {
    match run.trigger {
        Trigger::Api | Trigger::Person => {
            let (id, mail) = CALLER;
            json!({ "id": id, "displayName": "Caller", "uniqueName": mail })
        }
        Trigger::Push | Trigger::Schedule => json!({
            "id": "00000002-0000-8888-8000-000000000000",
            "displayName": "Microsoft.VisualStudio.Services.TFS",
        }),
    }
}

/// What started a build. The API is not told from a person.
fn reason(run: &StoredRun) -> &'static str {
    match run.trigger {
        Trigger::Api | Trigger::Person => "manual",
        Trigger::Push => "individualCI",
        Trigger::Schedule => "schedule",
    }
}

/// The variables that were set when the run was queued, as one text of JSON; without any, `None`.
/// Secret ones are not shown again.
fn queued_variables(run: &StoredRun) -> Option<String> {
    let asked = run.request.get("variables").and_then(Value::as_object)?;
    let shown = asked.iter().filter_map(|(name, variable)| {
        let secret = variable.get("isSecret").and_then(Value::as_bool);
        let value = variable.get("value")?.as_str()?;
        (secret != Some(true)).then(|| (name.clone(), json!(value)))
    });
    let mut variables = serde_json::Map::new();
    variables.extend(shown);
    (!variables.is_empty()).then(|| Value::Object(variables).to_string())
}

/// A build. Times and result are absent until there are any.
pub(super) fn build(site: &Site<'_>, run: &StoredRun, now: DateTime<Utc>) -> Value {
    let (status, result) = words(run.state(now));
    let api = format!("{}/_apis/build/Builds/{}", site.project(), run.id);
    let (reference, version) = source(run);
    let build = json!({
        "_links": {
            "self": { "href": api },
            "web": { "href": site.results_page(run) },
        },
        "id": run.id.parse::<i64>().ok(),
        "buildNumber": site.run_name(run),
        "status": status,
        "queueTime": date(run.created),
        "url": api,
        "definition": {
            "drafts": [],
            "id": site.number(),
            "name": site.pipeline.name,
            "url": format!("{}/_apis/build/Definitions/{}", site.project(), site.pipeline.id),
            "path": "\\",
            "type": "build",
            "queueStatus": "enabled",
            "revision": 1,
        },
        "project": { "id": site.project_id(), "name": site.pipeline.part(1), "state": "wellFormed" },
        "sourceBranch": reference,
        "sourceVersion": version,
        "reason": reason(run),
        "requestedFor": requested_for(run),
        "priority": "normal",
        "tags": [],
        "validationResults": [],
        "templateParameters": run.request.get("templateParameters").cloned().unwrap_or(json!({})),
    });
    let more = json!({
        "parameters": queued_variables(run),
        "startTime": run.started_at(now).map(date),
        "finishTime": run.finished_at(now).map(date),
        "result": result,
    });
    with(build, more)
}

/// The body with its words in the document's spelling: `Cancelling` is `cancelling`.
pub(super) fn in_small_letters(request: &Incoming) -> Option<Incoming> {
    let mut body: Value = serde_json::from_slice(&request.body).ok()?;
    let status = body.get_mut("status")?;
    let word = status.as_str()?;
    let mut letters = word.chars();
    let first = letters.next()?.to_lowercase();
    let small: String = first.chain(letters).collect();
    if small == word {
        return None;
    }
    *status = json!(small);
    Some(Incoming {
        body: body.to_string().into_bytes(),
        ..request.clone()
    })
}

/// Stops a build, or runs it once more.
pub(super) fn update(call: &Call<'_>, scope: &str, id: &str, context: &mut Context<'_>) {
    let now = context.now;
    let retries = call
        .matched
        .query
        .get("retry")
        .and_then(Value::as_bool)
        .unwrap_or_default();
    let state = context.store.get(scope, id).map(|run| run.state(now));
    if retries && matches!(state, Some(State::Ended(_))) {
        let plan = context.next_plan();
        context.store.restart(scope, id, plan, now);
    } else if text_at(call.body(), "/status") == Some("cancelling")
        && let Some(run) = context.store.get_mut(scope, id)
    {
        run.cancel(now, false);
    }
}

/// Runs the one stage of a build again, or stops it. The service has no body for that.
pub(super) fn update_stage(
    call: &Call<'_>,
    scope: &str,
    run: &StoredRun,
    context: &mut Context<'_>,
) -> Answer {
    let (now, asked, id) = (context.now, call.path("stageRefName"), run.id.clone());
    if !asked.eq_ignore_ascii_case(STAGE) {
        let sentence = format!("There is no stage {asked} in this build.");
        return exception(404, "StageNotFoundException", &sentence);
    }
    let retries = text_at(call.body(), "/state") == Some("retry");
    match (retries, run.state(now)) {
        (true, State::Ended(_)) => {
            let plan = context.next_plan();
            context.store.restart(scope, &id, plan, now);
        }
        // The words of this refusal are not known.
        (true, _) | (false, State::Ended(_)) => {
            let sentence = format!("The stage {asked} cannot do that in its present state.");
            return exception(400, "InvalidTimelineRecordStateChange", &sentence);
        }
        (false, _) => {
            if let Some(run) = context.store.get_mut(scope, &id) {
                run.cancel(now, false);
            }
        }
    }
    Answer::empty(200)
}

/// The builds of a project, filtered; the newest first unless asked otherwise.
pub(super) fn list(
    call: &Call<'_>,
    here: &[&Pipeline],
    scope: &str,
    context: &Context<'_>,
) -> Answer {
    let at = |name: &str| {
        let text = call.text(name)?;
        Some(DateTime::parse_from_rfc3339(text).ok()?.to_utc())
    };
    let (from, until) = (at("minTime"), at("maxTime"));
    let is = |name: &str, value: Option<&str>| {
        names(call, name, |wanted| {
            wanted == "all" || Some(wanted) == value
        })
    };
    let fits = |run: &&StoredRun| {
        let (status, result) = words(run.state(context.now));
        names(call, "definitions", |id| id == run.pipeline)
            && names(call, "buildIds", |id| id == run.id)
            && is("statusFilter", Some(status))
            && is("resultFilter", result)
            && is("reasonFilter", Some(reason(run)))
            && call
                .text("branchName")
                .is_none_or(|name| name == source(run).0)
            && from.is_none_or(|from| run.created >= from)
            && until.is_none_or(|until| run.created <= until)
    };
    let mut runs: Vec<&StoredRun> = context.store.newest_of(scope).filter(fits).collect();
    if call
        .text("queryOrder")
        .is_some_and(|order| order.ends_with("Ascending"))
    {
        runs.reverse();
    }
    let items = runs.iter().filter_map(|run| {
        let pipeline = here.iter().find(|pipeline| pipeline.id == run.pipeline)?;
        Some(build(&Site::of(pipeline, context), run, context.now))
    });
    page(call, items.collect())
}
