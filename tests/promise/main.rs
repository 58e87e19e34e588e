//! The promise: a start happens once, is never lost, leaks nothing and stops nobody, whatever comes
//! from outside. One file for each part of it; `SECURITY.md` names them.

mod another_run;
mod changes;
mod deadline;
mod decided;
mod dropped;
mod extremes;
mod first_word;
mod lost_ids;
mod older;
mod once;
mod own_http;
mod read_only;
mod secrecy;
mod server;
mod spans;

use std::time::Duration;

use runpipe::{RetryPolicy, RunRef, aliyun, azure_devops, buddy, matillion, yunxiao};

const SECRET: &str = "s3cret-0f-the-caller";

fn quick() -> RetryPolicy {
    RetryPolicy::default().steps(Duration::from_millis(1), Duration::from_millis(1))
}

fn azure(url: &str) -> azure_devops::Client {
    azure_with(url, azure_devops::Credentials::pat(SECRET))
}

fn azure_with(url: &str, credentials: azure_devops::Credentials) -> azure_devops::Client {
    azure_devops::Client::builder()
        .base_url(url)
        .credentials(credentials)
        .retry(quick())
        .requests_per_second(1e6)
        .timeout(Duration::from_secs(20))
        .build()
        .expect("a client")
}

/// A service principal, whose tokens come from the same server.
fn principal(url: &str) -> azure_devops::Credentials {
    let token_url = format!("{url}/token").parse().expect("a URL");
    let client = runpipe::auth::ClientCredentials::new(token_url, "my-client", SECRET.into());
    azure_devops::Credentials::ClientCredentials(client)
}

fn aliyun(url: &str) -> aliyun::Client {
    aliyun::Client::builder()
        .base_url(url)
        .credentials(aliyun::Credentials::access_key("key-id", SECRET))
        .retry(quick())
        .requests_per_second(1e6)
        .build()
        .expect("a client")
}

fn buddy(url: &str) -> buddy::Client {
    buddy::Client::builder()
        .base_url(url)
        .credentials(buddy::Credentials::token(SECRET))
        .retry(quick())
        .requests_per_second(1e6)
        .build()
        .expect("a client")
}

fn matillion(url: &str) -> matillion::Client {
    matillion::Client::builder()
        .base_url(url)
        .credentials(matillion::Credentials::token(SECRET))
        .retry(quick())
        .requests_per_second(1e6)
        .build()
        .expect("a client")
}

fn yunxiao(url: &str) -> yunxiao::Client {
    yunxiao::Client::builder()
        .base_url(url)
        .credentials(yunxiao::Credentials::token(SECRET))
        .retry(quick())
        .requests_per_second(1e6)
        .build()
        .expect("a client")
}

async fn start_azure(client: &azure_devops::Client) -> runpipe::Result<runpipe::Run> {
    let pipeline = azure_devops::PipelineRef::new("acme", "site", 42);
    client
        .start(
            &pipeline,
            &azure_devops::types::RunPipelineParameters::default(),
        )
        .await
}

async fn start_aliyun(client: &aliyun::Client) -> runpipe::Result<runpipe::Run> {
    let pipeline = aliyun::PipelineRef::new("acme", 42);
    client
        .start(&pipeline, &aliyun::types::StartPipelineRunParams::default())
        .await
}

async fn start_buddy(client: &buddy::Client) -> runpipe::Result<runpipe::Run> {
    let pipeline = buddy::PipelineRef::new("acme", "site", 42);
    client
        .start(&pipeline, &buddy::types::RunExecutionRequest::default())
        .await
}

async fn start_matillion(client: &matillion::Client) -> runpipe::Result<runpipe::Run> {
    let request: matillion::types::ExecutePublishedPipelineRequest =
        matillion::types::ExecutePublishedPipelineRequest::builder()
            .environment_name("Production")
            .pipeline_name("load")
            .try_into()
            .expect("a request");
    client
        .start(&matillion::ProjectRef::new("p1"), &request)
        .await
}

async fn start_yunxiao(client: &yunxiao::Client) -> runpipe::Result<runpipe::Run> {
    let pipeline = yunxiao::PipelineRef::new("acme", 42);
    client
        .start(
            &pipeline,
            &yunxiao::types::CreatePipelineRunParams::default(),
        )
        .await
}

fn run(text: &str) -> RunRef {
    text.parse().expect("a reference")
}
