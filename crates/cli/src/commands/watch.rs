//! `runpipe watch`: follows runs to their ends.

use std::time::Duration;

use clap::Args;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use runpipe::ledger::Key;
use runpipe::{Run, RunRef, Runs, WaitOptions};

use super::ledger::{LedgerPlace, run_of};
use crate::command_line::named_run::{NamedRun, named_run};
use crate::context::Context;
use crate::flags::value::{duration, key};
use crate::output::annotation::System;
use crate::process::exit::{Cut, DONE, Failure, WITHOUT_SUCCESS};
use crate::process::stage::Doing;
use crate::vendor::connection::Connection;
use crate::watching::follow::Follow;
use crate::watching::view::View;

/// The arguments of `watch`.
#[derive(Args, Debug)]
#[command(mut_arg("ledger", |ledger| ledger.requires("key")))]
pub struct Arguments {
    /// The runs, as `start` and `list` print them: buddy/acme/site/2/31; or the URLs of their
    /// pages.
    #[arg(value_name = "REF", value_parser = named_run, required_unless_present = "key")]
    runs: Vec<NamedRun>,

    /// The run that was started with this key.
    #[arg(long, value_name = "KEY", value_parser = key, conflicts_with = "runs")]
    key: Option<Key>,

    /// How long to wait for a start with the key that somebody else is making.
    #[arg(long, value_name = "DURATION", default_value = "2m", value_parser = duration, requires = "key")]
    key_wait: Duration,

    #[command(flatten)]
    ledger: LedgerPlace,

    #[command(flatten)]
    waiting: Waiting,

    #[command(flatten)]
    connection: Connection,
}

/// How to wait.
#[derive(Args, Clone, Debug)]
pub struct Waiting {
    /// Stop waiting after this time (90s, 5m, 1h30m), with exit code 7. The run goes on.
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    deadline: Option<Duration>,

    /// Show the steps' output on stderr, as they write it.
    #[arg(long)]
    logs: bool,

    /// Ask the service to stop the run if the wait is interrupted (Ctrl-C). Otherwise the run goes
    /// on.
    #[arg(long)]
    cancel_on_interrupt: bool,

    /// Write failures as errors and groups of this CI system's job: github, azure or gitlab;
    /// without a value, the one that the job runs on.
    #[arg(
        long,
        value_name = "SYSTEM",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "auto",
        hide_possible_values = true
    )]
    annotations: Option<System>,
}

/// Follows the runs and prints each as it ended. One that cannot be followed does not keep the
/// others from being.
pub async fn run(context: &Context, arguments: Arguments) -> Result<u8, Failure> {
    let Arguments {
        runs: mut named,
        key,
        key_wait,
        ledger,
        waiting,
        connection,
    } = arguments;
    waiting.expect_use(context, true)?;
    if let Some(key) = key {
        let ledger = ledger.open(&context.environment)?;
        let run = run_of(&*ledger, &key, key_wait).await?;
        named.push(NamedRun::Reference(run));
    }
    let access = match waiting.cancel_on_interrupt {
        true => context.access(&connection),
        false => context.access_to_read(&connection),
    };
    let mut runs = Vec::new();
    let mut clients = Vec::new();
    for run in named {
        let (client, run) = run.find(access).await?;
        if !runs.contains(&run) {
            runs.push(run.clone());
            clients.push((client, run));
        }
    }
    let system = waiting.system(context)?;
    waiting.begin(context, &runs);
    let among_others = runs.len() > 1;
    let mut ends = FuturesUnordered::new();
    for (client, run) in &clients {
        let view = View::new(&context.output, run, among_others).annotated(system);
        let follow = Follow::new(client.as_ref(), run.clone(), view, waiting.logs);
        ends.push(follow.until_the_end(waiting.options()));
    }
    let mut code = DONE;
    let mut failures: Vec<Failure> = Vec::new();
    loop {
        tokio::select! {
            signal = context.stage.signal() => {
                let mut told: Vec<(&dyn Runs, &RunRef)> = Vec::new();
                for (client, run) in &clients {
                    told.push((client.as_ref(), run));
                }
                return Err(stop(context, &told, signal).await);
            }
            end = ends.next() => match end {
                Some(Ok(ended)) => {
                    failures.extend(context.output.run(&ended).err());
                    code = code.max(code_of(&ended));
                }
                Some(Err(failure)) => failures.push(failure),
                None => break,
            }
        }
    }
    // The last one is told where every failure is; the exit code is the first one's.
    let mut failures = failures.into_iter();
    let Some(first) = failures.next() else {
        return Ok(code);
    };
    for failure in failures {
        context.output.failure(&failure);
    }
    Err(first)
}

