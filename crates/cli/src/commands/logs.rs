//! `runpipe logs`: what the steps of a run wrote.

use std::time::Duration;

use clap::Args;
use futures_util::StreamExt;
use runpipe::{LogMark, RunRef, RunStatus, Runs, Step, WaitOptions};

use crate::command_line::named_run::OneRun;
use crate::context::Context;
use crate::flags::value::duration;
use crate::output::Reader;
use crate::output::event::Event;
use crate::output::text::{lines, one_line};
use crate::process::exit::{DONE, Failure};
use crate::process::stage::Doing;
use crate::watching::follow::{Follow, innermost};
use crate::watching::view::{View, path};
use crate::watching::wanted::Wanted;

/// The arguments of `logs`.
#[derive(Args, Debug)]
pub struct Arguments {
    #[command(flatten)]
    run: OneRun,

    /// Only steps whose name contains this; case does not matter.
    #[arg(long, value_name = "TEXT")]
    step: Option<String>,

    /// Only the steps that failed.
    #[arg(long, conflicts_with = "follow")]
    failed: bool,

    /// Keep printing lines as they come, until the run has ended.
    #[arg(long, short)]
    follow: bool,

    /// With --follow: stop after this time (90s, 5m, 1h30m) with exit code 7. The run goes on.
    #[arg(long, value_name = "DURATION", value_parser = duration, requires = "follow")]
    deadline: Option<Duration>,
}

/// Prints each step's log as it comes.
pub async fn run(context: &Context, arguments: Arguments) -> Result<u8, Failure> {
    let (runs, run) = arguments.run.find_to_read(context).await?;
    let (runs, run) = (runs.as_ref(), &run);
    if arguments.follow {
        return follow(context, runs, run, &arguments).await;
    }
    let steps = match arguments.failed {
        true => Some(failed_steps(context, runs, run).await?),
        false => runs.logged_steps(run).await?,
    };
    let wanted = Wanted::new(arguments.step.as_deref());
    let mut print = Print {
        context,
        runs,
        run,
        others: Vec::new(),
        shown: 0,
        reader: Ok(Reader::There),
    };
    match steps {
        Some(steps) => {
            for step in &steps {
                if print.wants(&step.name, &wanted) {
                    print.step(step).await?;
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
                    print.head(&log.step);
                    print.lines(&log.step, log.text.lines());
                }
            }
        }
    }
    if print.reader? == Reader::Gone {
        return Ok(DONE);
    }
    wanted.was_found(print.shown, &print.others)?;
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
        context.say("No step of the run has failed.");
    }
    Ok(failed)
}

/// What is printed, and what was printed so far.
struct Print<'a> {
    context: &'a Context,
    runs: &'a dyn Runs,
    run: &'a RunRef,
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

    fn note(&mut self, written: Result<Reader, Failure>) {
        if self.reader.is_ok() {
            self.reader = written;
        }
    }

    fn head(&mut self, step: &str) {
        if !self.context.output.is_json() {
            let head = format!("== {} ==\n", one_line(step));
            self.note(self.context.output.part(&head));
        }
    }

    /// In JSON as the step wrote them: JSON escapes what a terminal would obey.
    fn lines<'t>(&mut self, step: &str, written: impl Iterator<Item = &'t str>) {
        if !self.context.output.is_json() {
            let output = &self.context.output;
            let mut text = String::new();
            for line in written {
                // A line that was overwritten becomes several.
                let shown = lines(line);
                text.extend(shown.split('\n').map(|line| output.log_line(line) + "\n"));
            }
            let written = output.part(&text);
            return self.note(written);
        }
        for line in written {
            let run = self.run;
            let event = Event::Log { run, step, line };
            self.note(self.context.output.result(&event, String::new));
        }
    }

    /// One step's log: in parts where the service serves them, so that it may be of any length.
    async fn step(&mut self, step: &Step) -> Result<(), Failure> {
        let mut mark = LogMark::once();
        while !self.is_over() {
            let Some(part) = self.runs.log_part(self.run, step, mark).await? else {
                break;
            };
            if mark == LogMark::once() {
                self.head(&step.name);
            }
            self.lines(&path(step), part.lines.iter().map(String::as_str));
            mark = part.next;
            if !part.more {
                return Ok(());
            }
        }
        if !self.is_over()
            && let Some(log) = self.runs.step_log(self.run, step).await?
        {
            self.head(&log.step);
            self.lines(&path(step), log.text.lines());
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
