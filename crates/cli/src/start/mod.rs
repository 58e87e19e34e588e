//! `runpipe start`: starts a run, once, and prints its reference.
//!
//! One file per service: its request, field by field, as flags.

mod aliyun;
pub mod azure_devops;
mod buddy;
mod matillion;
mod reconcile;

use std::time::Duration;

use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use futures_util::future::BoxFuture;
use runpipe::{ErrorKind, Reconciled, Run, Runs};

use super::Context;
use super::arguments::duration;
use super::exit::{DONE, Failure};
use super::output::Output;
use super::stage::Doing;
use super::watch::{Waiting, follow};

/// What `start` is given.
#[derive(Args, Debug)]
pub struct Arguments {
    #[command(subcommand)]
    service: ServiceArguments,
}

/// The service to start a run on.
#[derive(Debug, Subcommand)]
enum ServiceArguments {
    /// Start a run of an Azure DevOps pipeline.
    AzureDevops(Box<azure_devops::Arguments>),
    /// Start an execution of a published Matillion pipeline.
    Matillion(Box<matillion::Arguments>),
    /// Start a run of an Aliyun Yunxiao (Flow) pipeline.
    Aliyun(Box<aliyun::Arguments>),
    /// Start an execution of a Buddy pipeline.
    Buddy(Box<buddy::Arguments>),
}

/// What is the same whatever the service.
#[derive(Args, Debug)]
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
}

/// A start that is ready to be made: the client, the pipeline and the request of one service.
pub trait Start: Send + Sync {
    /// The client.
    fn runs(&self) -> &dyn Runs;

    /// Starts the run.
    fn start(&self) -> BoxFuture<'_, runpipe::Result<Run>>;

    /// Looks for the run in the service's list.
    fn reconcile(&self, since: DateTime<Utc>) -> BoxFuture<'_, runpipe::Result<Reconciled>>;

    /// The command that lists the pipeline's runs.
    fn list_command(&self) -> String;

    /// Prints what would run, where the request asks for that in place of a run.
    fn preview<'a>(&'a self, _context: &'a Context) -> Option<BoxFuture<'a, Result<u8, Failure>>> {
        None
    }
}

/// Starts the run, and follows it where that is wanted.
pub async fn run(context: &Context, arguments: Arguments) -> Result<u8, Failure> {
    let (start, options) = prepare(context, arguments).await?;
    match start.preview(context) {
        Some(preview) => preview.await,
        None => launch(context, start.as_ref(), &options).await,
    }
}

/// Reads everything that a start needs. Starts nothing.
pub async fn prepare(
    context: &Context,
    arguments: Arguments,
) -> Result<(Box<dyn Start>, Options), Failure> {
    Ok(match arguments.service {
        ServiceArguments::AzureDevops(arguments) => {
            let (target, connection) = (&arguments.target, &arguments.connection);
            let patience = Some(connection.patience());
            let start = azure_devops::prepare(context, target, connection, patience);
            (Box::new(start.await?), arguments.options)
        }
        ServiceArguments::Matillion(arguments) => (
            Box::new(matillion::prepare(context, &arguments).await?),
            arguments.options,
        ),
        ServiceArguments::Aliyun(arguments) => (
            Box::new(aliyun::prepare(context, &arguments).await?),
            arguments.options,
        ),
        ServiceArguments::Buddy(arguments) => (
            Box::new(buddy::prepare(context, &arguments).await?),
            arguments.options,
        ),
    })
}

async fn launch(context: &Context, start: &dyn Start, options: &Options) -> Result<u8, Failure> {
    let since = Utc::now();
    context.stage.enter(Doing::Starting {
        service: start.runs().service(),
        look: start.list_command(),
    });
    let run = match start.start().await {
        Ok(run) => run,
        Err(error) if error.kind() == ErrorKind::OutcomeUnknown => {
            reconcile::find(context, start, error, since, options.reconcile).await?
        }
        Err(error) => return Err(error.into()),
    };
    context.stage.enter(Doing::Following(run.reference.clone()));
    context.output.started(&run.reference, options.watch);
    context.output.warnings(&run);
    if !options.watch {
        context.output.start(&run)?;
        return Ok(DONE);
    }
    let (runs, waiting) = (start.runs(), &options.waiting);
    follow(context, runs, run.reference, waiting, Output::start).await
}

/// A flag wins over the body.
fn set<T: Clone>(field: &mut Option<T>, flag: &Option<T>) {
    if flag.is_some() {
        field.clone_from(flag);
    }
}
