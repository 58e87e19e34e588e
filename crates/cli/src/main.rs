//! `runpipe`, the program: the library's public API on a command line.
//!
//! The process meets its surroundings here and nowhere else: arguments and environment come in,
//! the exit code goes out. What a folder may use stands below it:
//!
//! * `commands`: one file or folder a command;
//! * `command_line`: what was typed, with what `runpipe.toml` adds to it: targets, services, runs;
//! * `services`: one file a service: its flags, and the calls that they become;
//! * `watching`: a run on its way to its end, and how that is shown;
//! * `context`: what every command is given besides its arguments;
//! * `vendor`: what a service is on the command line, whichever it is;
//! * `flags`: what flags are read as, and which fields of a request they become;
//! * `settings`: `runpipe.toml`, and where each setting is from;
//! * `output`: what people and programs get to read;
//! * `process`: variables, signals, limits, and the exit code.
//!
//! No module imports, directly or by way of others, one that imports it.

mod command_line;
mod commands;
mod context;
mod flags;
mod output;
mod process;
mod services;
mod settings;
mod vendor;
mod watching;

use std::ffi::OsString;
use std::panic;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{CommandFactory, FromArgMatches};
use runpipe::recording::Recorder;

use command_line::called::{self, OneOf};
use command_line::{configured, refusal};
use commands::{Arguments, Command};
use context::Context;
use output::{Output, log};
use process::environment::Environment;
use process::exit::Failure;
use process::stage::Stage;
use process::{interrupt, open_files};
use settings::Settings;

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
    let called = || called::by(&words, Arguments::command);
    let configured = Settings::read(folder.as_deref(), &environment).and_then(|settings| {
        let command = match settings.is_empty() {
            true => called(),
            // Whose names are those of all services' flags.
            false => configured::command(Arguments::command(), &settings)?,
        };
        Ok((command, settings))
    });
    let (mut command, settings, unusable) = match configured {
        Ok((command, settings)) => (command, settings, None),
        Err(fault) => (called(), Settings::default(), Some(fault)),
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
                return refusal::refuse(error, &output);
            };
            output.failure(&fault);
            return fault.code();
        }
    };
    let OneOf(command) = arguments.command;
    let output = Output::new(arguments.json, arguments.quiet).in_job(environment.is_job());
    // What asks no service works without settings; what shows them, without trust.
    let shows_them = matches!(command, Command::Config(_));
    let untrusted = || settings.expect_trusted().err().filter(|_| !shows_them);
    let unusable = unusable.or_else(untrusted);
    let unusable = unusable.filter(|_| shows_them || command.asks_a_service());
    let records_nothing = arguments.record.is_some() && !command.is_recorded();
    let useless = || {
        let what = "--record: nothing that this command exchanges is kept";
        records_nothing.then(|| Failure::usage(what, "Leave it out."))
    };
    if let Some(fault) = unusable.or_else(useless) {
        output.failure(&fault);
        return fault.code();
    }
    let context = Arc::new(Context {
        environment,
        folder,
        settings,
        output,
        stage: Stage::default(),
        recorder: arguments.record.map(Recorder::new),
    });
    end_at_a_fault(&context, Output::new(arguments.json, arguments.quiet));
    let listening = log::listen(
        &context.output,
        arguments.verbose,
        arguments.log,
        &context.environment,
    );
    match listening.and_then(|()| in_runtime(&context, command)) {
        Ok(code) => code,
        Err(failure) => {
            context.output.failure(&failure);
            context.stage.code_of(&failure)
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
            outcome = on_a_thread(context, commands::run(Arc::clone(context), command)) => outcome,
        }
    });
    // A thread that still reads stdin must not keep the program from ending.
    runtime.shutdown_background();
    outcome
}

