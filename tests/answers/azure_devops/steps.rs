//! The stages, jobs and tasks of a run, out of a timeline that comes in no order.

use runpipe::{ErrorKind, RunStatus, Runs, Step};
use serde_json::json;

use super::*;

async fn steps_of(timeline: ResponseTemplate) -> Vec<Step> {
    let server = MockServer::start().await;
    on(&server, "GET", &format!("{BUILD}/timeline"), timeline).await;
    client(&server).steps(&run()).await.unwrap()
}

#[tokio::test]
async fn each_stands_after_what_it_is_a_part_of() {
    let timeline = json!({ "records": [
        { "id": "t2", "parentId": "j1", "type": "Task", "name": "npm test", "order": 2,
          "state": "completed", "result": "failed", "log": { "id": 9 },
          "startTime": "2026-05-01T10:00:20Z", "finishTime": "2026-05-01T10:00:50Z",
          "issues": [
              { "type": "warning", "message": "slow" },
              { "type": "error", "message": "2 tests failed" },
          ] },
        { "id": "j1", "parentId": "p1", "type": "Job", "name": "Linux", "order": 1,
          "state": "completed", "result": "failed" },
        { "id": "t1", "parentId": "j1", "type": "Task", "name": "npm ci", "order": 1,
          "state": "completed", "result": "succeededWithIssues" },
        { "id": "p1", "parentId": "s1", "type": "Phase", "name": "Linux", "order": 1 },
        { "id": "s2", "type": "Stage", "name": "Deploy", "order": 2,
          "state": "completed", "result": "skipped" },
        { "id": "s1", "type": "Stage", "name": "Build", "order": 1,
          "state": "inProgress", "result": null },
        { "id": "lost", "parentId": "nobody", "type": "Task", "name": "Stray", "order": 3,
          "state": "pending" },
        // Each is a part of the other: neither is shown, and nothing goes on for ever.
        { "id": "a", "parentId": "b", "name": "A" },
        { "id": "b", "parentId": "a", "name": "B" },
    ] });
    let steps = steps_of(json_answer(&timeline)).await;
    let told: Vec<_> = steps
        .iter()
        .map(|step| (step.within.join("/"), step.name.as_str(), step.status))
        .collect();
    let expected = [
        ("", "Build", RunStatus::Running),
        ("Build", "Linux", RunStatus::Failed),
        ("Build/Linux", "npm ci", RunStatus::Succeeded),
        ("Build/Linux", "npm test", RunStatus::Failed),
        ("", "Deploy", RunStatus::Skipped),
        ("", "Stray", RunStatus::Queued),
    ];
    let expected = expected.map(|(within, name, status)| (within.to_owned(), name, status));
    assert_eq!(told, expected);
    let failed = &steps[3];
    assert_eq!(failed.message.as_deref(), Some("2 tests failed"));
    assert_eq!(failed.vendor_status.as_deref(), Some("completed/failed"));
    assert!(failed.has_log() && !steps[2].has_log());
    let [begun, ended] = [&failed.started_at, &failed.finished_at];
    assert_eq!(
        begun.as_ref().unwrap().to_utc(),
        moment("2026-05-01T10:00:20Z")
    );
    assert_eq!(
        ended.as_ref().unwrap().to_utc(),
        moment("2026-05-01T10:00:50Z")
    );
}

/// Each of them is a part of the one before, and none has a name that would show how deep it is.
#[tokio::test]
async fn a_timeline_of_any_depth_is_read() {
    let record = |number: usize| {
        let parent = number.checked_sub(1).map(|parent| parent.to_string());
        json!({ "id": number.to_string(), "parentId": parent, "type": "Phase" })
    };
    let records: Vec<_> = (0..18_000).map(record).collect();
    let steps = steps_of(json_answer(&json!({ "records": records }))).await;
    assert!(steps.is_empty(), "phases are not shown");
}

#[tokio::test]
async fn an_approval_that_is_asked_for_waits() {
    for (kind, state, status) in [
        ("Checkpoint.Approval", "inProgress", RunStatus::Waiting),
        ("Checkpoint.Approval", "pending", RunStatus::Queued),
        ("Task", "inProgress", RunStatus::Running),
        ("Task", "pending", RunStatus::Queued),
    ] {
        let record = json!({ "id": "r", "name": "R", "type": kind, "state": state });
        let steps = steps_of(json_answer(&json!({ "records": [record] }))).await;
        assert_eq!(steps[0].status, status, "{kind} {state}");
    }
}

/// A word that nobody has documented is neither an end nor a success; a build without a timeline has
/// no steps.
#[tokio::test]
async fn what_is_not_known_is_said_to_be_unknown() {
    for (state, result) in [
        (json!("novel"), json!(null)),
        (json!("completed"), json!("novel")),
        (json!("completed"), json!(null)),
        (json!("inProgress"), json!("succeeded")),
    ] {
        let record = json!({ "id": "t", "name": "T", "state": state, "result": result });
        let steps = steps_of(json_answer(&json!({ "records": [record] }))).await;
        assert_eq!(steps[0].status, RunStatus::Unknown, "{state} {result}");
    }
    assert!(steps_of(ResponseTemplate::new(204)).await.is_empty());
}

/// No timeline is found of a run without steps, and of a run that there is not.
#[tokio::test]
async fn a_run_that_there_is_not_has_no_steps_and_nothing_to_retry() {
    let none = ResponseTemplate::new(404);
    let there = json_answer(&json!({ "id": 7001, "state": "inProgress" }));
    for (read, kinds) in [
        (there, [None, Some(ErrorKind::NothingToDo)]),
        (none.clone(), [Some(ErrorKind::NotFound); 2]),
    ] {
        let server = MockServer::start().await;
        on(&server, "GET", &format!("{BUILD}/timeline"), none.clone()).await;
        on(&server, "GET", RUN, read).await;
        let client = client(&server);
        let steps = client.steps(&run()).await;
        let retried = client.retry(&run(), None).await;
        let told =
            [steps.map(drop), retried.map(drop)].map(|one| one.err().map(|error| error.kind()));
        assert_eq!(told, kinds);
    }
}

#[tokio::test]
async fn a_step_s_log_is_asked_for_by_its_number() {
    let server = MockServer::start().await;
    let records = json!({ "records": [
        { "id": "t1", "name": "npm ci", "log": { "id": 9 } },
        { "id": "t2", "name": "npm test" },
    ] });
    on(
        &server,
        "GET",
        &format!("{BUILD}/timeline"),
        json_answer(&records),
    )
    .await;
    let text = ResponseTemplate::new(200).set_body_raw("one\ntwo", "text/plain");
    on(&server, "GET", &format!("{BUILD}/logs/9"), text).await;
    let client = client(&server);
    let steps = client.steps(&run()).await.unwrap();
    let log = client.step_log(&run(), &steps[0]).await.unwrap().unwrap();
    assert_eq!(
        (log.step.as_str(), log.text.as_str()),
        ("npm ci", "one\ntwo")
    );
    assert_eq!(client.step_log(&run(), &steps[1]).await.unwrap(), None);
}
