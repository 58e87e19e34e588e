//! What a run in progress waits for, out of its timeline; what is sent to approve, reject and retry.

use runpipe::{Decision, ErrorKind, RunStatus, Runs};
use serde_json::{Value, json};
use wiremock::matchers::{body_json, query_param};

use super::*;

const APPROVALS: &str = "/acme/My%20Project/_apis/pipelines/approvals";

/// A server with a run in progress and this timeline.
async fn in_progress(timeline: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    let run = json!({ "id": 7001, "state": "inProgress" });
    on(&server, "GET", RUN, json_answer(&run)).await;
    on(&server, "GET", &format!("{BUILD}/timeline"), timeline).await;
    server
}

async fn with(records: &Value, approvals: &Value) -> MockServer {
    let server = in_progress(json_answer(&json!({ "records": records }))).await;
    let ids: Vec<&str> = records
        .as_array()
        .into_iter()
        .flatten()
        .filter(|record| record["type"] == "Checkpoint.Approval" && record["state"] == "inProgress")
        .filter_map(|record| record["id"].as_str())
        .collect();
    Mock::given(method("GET"))
        .and(path(APPROVALS))
        .and(query_param("approvalIds", ids.join(",")))
        .and(query_param("$expand", "steps"))
        .and(query_param("api-version", "7.1"))
        .respond_with(json_answer(&json!({ "value": approvals })))
        .mount(&server)
        .await;
    server
}

#[tokio::test]
async fn every_gate_is_seen_in_the_timeline() {
    for case in rows::<Value>("azure-devops/gates") {
        let name = case["name"].as_str().unwrap();
        let server = with(&case["records"], &case["approvals"]).await;
        let read = client(&server).get(&run()).await.unwrap();
        let facts = serde_json::to_value(&read).unwrap();
        for (key, expected) in case["expect"].as_object().unwrap() {
            assert_eq!(&facts[key], expected, "{name}: {key}");
        }
        assert_eq!(read.warnings, Vec::<String>::new(), "{name}");
        let asked = received(&server).await.len();
        assert_eq!(asked as u64, case["requests"].as_u64().unwrap(), "{name}");
    }
}

#[tokio::test]
async fn a_run_that_is_not_in_progress_has_no_timeline_read() {
    for state in ["canceling", "completed", "novel"] {
        let run_of = json!({ "id": 7001, "state": state, "result": "succeeded" });
        let server = always(json_answer(&run_of)).await;
        client(&server).get(&run()).await.unwrap();
        assert_eq!(received(&server).await.len(), 1, "{state}");
    }
}

#[tokio::test]
async fn a_timeline_that_cannot_be_read_hides_no_run() {
    let server = in_progress(ResponseTemplate::new(403)).await;
    let read = client(&server).get(&run()).await.unwrap();
    assert_eq!(read.status, RunStatus::Running);
    assert!(
        read.warnings[0].contains("is waiting for"),
        "{:?}",
        read.warnings
    );
    // The next look may tell.
    let server = in_progress(ResponseTemplate::new(503)).await;
    let error = client(&server).get(&run()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
    for none in [204, 404] {
        let server = in_progress(ResponseTemplate::new(none)).await;
        let read = client(&server).get(&run()).await.unwrap();
        assert_eq!((read.status, read.warnings.len()), (RunStatus::Running, 0));
    }
}

fn stage(id: &str, name: &str) -> [Value; 3] {
    [
        json!({ "id": format!("s-{id}"), "type": "Stage", "name": name, "state": "pending" }),
        json!({ "id": format!("c-{id}"), "type": "Checkpoint", "parentId": format!("s-{id}"),
                "state": "inProgress" }),
        json!({ "id": id, "type": "Checkpoint.Approval", "parentId": format!("c-{id}"),
                "state": "inProgress" }),
    ]
}

/// A run that waits at two stages; the approval `id` is taken.
async fn waiting(id: &str, body: Value) -> MockServer {
    let records: Vec<Value> = [stage("a1", "Deploy EU"), stage("a2", "Deploy US")].concat();
    let pending = json!([{ "id": "a1", "status": "pending" }, { "id": "a2", "status": "pending" }]);
    let server = with(&json!(records), &pending).await;
    let updated = json!({ "count": 1, "value": [{ "id": id, "status": body[0]["status"] }] });
    Mock::given(method("PATCH"))
        .and(path(APPROVALS))
        .and(query_param("api-version", "7.1"))
        .and(body_json(body))
        .respond_with(json_answer(&updated))
        .mount(&server)
        .await;
    server
}

async fn changes(server: &MockServer) -> usize {
    let requests = received(server).await;
    let changes = requests
        .iter()
        .filter(|request| request.method.as_str() != "GET");
    changes.count()
}

#[tokio::test]
async fn a_decision_names_its_gate_by_name_or_id_and_carries_its_comment() {
    for (decision, body) in [
        (
            Decision::approve().gate("Deploy US"),
            json!([{ "approvalId": "a2", "status": "approved" }]),
        ),
        (
            Decision::reject().gate("a2").comment("Not at this tide."),
            json!([{ "approvalId": "a2", "status": "rejected", "comment": "Not at this tide." }]),
        ),
    ] {
        let server = waiting("A2", body).await;
        let read = client(&server).decide(&run(), &decision).await.unwrap();
        // Read back, as it is then.
        assert_eq!((read.status, read.waits_for.len()), (RunStatus::Waiting, 2));
        assert_eq!(changes(&server).await, 1);
    }
}

#[tokio::test]
async fn several_gates_are_named_and_nothing_is_decided() {
    let server = waiting("a1", json!(null)).await;
    for (decision, said) in [
        (
            Decision::approve(),
            "\"Deploy EU\" (a1), \"Deploy US\" (a2)",
        ),
        (Decision::approve().gate("Deploy"), "no gate \"Deploy\""),
    ] {
        let error = client(&server).decide(&run(), &decision).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnknownName, "{error}");
        assert!(error.to_string().contains(said), "{error}");
        assert_eq!(error.run(), Some(&run()));
    }
    let server = with(&json!([]), &json!([])).await;
    let none = client(&server).decide(&run(), &Decision::approve()).await;
    let error = none.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NothingToDo, "{error}");
    assert!(
        error.to_string().contains("no gate of the run waits"),
        "{error}"
    );
    assert_eq!(changes(&server).await, 0);
}

