//! The approval that a waiting run waits for.
//!
//! From the vendor's published specification: paths, fields, words. From public clients: that the record
//! of type `Checkpoint.Approval` in the timeline has the approval's id. Not confirmed, and chosen here:
//! `pipeline.owner` for the run, and that a rejection ends the run at once.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::exceptions::exception;
use super::page::{collection, names};
use super::site::{Site, date};
use crate::fields::with;
use crate::{Answer, Call, Context, Pipeline, State, StoredRun, uuid};

/// What the ids of approvals, and of their records in the timeline, are made from.
pub(super) const APPROVAL: &str = "azure approval";
/// Who may approve.
const APPROVERS: &str = "Release managers";

fn id(run: &StoredRun) -> String {
    uuid(APPROVAL, run.number)
}

/// The state of a run's approval; `None` for a run that never waited.
fn status(run: &StoredRun, now: DateTime<Utc>) -> Option<&'static str> {
    match run.state(now) {
        State::Waiting => Some("pending"),
        State::Queued | State::Running | State::Canceling | State::Ended(_) => {
            run.applied_at().map(|_| "approved")
        }
    }
}

/// The approval of a run.
fn described(
    call: &Call<'_>,
    run: &StoredRun,
    word: &str,
    here: &[&Pipeline],
    context: &Context<'_>,
) -> Option<Value> {
    let pipeline = here.iter().find(|pipeline| pipeline.id == run.pipeline)?;
    let site = Site::of(pipeline, context);
    let api = format!("{}/_apis/pipelines/approvals/{}", site.project(), id(run));
    let more = match call.text("$expand") {
        Some("steps") => {
            let approver = json!({ "displayName": APPROVERS });
            let step =
                json!({ "assignedApprover": approver, "status": word, "order": 1, "history": [] });
            json!({ "steps": [step] })
        }
        Some("permissions") => json!({ "permissions": "update" }),
        _ => Value::Null,
    };
    let approval = json!({
        "_links": { "self": { "href": api } },
        "id": id(run),
        "status": word,
        "instructions": "",
        "minRequiredApprovers": 1,
        "executionOrder": "anyOrder",
        "blockedApprovers": [],
        "pipeline": {
            "id": pipeline.id,
            "name": pipeline.name,
            "owner": {
                "_links": { "web": { "href": site.results_page(run) } },
                "id": run.id.parse::<i64>().ok(),
                "name": site.run_name(run),
            },
        },
        "createdOn": date(run.created),
        "lastModifiedOn": date(run.applied_at().unwrap_or(run.created)),
    });
    Some(with(approval, more))
}

pub(super) fn list(
    call: &Call<'_>,
    here: &[&Pipeline],
    scope: &str,
    context: &Context<'_>,
) -> Answer {
    let state = call.text("state");
    let approvals = context.store.newest_of(scope).filter_map(|run| {
        let word = status(run, context.now)?;
        let fits = match state {
            None | Some("all") => true,
            Some("completed") => word != "pending",
            Some(wanted) => wanted == word,
        };
        if !fits
            || !names(call, "approvalIds", |one| {
                one.eq_ignore_ascii_case(&id(run))
            })
        {
            return None;
        }
        described(call, run, word, here, context)
    });
    let most = call.count("top").unwrap_or(usize::MAX);
    collection(&approvals.take(most).collect::<Vec<_>>())
}

pub(super) fn get(
    call: &Call<'_>,
    here: &[&Pipeline],
    scope: &str,
    context: &Context<'_>,
) -> Answer {
    let asked = call.path("approvalId");
    let found = of_id(&asked, scope, context).and_then(|run| {
        let word = status(run, context.now)?;
        described(call, run, word, here, context)
    });
    match found {
        Some(approval) => Answer::json(200, &approval),
        None => missing(&asked),
    }
}

/// Approves or rejects. Nothing is done unless all can be.
pub(super) fn update(
    call: &Call<'_>,
    here: &[&Pipeline],
    scope: &str,
    context: &mut Context<'_>,
) -> Answer {
    let now = context.now;
    let mut wishes = Vec::new();
    for wish in call.body().as_array().into_iter().flatten() {
        let text = |name: &str| wish.get(name).and_then(Value::as_str).unwrap_or_default();
        let (asked, word) = (text("approvalId"), text("status"));
        let Some(run) = of_id(asked, scope, context) else {
            return missing(asked);
        };
        if status(run, now) != Some("pending") || !matches!(word, "approved" | "rejected") {
            let sentence = format!("The approval {asked} cannot become {word}.");
            return exception(400, "ApprovalUpdateException", &sentence);
        }
        wishes.push((run.id.clone(), word.to_owned()));
    }
    for (run, word) in &wishes {
        if let Some(run) = context.store.get_mut(scope, run) {
            match word.as_str() {
                "approved" => drop(run.apply(now)),
                _ => run.cancel(now, true),
            }
        }
    }
    let updated = wishes.iter().filter_map(|(run, word)| {
        let run = context.store.get(scope, run)?;
        described(call, run, word, here, context)
    });
    collection(&updated.collect::<Vec<_>>())
}

fn of_id<'s>(asked: &str, scope: &str, context: &'s Context<'_>) -> Option<&'s StoredRun> {
    let mut runs = context.store.newest_of(scope);
    runs.find(|run| id(run).eq_ignore_ascii_case(asked))
}

fn missing(asked: &str) -> Answer {
    let sentence = format!("There is no approval {asked}.");
    exception(404, "ApprovalNotFoundException", &sentence)
}