/// Follows a run that was just started.
pub async fn follow(
    context: &Context,
    runs: &dyn Runs,
    run: RunRef,
    waiting: &Waiting,
) -> Result<Run, Failure> {
    waiting.begin(context, std::slice::from_ref(&run));
    let system = waiting.system(context)?;
    let view = View::new(&context.output, &run, false).annotated(system);
    let follow = Follow::new(runs, run.clone(), view, waiting.logs);
    tokio::select! {
        signal = context.stage.signal() => Err(stop(context, &[(runs, &run)], signal).await),
        end = follow.until_the_end(waiting.options()) => end,
    }
}

/// The exit code that says how a run ended.
pub fn code_of(ended: &Run) -> u8 {
    if ended.status.is_success() {
        DONE
    } else {
        WITHOUT_SUCCESS
    }
}

impl Waiting {
    /// Fails when a flag has no use: nothing is waited for, or nothing is shown. Before a start, for
    /// afterwards it is too late.
    pub fn expect_use(&self, context: &Context, waits: bool) -> Result<(), Failure> {
        let shows = self.logs || self.annotations.is_some();
        if !waits && (shows || self.deadline.is_some() || self.cancel_on_interrupt) {
            return Err(Failure::usage(
                "--deadline, --logs, --annotations and --cancel-on-interrupt say how to wait for \
                 the run, but it is not waited for",
                "Add --watch, or leave them out.",
            ));
        }
        if shows && !context.output.tells_progress() {
            return Err(Failure::usage(
                "--logs and --annotations show more, and --json and --quiet leave it out",
                "Leave out the ones or the others. `runpipe logs REF --follow` has the logs alone.",
            ));
        }
        self.system(context).map(|_| ())
    }

    fn begin(&self, context: &Context, runs: &[RunRef]) {
        let runs = runs.to_vec();
        context.stage.enter(match self.cancel_on_interrupt {
            true => Doing::Guarding(runs),
            false => Doing::Following(runs),
        });
    }

    fn system(&self, context: &Context) -> Result<Option<System>, Failure> {
        let known = |system: System| system.known(&context.environment);
        self.annotations.map(known).transpose()
    }

    fn options(&self) -> WaitOptions {
        let options = WaitOptions::default();
        match self.deadline {
            Some(deadline) => options.deadline(deadline),
            None => options,
        }
    }
}

/// Asks for the stop of runs that were waited for.
async fn stop(context: &Context, runs: &[(&dyn Runs, &RunRef)], signal: u8) -> Failure {
    let mut said = Vec::new();
    for (client, run) in runs {
        context.say(&format!("asking the service to stop {run}"));
        said.push(match client.cancel(run).await {
            Ok(read) => format!("{run} was told to stop, and is {}", read.status),
            Err(error) => format!("{run} could not be told to stop: {error}"),
        });
    }
    let names: Vec<String> = runs.iter().map(|(_, run)| run.to_string()).collect();
    let run = match runs {
        [(_, only)] => Some((*only).clone()),
        _ => None,
    };
    Failure::Cut {
        by: Cut::Signal(signal),
        message: format!("Interrupted; {}", said.join("; ")),
        advice: format!(
            "See what became of it with: runpipe watch {}",
            names.join(" ")
        ),
        service: run.as_ref().map(RunRef::service),
        run,
    }
}
