//! `runpipe spec drift`: a document against real traffic.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;
use runpipe::recording::Exchange;
use runpipe_spec::decisions::{self, Decided, Decision, decide};
use runpipe_spec::document::Document;
use runpipe_spec::drift::{Change, Drift, Finding, Message, Traffic, patch, rewritten};
use serde::Serialize;
use serde_json::Value;

use super::document::{self, FINDINGS, Known};
use super::recordings;
use crate::context::Context;
use crate::flags::body::read_file;
use crate::output::text::in_lines;
use crate::process::exit::{DONE, Failure};

/// What `spec drift` is given.
#[derive(Args, Debug)]
pub struct Arguments {
    /// The document.
    #[arg(value_name = "DOCUMENT")]
    document: PathBuf,

    /// Recordings: files and folders of --record, or HAR files.
    #[arg(value_name = "RECORDING", required = true)]
    recordings: Vec<PathBuf>,

    /// Accepted findings, with their reasons. Beside the document, with the ending `.drift`, unless
    /// given.
    #[arg(long, value_name = "FILE")]
    decisions: Option<PathBuf>,

    /// Add the findings to the document.
    #[arg(long)]
    apply: bool,

    /// Accept all findings for this reason, a sentence, in the file of decisions.
    #[arg(long, value_name = "REASON", conflicts_with = "apply")]
    decide: Option<String>,

    /// Also show the findings that have a reason. JSON always has them.
    #[arg(long)]
    known: bool,

    /// Show everything in the document that no recording has. JSON always has it.
    #[arg(long)]
    unseen: bool,
}

/// The result as JSON.
#[derive(Serialize)]
pub struct Told {
    exchanges: usize,
    seen: usize,
    findings: Vec<Finding>,
    known: Vec<Known<Finding>>,
    unseen: Vec<String>,
    /// The changes of all findings without a reason, as a JSON Patch.
    patch: Vec<Change>,
}

/// Tells what the document does not say.
pub async fn run(context: &Context, arguments: Arguments) -> Result<u8, Failure> {
    let file = arguments.document;
    let text = read_file("DOCUMENT", file.clone()).await?;
    let document = document::parse(&file, &text)?;
    let exchanges = recordings::read(&arguments.recordings, &document, &text)?;
    let beside = file.with_extension("drift");
    let decisions = arguments.decisions.unwrap_or_else(|| beside.clone());
    let given = (decisions != beside || beside.exists()).then(|| decisions.clone());
    let is_new = |file: &PathBuf| arguments.decide.is_some() && !file.exists();
    let known = document::decisions(given.filter(|file| !is_new(file))).await?;
    let told = told(&document, &exchanges, &known);
    context
        .output
        .result(&told, || told.text(arguments.known, arguments.unseen))?;
    context.say(&told.counts());
    if arguments.apply {
        return apply(context, &file, &text, &told);
    }
    if let Some(reason) = arguments.decide {
        remember(&decisions, known, reason, &told)?;
        return Ok(DONE);
    }
    Ok(if told.is_clean() { DONE } else { FINDINGS })
}

/// Holds exchanges against a document.
pub fn told(document: &Document, exchanges: &[Exchange], decisions: &[Decision]) -> Told {
    let mut drift = Drift::new(document);
    for exchange in exchanges {
        let (request, response) = (&exchange.request, &exchange.response);
        drift.read(&Traffic {
            method: &request.method,
            path: &request.path,
            query: &request.query,
            request: message(&request.headers, &request.body),
            status: response.status,
            response: message(&response.headers, &response.body),
        });
    }
    let drifted = drift.finish();
    let Decided { open, known, .. } = decide(drifted.findings, decisions);
    Told {
        exchanges: drifted.exchanges,
        seen: drifted.seen,
        patch: patch(&open),
        findings: open,
        known: document::known(known),
        unseen: drifted.unseen,
    }
}

fn message<'e>(headers: &'e BTreeMap<String, String>, body: &'e Value) -> Message<'e> {
    Message {
        content_type: headers.get("content-type").map(String::as_str),
        body: (!body.is_null()).then_some(body),
    }
}

impl Told {
    /// Whether everything is documented.
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }

    /// What was counted, in one line.
    pub fn counts(&self) -> String {
        format!(
            "{} exchanges read; {} findings to decide on, {} decided; {} documented things seen, {} not seen",
            self.exchanges,
            self.findings.len(),
            self.known.len(),
            self.seen,
            self.unseen.len(),
        )
    }

    /// A line for each finding.
    pub fn text(&self, known: bool, unseen: bool) -> String {
        let open = self.findings.iter().map(|finding| {
            let times = if finding.count == 1 { "once" } else { "first" };
            let change = finding.by_hand();
            let change = change.map_or(String::new(), |edit| format!("; by hand: {edit}"));
            format!(
                "{finding}: {} times, {times} in {}: {}; {} ({}){change}",
                finding.count, finding.first, finding.example, finding.meaning, finding.pointer
            )
        });
        let known = document::reasons(&self.known).filter(|_| known);
        let unseen = self.unseen.iter().filter(|_| unseen);
        let unseen = unseen.map(|name| format!("not seen: {name}"));
        in_lines(open.chain(known).chain(unseen))
    }
}

/// Rewrites the document, adding all findings that can be added automatically.
fn apply(context: &Context, file: &Path, text: &str, told: &Told) -> Result<u8, Failure> {
    change(file, text, told).map_err(|why| {
        let message = format!("{} cannot be changed: {why}", file.display());
        let advice = "Make the changes by hand: --json has them as a JSON Patch.";
        Failure::usage(message, advice)
    })?;
    let count = told.patch.len();
    let name = file.display();
    let by_hand = told.findings.iter().filter(|one| one.by_hand().is_some());
    let left = by_hand.count();
    context.say(&format!(
        "{count} changes made, {left} findings left to you; runpipe spec check {name} says what is left to write"
    ));
    Ok(if left == 0 { DONE } else { FINDINGS })
}

fn change(file: &Path, text: &str, told: &Told) -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut document: Value = serde_json::from_str(text)?;
    let patch = serde_json::to_value(&told.patch)?;
    let patch: json_patch::Patch = serde_json::from_value(patch)?;
    json_patch::patch(&mut document, &patch)?;
    replace(file, &rewritten(text, &document)?)?;
    Ok(())
}

/// Puts a text in the place of a file's, all at once.
fn replace(file: &Path, text: &str) -> io::Result<()> {
    let file = file.canonicalize()?;
    let mut beside = tempfile::NamedTempFile::new_in(file.parent().unwrap_or(&file))?;
    beside.write_all(text.as_bytes())?;
    beside.as_file().sync_all()?;
    fs::set_permissions(beside.path(), fs::metadata(&file)?.permissions())?;
    beside.persist(&file)?;
    Ok(())
}

/// Adds a decision about every finding.
fn remember(
    file: &Path,
    mut known: Vec<Decision>,
    reason: String,
    told: &Told,
) -> Result<(), Failure> {
    let texts: BTreeSet<String> = told.findings.iter().map(ToString::to_string).collect();
    known.push(Decision {
        reason,
        differences: texts.into_iter().collect(),
    });
    keep(file, &known).map_err(|why| {
        Failure::usage(
            format!("{} cannot be written: {why}", file.display()),
            "Give another file with --decisions, and a reason that ends with a full stop.",
        )
    })
}

fn keep(file: &Path, known: &[Decision]) -> Result<(), Box<dyn Error + Send + Sync>> {
    let text = serde_json::to_string_pretty(known)?;
    decisions::decisions("the decision", &text)?;
    fs::write(file, text + "\n")?;
    Ok(())
}
