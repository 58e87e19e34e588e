//! `runpipe spec`: OpenAPI 3.0 documents checked, compared, and held against messages. Any document
//! in JSON, not only those of the services.

mod check;
mod coverage;
mod diff;
mod message;
mod validate;

use std::path::{Path, PathBuf};

use clap::Subcommand;
use runpipe_spec::document::Document;
use runpipe_spec::finding::Finding;

use super::Context;
use super::body::read_file;
use super::exit::Failure;

/// Something was found that should not be there.
const FINDINGS: u8 = 1;

/// How many reasons are given why a document cannot be used.
const MOST_REASONS: usize = 5;

/// Ends the help of `spec`.
pub const EXIT_CODES: &str = "\
Exit codes:
  0  nothing was found
  1  findings; for `diff`: a breaking change
  2  the command line or a file cannot be used";

/// What to do with documents.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List the faults of documents, each with its place and its cure.
    Check(check::Arguments),
    /// List what has changed between two versions, for the wire and for the generated client.
    Diff(diff::Arguments),
    /// Count the documented answers that have fixtures.
    Coverage(coverage::Arguments),
    /// Hold a request or a response against a document.
    Validate(validate::Arguments),
}

/// Runs one of them.
pub async fn run(context: &Context, command: Command) -> Result<u8, Failure> {
    match command {
        Command::Check(arguments) => check::run(context, arguments).await,
        Command::Diff(arguments) => diff::run(context, arguments).await,
        Command::Coverage(arguments) => coverage::run(context, &arguments).await,
        Command::Validate(arguments) => validate::run(context, arguments).await,
    }
}

/// Reads a document that messages and other versions can be held against.
async fn document(flag: &str, file: PathBuf) -> Result<Document, Failure> {
    let name = file.display().to_string();
    let text = read_file(flag, file).await?;
    Document::parse(&name, &text).map_err(|findings| unusable(&name, &findings))
}

fn unusable(name: &str, findings: &[Finding]) -> Failure {
    let mut reasons: Vec<String> = findings
        .iter()
        .take(MOST_REASONS)
        .map(ToString::to_string)
        .collect();
    if findings.len() > MOST_REASONS {
        reasons.push(format!("and {} more", findings.len() - MOST_REASONS));
    }
    let reasons = reasons.join(" ");
    let advice = format!("`runpipe spec check {name}` lists the document's faults.");
    Failure::usage(format!("{name} cannot be used: {reasons}"), advice)
}

/// Whether a file is to be read from stdin. A document is read once, a message may come that way.
fn is_stdin(file: &Path) -> bool {
    file == Path::new("-")
}
