//! A document that a flag or an argument names.

use std::fmt::Display;
use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};

use runpipe_spec::decisions::{self, Decision};
use runpipe_spec::document::Document;
use runpipe_spec::finding::Finding;
use serde::Serialize;
use serde_json::Value;

use crate::flags::body::read_file;
use crate::process::exit::Failure;

/// The exit code where something was found that should not be there.
pub const FINDINGS: u8 = 1;

/// A finding that stays, and why.
#[derive(Serialize)]
pub struct Known<F> {
    #[serde(flatten)]
    pub finding: F,
    pub reason: String,
}

/// The findings that stay.
pub fn known<F>(decided: Vec<(F, String)>) -> Vec<Known<F>> {
    let known = decided.into_iter();
    known
        .map(|(finding, reason)| Known { finding, reason })
        .collect()
}

/// Those of the findings that stay, in words.
pub fn reasons<F: Display>(known: &[Known<F>]) -> impl Iterator<Item = String> {
    known
        .iter()
        .map(|one| format!("decided: {} ({})", one.finding, one.reason))
}

/// How many reasons are given why a document cannot be used.
const MOST_REASONS: usize = 5;

/// Reads a document that messages and other versions can be compared with.
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
    let reasons = findings.iter().take(MOST_REASONS);
    let mut reasons: Vec<String> = reasons.map(ToString::to_string).collect();
    let more = findings.len().saturating_sub(MOST_REASONS);
    if more > 0 {
        reasons.push(format!("and {more} more"));
    }
    let reasons = reasons.join(" ");
    let advice = format!("`runpipe spec check {name}` lists the document's faults.");
    Failure::usage(format!("{name} cannot be used: {reasons}"), advice)
}

/// The addresses of a document's servers.
pub fn servers(document: &Document) -> impl Iterator<Item = &str> {
    let servers = document.root().get("servers").and_then(Value::as_array);
    let servers = servers.into_iter().flatten();
    servers.filter_map(|server| server.get("url")?.as_str())
}

/// The JSON files in a folder, by name.
pub fn json_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries: io::Result<Vec<DirEntry>> = fs::read_dir(folder)?.collect();
    let mut files: Vec<PathBuf> = entries?.iter().map(DirEntry::path).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "json"));
    files.sort();
    Ok(files)
}

/// Whether a file is to be read from stdin. A document is read once, a message may come that way.
pub fn is_stdin(file: &Path) -> bool {
    file == Path::new("-")
}
