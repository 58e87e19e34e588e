//! `runpipe cancel`: asks the service to stop a run.

use clap::Args;
use runpipe::{Run, RunRef};

use super::Context;
use super::arguments::reference;
use super::connect::{self, Connection};
use super::exit::{DONE, Failure};
use super::stage::Doing;

/// What `cancel` is given.
#[derive(Args, Debug)]
pub struct Arguments {
    /// The run, as `start` and `list` print it: buddy/acme/site/2/31
    #[arg(value_name = "REF", value_parser = reference)]
    run: RunRef,

    /// Stop it hard, without letting its steps come to an end. Matillion only.
    #[arg(long)]
    force: bool,

    #[command(flatten)]
    connection: Connection,
}

/// Asks for the stop, and prints the run as it is then. Stopping takes time: `watch` shows its end.
pub async fn run(context: &Context, arguments: Arguments) -> Result<u8, Failure> {
    let Arguments {
        run, connection, ..
    } = &arguments;
    let run = if arguments.force {
        force(context, run, connection).await?
    } else {
        let runs = connect::runs(run.service(), connection, context)?;
        context.stage.enter(Doing::Canceling(run.clone()));
        runs.cancel(run).await?
    };
    context.output.run(&run)?;
    Ok(DONE)
}

async fn force(context: &Context, run: &RunRef, connection: &Connection) -> Result<Run, Failure> {
    if run.service() == runpipe::Service::Matillion {
        let client = connect::matillion(connection, context)?;
        context.stage.enter(Doing::Canceling(run.clone()));
        return Ok(client.cancel(run, true).await?);
    }
    Err(Failure::usage(
        format!("{} does not know --force", run.service().title()),
        "Leave it out.",
    ))
}
