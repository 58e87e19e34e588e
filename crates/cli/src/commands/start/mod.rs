//! `runpipe start`: starts a run, once, and prints its reference.

pub mod dry_run;
mod keys;
mod reconcile;

use std::time::Duration;

use chrono::Utc;
use clap::{Args, Command};
use runpipe::ledger::{StartOnce, Started};
use runpipe::{ErrorKind, Run};

use super::watch::{Waiting, follow};
use super::{preview, watch};
use crate::command_line::chosen::{Chosen, Shared};
use crate::context::Context;
use crate::flags::value::duration;
use crate::output::OfKey;
use crate::output::text::one_line;
use crate::process::exit::{DONE, Failure};
use crate::process::stage::Doing;
use crate::vendor::any::AnyVendor;
use crate::vendor::connection::Connection;
use crate::vendor::prepared::Start;
use keys::Keys;

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

    /// Start nothing: print the request as a curl command, which flags became which fields, and what
    /// the service would ignore. Names may be looked up.
    #[arg(long, conflicts_with_all = ["watch", "reconcile", "key"])]
    dry_run: bool,

    /// If the outcome of the start is unknown, look for the run in the service's list, for this
    /// long. Never starts a second run.
    #[arg(
        long,
        value_name = "DURATION",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "15s",
        value_parser = duration,
        conflicts_with = "key"
    )]
    reconcile: Option<Duration>,

    #[command(flatten)]
    keys: Keys,

    #[command(flatten)]
    connection: Connection,
}

impl Shared for Options {
    const ABOUT: &'static str = "Start a run on";

    fn command(vendor: &dyn AnyVendor) -> Command {
        vendor.start_command()
    }
}

/// Starts the run, and follows it if asked to.
pub async fn run(context: &Context, arguments: Arguments) -> Result<u8, Failure> {
    let shared = &arguments.shared;
    shared.waiting.expect_use(context, shared.watch)?;
    let start = prepare(context, &arguments).await?;
    if shared.dry_run {
        let (vendor, flags) = (arguments.vendor, &arguments.flags);
        return dry_run::show(context, vendor, flags, start.as_ref()).await;
    }
    match start.preview() {
        Some(asked) if asked.as_a_run => {
            if shared.watch || shared.reconcile.is_some() || shared.keys.key.is_some() {
                return Err(Failure::usage(
                    "--preview-run starts no run that could be waited for, looked for or found by a key",
                    "Leave it out, or --watch, --reconcile and --key.",
                ));
            }
            preview::show(context, start.as_ref(), asked).await
        }
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
    let (run, key) = match options.keys.once(context)? {
        Some(once) => one_of_many(context, start, &once).await?,
        None => (the_only_one(context, start, options.reconcile).await?, None),
    };
    context.stage.started(run.reference.clone());
    match &key {
        Some(OfKey { attached: true, .. }) => context.output.attached(&run.reference),
        Some(_) | None => context.output.started(&run.reference, options.watch),
    }
    context.output.warnings(&run);
    if !options.watch {
        context.output.start(&run, key.as_ref())?;
        return Ok(DONE);
    }
    let (runs, waiting) = (start.runs(), &options.waiting);
    let ended = follow(context, runs, run.reference, waiting).await?;
    context.output.start(&ended, key.as_ref())?;
    Ok(watch::code_of(&ended))
}

/// Starts a run that nobody else starts.
async fn the_only_one(
    context: &Context,
    start: &dyn Start,
    reconcile: Option<Duration>,
) -> Result<Run, Failure> {
    let since = Utc::now();
    context.stage.enter(Doing::Starting {
        service: start.runs().service(),
        look: start.look(),
    });
    match start.start().await {
        Ok(run) => Ok(run),
        Err(error) if error.kind() == ErrorKind::OutcomeUnknown => {
            // A turn and a token may have been waited for.
            let since = error.sent_at().unwrap_or(since);
            reconcile::find(context, start, error, since, reconcile).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Starts the run of a key, or takes up the one that was started for it.
async fn one_of_many(
    context: &Context,
    start: &dyn Start,
    once: &StartOnce,
) -> Result<(Run, Option<OfKey>), Failure> {
    let key = once.key().clone();
    context.stage.enter(Doing::StartingOnce {
        service: start.runs().service(),
        key: one_line(key.as_str()),
    });
    let Started { run, attached, .. } = start.start_once(once).await?;
    Ok((run, Some(OfKey { key, attached })))
}
