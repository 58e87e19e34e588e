//! `runpipe`, the program: the library's public API on a command line.
//!
//! The process meets its surroundings here and nowhere else: arguments and environment come in,
//! the exit code goes out. One file per command, one per service, and what they share:
//!
//! * `arguments`, `command_line`: the command line as a whole, and what is wrong with it; each
//!   command's own arguments are in its file;
//! * `services`, `vendor`, `any_vendor`, `prepared`: each service's flags, client and calls, what a service is, and a start
//!   that is ready to be made;
//! * `chosen`: commands that have one subcommand a service;
//! * `proof`: what a service takes as proof;
//! * `filter`: which runs of a list are wanted;
//! * `connection`, `environment`, `pipeline`, `named_run`: where a service is, who calls, what is meant;
//! * `body`, `field`, `pair`, `value`, `variables`: requests as JSON, as flags, as `key=value`;
//! * `fields`, `veil`: which flags became which fields, and texts in which secrets are variables;
//! * `stage`, `interrupt`: what is under way, so that an interruption can say what it leaves behind;
//! * `keys`: a start that many may try;
//! * `settings`, `configured`, `credential_command`: `runpipe.toml`, and what it does to the command line;
//! * `open_files`: a limit that leaves no room to work;
//! * `exit`: how a command fails, and the exit code that says so;
//! * `context`, `output`, `stdout`, `stderr`, `log`, `text`: what a command is given, and what people
//!   and programs get to read;
//! * `annotation`, `follow`, `gate`, `tail`, `view`, `wanted`: a run on its way to its end, and how that is shown.
//!
//! No module imports, directly or by way of others, one that imports it.

mod annotation;
mod any_vendor;
mod arguments;
mod auth;
mod body;
mod cancel;
mod chosen;
mod command_line;
mod completions;
mod config;
mod configured;
mod connection;
mod context;
mod credential_command;
mod decide;
mod demo;
mod dry_run;
mod environment;
mod event;
mod example;
mod exit;
mod field;
mod fields;
mod filter;
mod follow;
mod gate;
mod interrupt;
mod keys;
mod ledger;
mod list;
mod log;
mod logs;
mod man;
mod named_run;
mod open;
mod open_files;
mod output;
mod pair;
mod pipeline;
mod pipelines;
mod prepared;
mod preview;
mod proof;
mod reconcile;
mod retry;
mod sandbox;
mod schema;
mod services;
mod settings;
mod spec;
mod stage;
mod start;
mod status;
mod stderr;
mod stdout;
mod steps;
mod tail;
mod text;
mod value;
mod variables;
mod veil;
mod vendor;
mod view;
mod wanted;
mod watch;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{CommandFactory, FromArgMatches};

use arguments::{Arguments, Command};
use context::Context;
use environment::Environment;
use exit::Failure;
use output::Output;
use settings::Settings;
use stage::Stage;

fn main() -> ExitCode {
    let environment = Environment::new(|name| std::env::var_os(name));
    let folder = std::env::current_dir().ok();
    ExitCode::from(run(std::env::args_os(), environment, folder))
}

/// Runs the program; returns its exit code.
fn run(
    arguments: impl IntoIterator<Item = OsString>,
    environment: Environment,
    folder: Option<PathBuf>,
) -> u8 {
    let words: Vec<OsString> = arguments.into_iter().collect();
    let bare = Arguments::command();
    let configured = Settings::read(folder.as_deref(), &environment)
        .and_then(|settings| Ok((configured::command(bare.clone(), &settings)?, settings)));
    let (mut command, settings, unusable) = match configured {
        Ok((command, settings)) => (command, settings, None),
        Err(fault) => (bare, Settings::default(), Some(fault)),
    };
    let parsed = command.try_get_matches_from_mut(&words);
    let parsed = parsed.and_then(|matches| {
        let arguments = Arguments::from_arg_matches(&matches);
        arguments.map_err(|error| error.format(&mut command))
    });
    let (arguments, unusable) = match (parsed, unusable) {
        (Ok(arguments), unusable) => (arguments, unusable),
        (Err(error), unusable) => {
            let json = words.iter().any(|word| word == "--json");
            let output = Output::new(json, false);
            // Without its file a target is only a word that nobody knows.
            let Some(fault) = unusable.filter(|_| error.use_stderr()) else {
                return command_line::refuse(error, &output);
            };
            output.failure(&fault);
            return fault.code();
        }
    };
    let output = Output::new(arguments.json, arguments.quiet);
    // What asks no service works without settings; what shows them, without trust.
    let shows_them = matches!(arguments.command, Command::Config(_));
    let untrusted = || settings.expect_trusted().err().filter(|_| !shows_them);
    let unusable = unusable.or_else(untrusted);
    if let Some(fault) = unusable.filter(|_| shows_them || arguments.command.asks_a_service()) {
        output.failure(&fault);
        return fault.code();
    }
    let context = Arc::new(Context {
        environment,
        folder,
        settings,
        output,
        stage: Stage::default(),
    });
    let listening = log::listen(
        &context.output,
        arguments.verbose,
        arguments.log,
        &context.environment,
    );
    match listening.and_then(|()| in_runtime(&context, arguments.command)) {
        Ok(code) => code,
        Err(failure) => {
            context.output.failure(&failure);
            failure.code()
        }
    }
}