/// From here on a panic anywhere ends the program, which says what it leaves behind: the same whether
/// it was built to unwind or to abort. A panic's own words may quote an answer, so they are left out.
///
/// The output is another than the command's: what broke may hold that one's locks.
fn end_at_a_fault(context: &Arc<Context>, output: Output) {
    let context = Arc::clone(context);
    panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map(ToString::to_string);
        let failure = context.stage.broken(&place.unwrap_or_default());
        output.failure(&failure);
        std::process::exit(failure.code().into());
    }));
}

/// Runs the command where it can wait for a slow reader of stdout, and an interruption is heard
/// meanwhile.
async fn on_a_thread(
    context: &Context,
    command: impl Future<Output = Result<u8, Failure>> + Send + 'static,
) -> Result<u8, Failure> {
    match tokio::spawn(command).await {
        Ok(outcome) => outcome,
        Err(fault) => Err(context.stage.broken(&fault.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use process::stage::Doing;
    use runpipe::Service;

    /// Which fault the test's own child process has.
    const FAULT: &str = "RUNPIPE_TEST_FAULT";

    #[test]
    fn a_fault_of_the_program_says_what_it_leaves_behind() {
        let (look, service) = ("runpipe list buddy".to_owned(), Service::Buddy);
        let cases = [
            (Doing::Reading, "nothing was started or changed", false),
            (
                Doing::Starting { service, look },
                "the outcome of the start is unknown",
                true,
            ),
        ];
        let fault = std::env::var(FAULT).ok();
        if let Some((doing, ..)) = fault.and_then(|number| cases.get(number.parse::<usize>().ok()?))
        {
            break_off(doing.clone());
        }
        for (number, (_, left, looks)) in cases.iter().enumerate() {
            let this = std::env::current_exe().expect("this program");
            let name = "tests::a_fault_of_the_program_says_what_it_leaves_behind";
            let ended = std::process::Command::new(this)
                .args(["--exact", name, "--nocapture"])
                .env(FAULT, number.to_string())
                .output()
                .expect("it runs");
            let stderr = String::from_utf8_lossy(&ended.stderr);
            assert_eq!(ended.status.code(), Some(70), "{stderr}");
            for words in ["a fault of its own", file!(), left] {
                assert!(stderr.contains(words), "{stderr}");
            }
            assert_eq!(stderr.contains("runpipe list buddy"), *looks, "{stderr}");
            assert!(!stderr.contains("s3cret"), "{stderr}");
        }
    }

    /// What a command line has built of its commands: those with flags or subcommands.
    fn built(command: &clap::Command) -> Vec<&str> {
        let commands = command.get_subcommands();
        let is_built =
            |one: &&clap::Command| one.has_subcommands() || one.get_arguments().next().is_some();
        commands
            .filter(is_built)
            .map(clap::Command::get_name)
            .collect()
    }

    #[test]
    fn nothing_is_built_that_is_not_called() {
        let words = ["runpipe", "start", "buddy", "--pipeline", "status"].map(OsString::from);
        let command = called::by(&words, Arguments::command);
        assert_eq!(built(&command), ["start"]);
        let start = command.find_subcommand("start").expect("a command");
        assert_eq!(built(start), ["buddy"]);
        let words = [
            "runpipe",
            "--json",
            "start",
            "buddy",
            "--pipeline",
            "status",
        ];
        let command = called::by(&words.map(OsString::from), Arguments::command);
        assert_eq!(built(&command), ["start", "status"]);
        let all = Arguments::command();
        assert!(built(&all).len() > 20, "{:?}", built(&all));
    }

    fn break_off(doing: Doing) {
        let context = Arc::new(Context {
            environment: Environment::new(|_| None),
            folder: None,
            settings: Settings::default(),
            output: Output::new(false, false),
            stage: Stage::default(),
            recorder: None,
        });
        context.stage.enter(doing);
        end_at_a_fault(&context, Output::new(false, false));
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let _ = runtime.block_on(on_a_thread(&context, async {
            panic!("an answer with a s3cret")
        }));
    }
}
