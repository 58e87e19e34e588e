//! The commands, one file or folder each, and the command line as a whole.

mod auth;
mod cancel;
mod completions;
mod config;
mod decide;
mod demo;
mod example;
mod ledger;
mod list;
mod logs;
mod man;
mod open;
mod pipelines;
mod preview;
mod retry;
mod sandbox;
mod schema;
mod spec;
mod start;
mod status;
mod steps;
mod watch;

use std::path::PathBuf;
use std::sync::Arc;

use clap::{ArgAction, CommandFactory, Parser, Subcommand};

use crate::command_line::called::{Called, OneOf};
use crate::command_line::configured;
use crate::context::Context;
use crate::output::log::Form;
use crate::process::exit::Failure;

/// The section of the flags that every command takes. It comes last: they are added last.
const OUTPUT: &str = "Output";

/// Ends `--help`.
const EXIT_CODES: &str = "\
Exit codes:
  0    done (`status` of a failed run is 0: it was read)
  1    `watch` or `start --watch`: the run ended without success
  2    the command line, a variable or a file cannot be used
  3    the service refused the request, or the key belongs to another start
  4    the credential was not accepted (401, 403, a sign-in page)
  5    no answer, or one that cannot be read; nothing was started
  6    a start, an approval or a retry whose outcome is unknown: it may have happened
  7    a wait ended before the run: at the deadline, or what `start --watch` started cannot be read
  70   a fault of the program; it says what it leaves behind
  74   done, but the result cannot be written to stdout: it is on stderr
  129, 130, 131, 143  ended by SIGHUP, SIGINT (Ctrl-C), SIGQUIT, SIGTERM

Every command takes --json: one object on stdout, or one on stderr with `kind` and `message`.

`start` prints the bare reference if stdout is not a terminal: REF=$(runpipe start ...)
Unless it shows the run to a person at once, it first writes `started REF` to stderr
(`attached REF` if a --key already had its run); with --json, an object with the `kind`
started or attached and the `ref`.";

/// Starts a pipeline run on Azure DevOps, Matillion, Aliyun Yunxiao or Buddy, exactly once, and
/// follows it to its end.
#[derive(Parser)]
#[command(name = "runpipe", version, after_help = EXIT_CODES, max_term_width = 100)]
pub struct Arguments {
    /// Write one JSON object to stdout; errors as one object to stderr.
    #[arg(long, global = true, help_heading = OUTPUT)]
    pub json: bool,

    /// Write less: only the reference of a run, and no progress.
    #[arg(long, global = true, help_heading = OUTPUT)]
    pub quiet: bool,

    /// Log requests and answers on stderr; -vv: connections too.
    #[arg(short, long, global = true, action = ArgAction::Count, help_heading = OUTPUT)]
    pub verbose: u8,

    /// Write each exchange with a service to a file in this folder, with secrets, names and ids
    /// replaced.
    #[arg(long, value_name = "DIR", global = true, help_heading = OUTPUT)]
    pub record: Option<PathBuf>,

    /// Format of the log. RUST_LOG selects what is logged, for example runpipe=debug.
    #[arg(long, value_name = "FORM", global = true, help_heading = OUTPUT)]
    pub log: Option<Form>,

    #[command(subcommand)]
    pub command: OneOf<Command>,
}

