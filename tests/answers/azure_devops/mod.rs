//! Azure DevOps: what each answer of the service becomes.

mod deciding;
mod listing;
mod proving;
mod reading;
mod refusals;
mod starting;
mod steps;

use std::time::Duration;

use chrono::{DateTime, Utc};
use runpipe::azure_devops::{Client, Credentials, PipelineRef, types};
use runpipe::{RetryPolicy, RunRef};
use serde_json::Value;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

const RUNS: &str = "/acme/My%20Project/_apis/pipelines/42/runs";

const RUN: &str = "/acme/My%20Project/_apis/pipelines/42/runs/7001";

const BUILDS: &str = "/acme/My%20Project/_apis/build/builds";

const BUILD: &str = "/acme/My%20Project/_apis/build/builds/7001";

const PIPELINES: &str = "/acme/My%20Project/_apis/pipelines";

fn pipeline() -> PipelineRef {
    PipelineRef::new("acme", "My Project", 42)
}

fn run() -> RunRef {
    "azure-devops/acme/My%20Project/42/7001".parse().unwrap()
}

fn retry() -> RetryPolicy {
    let step = Duration::from_millis(1);
    RetryPolicy::default().retries(2).steps(step, step)
}

fn client_with(base_url: &str, credentials: Credentials) -> Client {
    Client::builder()
        .base_url(base_url)
        .credentials(credentials)
        .retry(retry())
        .timeout(Duration::from_secs(5))
        .requests_per_second(1e6)
        // 40 s before the reset that an answer names.
        .clock(|| "2026-05-01T10:00:00Z".parse().unwrap())
        .build()
        .unwrap()
}

fn client(server: &MockServer) -> Client {
    client_with(&server.uri(), Credentials::pat("dummy-pat"))
}

fn table(name: &str) -> Vec<Value> {
    let path = format!(
        "{}/tests/fixtures/azure-devops/{name}",
        env!("CARGO_MANIFEST_DIR")
    );
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn json_answer(body: &Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(
        body.to_string(),
        "application/json; charset=utf-8; api-version=7.1",
    )
}

/// An answer as a row of a table describes it.
fn answer(row: &Value) -> ResponseTemplate {
    let status = u16::try_from(row["status"].as_u64().unwrap()).unwrap();
    let mut body = Vec::new();
    if row["byte_order_mark"] == true {
        body.extend_from_slice(b"\xef\xbb\xbf");
    }
    match row["text"].as_str() {
        Some(text) => body.extend_from_slice(text.as_bytes()),
        None => body.extend_from_slice(row["json"].to_string().as_bytes()),
    }
    let mut answer = ResponseTemplate::new(status).set_body_bytes(body);
    for (name, value) in row["headers"].as_object().unwrap() {
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

/// A server that answers GET and POST of runs with one thing.
async fn always(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(wiremock::matchers::any())
        .respond_with(answer)
        .mount(&server)
        .await;
    server
}

async fn received(server: &MockServer) -> Vec<Request> {
    server.received_requests().await.unwrap()
}

fn no_parameters() -> types::RunPipelineParameters {
    types::RunPipelineParameters::default()
}

fn moment(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn request(body: Value) -> types::RunPipelineParameters {
    serde_json::from_value(body).unwrap()
}
