//! `runpipe watch`: follows a run to its end.

use std::time::{Duration, Instant};

use clap::Args;
use futures_util::{StreamExt, pin_mut};
use runpipe::{Run, RunRef, Runs, WaitOptions};

use super::connection::Connection;
use super::context::Context;
use super::exit::{DONE, Failure, WITHOUT_SUCCESS};
use super::output::{Output, status_style, vendor_word};
use super::services;
use super::stage::Doing;
use super::text::{one_line, span};
use super::value::{duration, reference};

/// The arguments of `watch`.
#[derive(Args, Debug)]
pub struct Arguments {
    /// The run, as `start` and `list` print it: buddy/acme/site/2/31
    #[arg(value_name = "REF", value_parser = reference)]
    run: RunRef,

    #[command(flatten)]
    waiting: Waiting,

    #[command(flatten)]
    connection: Connection,
}

/// How long to wait.
#[derive(Args, Clone, Debug)]
pub struct Waiting {
    /// Stop waiting after this time (90s, 5m, 1h30m), with exit code 7. The run goes on.
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    deadline: Option<Duration>,
}

/// Follows the run and prints it as it ended.
pub async fn run(context: &Context, arguments: Arguments) -> Result<u8, Failure> {
    let runs = services::runs(&arguments.run, context.access(&arguments.connection))?;
    let (run, waiting) = (arguments.run, &arguments.waiting);
    follow(context, runs.as_ref(), run, waiting, Output::run).await
}

/// Says on stderr, with the time since the wait began, each state that the run comes to; prints the
/// run as it ended. The exit code says how it ended.
pub async fn follow(
    context: &Context,
    runs: &dyn Runs,
    run: RunRef,
    waiting: &Waiting,
    print: impl FnOnce(&Output, &Run) -> Result<(), Failure>,
) -> Result<u8, Failure> {
    context.stage.enter(Doing::Following(run.clone()));
    let mut options = WaitOptions::default();
    if let Some(deadline) = waiting.deadline {
        options = options.deadline(deadline);
    }
    let began = Instant::now();
    let states = runpipe::states(runs, run.clone(), options);
    pin_mut!(states);
    let mut last = None;
    while let Some(state) = states.next().await {
        let state = state.map_err(|error| still_going(error, &run))?;
        context.output.progress(&progress(began.elapsed(), &state));
        last = Some(state);
    }
    match last {
        Some(ended) => {
            print(&context.output, &ended)?;
            Ok(if ended.status.is_success() {
                DONE
            } else {
                WITHOUT_SUCCESS
            })
        }
        // The states end with an end or an error: this is neither.
        None => Ok(WITHOUT_SUCCESS),
    }
}

/// `   34s  waiting    The action "Deploy" waits for somebody to apply it.`
fn progress(elapsed: Duration, run: &Run) -> String {
    let style = status_style(run.status);
    let mut line = format!("{:>7}  {style}{:<9}{style:#}", span(elapsed), run.status);
    let note = run.message.as_deref().map(one_line);
    let note = note.or_else(|| vendor_word(run).map(|word| format!("({word})")));
    if let Some(note) = note {
        line.push_str("  ");
        line.push_str(&note);
    }
    line
}

/// The wait has failed, the run has not: says how to go on.
fn still_going(error: runpipe::Error, run: &RunRef) -> Failure {
    let deadline = error.kind() == runpipe::ErrorKind::Deadline;
    let failure = Failure::from(error);
    if deadline {
        failure.advise(format!("Resume with: runpipe watch {run}"))
    } else {
        failure
    }
}
