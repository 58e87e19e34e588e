//! Stopping a run, its logs, a pipeline's configuration.

use futures_util::TryStreamExt;
use runpipe::{ErrorKind, RunStatus, Runs, Service};
use serde_json::{Value, json};

use super::*;

async fn run_is(server: &MockServer, run: Value) {
    let body = json!({ "success": true, "pipelineRun": run });
    on(server, "GET", RUN, json_answer(&body)).await;
}

#[tokio::test]
async fn stopping_asks_and_reads_back() {
    for (word, expected) in [
        ("CANCELED", RunStatus::Canceled),
        ("RUNNING", RunStatus::Running),
    ] {
        let server = MockServer::start().await;
        on(
            &server,
            "PUT",
            STOP,
            json_answer(&json!({ "success": true })),
        )
        .await;
        run_is(&server, json!({ "status": word })).await;
        let client = client(&server);
        let runs: &dyn Runs = &client;
        assert_eq!(runs.service(), Service::Aliyun);
        let stopped = runs.cancel(&run()).await.unwrap();
        assert_eq!((stopped.reference, stopped.status), (run(), expected));
        let requests = received(&server).await;
        let methods: Vec<_> = requests.iter().map(|r| r.method.as_str()).collect();
        assert_eq!(methods, ["PUT", "GET"]);
    }
}

#[tokio::test]
async fn a_run_that_has_ended_need_not_be_stopped() {
    let server = MockServer::start().await;
    let refused =
        json!({ "success": false, "errorCode": "Run.Ended", "errorMessage": "It has ended." });
    on(&server, "PUT", STOP, json_answer(&refused)).await;
    run_is(&server, json!({ "status": "SUCCESS" })).await;
    let stopped = client(&server).cancel(&run()).await.unwrap();
    assert_eq!(stopped.status, RunStatus::Succeeded);
}

#[tokio::test]
async fn a_stop_that_is_refused_is_told() {
    let server = MockServer::start().await;
    let refused = json!({ "success": false, "errorCode": "Run.Locked", "errorMessage": "No." });
    on(&server, "PUT", STOP, json_answer(&refused)).await;
    run_is(&server, json!({ "status": "RUNNING" })).await;
    let error = client(&server).cancel(&run()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
    assert_eq!(error.sentences(), ["No."]);
    assert_eq!(error.run(), Some(&run()));
}

#[tokio::test]
async fn a_stop_may_be_asked_for_again() {
    let server = MockServer::start().await;
    Mock::given(method("PUT"))
        .respond_with(ResponseTemplate::new(502))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    on(
        &server,
        "PUT",
        STOP,
        json_answer(&json!({ "success": true })),
    )
    .await;
    run_is(&server, json!({ "status": "CANCELED" })).await;
    let stopped = client(&server).cancel(&run()).await.unwrap();
    assert_eq!(stopped.status, RunStatus::Canceled);
}

fn log_path(job: i64) -> String {
    format!("/organization/5ebbc/pipeline/123/pipelineRun/41/job/{job}/logs")
}

async fn log_is(server: &MockServer, job: i64, log: Value) {
    let body = json!({ "success": true, "log": log });
    on(server, "GET", &log_path(job), json_answer(&body)).await;
}

fn jobs() -> Value {
    json!({ "status": "RUNNING", "stages": [
        { "stageInfo": { "jobs": [
            { "id": 7, "name": "Compile", "status": "SUCCESS", "startTime": 1 },
            { "id": 8, "name": "Test", "status": "RUNNING", "startTime": 2 }
        ] } },
        { "stageInfo": null },
        { "stageInfo": { "jobs": [
            { "name": "No number" },
            { "id": 9, "name": "Deploy", "status": "WAITING" }
        ] } }
    ] })
}

#[tokio::test]
async fn each_job_has_its_log_in_the_order_of_the_stages() {
    let server = MockServer::start().await;
    run_is(&server, jobs()).await;
    log_is(
        &server,
        7,
        json!({ "content": "compiled\n", "more": false }),
    )
    .await;
    log_is(&server, 8, json!({ "content": "testing\n", "more": true })).await;
    let none = json!({ "success": false, "errorCode": "InvalidJob.NotFound" });
    on(&server, "GET", &log_path(9), json_answer(&none)).await;
    let logs: Vec<_> = client(&server).logs(&run()).try_collect().await.unwrap();
    let logs: Vec<_> = logs
        .iter()
        .map(|log| (log.step.as_str(), log.text.as_str()))
        .collect();
    assert_eq!(
        logs,
        [
            ("Compile", "compiled\n"),
            ("Test", "testing\n"),
            ("No number", ""),
            ("Deploy", ""),
        ]
    );
}

#[tokio::test]
async fn a_log_that_cannot_be_read_is_told() {
    let server = MockServer::start().await;
    run_is(&server, jobs()).await;
    log_is(&server, 7, Value::Null).await;
    let none = json!({ "success": false, "errorCode": "InvalidJob.NotFound" });
    on(&server, "GET", &log_path(8), json_answer(&none)).await;
    let client = client(&server);
    let run = run();
    let mut logs = client.logs(&run);
    assert_eq!(logs.try_next().await.unwrap().unwrap().text, "");
    let error = logs.try_next().await.unwrap_err();
    assert_eq!(
        error.kind(),
        ErrorKind::NotFound,
        "a job that has begun has a log"
    );
}

#[tokio::test]
async fn a_pipeline_tells_the_keys_of_its_branches() {
    let server = MockServer::start().await;
    let body = json!({ "success": true, "pipeline": { "name": "site", "pipelineConfig": {
        "sources": [{ "data": { "repo": "https://codeup.example.com/a.git", "isBranchMode": false } }]
    } } });
    on(&server, "GET", PIPELINE, json_answer(&body)).await;
    let read = client(&server).pipeline(&pipeline()).await.unwrap();
    assert_eq!(read.name.as_deref(), Some("site"));
    let sources = read.pipeline_config.unwrap().sources.unwrap();
    let repo = sources[0].data.as_ref().unwrap().repo.as_deref();
    assert_eq!(repo, Some("https://codeup.example.com/a.git"));

    let empty = always(json_answer(&json!({ "success": true }))).await;
    let error = client(&empty).pipeline(&pipeline()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Undecodable);
}
