//! Starts an execution on Buddy and follows it to its end.
//!
//! `BUDDY_TOKEN=… cargo run --example start_and_wait -- WORKSPACE PROJECT PIPELINE_ID`, with `RUNPIPE_BUDDY_URL` for a
//! server other than that of the US region, such as the sandbox.

use std::time::Duration;

use futures_util::StreamExt;
use runpipe::buddy::{Client, Credentials, PipelineRef, types};
use runpipe::{ErrorKind, Reconciled, WaitOptions, states};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(workspace), Some(project), Some(pipeline)) =
        (arguments.next(), arguments.next(), arguments.next())
    else {
        return Err("give a workspace, a project and the number of a pipeline".into());
    };
    let token = std::env::var("BUDDY_TOKEN").map_err(|_| "set BUDDY_TOKEN")?;

    let mut builder = Client::builder().credentials(Credentials::token(token));
    if let Ok(url) = std::env::var("RUNPIPE_BUDDY_URL") {
        builder = builder.base_url(url);
    }
    let buddy = builder.build()?;
    let pipeline = PipelineRef::new(workspace, project, pipeline.parse()?);
    // A comment that nobody else uses makes it possible to find the run again.
    let request = types::RunExecutionRequest {
        comment: Some(format!("example {}", std::process::id())),
        ..Default::default()
    };

    let asked = chrono::Utc::now();
    let run = match buddy.start(&pipeline, &request).await {
        Ok(run) => run,
        Err(error) if error.kind() == ErrorKind::OutcomeUnknown => {
            eprintln!("{error}");
            match buddy.reconcile(&pipeline, &request, asked).await? {
                Reconciled::One(run) => *run,
                other => return Err(format!("look at Buddy yourself: {other:?}").into()),
            }
        }
        Err(error) => return Err(error.into()),
    };
    println!("{}", run.reference);

    let options = WaitOptions::default().deadline(Duration::from_secs(3600));
    let mut states = states(&buddy, run.reference, options);
    while let Some(run) = states.next().await {
        let run = run?;
        println!("{} {}", run.status, run.message.unwrap_or_default());
    }
    Ok(())
}
