//! `runpipe logs`: what the steps of a run wrote.

use std::time::Duration;

use clap::Args;
use futures_util::stream::{self, BoxStream};
use futures_util::{StreamExt, TryStreamExt};
use runpipe::{Log, Result as Answer, RunRef, RunStatus, Runs, Step, WaitOptions};
use serde::Serialize;

use crate::command_line::named_run::OneRun;
use crate::context::Context;
use crate::flags::value::duration;
use crate::output::Reader;
use crate::output::text::{lines, one_line};
use crate::process::exit::{DONE, Failure};
use crate::process::stage::Doing;
use crate::watching::follow::{Follow, innermost};
use crate::watching::view::View;
use crate::watching::wanted::Wanted;

/// The arguments of `logs`.
#[derive(Args, Debug)]
pub struct Arguments {
    #[command(flatten)]
    run: OneRun,

    /// Only steps whose name contains this, in capitals or small letters.
    #[arg(long, value_name = "TEXT")]
    step: Option<String>,

    /// Only the steps that failed.
    #[arg(long, conflicts_with = "follow")]
    failed: bool,

    /// Go on until the run has ended, each line as it comes; with --json an object for each line.
    #[arg(long, short)]
    follow: bool,

    /// With --follow: stop after so long (90s, 5m, 1h30m) with exit code 7. The run goes on.
    #[arg(long, value_name = "DURATION", value_parser = duration, requires = "follow")]
    deadline: Option<Duration>,
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
    let (runs, run) = arguments.run.find(context).await?;
    let (runs, run) = (runs.as_ref(), &run);
    if arguments.follow {
        return follow(context, runs, run, &arguments).await;
    }
    let wanted = Wanted::new(arguments.step.as_deref());
    let mut logs = match arguments.failed {
        true => of_failed_steps(context, runs, run).await?,
        false => runs.logs(run),
    };
    let mut printed = Vec::new();
    let (mut others, mut shown) = (Vec::new(), 0_usize);
    let mut unwritten = Ok(());
    while let Some(log) = logs.next().await {
        let log = log?;
        if !wanted.is(&log.step) {
            others.push(one_line(&log.step));
            continue;
        }
        shown = shown.saturating_add(1);
        if context.output.is_json() {
            printed.push(log);
            continue;
        }
        match context.output.part(&text_of(&log)) {
            Ok(Reader::There) => {}
            Ok(Reader::Gone) => return Ok(DONE),
            // The rest follows it to stderr.
            Err(failure) => unwritten = Err(failure),
        }
    }
    unwritten?;
    wanted.was_found(shown, &others)?;
    if context.output.is_json() {
        let logs = Logs { run, logs: printed };
        context.output.result(&logs, String::new)?;
    }
    Ok(DONE)
}

/// The logs of the steps that failed: of a stage that failed, those of the task in it.
async fn of_failed_steps<'a>(
    context: &Context,
    runs: &'a dyn Runs,
    run: &'a RunRef,
) -> Result<BoxStream<'a, Answer<Log>>, Failure> {
    let steps = runs.steps(run).await?;
    let failed: Vec<Step> = innermost(&steps, RunStatus::Failed).cloned().collect();
    if failed.is_empty() {
        context.output.progress("No step of the run has failed.");
    }
    let logs = stream::iter(failed).map(Ok);
    let logs = logs.and_then(move |step| async move {
        let log = runs.step_log(run, &step).await?;
        Ok(log.into_iter())
    });
    Ok(logs
        .map_ok(|logs| stream::iter(logs.map(Ok)))
        .try_flatten()
        .boxed())
}

/// Prints the lines of all steps as they come, to the run's end.
async fn follow(
    context: &Context,
    runs: &dyn Runs,
    run: &RunRef,
    arguments: &Arguments,
) -> Result<u8, Failure> {
    context.stage.enter(Doing::Following(vec![run.clone()]));
    let mut options = WaitOptions::default();
    if let Some(deadline) = arguments.deadline {
        options = options.deadline(deadline);
    }
    let wanted = Wanted::new(arguments.step.as_deref());
    let view = View::of_logs(&context.output, run);
    let follow = Follow::new(runs, run.clone(), view, true).only(wanted);
    follow.until_the_end(options).await?;
    Ok(DONE)
}

fn text_of(log: &Log) -> String {
    let (step, text) = (one_line(&log.step), lines(&log.text));
    format!("== {step} ==\n{}\n", text.trim_end_matches('\n'))
}
