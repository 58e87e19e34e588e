//! `runpipe start`: starts a run, once, and prints its reference.

use std::time::Duration;

use chrono::Utc;
use clap::{Args, Command};
use runpipe::ErrorKind;

use super::chosen::{Chosen, Shared};
use super::connection::Connection;
use super::context::Context;
use super::exit::{DONE, Failure};
use super::stage::Doing;
use super::value::duration;
use super::vendor::{AnyVendor, Start};
use super::watch::{Waiting, follow};
use super::{preview, reconcile, watch};

/// What `start` is given.
pub type Arguments = Chosen<Options>;

/// What all services have in common.
#[derive(Args)]
#[command(next_help_heading = "What happens then")]
pub struct Options {
    /// Wait for the run's end; the exit code says how it ended.
    #[arg(long)]
    watch: bool,

    #[command(flatten)]
    waiting: Waiting,

    /// When the outcome of the start is unknown, look for the run in the service's list, for so
    /// long. Never starts a second run.
    #[arg(
        long,
        value_name = "DURATION",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "15s",
        value_parser = duration
    )]
    reconcile: Option<Duration>,

    #[command(flatten)]
    connection: Connection,
}

impl Shared for Options {
    const ABOUT: &'static str = "Start a run on";

    fn command(vendor: &dyn AnyVendor) -> Option<Command> {
        Some(vendor.start_command())
    }
}

/// Starts the run, and follows it if asked to.
pub async fn run(context: &Context, arguments: Arguments) -> Result<u8, Failure> {
    let shared = &arguments.shared;
    if !shared.watch {
        shared.waiting.expect_none()?;
    }
    let start = prepare(context, &arguments).await?;
    match start.preview() {
        Some(asked) if asked.as_a_run => preview::show(context, start.as_ref(), asked).await,
        _ => launch(context, start.as_ref(), &arguments.shared).await,
    }
}

/// Reads everything that a start needs. Starts nothing.
pub async fn prepare(context: &Context, arguments: &Arguments) -> Result<Box<dyn Start>, Failure> {
    let Chosen {
        vendor,
        flags,
        shared,
    } = arguments;
    let access = context.access(&shared.connection);
    let patience = Some(shared.connection.timeout);
    vendor.prepare(flags, access, patience).await
}

async fn launch(context: &Context, start: &dyn Start, options: &Options) -> Result<u8, Failure> {
    let since = Utc::now();
    context.stage.enter(Doing::Starting {
        service: start.runs().service(),
        look: start.look(),
    });
    let run = match start.start().await {
        Ok(run) => run,
        Err(error) if error.kind() == ErrorKind::OutcomeUnknown => {
            reconcile::find(context, start, error, since, options.reconcile).await?
        }
        Err(error) => return Err(error.into()),
    };
    context
        .stage
        .enter(Doing::Following(vec![run.reference.clone()]));
    context.output.started(&run.reference, options.watch);
    context.output.warnings(&run);
    if !options.watch {
        context.output.start(&run)?;
        return Ok(DONE);
    }
    let (runs, waiting) = (start.runs(), &options.waiting);
    let ended = follow(context, runs, run.reference, waiting).await?;
    context.output.start(&ended)?;
    Ok(watch::code_of(&ended))
}
