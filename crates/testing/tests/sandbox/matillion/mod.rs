//! Matillion in the sandbox: with the library's own client, and with requests written by hand in
//! the shapes that public clients send.

mod details;
mod proving;
mod reading;
mod starting;

use std::error::Error;

use chrono::{TimeZone, Utc};
use runpipe::Service;
use runpipe::matillion::{ProjectRef, types};
use runpipe_testing::{Sandbox, SandboxBuilder};
use serde_json::json;

use super::{Answer, Outcome, http, send};

const PROJECT: &str = "3f0c9a52-6b1d-4c7e-9a44-2d5e8f7b1c60";

fn manual() -> SandboxBuilder {
    let start = Utc
        .with_ymd_and_hms(2026, 5, 1, 10, 0, 0)
        .single()
        .unwrap_or_default();
    Sandbox::builder().manual_clock(start)
}

fn project() -> ProjectRef {
    ProjectRef::new(PROJECT)
}

fn request(pipeline: &str, environment: &str) -> types::ExecutePublishedPipelineRequest {
    let body = json!({ "pipelineName": pipeline, "environmentName": environment });
    serde_json::from_value(body).expect("a request")
}

fn tagged(tag: &str, environment: &str) -> types::ExecutePublishedPipelineRequest {
    let mut request = request("Load orders", environment);
    request.execution_tag = Some(tag.to_owned());
    request
}

/// The body that a public Python client sends, with the accepted client id and secret.
const TOKEN_BODY: &str = "grant_type=client_credentials&client_id=sandbox-client\
    &client_secret=sandbox-client-secret&audience=https%3A%2F%2Fapi.matillion.com";

async fn ask_token(sandbox: &Sandbox, body: &str) -> Result<Answer, Box<dyn Error>> {
    let request = http().post(sandbox.token_url()).body(body.to_owned());
    send(request.header("content-type", "application/x-www-form-urlencoded")).await
}

async fn token(sandbox: &Sandbox) -> Result<String, Box<dyn Error>> {
    let answer = ask_token(sandbox, TOKEN_BODY).await?;
    Ok(answer.json()["access_token"]
        .as_str()
        .unwrap_or_default()
        .to_owned())
}

fn url(sandbox: &Sandbox, path: &str) -> String {
    format!("{}{path}", sandbox.url(Service::Matillion))
}

fn starts(sandbox: &Sandbox) -> String {
    url(
        sandbox,
        &format!("/v1/projects/{PROJECT}/pipeline-executions"),
    )
}
