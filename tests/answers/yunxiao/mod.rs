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
use runpipe::{Builder, RetryPolicy, RunRef};
use serde_json::Value;
use wiremock::matchers::{any, method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

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

fn retry() -> RetryPolicy {
    let step = Duration::from_millis(1);
    RetryPolicy::default().retries(2).steps(step, step)
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

fn table(name: &str) -> Vec<Value> {
    let path = format!(
        "{}/tests/fixtures/yunxiao/{name}",
        env!("CARGO_MANIFEST_DIR")
    );
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn json_answer(body: &Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(body.to_string(), "application/json")
}

/// An answer as a row of a table describes it.
fn answer(row: &Value) -> ResponseTemplate {
    let status = u16::try_from(row["status"].as_u64().unwrap_or(200)).unwrap();
    let body = match row["text"].as_str() {
        Some(text) => text.to_owned(),
        None => row["json"].to_string(),
    };
    let mut answer = ResponseTemplate::new(status).set_body_bytes(body);
    for (name, value) in row["headers"].as_object().into_iter().flatten() {
        answer = answer.insert_header(name.as_str(), value.as_str().unwrap());
    }
    answer
}

async fn on(server: &MockServer, verb: &str, at: &str, answer: ResponseTemplate) {
    Mock::given(method(verb))
        .and(path(at))
        .respond_with(answer)
        .mount(server)
        .await;
}

/// A server that answers everything with one thing.
async fn always(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
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

fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request.headers.get(name)?.to_str().ok()
}
