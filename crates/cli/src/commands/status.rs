//! `runpipe status`: reads a run.

use clap::Args;

use crate::command_line::named_run::OneRun;
use crate::context::Context;
use crate::process::exit::{DONE, Failure};

/// What `status` is given.
#[derive(Args, Debug)]
pub struct Arguments {
    #[command(flatten)]
    run: OneRun,
}

/// Reads the run and prints it. The exit code says whether it could be read, not how it ended.
pub async fn run(context: &Context, arguments: Arguments) -> Result<u8, Failure> {
    let (runs, run) = arguments.run.find_to_read(context).await?;
    let run = runs.get(&run).await?;
    context.output.run(&run)?;
    Ok(DONE)
}
