//! A document that a flag or an argument names.

use std::path::{Path, PathBuf};

use runpipe_spec::decisions::{self, Decision};
use runpipe_spec::document::Document;
use runpipe_spec::finding::Finding;

use crate::flags::body::read_file;
use crate::process::exit::Failure;

/// The exit code where something was found that should not be there.
pub const FINDINGS: u8 = 1;

/// How many reasons are given why a document cannot be used.
const MOST_REASONS: usize = 5;

/// Reads a document that messages and other versions can be held against.
pub async fn read(flag: &str, file: PathBuf) -> Result<Document, Failure> {
    let text = read_file(flag, file.clone()).await?;
    parse(&file, &text)
}

/// The same for one that was read.
pub fn parse(file: &Path, text: &str) -> Result<Document, Failure> {
    let name = file.display().to_string();
    Document::parse(&name, text).map_err(|findings| unusable(&name, &findings))
}

/// What was decided about findings; nothing without a file.
pub async fn decisions(file: Option<PathBuf>) -> Result<Vec<Decision>, Failure> {
    let Some(file) = file else {
        return Ok(Vec::new());
    };
    let name = file.display().to_string();
    let text = read_file("--decisions", file).await?;
    let advice = "Give a JSON array of {\"reason\": \"…\", \"differences\": [\"…\"]}.";
    decisions::decisions(&name, &text).map_err(|fault| Failure::usage(fault.to_string(), advice))
}

fn unusable(name: &str, findings: &[Finding]) -> Failure {
    let mut reasons: Vec<String> = findings
        .iter()
        .take(MOST_REASONS)
        .map(ToString::to_string)
        .collect();
    if findings.len() > MOST_REASONS {
        reasons.push(format!(
            "and {} more",
            findings.len().saturating_sub(MOST_REASONS)
        ));
    }
    let reasons = reasons.join(" ");
    let advice = format!("`runpipe spec check {name}` lists the document's faults.");
    Failure::usage(format!("{name} cannot be used: {reasons}"), advice)
}

/// Whether a file is to be read from stdin. A document is read once, a message may come that way.
pub fn is_stdin(file: &Path) -> bool {
    file == Path::new("-")
}
