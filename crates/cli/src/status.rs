//! `runpipe status`: reads a run.

use clap::Args;
use runpipe::RunRef;

use super::connection::Connection;
use super::context::Context;
use super::exit::{DONE, Failure};
use super::services;
use super::value::reference;

/// What `status` is given.
#[derive(Args, Debug)]
pub struct Arguments {
    /// The run, as `start` and `list` print it: buddy/acme/site/2/31
    #[arg(value_name = "REF", value_parser = reference)]
    run: RunRef,

    #[command(flatten)]
    connection: Connection,
}

/// Reads the run and prints it. The exit code says whether it could be read, not how it ended.
pub async fn run(context: &Context, arguments: Arguments) -> Result<u8, Failure> {
    let runs = services::runs(&arguments.run, context.access(&arguments.connection))?;
    let run = runs.get(&arguments.run).await?;
    context.output.run(&run)?;
    Ok(DONE)
}
