//! The timeline of a run and its logs.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::approvals::APPROVAL;
use super::exceptions::exception;
use super::page::collection;
use super::site::{Site, date};
use crate::fields::with;
use crate::{Answer, Call, Outcome, State, StoredRun, uuid};

/// The one stage of a run.
pub(super) const STAGE: &str = "Build";
/// The one log of a run.
const LOG: i64 = 5;
/// What it says in the end.
const LINES: [&str; 3] = [
    "2026-05-01T10:00:01.0000000Z ##[section]Starting: Compile",
    "make",
    "##[section]Finishing: Compile",
];

/// How many lines there are so far.
fn lines(run: &StoredRun, now: DateTime<Utc>) -> usize {
    match run.state(now) {
        State::Queued => 0,
        State::Ended(_) => LINES.len(),
        State::Running | State::Waiting | State::Canceling => 2,
    }
}

fn timeline_id(run: &StoredRun) -> String {
    uuid("azure timeline", run.number)
}

/// The timeline of a build by its id: each has one.
pub(super) fn timeline_by_id(
    call: &Call<'_>,
    site: &Site<'_>,
    run: &StoredRun,
    now: DateTime<Utc>,
) -> Answer {
    let asked = call.path("timelineId");
    if !asked.eq_ignore_ascii_case(&timeline_id(run)) {
        let sentence = format!("There is no timeline {asked} of this build.");
        return exception(404, "TimelineNotFoundException", &sentence);
    }
    Answer::json(200, &timeline(site, run, now))
}

/// A stage with one task in it.
pub(super) fn timeline(site: &Site<'_>, run: &StoredRun, now: DateTime<Utc>) -> Value {
    let id = timeline_id(run);
    let state = run.state(now);
    let (word, result) = match state {
        State::Queued => ("pending", None),
        State::Ended(Outcome::Failed) => ("completed", Some("failed")),
        State::Ended(Outcome::Canceled | Outcome::Skipped) => ("completed", Some("canceled")),
        State::Ended(Outcome::PartiallySucceeded) => ("completed", Some("succeededWithIssues")),
        State::Ended(Outcome::Succeeded | Outcome::Never) => ("completed", Some("succeeded")),
        State::Running | State::Waiting | State::Canceling => ("inProgress", None),
    };
    let record = |part: &str, kind: &str, name: &str, parent: Option<String>| {
        json!({
            "id": uuid(part, run.number),
            "parentId": parent,
            "type": kind,
            "name": name,
            "identifier": name,
            "state": word,
            "result": result,
            "startTime": run.started_at(now).map(date),
            "finishTime": run.finished_at(now).map(date),
            // The date that stands for none.
            "lastModified": "0001-01-01T00:00:00",
            "percentComplete": null,
            "order": 1,
            "attempt": 1,
            "previousAttempts": [],
        })
    };
    let build = format!("{}/_apis/build/builds/{}", site.project(), run.id);
    let stage = Some(uuid("azure stage", run.number));
    let task = record("azure task", "Task", "Compile", stage.clone());
    let log = json!({ "id": LOG, "type": "Container", "url": format!("{build}/logs/{LOG}") });
    let log = (lines(run, now) > 0).then_some(log);
    let mut records = vec![
        record("azure stage", "Stage", STAGE, None),
        with(task, json!({ "log": log })),
    ];
    if state == State::Waiting {
        let checkpoint = Some(uuid("azure checkpoint", run.number));
        records.push(record(
            "azure checkpoint",
            "Checkpoint",
            "Checkpoint",
            stage,
        ));
        let kind = "Checkpoint.Approval";
        records.push(record(APPROVAL, kind, kind, checkpoint));
    }
    json!({
        "id": id,
        "changeId": 1,
        "lastChangedOn": date(now),
        "url": format!("{build}/Timeline/{id}"),
        "records": records,
    })
}

/// The logs of a run, without their text.
pub(super) fn of_run(
    call: &Call<'_>,
    site: &Site<'_>,
    run: &StoredRun,
    now: DateTime<Utc>,
) -> Answer {
    let api = format!("{}/runs/{}/logs", site.api(), run.id);
    let signed = json!({ "url": format!("{api}/{LOG}/signed"), "signatureExpires": date(now) });
    let signed = (call.text("$expand") == Some("signedContent")).then_some(signed);
    let logs = described(run, now, &api, json!({ "signedContent": signed }));
    Answer::json(200, &json!({ "logs": logs, "url": api }))
}

/// The logs of a build, without their text.
pub(super) fn of_build(site: &Site<'_>, run: &StoredRun, now: DateTime<Utc>) -> Answer {
    let api = format!("{}/_apis/build/builds/{}/logs", site.project(), run.id);
    collection(&described(run, now, &api, json!({ "type": "Container" })))
}

fn described(run: &StoredRun, now: DateTime<Utc>, api: &str, more: Value) -> Vec<Value> {
    let count = lines(run, now);
    let log = json!({
        "id": LOG,
        "lineCount": count,
        "createdOn": run.started_at(now).map(date),
        "lastChangedOn": run.finished_at(now).or(run.started_at(now)).map(date),
        "url": format!("{api}/{LOG}"),
    });
    let log = (count > 0).then(|| with(log, more));
    log.into_iter().collect()
}

/// The text of a log, or some of its lines.
pub(super) fn text(call: &Call<'_>, run: &StoredRun, now: DateTime<Utc>) -> Answer {
    let count = lines(run, now);
    if call.path("logId") != LOG.to_string() || count == 0 {
        let sentence = format!("There is no log {} of this build.", call.path("logId"));
        return exception(404, "BuildLogNotFoundException", &sentence);
    }
    // Lines count from 1, and the last one is included.
    let first = call.count("startLine").unwrap_or(1).max(1);
    let last = call.count("endLine").unwrap_or(count).min(count);
    let lines: Vec<&str> = LINES.iter().take(last).skip(first - 1).copied().collect();
    Answer::typed(
        200,
        "text/plain; charset=utf-8",
        format!("{}\r\n", lines.join("\r\n")),
    )
}
