//! Yunxiao on the command line: its flags, its two editions, the address of an instance.

use serde_json::{Value, json};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use crate::flags::flow_sent;
use crate::program::{Program, answer, runpipe};

async fn service(body: Value) -> MockServer {
    serving(answer(200, body)).await
}

async fn serving(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
}

fn at(server: &MockServer, words: &str) -> Program {
    runpipe(words.split_whitespace())
        .env("YUNXIAO_ACCESS_TOKEN", "pt-t0ken")
        .env("RUNPIPE_YUNXIAO_URL", &server.uri())
}

async fn requests(server: &MockServer) -> Vec<Request> {
    server.received_requests().await.expect("recording")
}

#[tokio::test]
async fn every_key_of_the_request_has_a_flag() {
    let server = service(json!(9)).await;
    let words = "start yunxiao --organization-id 60d1 --pipeline id:123 --branch a --branch b \
        --env KEY=value --running-branch https://codeup/x.git=main \
        --running-tag https://codeup/y.git=v1 --pipeline-artifact 3184=12 \
        --acr-artifact registry/tool=2024 --package-artifact generic/r/p=7 --comment 备注 \
        --need-create-branch=false --release-branch release/1";
    let ended = at(&server, words).ends_with(0).await;
    assert!(
        ended.stdout.starts_with("yunxiao/60d1/123/9\n"),
        "{}",
        ended.stdout
    );
    let requests = requests(&server).await;
    let [request] = &requests[..] else {
        panic!("{} requests", requests.len())
    };
    let path = "/oapi/v1/flow/organizations/60d1/pipelines/123/runs";
    assert_eq!(request.url.path(), path);
    assert_eq!(request.headers["x-yunxiao-token"], "pt-t0ken");
    assert!(!request.headers.contains_key("authorization"));
    let body: Value = request.body_json().expect("JSON");
    let params = body["params"].as_str().expect("a text");
    let params: Value = serde_json::from_str(params).expect("JSON in it");
    assert_eq!(params, flow_sent());
}

#[tokio::test]
async fn a_region_instance_has_no_organization_and_is_found_by_its_name() {
    for place in ["", "--organization-id - "] {
        let server = service(json!("7")).await;
        let words = format!("start yunxiao {place}--pipeline id:123");
        let ended = at(&server, &words).env("RUNPIPE_YUNXIAO_HOST", "acme.devops.aliyuncs.com");
        let ended = ended.ends_with(0).await;
        assert!(
            ended.stdout.starts_with("yunxiao/-/123/7\n"),
            "{}",
            ended.stdout
        );
        let requests = requests(&server).await;
        assert_eq!(requests.len(), 1);
        assert_eq!(requests[0].url.path(), "/oapi/v1/flow/pipelines/123/runs");
        assert_eq!(requests[0].headers["host"], "acme.devops.aliyuncs.com");
    }
}

#[tokio::test]
async fn the_central_edition_is_not_asked_without_an_organization() {
    let words = "start yunxiao --pipeline id:123";
    let program = runpipe(words.split_whitespace()).env("YUNXIAO_ACCESS_TOKEN", "pt-t0ken");
    let ended = program.ends_with(2).await;
    ended.tells("organization's id is missing");
    let host = runpipe(words.split_whitespace())
        .env("YUNXIAO_ACCESS_TOKEN", "pt-t0ken")
        .env("RUNPIPE_YUNXIAO_HOST", "no host at all");
    let ended = host.ends_with(2).await;
    ended.tells("host");
}

#[tokio::test]
async fn an_unclear_start_names_the_command_that_lists_the_runs() {
    let server = serving(ResponseTemplate::new(502)).await;
    for (place, flags) in [
        ("--organization-id 60d1 ", " --organization-id 60d1"),
        ("", ""),
    ] {
        let words = format!("start yunxiao {place}--pipeline id:123");
        let ended = at(&server, &words).run().await;
        assert_ne!(ended.status.code(), Some(0));
        let look = format!("runpipe list yunxiao{flags} --pipeline id:123");
        ended.tells(&look);
    }
    assert_eq!(requests(&server).await.len(), 2, "one for each start");
}
