//! One run: its state, its stop, its logs.

use futures_util::TryStreamExt;
use runpipe::{ErrorKind, RunStatus, Runs};
use serde_json::{Value, json};
use wiremock::matchers::{header, path};

use super::*;

#[tokio::test]
async fn every_state_of_a_run_is_normalized() {
    for case in rows::<Value>("azure-devops/runs") {
        let name = case["name"].as_str().unwrap();
        let server = MockServer::start().await;
        on(&server, "GET", RUN, json_answer(&case["run"])).await;
        // Without a build in the table the build must not be asked for: nothing answers.
        if !case["build"].is_null() {
            on(&server, "GET", BUILD, json_answer(&case["build"])).await;
        }
        let read = client(&server).get(&run()).await.unwrap();
        let facts = serde_json::to_value(&read).unwrap();
        for (key, expected) in case["expect"].as_object().unwrap() {
            assert_eq!(&facts[key], expected, "{name}: {key}");
        }
        assert_eq!(read.reference, run(), "{name}");
        assert_eq!(read.id, "7001", "{name}");
        let warnings = case["warnings"].as_u64().unwrap_or(0);
        assert_eq!(
            read.warnings.len() as u64,
            warnings,
            "{name}: {:?}",
            read.warnings
        );
        assert!(read.vendor::<types::Run>().is_some(), "{name}");
    }
}

#[tokio::test]
async fn words_of_builds_are_normalized() {
    for (status, result, expected) in [
        (json!("notStarted"), Value::Null, RunStatus::Queued),
        (json!("postponed"), json!("none"), RunStatus::Queued),
        (json!("inProgress"), Value::Null, RunStatus::Running),
        (json!("cancelling"), Value::Null, RunStatus::Canceling),
        (json!("completed"), json!("succeeded"), RunStatus::Succeeded),
        (json!("completed"), json!("failed"), RunStatus::Failed),
        (json!("completed"), json!("canceled"), RunStatus::Canceled),
        (json!("abandoned"), Value::Null, RunStatus::Failed),
        (json!("abandoned"), json!("none"), RunStatus::Failed),
        (json!("abandoned"), json!("canceled"), RunStatus::Canceled),
        (json!("abandoned"), json!("succeeded"), RunStatus::Unknown),
        (json!("completed"), json!("none"), RunStatus::Unknown),
        (json!("completed"), Value::Null, RunStatus::Unknown),
        (json!("inProgress"), json!("failed"), RunStatus::Unknown),
        (json!("none"), Value::Null, RunStatus::Unknown),
        (json!("novel"), Value::Null, RunStatus::Unknown),
        (Value::Null, json!("succeeded"), RunStatus::Unknown),
    ] {
        let build = json!({ "id": 7001, "status": status, "result": result });
        let server = always(json_answer(&json!({ "value": [build] }))).await;
        let builds: Vec<_> = client(&server)
            .list_builds(&pipeline())
            .try_collect()
            .await
            .unwrap();
        assert_eq!(builds[0].status, expected, "{build}");
    }
}

async fn logs_with(timeline: ResponseTemplate) -> Vec<(String, String)> {
    let server = MockServer::start().await;
    let logs = json!({ "count": 3, "value": [{ "id": 1 }, { "id": 2 }, {}] });
    on(&server, "GET", &format!("{BUILD}/logs"), json_answer(&logs)).await;
    on(&server, "GET", &format!("{BUILD}/timeline"), timeline).await;
    Mock::given(path(format!("{BUILD}/logs/1")))
        .and(header("accept", "text/plain"))
        .respond_with(ResponseTemplate::new(200).set_body_raw("one\r\ntwo \u{e9}", "text/plain"))
        .mount(&server)
        .await;
    let lines = json!({ "count": 2, "value": ["three", "four"] });
    on(
        &server,
        "GET",
        &format!("{BUILD}/logs/2"),
        json_answer(&lines),
    )
    .await;
    let client = client(&server);
    let logs: Vec<_> = client.logs(&run()).try_collect().await.unwrap();
    assert_eq!(
        received(&server).await.len(),
        4,
        "nothing was asked for twice"
    );
    logs.into_iter().map(|log| (log.step, log.text)).collect()
}

#[tokio::test]
async fn logs_carry_the_names_of_their_steps() {
    let timeline = json!({ "records": [
        { "name": "Build", "type": "Stage", "log": null },
        { "name": "npm ci", "type": "Task", "log": { "id": 1 }, "startTime": "0001-01-01T00:00:00", "state": "novel" }
    ] });
    let expected = |first: &str| {
        vec![
            (first.to_owned(), "one\r\ntwo \u{e9}".to_owned()),
            ("log 2".to_owned(), "three\nfour".to_owned()),
        ]
    };
    assert_eq!(logs_with(json_answer(&timeline)).await, expected("npm ci"));
    assert_eq!(
        logs_with(ResponseTemplate::new(204)).await,
        expected("log 1")
    );
    assert_eq!(
        logs_with(ResponseTemplate::new(404)).await,
        expected("log 1")
    );
}

#[tokio::test]
async fn a_run_is_canceled_through_its_build_and_read_back() {
    let server = MockServer::start().await;
    on(
        &server,
        "PATCH",
        BUILD,
        json_answer(&json!({ "id": 7001, "status": "cancelling" })),
    )
    .await;
    on(
        &server,
        "GET",
        RUN,
        json_answer(&json!({ "id": 7001, "state": "canceling" })),
    )
    .await;
    let canceled = client(&server).cancel(&run()).await.unwrap();
    assert_eq!(canceled.status, RunStatus::Canceling);
    let sent = received(&server).await;
    let patch = sent.iter().find(|one| one.method.as_str() == "PATCH");
    let patch = patch.unwrap();
    assert_eq!(
        patch.body_json::<Value>().unwrap(),
        json!({ "status": "cancelling" })
    );
    assert_eq!(patch.url.query(), Some("api-version=7.1"));
}

#[tokio::test]
async fn a_run_that_has_ended_stays_as_it_is() {
    for (state, ended) in [("completed", true), ("inProgress", false)] {
        let server = MockServer::start().await;
        let refusal = json!({ "message": "cannot be changed", "typeKey": "BuildStatusInvalidChangeException" });
        on(
            &server,
            "PATCH",
            BUILD,
            ResponseTemplate::new(409).set_body_json(refusal),
        )
        .await;
        let read = json!({ "id": 7001, "state": state, "result": ended.then_some("succeeded") });
        on(&server, "GET", RUN, json_answer(&read)).await;
        let canceled = client(&server).cancel(&run()).await;
        match ended {
            true => assert_eq!(canceled.unwrap().status, RunStatus::Succeeded),
            false => assert_eq!(canceled.unwrap_err().kind(), ErrorKind::Conflict),
        }
    }
}
