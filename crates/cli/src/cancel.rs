//! `runpipe cancel`: asks the service to stop a run.

use clap::Args;
use runpipe::{RunRef, RunStatus};

use super::connection::Connection;
use super::context::Context;
use super::exit::{DONE, Failure};
use super::services;
use super::stage::Doing;
use super::value::reference;

/// The arguments of `cancel`.
#[derive(Args, Debug)]
pub struct Arguments {
    /// The run, as `start` and `list` print it: buddy/acme/site/2/31
    #[arg(value_name = "REF", value_parser = reference)]
    run: RunRef,

    /// Stop it at once, without letting its steps finish. Matillion only.
    #[arg(long)]
    force: bool,

    #[command(flatten)]
    connection: Connection,
}

/// Asks for the stop, and prints the run as it is then. Stopping takes time: `watch` shows its end.
pub async fn run(context: &Context, arguments: Arguments) -> Result<u8, Failure> {
    let (run, access) = (&arguments.run, context.access(&arguments.connection));
    context.stage.enter(Doing::Canceling(vec![run.clone()]));
    let run = if arguments.force {
        services::of(run.service())?.stop(run, access).await?
    } else {
        services::runs(run, access)?.cancel(run).await?
    };
    context.output.run(&run)?;
    let reference = &run.reference;
    context.output.progress(&match run.status {
        RunStatus::Canceled => "The run has stopped.".to_owned(),
        status if status.has_ended() => {
            format!("The run ended before it could be stopped: it has {status}.")
        }
        _ => format!("The service was asked to stop it. Its end: runpipe watch {reference}"),
    });
    Ok(DONE)
}
