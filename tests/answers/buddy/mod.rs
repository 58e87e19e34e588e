//! Buddy's answers, over real HTTP, through the public API.

mod around;
mod deciding;
mod limit;
mod listing;
mod naming;
mod reading;
mod reconciling;
mod refusals;
mod starting;

use std::time::Duration;

use chrono::{DateTime, Utc};
use runpipe::buddy::{Client, Credentials, PipelineRef, types};
use runpipe::{Builder, RetryPolicy, RunRef};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use wiremock::matchers::{any, method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

const TOKEN: &str = "tell-nobody";

const PIPELINES: &str = "/workspaces/acme/projects/site/pipelines";
const EXECUTIONS: &str = "/workspaces/acme/projects/site/pipelines/2/executions";
const EXECUTION: &str = "/workspaces/acme/projects/site/pipelines/2/executions/31";

fn builder(server: &MockServer) -> Builder<Client> {
    let step = Duration::from_millis(1);
    Client::builder()
        .base_url(server.uri())
        .credentials(Credentials::token(TOKEN))
        .retry(RetryPolicy::default().retries(2).steps(step, step))
        .requests_per_second(1e6)
}

fn client(server: &MockServer) -> Client {
    builder(server).build().unwrap()
}

fn pipeline() -> PipelineRef {
    PipelineRef::new("acme", "site", 2)
}

fn run() -> RunRef {
    pipeline().execution(31).unwrap()
}

fn nothing_asked() -> types::RunExecutionRequest {
    types::RunExecutionRequest::default()
}

fn moment(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn table<T: DeserializeOwned>(name: &str) -> Vec<T> {
    let file = format!(
        "{}/tests/fixtures/buddy/{name}.json",
        env!("CARGO_MANIFEST_DIR")
    );
    serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

/// An answer as a row of a table describes it.
fn answer(row: &Value) -> ResponseTemplate {
    let status = u16::try_from(row["status"].as_u64().unwrap_or(200)).unwrap();
    let (body, kind) = match row["text"].as_str() {
        Some(text) => (text.to_owned(), "text/plain"),
        None => (row["json"].to_string(), "application/json"),
    };
    let kind = row["content_type"].as_str().unwrap_or(kind);
    let mut answer = ResponseTemplate::new(status).set_body_raw(body, kind);
    for (name, value) in row["headers"].as_object().into_iter().flatten() {
        answer = answer.insert_header(name.as_str(), value.as_str().unwrap());
    }
    answer
}

fn json_answer(body: Value) -> ResponseTemplate {
    answer(&json!({ "json": body }))
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

async fn received(server: &MockServer) -> Vec<Request> {
    server.received_requests().await.unwrap()
}

async fn methods(server: &MockServer) -> Vec<String> {
    let requests = received(server).await;
    requests
        .iter()
        .map(|request| request.method.to_string())
        .collect()
}

/// Compares the keys that the row names.
fn assert_holds(actual: &Value, expected: &Map<String, Value>, name: &str) {
    for (key, value) in expected {
        assert_eq!(actual.get(key), Some(value), "{name}: {key}\n{actual:#}");
    }
}
