//! `runpipe spec probe`: a service's document against the service itself, with the reader's own credential.

use std::path::{Path, PathBuf};

use chrono::Utc;
use clap::{ArgMatches, Args, Command};
use futures_util::StreamExt;
use runpipe::recording::Recorder;
use runpipe::{RunRef, Runs};
use serde::Serialize;

use super::document::{self, FINDINGS};
use super::drift::{Told, told};
use super::recordings;
use crate::command_line::chosen::{Chosen, Shared};
use crate::context::Context;
use crate::output::text::one_line;
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
    /// Start one run first, with the flags of the request. Without it nothing is started or changed.
    #[arg(long)]
    start: bool,

    #[command(flatten)]
    connection: Connection,
}

impl Shared for Options {
    const ABOUT: &'static str = "Hold the document against";

    fn command(vendor: &dyn AnyVendor) -> Option<Command> {
        Some(vendor.probe_command())
    }
}

/// The result as JSON.
#[derive(Serialize)]
struct Report {
    service: runpipe::Service,
    version: &'static str,
    date: String,
    /// What could not be read, and why.
    failed: Vec<String>,
    #[serde(flatten)]
    told: Told,
}

/// Reads, one operation after the other, and tells what the document does not say.
pub async fn run(context: &Context, arguments: Arguments) -> Result<u8, Failure> {
    let Chosen {
        vendor,
        flags,
        shared,
    } = &arguments;
    let text = vendor.document();
    let document = document::parse(Path::new(vendor.service().name()), text)?;
    let folder = Folder::new(vendor.service().name());
    let own = Recorder::new(&*folder.0);
    let mut access = context.access(&shared.connection);
    // What --record asks for is kept there; what is read here is taken from its own folder.
    access.recorder = Some(&own);
    let begin = if shared.start {
        "Starts one run, then reads"
    } else {
        "Reads"
    };
    let title = vendor.service().title();
    context.output.progress(&format!(
        "{begin} on {title}, one after the other: {READS}."
    ));
    let started = match shared.start {
        true => Some(start(context, *vendor, flags, access).await?),
        false => None,
    };
    let failed = read(*vendor, flags, access, started).await?;
    let exchanges = match folder.0.exists() {
        true => recordings::ours(&folder.0)?,
        false => Vec::new(),
    };
    let report = Report {
        service: vendor.service(),
        version: env!("CARGO_PKG_VERSION"),
        date: Utc::now().date_naive().to_string(),
        failed,
        told: told(&document, &exchanges, &[]),
    };
    context.output.result(&report, || report.text())?;
    let clean = report.told.is_clean() && report.failed.is_empty();
    Ok(if clean { DONE } else { FINDINGS })
}

async fn start(
    context: &Context,
    vendor: &dyn AnyVendor,
    flags: &ArgMatches,
    access: Access<'_>,
) -> Result<RunRef, Failure> {
    let start = vendor.prepare(flags, access, None).await?;
    let (service, look) = (vendor.service(), start.look());
    context.stage.enter(Doing::Starting { service, look });
    let run = start.start().await?;
    context
        .stage
        .enter(Doing::Following(vec![run.reference.clone()]));
    context.output.started(&run.reference, false);
    Ok(run.reference)
}

/// Reads what there is to read. What fails is told, and the rest is read all the same.
async fn read(
    vendor: &dyn AnyVendor,
    flags: &ArgMatches,
    access: Access<'_>,
    started: Option<RunRef>,
) -> Result<Vec<String>, Failure> {
    let mut failed = Vec::new();
    let mut note = |what: &str, why: String| failed.push(format!("{what}: {why}"));
    match vendor.pipelines(flags, access).await {
        Ok(mut list) => {
            if let Some(Err(error)) = list.next().await {
                note("the list of pipelines", error.to_string());
            }
        }
        Err(failure) => note("the list of pipelines", refused(failure)?),
    }
    let mut newest = started;
    match vendor.list(flags, access).await {
        Ok(mut list) => match list.next().await {
            Some(Ok(run)) => newest = newest.or(Some(run.reference)),
            Some(Err(error)) => note("the list of runs", error.to_string()),
            None => {}
        },
        Err(failure) => note("the list of runs", refused(failure)?),
    }
    let Some(run) = newest else {
        note("the run", "there is none to read".to_owned());
        return Ok(failed);
    };
    let runs = vendor.runs(access)?;
    for (what, read) in [
        ("the run", runs.get(&run).await.err()),
        ("its steps", runs.steps(&run).await.err()),
        ("its first log", first_log(&*runs, &run).await),
    ] {
        if let Some(error) = read {
            note(what, error.to_string());
        }
    }
    Ok(failed)
}

/// What a service said; any other failure ends the command.
fn refused(failure: Failure) -> Result<String, Failure> {
    match failure {
        Failure::Call { error, .. } => Ok(error.to_string()),
        other => Err(other),
    }
}

async fn first_log(runs: &dyn Runs, run: &RunRef) -> Option<runpipe::Error> {
    runs.logs(run).next().await?.err()
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
        for line in &self.failed {
            text.push_str(&format!("not read: {}\n", one_line(line)));
        }
        text + &self.told.text(false, true)
    }
}

/// A folder of this process, which goes with it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let name = format!("runpipe-probe-{name}-{}", std::process::id());
        Folder(std::env::temp_dir().join(name))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left there is redacted.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
