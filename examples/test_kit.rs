//! A consumer's test of its own code, against the services in one process.
//!
//! `cargo run --example test_kit`
//!
//! What is tested here is `deploy`: it starts a pipeline, waits for it, and says whether it
//! succeeded. The sandbox plays the service: first a service that is busy, then a run that fails.

use std::error::Error;

use runpipe::buddy::{Client, PipelineRef, types::RunExecutionRequest};
use runpipe::{Service, WaitOptions, wait};
use runpipe_testing::{Outcome, Rule, RunPlan, Sandbox, Script, ScriptedAnswer};

/// The code under test.
async fn deploy(buddy: &Client, version: &str) -> runpipe::Result<bool> {
    let pipeline = PipelineRef::new("acme", "website", 2);
    let request = RunExecutionRequest {
        comment: Some(format!("Release {version}")),
        ..RunExecutionRequest::default()
    };
    let run = buddy.start(&pipeline, &request).await?;
    let ended = wait(buddy, &run.reference, &WaitOptions::default()).await?;
    Ok(ended.status.is_success())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::start().await?;
    let buddy = sandbox.buddy()?;

    // A run that goes well.
    assert!(deploy(&buddy, "1.8.0").await?);

    // The service asks for a pause once, and then the run fails.
    let busy = ScriptedAnswer::status(429).header("Retry-After", "1");
    sandbox.play(&Script::new([
        Rule::answer(Service::Buddy, busy).operation("runExecution"),
        Rule::run(Service::Buddy, RunPlan::default().ends(Outcome::Failed)),
    ]))?;
    assert!(!deploy(&buddy, "1.8.1").await?);

    // What was sent, and how many runs that really started.
    let received = sandbox.received(Service::Buddy);
    let starts: Vec<_> = received
        .iter()
        .filter(|request| request.operation.as_deref() == Some("runExecution"))
        .collect();
    let statuses: Vec<u16> = starts.iter().map(|request| request.status).collect();
    assert_eq!(statuses, [200, 429, 200]);
    let comment = starts
        .last()
        .and_then(|request| request.json()?.get("comment").cloned());
    assert_eq!(comment, Some("Release 1.8.1".into()));
    assert_eq!(sandbox.started(Service::Buddy), 2);
    println!(
        "{} requests, {} runs: as expected",
        received.len(),
        sandbox.started(Service::Buddy)
    );
    Ok(())
}