fn in_runtime(context: &Arc<Context>, command: Command) -> Result<u8, Failure> {
    open_files::expect(open_files::OF_A_CALL)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
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
            outcome = on_a_thread(context, dispatch(Arc::clone(context), command)) => outcome,
        }
    });
    // A thread that still reads stdin must not keep the program from ending.
    runtime.shutdown_background();
    outcome
}

/// Runs the command where it can wait for a slow reader of stdout, and an interruption is heard
/// meanwhile.
async fn on_a_thread(
    context: &Context,
    command: impl Future<Output = Result<u8, Failure>> + Send + 'static,
) -> Result<u8, Failure> {
    match tokio::spawn(command).await {
        Ok(outcome) => outcome,
        Err(_) => Err(context.stage.broken()),
    }
}

async fn dispatch(context: Arc<Context>, command: Command) -> Result<u8, Failure> {
    let context = &*context;
    match command {
        Command::Start(arguments) => start::run(context, arguments).await,
        Command::Status(arguments) => status::run(context, arguments).await,
        Command::Watch(arguments) => watch::run(context, arguments).await,
        Command::Ledger(command) => ledger::run(context, command).await,
        Command::List(arguments) => list::run(context, arguments).await,
        Command::Pipelines(arguments) => pipelines::run(context, arguments).await,
        Command::Cancel(arguments) => cancel::run(context, arguments).await,
        Command::Approve(arguments) => decide::approve(context, arguments).await,
        Command::Reject(arguments) => decide::reject(context, arguments).await,
        Command::Retry(arguments) => retry::run(context, arguments).await,
        Command::Logs(arguments) => logs::run(context, arguments).await,
        Command::Steps(arguments) => steps::run(context, arguments).await,
        Command::Open(arguments) => open::run(context, arguments).await,
        Command::Auth(command) => auth::run(context, command).await,
        Command::Preview(arguments) => preview::run(context, arguments).await,
        Command::Config(command) => config::run(context, &command),
        Command::Demo => demo::run(context).await,
        Command::Sandbox(arguments) => sandbox::run(context, arguments).await,
        Command::Schema(arguments) => schema::run(context, &arguments),
        Command::Completions(arguments) => {
            let command = configured::command(Arguments::command(), &context.settings)?;
            completions::run(context, &arguments, command)
        }
        Command::Man(arguments) => man::run(context, &arguments, Arguments::command()),
        Command::Spec(command) => spec::run(context, command).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use exit::Cut;
    use runpipe::Service;
    use stage::Doing;

    #[tokio::test]
    async fn a_fault_of_the_program_says_what_it_leaves_behind() {
        let context = Context {
            environment: Environment::new(|_| None),
            folder: None,
            settings: Settings::default(),
            output: Output::new(false, false),
            stage: Stage::default(),
        };
        let look = "runpipe list buddy".to_owned();
        let service = Service::Buddy;
        for (doing, left) in [
            (Doing::Reading, "nothing was started or changed"),
            (
                Doing::Starting { service, look },
                "the outcome of the start is unknown",
            ),
        ] {
            context.stage.enter(doing);
            let outcome = on_a_thread(&context, async { panic!("a fault") }).await;
            let Err(failure) = outcome else {
                panic!("it went on")
            };
            assert_eq!(failure.code(), 70);
            let Failure::Cut {
                by: Cut::Fault,
                message,
                advice,
                ..
            } = failure
            else {
                panic!("{failure:?}")
            };
            assert!(
                message.contains("a fault of its own") && message.contains(left),
                "{message}"
            );
            assert_eq!(
                advice.contains("runpipe list buddy"),
                left.contains("unknown"),
                "{advice}"
            );
        }
    }
}
