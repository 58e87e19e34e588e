//! `runpipe logs`: what the steps of a run wrote.

use std::time::Duration;

use clap::Args;
use futures_util::StreamExt;
use runpipe::{Log, LogMark, RunRef, RunStatus, Runs, Step, WaitOptions};
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
    let steps = match arguments.failed {
        true => Some(failed_steps(context, runs, run).await?),
        false if context.output.is_json() => None,
        false => runs.logged_steps(run).await?,
    };
    let wanted = Wanted::new(arguments.step.as_deref());
    let mut print = Print {
        context,
        logs: Vec::new(),
        others: Vec::new(),
        shown: 0,
        reader: Ok(Reader::There),
    };
    match steps {
        Some(steps) => {
            for step in &steps {
                if print.wants(&step.name, &wanted) {
                    print.step(runs, run, step).await?;
                }
            }
        }
        None => {
            let mut logs = runs.logs(run);
            while !print.is_over()
                && let Some(log) = logs.next().await
            {
                let log = log?;
                if print.wants(&log.step, &wanted) {
                    print.log(log);
                }
            }
        }
    }
    if print.reader? == Reader::Gone {
        return Ok(DONE);
    }
    wanted.was_found(print.shown, &print.others)?;
    if context.output.is_json() {
        let logs = Logs {
            run,
            logs: print.logs,
        };
        context.output.result(&logs, String::new)?;
    }
    Ok(DONE)
}

/// The steps that failed: of a stage that failed, the task in it.
async fn failed_steps(
    context: &Context,
    runs: &dyn Runs,
    run: &RunRef,
) -> Result<Vec<Step>, Failure> {
    let steps = runs.steps(run).await?;
    let failed: Vec<Step> = innermost(&steps, RunStatus::Failed).cloned().collect();
    if failed.is_empty() {
        context.output.progress("No step of the run has failed.");
    }
    Ok(failed)
}

/// What is printed, and what was printed so far.
struct Print<'a> {
    context: &'a Context,
    /// Kept for one object at the end.
    logs: Vec<Log>,
    /// The steps that are not wanted.
    others: Vec<String>,
    /// How many steps were shown.
    shown: usize,
    /// Whether somebody reads. After a failure the rest follows on stderr.
    reader: Result<Reader, Failure>,
}

impl Print<'_> {
    fn wants(&mut self, step: &str, wanted: &Wanted) -> bool {
        let is_wanted = wanted.is(step) && !self.is_over();
        match is_wanted {
            true => self.shown = self.shown.saturating_add(1),
            false => self.others.push(one_line(step)),
        }
        is_wanted
    }

    fn is_over(&self) -> bool {
        matches!(self.reader, Ok(Reader::Gone))
    }

    fn part(&mut self, text: &str) {
        let written = self.context.output.part(text);
        if self.reader.is_ok() {
            self.reader = written;
        }
    }

    fn log(&mut self, log: Log) {
        if self.context.output.is_json() {
            self.logs.push(log);
            return;
        }
        let (step, text) = (one_line(&log.step), lines(&log.text));
        self.part(&format!("== {step} ==\n{}\n", text.trim_end_matches('\n')));
    }

    /// One step's log: in parts where the service serves them, so that it may be of any length.
    async fn step(&mut self, runs: &dyn Runs, run: &RunRef, step: &Step) -> Result<(), Failure> {
        let mut mark = LogMark::once();
        while !(self.context.output.is_json() || self.is_over()) {
            let Some(part) = runs.log_part(run, step, mark).await? else {
                break;
            };
            if mark == LogMark::once() {
                self.part(&format!("== {} ==\n", one_line(&step.name)));
            }
            let text: Vec<String> = part.lines.iter().map(|line| lines(line) + "\n").collect();
            self.part(&text.concat());
            mark = part.next;
            if !part.more {
                return Ok(());
            }
        }
        if !self.is_over()
            && let Some(log) = runs.step_log(run, step).await?
        {
            self.log(log);
        }
        Ok(())
    }
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
