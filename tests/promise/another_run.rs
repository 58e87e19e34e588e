//! An answer about another run is no answer.

use futures_util::StreamExt as _;
use runpipe::{ErrorKind, Runs};
use serde_json::json;
use wiremock::matchers::{any, method, path_regex};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::*;

/// A client of each service, and a run.
fn clients(url: &str) -> [(Box<dyn Runs>, &'static str); 5] {
    [
        (Box::new(azure(url)), "azure-devops/acme/site/42/7"),
        (Box::new(aliyun(url)), "aliyun/acme/42/7"),
        (Box::new(buddy(url)), "buddy/acme/site/42/7"),
        (Box::new(matillion(url)), "matillion/p1/mine"),
        (Box::new(yunxiao(url)), "yunxiao/acme/42/7"),
    ]
}

#[tokio::test]
async fn an_answer_about_another_run_is_refused() {
    let server = MockServer::start().await;
    let body = json!({
        "id": 8, "pipelineRunId": 8, "status": "SUCCESSFUL", "state": "completed",
        "pipelineExecutionId": "other", "success": true,
        "pipelineRun": { "pipelineRunId": 8, "status": "SUCCESS" }
    });
    let answer = ResponseTemplate::new(200).set_body_json(body);
    Mock::given(any()).respond_with(answer).mount(&server).await;
    for (client, reference) in clients(&server.uri()) {
        let reference = run(reference);
        let error = client.get(&reference).await.expect_err("another run");
        assert_eq!(error.kind(), ErrorKind::Undecodable, "{error}");
        assert!(error.to_string().contains("another run"), "{error}");
        assert_eq!(error.run(), Some(&reference));
        let error = client.cancel(&reference).await.expect_err("another run");
        assert_eq!(error.kind(), ErrorKind::Undecodable, "{error}");
    }
}

/// Decoded entry by entry, in the order of the fields, the first would be run 7 and the second a list without a
/// build, which proves that nothing was started.
#[tokio::test]
async fn a_list_in_place_of_an_object_is_none() {
    let server = MockServer::start().await;
    let run_7 = json!([null, null, 7, "some-request", true]);
    let answer = ResponseTemplate::new(200).set_body_json(run_7);
    Mock::given(method("POST"))
        .respond_with(answer)
        .mount(&server)
        .await;
    let no_build = ResponseTemplate::new(200).set_body_json(json!([0, []]));
    Mock::given(method("GET"))
        .respond_with(no_build)
        .mount(&server)
        .await;

    let error = start_aliyun(&aliyun(&server.uri()))
        .await
        .expect_err("no run");
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error}");
    let pipeline = azure_devops::PipelineRef::new("acme", "site", 42);
    let mut builds = azure(&server.uri()).list_builds(&pipeline);
    let error = builds.next().await.expect("no end").expect_err("no list");
    assert_eq!(error.kind(), ErrorKind::Undecodable, "{error}");
}

#[tokio::test]
async fn a_number_below_one_is_no_id_of_a_run() {
    let client = buddy("http://127.0.0.1:9");
    for id in ["0", "-31", "31.0", "x"] {
        let reference = run(&format!("buddy/acme/site/42/{id}"));
        let error = client.get(&reference).await.expect_err(id);
        assert_eq!(error.kind(), ErrorKind::Configuration, "{error}");
    }
}

/// Some services count the runs of each pipeline from 1: the number alone does not tell.
#[tokio::test]
async fn an_answer_about_a_run_of_another_pipeline_is_refused() {
    let server = MockServer::start().await;
    let list = json!([{ "pipelineId": 43, "pipelineRunId": 7, "status": "SUCCESS" }]);
    let run_of_43 = json!({
        "id": 7, "pipelineRunId": 7, "status": "SUCCESSFUL", "state": "completed",
        "pipeline": { "id": 43 }, "pipelineId": 43, "projectId": "p2",
        "pipelineExecutionId": "mine", "success": true,
        "pipelineRun": { "pipelineRunId": 7, "pipelineId": 43, "status": "SUCCESS" }
    });
    let build_of_43 = json!({ "id": 7, "definition": { "id": 43 } });
    let lists = json!({ "executions": [run_of_43], "pipelineRuns": list, "value": [run_of_43] });
    for (at, body) in [
        ("/executions$", &lists),
        ("/pipelineRuns$", &lists),
        ("/site/_apis/pipelines/42/runs$", &lists),
        ("/build/builds$", &json!({ "value": [build_of_43] })),
        ("/oapi/v1/flow/.*/runs$", &list),
        ("", &run_of_43),
    ] {
        let answer = ResponseTemplate::new(200).set_body_json(body);
        let answer = Mock::given(method("GET"))
            .and(path_regex(at))
            .respond_with(answer);
        answer.mount(&server).await;
    }
    let started = ResponseTemplate::new(200).set_body_json(&run_of_43);
    let started = Mock::given(method("POST")).respond_with(started);
    started.mount(&server).await;
    let (azure, buddy) = (azure(&server.uri()), buddy(&server.uri()));
    let (aliyun, yunxiao) = (aliyun(&server.uri()), yunxiao(&server.uri()));
    for (client, reference) in clients(&server.uri()) {
        let error = client.get(&run(reference)).await.expect_err("another run");
        assert_eq!(error.kind(), ErrorKind::Undecodable, "{error}");
        assert!(error.to_string().contains("another p"), "{error}");
    }
    // A build's id needs no pipeline, so these would act on it.
    let reference = run("azure-devops/acme/site/42/7");
    for acted in [
        azure.cancel(&reference).await,
        azure.retry(&reference, None).await,
    ] {
        let error = acted.expect_err("another run");
        assert!(error.to_string().contains("another pipeline"), "{error}");
    }
    let sent = server.received_requests().await.expect("they are recorded");
    assert!(sent.iter().all(|one| one.method.as_str() == "GET"));
    // The reference would be that of a run that somebody else has started.
    for started in [start_azure(&azure).await, start_buddy(&buddy).await] {
        let error = started.expect_err("it cannot be known");
        assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error}");
        assert!(error.to_string().contains("run 7 of another pipeline (43)"));
    }
    let at = azure_devops::PipelineRef::new("acme", "site", 42);
    let mut listed = azure.list(&at).collect::<Vec<_>>().await;
    listed.extend(azure.list_builds(&at).collect::<Vec<_>>().await);
    let at = buddy::PipelineRef::new("acme", "site", 42);
    listed.extend(buddy.list(&at).collect::<Vec<_>>().await);
    let at = aliyun::PipelineRef::new("acme", 42);
    listed.extend(aliyun.list(&at).collect::<Vec<_>>().await);
    let at = yunxiao::PipelineRef::new("acme", 42);
    listed.extend(yunxiao.list(&at).collect::<Vec<_>>().await);
    assert!(listed.is_empty(), "{listed:?}");
}
