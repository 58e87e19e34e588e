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

use runpipe::buddy::{Client, Credentials, PipelineRef, types};
use runpipe::{Builder, RetryPolicy, RunRef};
use serde_json::{Map, Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use crate::served::{always, assert_holds, moment, on, retry, rows};

const TOKEN: &str = "tell-nobody";

const PIPELINES: &str = "/workspaces/acme/projects/site/pipelines";
const EXECUTIONS: &str = "/workspaces/acme/projects/site/pipelines/2/executions";
const EXECUTION: &str = "/workspaces/acme/projects/site/pipelines/2/executions/31";

fn builder(server: &MockServer) -> Builder<Client> {
    Client::builder()
        .base_url(server.uri())
        .credentials(Credentials::token(TOKEN))
        .retry(retry())
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
