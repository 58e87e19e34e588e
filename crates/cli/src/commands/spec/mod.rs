//! `runpipe spec`: OpenAPI 3.0 documents checked, compared, and held against messages. Any document
//! in JSON, not only those of the services.

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

/// What to do with documents.
#[derive(Subcommand)]
pub enum Command {
    /// List what is wrong in documents, where, and how to correct it.
    Check(Called<check::Arguments>),
    /// List what changed between two versions, on the wire and in the generated client.
    Diff(Called<diff::Arguments>),
    /// Count the documented answers that have fixtures.
    Coverage(Called<coverage::Arguments>),
    /// Write a first draft of the fixtures that are missing, to be reviewed.
    Fixtures(Called<fixtures::Arguments>),
    /// Check a request or a response against a document.
    Validate(Called<validate::Arguments>),
    /// Compare a document with what its vendor publishes.
    Upstream(Called<upstream::Arguments>),
    /// Compare a document with real traffic: recordings, or HAR files.
    Drift(Called<drift::Arguments>),
    /// Pass requests on to a service, and write down what is exchanged, redacted.
    Record(Called<record::Arguments>),
    /// Make fixtures of a recording.
    Fixture(Called<fixture::Arguments>),
    /// Compare a service's document with the service itself: reads only, unless --start.
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
