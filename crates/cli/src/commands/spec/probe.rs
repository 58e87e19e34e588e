//! `runpipe spec probe`: a service's document against the service itself, with the reader's own credential.

use std::path::Path;

use chrono::Utc;
use clap::{ArgMatches, Args, Command};
use futures_util::StreamExt;
use runpipe::recording::{Exchange, Recorder};
use runpipe::{Error, Run, RunRef, Runs};
use serde::Serialize;

use super::document::{self, FINDINGS};
use super::drift::{Told, told};
use super::recordings;
use crate::command_line::chosen::{Chosen, Shared};
use crate::context::Context;
use crate::process::exit::{DONE, Failure};
use crate::process::stage::Doing;
use crate::vendor::Access;
use crate::vendor::any::AnyVendor;
use crate::vendor::connection::Connection;

/// What is read, in this order.
const READS: &str =
    "the list of pipelines, the list of runs, and of one run: itself, its steps, its first log";

/// The arguments of `spec probe`.
pub type Arguments = Chosen<Options>;

/// What all services have in common.
#[derive(Args)]
pub struct Options {
    /// Start one run of the pipeline first, with the flags of the request. Without it nothing is started or changed.
    #[arg(long)]
    start: bool,

    #[command(flatten)]
    connection: Connection,
}

impl Shared for Options {
    const ABOUT: &'static str = "Hold the document against";

    fn command(vendor: &dyn AnyVendor) -> Command {
        vendor.probe_command()
    }
}

/// The result as JSON. It holds none of your names and ids.
#[derive(Serialize)]
struct Report {
    service: runpipe::Service,
    version: &'static str,
    date: String,
    /// What was called, in its order: operations with the statuses of their answers.
    called: Vec<String>,
    /// What could not be read, and why.
    failed: Vec<String>,
    #[serde(flatten)]
    told: Told,
}

/// Reads, one operation after the other, and reports what the document does not say.
pub async fn run(context: &Context, arguments: Arguments) -> Result<u8, Failure> {
    let Chosen {
        vendor,
        flags,
        shared,
    } = &arguments;
    let text = vendor.document();
    let document = document::parse(Path::new(vendor.service().name()), &text)?;
    let folder = tempfile::tempdir().map_err(|cause| {
        let message = format!("the answers cannot be stored temporarily: {cause}");
        Failure::usage(message, "Name another folder with TMPDIR.")
    })?;
    let own = Recorder::new(folder.path());
    let mut access = context.access(&shared.connection);
    access.recorder = Some(&own);
    access.reads_only = !shared.start;
    let begin = if shared.start {
        "Starts one run, then reads"
    } else {
        "Reads"
    };
    let title = vendor.service().title();
    context.say(&format!(
        "{begin} on {title}, one after the other: {READS}."
    ));
    let started = match shared.start {
        true => Some(start(context, *vendor, flags, access).await?),
        false => None,
    };
    let mut reading = Reading::default();
    reading.all(*vendor, flags, access, started).await?;
    let exchanges = recordings::ours(folder.path())?;
    let failed = reading.failed.iter().map(|(what, error)| {
        context.say(&format!("{what}: {error}"));
        let status = error.http_status().map(|status| format!(", {status}"));
        let kind = error.kind().as_str();
        format!("{what}: {kind}{}", status.unwrap_or_default())
    });
    let report = Report {
        service: vendor.service(),
        version: env!("CARGO_PKG_VERSION"),
        date: Utc::now().date_naive().to_string(),
        called: exchanges.iter().map(called).collect(),
        failed: failed.collect(),
        told: told(&document, &exchanges, &[]),
    };
    context.output.result(&report, || report.text())?;
    if !reading.any {
        // Nothing was learned about the service: the reason is that of the first call.
        let first = reading.failed.into_iter().next();
        return first.map_or(Ok(FINDINGS), |(_, error)| Err(error.into()));
    }
    let clean = report.told.is_clean() && report.failed.is_empty();
    Ok(if clean { DONE } else { FINDINGS })
}

fn called(exchange: &Exchange) -> String {
    let operation = exchange.operation.as_deref().unwrap_or("unknown");
    format!("{operation} {}", exchange.response.status)
}

async fn start(
    context: &Context,
    vendor: &dyn AnyVendor,
    flags: &ArgMatches,
    access: Access<'_>,
) -> Result<RunRef, Failure> {
    let patience = Some(access.connection.timeout);
    let start = vendor.prepare(flags, access, patience).await?;
    let (service, look) = (vendor.service(), start.look());
    context.stage.enter(Doing::Starting { service, look });
    let run = start.start().await?;
    context.stage.started(run.reference.clone());
    context.output.started(&run.reference, false);
    Ok(run.reference)
}

/// The results of the calls. A failure is reported, and the rest is still read.
#[derive(Default)]
struct Reading {
    any: bool,
    failed: Vec<(&'static str, Error)>,
}

impl Reading {
    async fn all(
        &mut self,
        vendor: &dyn AnyVendor,
        flags: &ArgMatches,
        access: Access<'_>,
        started: Option<RunRef>,
    ) -> Result<(), Failure> {
        let pipelines = match vendor.pipelines(flags, access).await {
            Ok(mut list) => list.next().await.transpose(),
            Err(failure) => Err(refused(failure)?),
        };
        self.note("the list of pipelines", pipelines);
        let newest = match vendor.list(flags, access).await {
            Ok(mut list) => list.next().await.transpose(),
            Err(failure) => Err(refused(failure)?),
        };
        let newest: Option<Run> = self.note("the list of runs", newest).flatten();
        let Some(run) = started.or(newest.map(|run| run.reference)) else {
            return Ok(());
        };
        let runs: Box<dyn Runs> = vendor.runs(access)?;
        self.note("the run", runs.get(&run).await);
        self.note("its steps", runs.steps(&run).await);
        let log = runs.logs(&run).next().await.transpose();
        self.note("its first log", log);
        Ok(())
    }

    fn note<T>(&mut self, what: &'static str, read: runpipe::Result<T>) -> Option<T> {
        match read {
            Ok(read) => {
                self.any = true;
                Some(read)
            }
            Err(error) => {
                self.failed.push((what, error));
                None
            }
        }
    }
}

/// What a service said; any other failure ends the command.
fn refused(failure: Failure) -> Result<Error, Failure> {
    match failure {
        Failure::Call { error, .. } => Ok(*error),
        other => Err(other),
    }
}

impl Report {
    /// What is attached to an issue.
    fn text(&self) -> String {
        let mut text = format!(
            "runpipe {} spec probe {}, {}\n{}\n",
            self.version,
            self.service,
            self.date,
            self.told.counts()
        );
        for (what, lines) in [("called", &self.called), ("not read", &self.failed)] {
            lines
                .iter()
                .for_each(|line| text.push_str(&format!("{what}: {line}\n")));
        }
        text + &self.told.text(false, true)
    }
}