/// What to do.
#[derive(Subcommand)]
pub enum Command {
    /// Start a run of a pipeline, once, and print its reference.
    #[command(subcommand)]
    Start(Called<start::Arguments>),
    /// Read a run.
    Status(Called<status::Arguments>),
    /// Follow runs to their ends; the exit code says how they ended.
    Watch(Called<watch::Arguments>),
    /// List the runs of a pipeline, newest first.
    ///
    /// Only Azure DevOps has --mine: the other services do not say whose credential it is.
    #[command(subcommand)]
    List(Called<list::Arguments>),
    /// Show or forget the keys in the ledger (start --key).
    #[command(subcommand)]
    Ledger(Called<ledger::Command>),
    /// List the pipelines that can be started.
    #[command(subcommand)]
    Pipelines(Called<pipelines::Arguments>),
    /// Ask the service to stop a run.
    Cancel(Called<cancel::Arguments>),
    /// Give a waiting run what it is waiting for, so that it continues.
    Approve(Called<decide::Approve>),
    /// Refuse what a waiting run is waiting for.
    Reject(Called<decide::Reject>),
    /// Rerun what failed in a run.
    Retry(Called<retry::Arguments>),
    /// Print the logs of a run.
    Logs(Called<logs::Arguments>),
    /// Show the stages, jobs, tasks or actions of a run.
    Steps(Called<steps::Arguments>),
    /// Open the page of a run in a browser, and print its address.
    Open(Called<open::Arguments>),
    /// Show which credentials were found.
    #[command(subcommand)]
    Auth(Called<auth::Command>),
    /// Print what a run would execute, without starting one (Azure DevOps).
    #[command(subcommand)]
    Preview(Called<preview::Arguments>),
    /// Show what runpipe.toml sets: targets, defaults, addresses.
    #[command(subcommand)]
    Config(Called<config::Command>),
    /// Try it out: start one run on each service, in a sandbox inside this program.
    Demo,
    /// Run the sandbox on this machine until interrupted.
    Sandbox(Called<sandbox::Arguments>),
    /// Print the JSON Schema of the output of --json.
    Schema(Called<schema::Arguments>),
    /// Print a completion script for a shell.
    Completions(Called<completions::Arguments>),
    /// Write the pages of the manual.
    Man(Called<man::Arguments>),
    /// Check and compare OpenAPI 3.0 documents, and check messages against them.
    #[command(subcommand, after_help = spec::EXIT_CODES)]
    Spec(Called<spec::Command>),
}

impl Command {
    /// Whether it calls a service, and so needs its address and a credential.
    pub fn asks_a_service(&self) -> bool {
        let is_probe = |command| matches!(command, &spec::Command::Probe(_));
        self.is_recorded() || matches!(self, Command::Spec(Called(command)) if is_probe(command))
    }

    /// Whether `--record` keeps what it exchanges with a service.
    pub fn is_recorded(&self) -> bool {
        !matches!(
            self,
            Command::Spec(_)
                | Command::Ledger(_)
                | Command::Config(_)
                | Command::Demo
                | Command::Sandbox(_)
                | Command::Schema(_)
                | Command::Completions(_)
                | Command::Man(_)
        )
    }
}

/// Does what the command says; returns the exit code.
pub async fn run(context: Arc<Context>, command: Command) -> Result<u8, Failure> {
    let context = &*context;
    match command {
        Command::Start(Called(arguments)) => start::run(context, arguments).await,
        Command::Status(Called(arguments)) => status::run(context, arguments).await,
        Command::Watch(Called(arguments)) => watch::run(context, arguments).await,
        Command::Ledger(Called(command)) => ledger::run(context, command).await,
        Command::List(Called(arguments)) => list::run(context, arguments).await,
        Command::Pipelines(Called(arguments)) => pipelines::run(context, arguments).await,
        Command::Cancel(Called(arguments)) => cancel::run(context, arguments).await,
        Command::Approve(Called(arguments)) => decide::approve(context, arguments).await,
        Command::Reject(Called(arguments)) => decide::reject(context, arguments).await,
        Command::Retry(Called(arguments)) => retry::run(context, arguments).await,
        Command::Logs(Called(arguments)) => logs::run(context, arguments).await,
        Command::Steps(Called(arguments)) => steps::run(context, arguments).await,
        Command::Open(Called(arguments)) => open::run(context, arguments).await,
        Command::Auth(Called(command)) => auth::run(context, command).await,
        Command::Preview(Called(arguments)) => preview::run(context, arguments).await,
        Command::Config(Called(command)) => config::run(context, &command),
        Command::Demo => demo::run(context).await,
        Command::Sandbox(Called(arguments)) => sandbox::run(context, arguments).await,
        Command::Schema(Called(arguments)) => schema::run(context, &arguments),
        Command::Completions(Called(arguments)) => {
            let command = configured::command(Arguments::command(), &context.settings)?;
            completions::run(context, &arguments, command)
        }
        Command::Man(Called(arguments)) => man::run(context, &arguments, Arguments::command()),
        Command::Spec(Called(command)) => spec::run(context, command).await,
    }
}
