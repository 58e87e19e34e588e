//! An answer about another run is no answer.

use futures_util::StreamExt as _;
use runpipe::{ErrorKind, Runs};
use serde_json::json;
use wiremock::matchers::{any, method};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::*;

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
    let (azure, aliyun) = (azure(&server.uri()), aliyun(&server.uri()));
    let (buddy, matillion) = (buddy(&server.uri()), matillion(&server.uri()));
    let yunxiao = yunxiao(&server.uri());
    let clients: [(&dyn Runs, &str); 5] = [
        (&azure, "azure-devops/acme/site/42/7"),
        (&aliyun, "aliyun/acme/42/7"),
        (&buddy, "buddy/acme/site/42/7"),
        (&matillion, "matillion/p1/mine"),
        (&yunxiao, "yunxiao/acme/42/7"),
    ];
    for (client, reference) in clients {
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
