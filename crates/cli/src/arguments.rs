//! The command line as a whole.

use clap::{Parser, Subcommand};

use super::{cancel, list, logs, preview, sandbox, spec, start, status, watch};

/// Ends `--help`.
const EXIT_CODES: &str = "\
Exit codes:
  0    done (`status` of a failed run is 0: it was read)
  1    `watch` or `start --watch`: the run ended without success
  2    the command line, a variable or a file cannot be used
  3    the service refused the request
  4    the credential was not accepted (401, 403, a sign-in page)
  5    no answer, or one that cannot be read; nothing was started
  6    a start whose outcome is unknown: it may have happened
  7    the deadline passed; the run goes on
  70   a fault of the program; it says what it leaves behind
  74   done, but the result cannot be written to stdout: it is on stderr
  129, 130, 131, 143  ended by SIGHUP, SIGINT (Ctrl-C), SIGQUIT, SIGTERM

Every command takes --json: one object on stdout, or one on stderr with `kind` and `message`.
`start` gives the bare reference where stdout is no terminal: REF=$(runpipe start ...). Unless it shows
the run to a person at once, it first writes `started REF` to stderr; with --json, an object with the
`kind` started and the `ref`.";

/// Starts a pipeline run on Azure DevOps, Matillion, Aliyun Yunxiao or Buddy, exactly once, and
/// follows it to its end.
#[derive(Parser)]
#[command(name = "runpipe", version, after_help = EXIT_CODES, max_term_width = 100)]
pub struct Arguments {
    /// Write one JSON object to stdout; errors as one object to stderr.
    #[arg(long, global = true)]
    pub json: bool,

    /// Write less: only the reference of a run, and no progress.
    #[arg(long, global = true)]
    pub quiet: bool,

    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Subcommand)]
pub enum Command {
    /// Start a run of a pipeline, once, and print its reference.
    #[command(subcommand)]
    Start(start::Arguments),
    /// Read a run.
    Status(status::Arguments),
    /// Follow a run to its end; the exit code says how it ended.
    Watch(watch::Arguments),
    /// List the runs of a pipeline, newest first.
    #[command(subcommand)]
    List(list::Arguments),
    /// Ask the service to stop a run.
    Cancel(cancel::Arguments),
    /// Print the logs of a run.
    Logs(logs::Arguments),
    /// Print what a run would execute, without starting one (Azure DevOps).
    #[command(subcommand)]
    Preview(preview::Arguments),
    /// Try it out: start one run on each service, in a sandbox inside this program.
    Demo,
    /// Run the sandbox on this machine until interrupted.
    Sandbox(sandbox::Arguments),
    /// Check and compare OpenAPI 3.0 documents, and check messages against them.
    #[command(subcommand, after_help = spec::EXIT_CODES)]
    Spec(spec::Command),
}
