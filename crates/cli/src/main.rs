//! `runpipe`, the program: the library's public API on a command line.
//!
//! The process meets its surroundings here and nowhere else: arguments and environment come in,
//! the exit code goes out. One file per command, and what they share:
//!
//! * `arguments`: the command line as a whole; each command's own arguments are in its file;
//! * `connect`, `environment`: from a service's name to a client of it;
//! * `place`: what names a pipeline on each service;
//! * `body`, `pair`, `variables`: requests that are given as JSON, and as `key=value`;
//! * `stage`: what is under way, so that an interruption can say what it leaves behind;
//! * `exit`: how a command fails, and the exit code that says so;
//! * `output`, `text`: what people and programs get to read.

mod arguments;
mod body;
mod cancel;
mod connect;
mod demo;
mod environment;
mod example;
mod exit;
mod interrupt;
mod list;
mod logs;
mod output;
mod pair;
mod place;
mod preview;
mod sandbox;
mod spec;
mod stage;
mod start;
mod status;
mod text;
mod variables;
mod watch;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Command};
use environment::Environment;
use exit::Failure;
use output::Output;
use stage::Stage;

/// What every command is given besides its arguments.
struct Context {
    environment: Environment,
    output: Output,
    stage: Stage,
}

fn main() -> ExitCode {
    let environment = Environment::new(|name| std::env::var_os(name));
    ExitCode::from(run(std::env::args_os(), environment))
}

/// Runs the program; returns its exit code.
fn run(arguments: impl IntoIterator<Item = OsString>, environment: Environment) -> u8 {
    let words: Vec<OsString> = arguments.into_iter().collect();
    let arguments = match Arguments::try_parse_from(&words) {
        Ok(arguments) => arguments,
        Err(error) => {
            return exit::of_command_line(&error, words.iter().any(|word| word == "--json"));
        }
    };
    let context = Context {
        environment,
        output: Output::new(arguments.json),
        stage: Stage::default(),
    };
    match in_runtime(&context, arguments.command) {
        Ok(code) => code,
        Err(failure) => {
            context.output.failure(&failure);
            failure.code()
        }
    }
}

fn in_runtime(context: &Context, command: Command) -> Result<u8, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let runtime = runtime.map_err(|cause| {
        Failure::usage(
            format!("this machine does not let the program start its threads: {cause}"),
            "Raise the limit of threads or open files.",
        )
    })?;
    let outcome = runtime.block_on(async {
        tokio::select! {
            // First, so that nothing is done or said before an interruption is listened for.
            biased;
            left = interrupt::interrupted(&context.stage) => left,
            outcome = dispatch(context, command) => outcome,
        }
    });
    // A thread that still reads stdin must not keep the program from ending.
    runtime.shutdown_background();
    outcome
}

async fn dispatch(context: &Context, command: Command) -> Result<u8, Failure> {
    match command {
        Command::Start(arguments) => start::run(context, arguments).await,
        Command::Status(arguments) => status::run(context, arguments).await,
        Command::Watch(arguments) => watch::run(context, arguments).await,
        Command::List(arguments) => list::run(context, arguments).await,
        Command::Cancel(arguments) => cancel::run(context, arguments).await,
        Command::Logs(arguments) => logs::run(context, arguments).await,
        Command::Preview(arguments) => preview::run(context, arguments).await,
        Command::Demo => demo::run(context).await,
        Command::Sandbox(arguments) => sandbox::run(context, arguments).await,
        Command::Spec(command) => spec::run(context, command).await,
    }
}
