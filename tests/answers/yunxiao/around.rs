//! Stopping a run, the logs of its jobs, a pipeline's configuration.

use futures_util::TryStreamExt;
use runpipe::{ErrorKind, RunStatus, Runs, Service};
use serde_json::{Value, json};

use super::*;

async fn run_is(server: &MockServer, mut run: Value) {
    run["pipelineRunId"] = json!(41);
    on(server, "GET", RUN, json_answer(&run)).await;
}

#[tokio::test]
async fn stopping_asks_and_reads_back() {
    for (done, word, expected) in [
        (json!(true), "CANCELED", RunStatus::Canceled),
        (json!("true"), "RUNNING", RunStatus::Running),
    ] {
        let server = MockServer::start().await;
        on(&server, "PUT", RUN, json_answer(&done)).await;
        run_is(&server, json!({ "status": word })).await;
        let client = client(&server);
        let runs: &dyn Runs = &client;
        assert_eq!(runs.service(), Service::Yunxiao);
        let stopped = runs.cancel(&run()).await.unwrap();
        assert_eq!((stopped.reference, stopped.status), (run(), expected));
        let requests = received(&server).await;
        let methods: Vec<_> = requests.iter().map(|r| r.method.as_str()).collect();
        assert_eq!(methods, ["PUT", "GET"]);
    }
}

#[tokio::test]
async fn a_run_that_has_ended_need_not_be_stopped() {
    for refused in [
        json!(false),
        json!("false"),
        json!({ "errorCode": "Run.Ended" }),
    ] {
        let server = MockServer::start().await;
        on(&server, "PUT", RUN, json_answer(&refused)).await;
        run_is(&server, json!({ "status": "SUCCESS" })).await;
        let stopped = client(&server).cancel(&run()).await.unwrap();
        assert_eq!(stopped.status, RunStatus::Succeeded, "{refused}");
    }
}

#[tokio::test]
async fn a_stop_that_is_refused_is_told() {
    let server = MockServer::start().await;
    on(&server, "PUT", RUN, json_answer(&json!(false))).await;
    run_is(&server, json!({ "status": "RUNNING" })).await;
    let error = client(&server).cancel(&run()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
    assert_eq!(error.run(), Some(&run()));
}

fn log_path(job: i64) -> String {
    format!("{RUN}/job/{job}/log")
}

fn stages() -> Value {
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
    run_is(&server, stages()).await;
    for (job, log) in [
        (
            7,
            json!({ "content": "compiled\n", "more": false, "last": 1 }),
        ),
        (8, json!({ "content": "testing\n", "more": true })),
    ] {
        on(&server, "GET", &log_path(job), json_answer(&log)).await;
    }
    let none = ResponseTemplate::new(404).set_body_json(json!({ "errorCode": "NotFound" }));
    on(&server, "GET", &log_path(9), none).await;
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
async fn a_log_of_a_job_that_has_begun_is_missed_and_one_that_may_not_be_read() {
    for (job, status, kind) in [
        (7, 404, ErrorKind::NotFound),
        (9, 403, ErrorKind::Authentication),
    ] {
        let server = MockServer::start().await;
        run_is(&server, stages()).await;
        on(
            &server,
            "GET",
            &log_path(job),
            ResponseTemplate::new(status),
        )
        .await;
        for job in [7, 8, 9] {
            let log = json_answer(&json!({ "content": "", "more": false }));
            on(&server, "GET", &log_path(job), log).await;
        }
        let client = client(&server);
        let run = run();
        let logs = client.logs(&run).try_collect::<Vec<_>>().await;
        assert_eq!(logs.unwrap_err().kind(), kind, "{job}");
    }
}

#[tokio::test]
async fn a_pipeline_tells_the_keys_of_its_branches() {
    let repo = "https://codeup.example.com/a.git";
    let hook = "https://flow.example.com/hook/s3cret";
    let data = json!({ "repo": repo, "isBranchMode": false, "webhook": hook });
    let body = json!({ "name": "site", "pipelineConfig": { "sources": [{ "data": data }] } });
    let server = always(json_answer(&body)).await;
    let read = client(&server).pipeline(&pipeline()).await.unwrap();
    assert_eq!(read.name.as_deref(), Some("site"));
    let shown = format!("{read:?}");
    assert!(!shown.contains("s3cret"), "who knows it can start: {shown}");
    let sources = read.pipeline_config.unwrap().sources.unwrap();
    let data = sources[0].data.as_ref().unwrap();
    assert_eq!(data.repo.as_deref(), Some(repo));
    assert_eq!(data.is_branch_mode, Some(false));
}
