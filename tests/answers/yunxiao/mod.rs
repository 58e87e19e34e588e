//! Yunxiao's token API: what is sent to the service, and what each of its answers becomes.

mod around;
mod jobs;
mod lists;
mod reconciling;
mod refusals;
mod runs;
mod sent;
mod starts;

use std::time::Duration;

use runpipe::yunxiao::{Client, Credentials, PipelineRef, types};
use runpipe::{Builder, RunRef};
use serde_json::Value;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use crate::served::{always, answer, header, on, retry, rows};

const RUNS: &str = "/oapi/v1/flow/organizations/5ebbc/pipelines/123/runs";
const RUN: &str = "/oapi/v1/flow/organizations/5ebbc/pipelines/123/runs/41";
const PIPELINES: &str = "/oapi/v1/flow/organizations/5ebbc/pipelines";
const JOBS: &str = "/oapi/v1/flow/organizations/5ebbc/pipelines/123/pipelineRuns/41/jobs";

const TOKEN: &str = "pt-dummy_token-1";

fn pipeline() -> PipelineRef {
    PipelineRef::new("5ebbc", 123)
}

fn run() -> RunRef {
    "yunxiao/5ebbc/123/41".parse().unwrap()
}

fn no_parameters() -> types::CreatePipelineRunParams {
    types::CreatePipelineRunParams::default()
}

fn builder(base_url: &str) -> Builder<Client> {
    Client::builder()
        .base_url(base_url)
        .credentials(Credentials::token(TOKEN))
        .retry(retry())
        .timeout(Duration::from_secs(5))
        .requests_per_second(1e6)
}

fn client(server: &MockServer) -> Client {
    builder(&server.uri()).build().unwrap()
}

fn json_answer(body: &Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(body.to_string(), "application/json")
}

/// What came in. Each request has to carry the token, in its header and nowhere else.
async fn received(server: &MockServer) -> Vec<Request> {
    let requests = server.received_requests().await.unwrap();
    for request in &requests {
        assert_eq!(header(request, "x-yunxiao-token"), Some(TOKEN));
        assert_eq!(header(request, "authorization"), None);
        assert!(!request.url.as_str().contains(TOKEN));
    }
    requests
}
