//! `runpipe logs`: what the steps of a run wrote.

use clap::Args;
use futures_util::StreamExt;
use runpipe::{Log, RunRef};
use serde::Serialize;

use super::connection::Connection;
use super::context::Context;
use super::exit::{DONE, Failure};
use super::output::Reader;
use super::services;
use super::text::{lines, one_line};
use super::value::reference;

/// The arguments of `logs`.
#[derive(Args, Debug)]
pub struct Arguments {
    /// The run, as `start` and `list` print it: buddy/acme/site/2/31
    #[arg(value_name = "REF", value_parser = reference)]
    run: RunRef,

    /// Only steps whose name contains this, in capitals or small letters.
    #[arg(long, value_name = "TEXT")]
    step: Option<String>,

    #[command(flatten)]
    connection: Connection,
}

/// The result as JSON. The text is as it came; JSON escapes what a terminal would obey.
#[derive(Serialize)]
struct Logs<'a> {
    #[serde(rename = "ref")]
    run: &'a RunRef,
    logs: Vec<Log>,
}

/// Prints each step's log as it comes.
pub async fn run(context: &Context, arguments: Arguments) -> Result<u8, Failure> {
    let runs = services::runs(&arguments.run, context.access(&arguments.connection))?;
    let wanted = arguments.step.as_deref().unwrap_or_default().to_lowercase();
    let mut steps = runs.logs(&arguments.run);
    let mut logs = Vec::new();
    let mut unwritten = Ok(());
    while let Some(log) = steps.next().await {
        let log = log?;
        if !log.step.to_lowercase().contains(&wanted) {
            continue;
        }
        if context.output.is_json() {
            logs.push(log);
            continue;
        }
        match context.output.part(&text_of(&log)) {
            Ok(Reader::There) => {}
            Ok(Reader::Gone) => break,
            // The rest follows it to stderr.
            Err(failure) => unwritten = Err(failure),
        }
    }
    unwritten?;
    if context.output.is_json() {
        let run = &arguments.run;
        context.output.result(&Logs { run, logs }, String::new)?;
    }
    Ok(DONE)
}

fn text_of(log: &Log) -> String {
    let (step, text) = (one_line(&log.step), lines(&log.text));
    format!("== {step} ==\n{}\n", text.trim_end_matches('\n'))
}
