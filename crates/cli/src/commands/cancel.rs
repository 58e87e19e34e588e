//! `runpipe cancel`: asks the service to stop a run.

use clap::Args;
use runpipe::RunStatus;

use crate::command_line::named_run::OneRun;
use crate::context::Context;
use crate::process::exit::{DONE, Failure};
use crate::process::stage::Doing;
use crate::services;

/// The arguments of `cancel`.
#[derive(Args, Debug)]
pub struct Arguments {
    #[command(flatten)]
    run: OneRun,

    /// Stop it at once, without letting its steps finish. Matillion only.
    #[arg(long)]
    force: bool,
}

/// Asks for the stop, and prints the run's state afterwards. Stopping takes time: `watch` shows its
/// end.
pub async fn run(context: &Context, arguments: Arguments) -> Result<u8, Failure> {
    let (runs, run) = arguments.run.find(context).await?;
    context.stage.enter(Doing::Canceling(vec![run.clone()]));
    let run = if arguments.force {
        let access = context.access(&arguments.run.connection);
        services::of(run.service())?.stop(&run, access).await?
    } else {
        runs.cancel(&run).await?
    };
    context.output.run(&run)?;
    let reference = &run.reference;
    context.say(&match run.status {
        RunStatus::Canceled => "The run has stopped.".to_owned(),
        status if status.has_ended() => {
            format!("The run ended before it could be stopped: it has {status}.")
        }
        _ => format!("The service was asked to stop it. To see it end: runpipe watch {reference}"),
    });
    Ok(DONE)
}
