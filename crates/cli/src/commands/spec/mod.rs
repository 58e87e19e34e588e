//! `runpipe spec`: Checks and compares OpenAPI 3.0 documents, and checks messages against them. Any
//! document in JSON, not only those of the services.

mod check;
mod coverage;
mod diff;
mod document;
mod drift;
mod fixture;
mod fixtures;
mod message;
mod probe;
mod record;
pub mod recordings;
mod upstream;
mod validate;

use clap::Subcommand;

use crate::command_line::called::Called;
use crate::context::Context;
use crate::process::exit::Failure;

/// Ends the help of `spec`.
pub const EXIT_CODES: &str = "\
Exit codes:
  0  nothing was found
  1  findings; for `diff`: a breaking change; for `upstream`: a difference without a decision;
     for `drift` and `probe`: what the document does not say
  2  the command line or a file cannot be used";

/// Work with documents.
#[derive(Subcommand)]
pub enum Command {
    /// List what is wrong with documents, where, and how to correct it.
    Check(Called<check::Arguments>),
    /// List what changed between two versions, on the wire and in the generated client.
    Diff(Called<diff::Arguments>),
    /// Count the documented answers that have fixtures.
    Coverage(Called<coverage::Arguments>),
    /// Write first drafts of the missing fixtures, to be reviewed.
    Fixtures(Called<fixtures::Arguments>),
    /// Check a request or a response against a document.
    Validate(Called<validate::Arguments>),
    /// Compare a document with what its vendor publishes.
    Upstream(Called<upstream::Arguments>),
    /// Compare a document with real traffic: recordings, or HAR files.
    Drift(Called<drift::Arguments>),
    /// Forward requests to a service, and write the exchanges to files, redacted.
    Record(Called<record::Arguments>),
    /// Make fixtures from a recording.
    Fixture(Called<fixture::Arguments>),
    /// Compare a service's document with the service itself: only reads, unless --start is given.
    #[command(subcommand)]
    Probe(Called<probe::Arguments>),
}

/// Runs one of them.
pub async fn run(context: &Context, command: Command) -> Result<u8, Failure> {
    match command {
        Command::Check(Called(arguments)) => check::run(context, arguments).await,
        Command::Diff(Called(arguments)) => diff::run(context, arguments).await,
        Command::Coverage(Called(arguments)) => coverage::run(context, &arguments).await,
        Command::Fixtures(Called(arguments)) => fixtures::run(context, arguments).await,
        Command::Validate(Called(arguments)) => validate::run(context, arguments).await,
        Command::Upstream(Called(arguments)) => upstream::run(context, arguments).await,
        Command::Drift(Called(arguments)) => drift::run(context, arguments).await,
        Command::Record(Called(arguments)) => record::run(context, arguments).await,
        Command::Fixture(Called(arguments)) => fixture::run(context, arguments).await,
        Command::Probe(Called(arguments)) => probe::run(context, arguments).await,
    }
}
