//! Aliyun: what is sent to the service, and what each of its answers becomes.

mod around;
mod clock;
mod lists;
mod reconciling;
mod refusals;
mod runs;
mod secrecy;
mod sent;
mod starts;

use std::time::Duration;

use runpipe::aliyun::{Client, Credentials, PipelineRef, types};
use runpipe::auth::Secret;
use runpipe::auth::acs3::{ParsedAuthorization, SigningRequest, verify};
use runpipe::{Builder, RunRef};
use serde_json::Value;
use wiremock::matchers::{any, method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use crate::served::{always, answer, header, on, retry, rows};

const START: &str = "/organizations/5ebbc/pipelines/123/run";
const RUNS: &str = "/organization/5ebbc/pipelines/123/pipelineRuns";
const RUN: &str = "/organization/5ebbc/pipelines/123/pipelineRuns/41";
const STOP: &str = "/organization/5ebbc/pipelines/123/pipelineRuns/41/stop";
const PIPELINES: &str = "/organization/5ebbc/pipelines";
const PIPELINE: &str = "/organization/5ebbc/pipelines/123";

const KEY_ID: &str = "LTAI-dummy-key-id";
const KEY_SECRET: &str = "dummy-key-secret";

fn pipeline() -> PipelineRef {
    PipelineRef::new("5ebbc", 123)
}

fn run() -> RunRef {
    "aliyun/5ebbc/123/41".parse().unwrap()
}

fn no_parameters() -> types::StartPipelineRunParams {
    types::StartPipelineRunParams::default()
}

fn builder(base_url: &str) -> Builder<Client> {
    Client::builder()
        .base_url(base_url)
        .credentials(Credentials::access_key(KEY_ID, KEY_SECRET))
        .retry(retry())
        .timeout(Duration::from_secs(5))
        .requests_per_second(1e6)
}

fn client(server: &MockServer) -> Client {
    builder(&server.uri()).build().unwrap()
}

fn json_answer(body: &Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(body.to_string(), "application/json;charset=utf-8")
}

/// What came in. Each request has to be signed over what really arrived.
async fn received(server: &MockServer) -> Vec<Request> {
    let requests = server.received_requests().await.unwrap();
    for request in &requests {
        let claimed: ParsedAuthorization =
            header(request, "authorization").unwrap().parse().unwrap();
        let signed = SigningRequest::new(
            request.method.as_str(),
            header(request, "host").unwrap(),
            request.url.path(),
        )
        .with_query(request.url.query().unwrap_or_default())
        .with_headers(&request.headers)
        .with_body(&request.body);
        verify(&signed, &claimed, &Secret::from(KEY_SECRET)).unwrap();
    }
    requests
}
