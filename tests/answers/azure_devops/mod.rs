//! Azure DevOps: what each answer of the service becomes.

mod deciding;
mod listing;
mod proving;
mod reading;
mod refusals;
mod starting;
mod steps;

use std::time::Duration;

use runpipe::RunRef;
use runpipe::azure_devops::{Client, Credentials, PipelineRef, types};
use serde_json::Value;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use crate::served::{always, answer, moment, on, retry, rows};

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

fn json_answer(body: &Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(
        body.to_string(),
        "application/json; charset=utf-8; api-version=7.1",
    )
}

async fn received(server: &MockServer) -> Vec<Request> {
    server.received_requests().await.unwrap()
}

fn no_parameters() -> types::RunPipelineParameters {
    types::RunPipelineParameters::default()
}

fn request(body: Value) -> types::RunPipelineParameters {
    serde_json::from_value(body).unwrap()
}
