//! `runpipe retry`: runs again what failed in a run.

use clap::Args;

use super::decide::explain;
use crate::command_line::named_run::OneRun;
use crate::context::Context;
use crate::process::exit::{DONE, Failure};
use crate::process::stage::Doing;

/// The arguments of `retry`.
#[derive(Args, Debug)]
pub struct Arguments {
    #[command(flatten)]
    run: OneRun,

    /// The stage (Azure DevOps) or job (Aliyun, Yunxiao), by name or id, if several failed. `steps`
    /// shows them.
    #[arg(long, value_name = "STEP")]
    step: Option<String>,
}

/// Runs it again under the same reference, and prints it as it is then.
pub async fn run(context: &Context, arguments: Arguments) -> Result<u8, Failure> {
    let (runs, run) = arguments.run.find(context).await?;
    context.stage.enter(Doing::Changing(run.clone()));
    let retried = runs.retry(&run, arguments.step.as_deref()).await;
    let retried = retried.map_err(|error| explain(error, &run, "--step"))?;
    context.output.run(&retried)?;
    let reference = &retried.reference;
    context.say(&format!(
        "The service was asked to run it again. To see it end: runpipe watch {reference}"
    ));
    Ok(DONE)
}
