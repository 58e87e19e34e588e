//! Reading and stopping one execution.

use runpipe::matillion::types;
use runpipe::{ErrorKind, RunStatus, Runs};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use wiremock::matchers::{body_json, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::{EXECUTION, answers, assert_holds, client, execution, quick, requests, rows};

#[derive(Deserialize)]
struct ExecutionCase {
    name: String,
    body: Value,
    expected: Map<String, Value>,
}

#[tokio::test]
async fn executions_read_as_runs() {
    for case in rows::<ExecutionCase>("matillion/executions") {
        let server = MockServer::start().await;
        answers(&server, "GET", EXECUTION, 200, case.body).await;
        let run = client(&server, quick()).get(&execution()).await;
        let run = run.unwrap_or_else(|error| panic!("{}: {error}", case.name));
        assert_holds(
            &serde_json::to_value(&run).unwrap(),
            &case.expected,
            &case.name,
        );
        assert!(
            run.vendor::<types::PipelineExecution>().is_some(),
            "{}",
            case.name
        );
    }
}

#[tokio::test]
async fn reads_are_repeated() {
    let server = MockServer::start().await;
    let broken = Mock::given(method("GET")).respond_with(ResponseTemplate::new(503));
    broken.up_to_n_times(2).mount(&server).await;
    answers(
        &server,
        "GET",
        EXECUTION,
        200,
        json!({ "status": "RUNNING" }),
    )
    .await;
    let run = client(&server, quick()).get(&execution()).await.unwrap();
    assert_eq!(run.status, RunStatus::Running);
    assert_eq!(requests(&server, "GET").await, 3);
}

#[tokio::test]
async fn the_status_alone_is_enough_and_the_details_stand_in_for_it() {
    let at = format!("{EXECUTION}/status");
    for (status, body, requests_made) in [
        (200, json!({ "status": "FAILED" }), 1),
        (200, json!({}), 2),
        (404, json!({ "title": "Not Found" }), 2),
    ] {
        let server = MockServer::start().await;
        answers(&server, "GET", &at, status, body).await;
        answers(
            &server,
            "GET",
            EXECUTION,
            200,
            json!({ "status": "FAILED" }),
        )
        .await;
        let run = client(&server, quick()).status(&execution()).await.unwrap();
        assert_eq!(run.status, RunStatus::Failed);
        assert_eq!(run.reference, execution());
        assert_eq!(requests(&server, "GET").await, requests_made);
    }
}

#[tokio::test]
async fn cancelling_says_whether_to_force_and_reads_back() {
    for force in [false, true] {
        let server = MockServer::start().await;
        let body = json!({ "status": "CANCELLED", "forceUpdate": force });
        let answer = ResponseTemplate::new(200).set_body_json(json!({}));
        let cancel = Mock::given(method("PATCH"))
            .and(path(EXECUTION))
            .and(body_json(body));
        cancel.respond_with(answer).expect(1).mount(&server).await;
        answers(
            &server,
            "GET",
            EXECUTION,
            200,
            json!({ "status": "CANCELLING" }),
        )
        .await;
        let client = client(&server, quick());
        let run = client.cancel(&execution(), force).await.unwrap();
        assert_eq!(run.status, RunStatus::Canceling);
    }
}

#[tokio::test]
async fn a_refused_cancel_is_no_error_when_the_run_has_ended() {
    for (word, force, fine) in [
        ("SUCCESS", true, true),
        ("CANCELLED", false, true),
        ("CANCELLING", false, true),
        ("CANCELLING", true, false),
        ("RUNNING", false, false),
    ] {
        for status in [400, 409] {
            let server = MockServer::start().await;
            answers(
                &server,
                "PATCH",
                EXECUTION,
                status,
                json!({ "detail": "No." }),
            )
            .await;
            answers(&server, "GET", EXECUTION, 200, json!({ "status": word })).await;
            let client = client(&server, quick());
            let outcome = match force {
                true => client.cancel(&execution(), true).await,
                false => Runs::cancel(&client, &execution()).await,
            };
            assert_eq!(outcome.is_ok(), fine, "{word} {status}");
            if let Err(error) = outcome {
                assert_eq!(error.sentences(), ["No."]);
                assert_eq!(error.run(), Some(&execution()));
            }
        }
    }
    let server = MockServer::start().await;
    answers(&server, "PATCH", EXECUTION, 403, json!({})).await;
    let error = client(&server, quick())
        .cancel(&execution(), false)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication);
    assert_eq!(requests(&server, "GET").await, 0);
}
