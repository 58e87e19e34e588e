//! Matillion's answers, over real HTTP, through the public API.

mod listing;
mod proving;
mod reading;
mod starting;

use std::time::Duration;

use runpipe::matillion::{Client, Credentials, ProjectRef, types};
use runpipe::{RetryPolicy, RunRef};
use serde_json::Value;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::served::{assert_holds, moment, rows};

const SECRET: &str = "tell-nobody";

const STARTS: &str = "/v1/projects/p1/pipeline-executions";

const EXECUTION: &str = "/v1/projects/p1/pipeline-executions/e2a4";

fn client(server: &MockServer, retry: RetryPolicy) -> Client {
    let builder = Client::builder().base_url(server.uri()).retry(retry);
    builder
        .credentials(Credentials::token(SECRET))
        .build()
        .unwrap()
}

/// As patient as usual, and faster.
fn quick() -> RetryPolicy {
    RetryPolicy::default().steps(Duration::from_millis(1), Duration::from_millis(1))
}

fn project() -> ProjectRef {
    ProjectRef::new("p1")
}

fn execution() -> RunRef {
    project().execution("e2a4").unwrap()
}

fn request(pipeline: &str) -> types::ExecutePublishedPipelineRequest {
    let request = types::ExecutePublishedPipelineRequest::builder();
    let request = request
        .environment_name("Production")
        .pipeline_name(pipeline);
    request
        .execution_tag("nightly".to_owned())
        .version_name("2.4.0".to_owned())
        .try_into()
        .unwrap()
}

async fn answers(server: &MockServer, verb: &str, at: &str, status: u16, body: Value) {
    let answer = ResponseTemplate::new(status).set_body_json(body);
    Mock::given(method(verb))
        .and(path(at))
        .respond_with(answer)
        .mount(server)
        .await;
}

async fn requests(server: &MockServer, verb: &str) -> usize {
    let all = server.received_requests().await.unwrap();
    all.iter()
        .filter(|request| request.method.as_str() == verb)
        .count()
}