/// Somebody else may have decided a moment before, or the time may have been up.
#[tokio::test]
async fn an_approval_that_is_answered_with_another_end_is_not_called_accepted() {
    let taken = ["approved", "deferred", "pending", "novel"].map(|word| (word, true));
    let not = ["rejected", "canceled", "timedOut", "skipped", "failed"].map(|word| (word, false));
    for (word, is_taken) in taken.into_iter().chain(not) {
        let records = json!(stage("a1", "Deploy EU"));
        let server = with(&records, &json!([{ "id": "a1", "status": "pending" }])).await;
        let updated = json!({ "value": [{ "id": "a1", "status": word }] });
        on(&server, "PATCH", APPROVALS, json_answer(&updated)).await;
        let decided = client(&server).decide(&run(), &Decision::approve()).await;
        match decided {
            Ok(_) => assert!(is_taken, "{word}"),
            Err(error) => {
                assert!(!is_taken, "{word}: {error}");
                assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error}");
                assert!(error.to_string().contains(word), "{error}");
            }
        }
        assert_eq!(changes(&server).await, 1);
    }
}

/// A proxy may answer with any JSON that has the right shape.
#[tokio::test]
async fn an_answer_that_does_not_name_the_approval_proves_nothing() {
    for id in ["a1", ""] {
        let server = waiting(id, json!([{ "approvalId": "a2", "status": "approved" }])).await;
        let decision = Decision::approve().gate("a2");
        let error = client(&server).decide(&run(), &decision).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error}");
        assert_eq!(changes(&server).await, 1);
    }
}

/// A run that has ended, with these stages; the stage `name` may be run again.
async fn ended(stages: Value, name: &str) -> MockServer {
    let server = MockServer::start().await;
    let read = json!({ "id": 7001, "state": "completed", "result": "failed" });
    on(&server, "GET", RUN, json_answer(&read)).await;
    let timeline = json_answer(&json!({ "records": stages }));
    on(&server, "GET", &format!("{BUILD}/timeline"), timeline).await;
    Mock::given(method("PATCH"))
        .and(path(format!("{BUILD}/stages/{name}")))
        .and(query_param("api-version", "7.1"))
        .and(body_json(
            json!({ "state": "retry", "forceRetryAllJobs": false }),
        ))
        .respond_with(ResponseTemplate::new(200))
        .mount(&server)
        .await;
    server
}

#[tokio::test]
async fn the_stage_that_failed_is_run_again_by_its_name_in_the_yaml() {
    let stages = json!([
        { "id": "1", "type": "Stage", "name": "Build", "identifier": "Build",
          "state": "completed", "result": "succeeded" },
        { "id": "2", "type": "Stage", "name": "Deploy to EU", "identifier": "Deploy_EU",
          "state": "completed", "result": "failed" },
        { "id": "3", "type": "Stage", "name": "Deploy to US", "identifier": "Deploy_US",
          "refName": "Deploy_US", "state": "completed", "result": "canceled" },
        { "id": "4", "type": "Job", "name": "Linux", "identifier": "Deploy_EU.Linux",
          "state": "completed", "result": "failed" },
        { "id": "5", "type": "Stage", "name": "After", "identifier": "After",
          "state": "completed", "result": "skipped" },
    ]);
    for (step, name) in [
        ("Deploy to EU", "Deploy_EU"),
        ("Deploy_EU", "Deploy_EU"),
        ("Deploy to US", "Deploy_US"),
    ] {
        let server = ended(stages.clone(), name).await;
        let read = client(&server).retry(&run(), Some(step)).await.unwrap();
        assert_eq!(
            (read.reference, changes(&server).await),
            (run(), 1),
            "{step}"
        );
    }
    let server = ended(stages.clone(), "Deploy_EU").await;
    for step in [None, Some("Build"), Some("Linux")] {
        let error = client(&server).retry(&run(), step).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnknownName, "{error}");
        let named = error.to_string().contains("\"Deploy to EU\" (Deploy_EU)");
        assert!(named, "{error}");
    }
    assert_eq!(changes(&server).await, 0);
    // Where one failed, it needs no name.
    let alone = json!([stages[0], stages[1]]);
    let server = ended(alone, "Deploy_EU").await;
    client(&server).retry(&run(), None).await.unwrap();
    let server = ended(json!([stages[0]]), "Build").await;
    let error = client(&server).retry(&run(), None).await.unwrap_err();
    assert!(
        error.to_string().contains("no stage of the run has failed"),
        "{error}"
    );
    assert_eq!(changes(&server).await, 0);
}
