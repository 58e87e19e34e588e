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
use runpipe::{Builder, RetryPolicy, RunRef};
use serde_json::Value;
use wiremock::matchers::{any, method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

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

fn retry() -> RetryPolicy {
    let step = Duration::from_millis(1);
    RetryPolicy::default().retries(2).steps(step, step)
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

fn table(name: &str) -> Vec<Value> {
    let path = format!(
        "{}/tests/fixtures/aliyun/{name}",
        env!("CARGO_MANIFEST_DIR")
    );
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn json_answer(body: &Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(body.to_string(), "application/json;charset=utf-8")
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

fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request.headers.get(name)?.to_str().ok()
}
