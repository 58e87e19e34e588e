//! `runpipe spec coverage`: which documented answers have fixtures.

use std::path::{Path, PathBuf};

use clap::Args;
use runpipe_spec::coverage::{Coverage, coverage};
use serde::Serialize;

use super::document::{self, FINDINGS};
use crate::context::Context;
use crate::output::text::in_lines;
use crate::process::exit::{DONE, Failure};

/// The arguments of `spec coverage`.
#[derive(Args, Debug)]
pub struct Arguments {
    /// Folder of the documents: <NAME>.json each.
    #[arg(long, value_name = "FOLDER", default_value = "specs")]
    documents: PathBuf,

    /// Folder of the fixtures: <NAME>/<operationId>/<status>-<fixture>.json.
    #[arg(long, value_name = "FOLDER", default_value = "tests/fixtures")]
    fixtures: PathBuf,
}

/// The result as JSON.
#[derive(Serialize)]
struct Counted {
    answers: usize,
    covered: usize,
    documents: Vec<Counts>,
}

#[derive(Serialize)]
struct Counts {
    document: String,
    answers: usize,
    covered: usize,
    missing: Vec<Missing>,
    strays: Vec<String>,
}

#[derive(Serialize)]
struct Missing {
    operation_id: String,
    status: String,
    fixtures: Vec<&'static str>,
}

impl Counts {
    fn new(document: String, found: &Coverage) -> Self {
        let uncovered = found.rows.iter().filter(|row| !row.is_covered());
        let missing = uncovered.map(|row| Missing {
            operation_id: row.operation_id.clone(),
            status: row.status.to_string(),
            fixtures: row.missing().collect(),
        });
        Counts {
            document,
            answers: found.rows.len(),
            covered: found.covered(),
            missing: missing.collect(),
            strays: found.strays.clone(),
        }
    }
}

/// Counts the answers of every document in the folder.
pub async fn run(context: &Context, arguments: &Arguments) -> Result<u8, Failure> {
    let mut documents = Vec::new();
    for file in files(&arguments.documents)? {
        let name = file.file_stem().unwrap_or_default();
        let name = name.to_string_lossy().into_owned();
        let document = document::read("--documents", file).await?;
        let folder = arguments.fixtures.join(&name);
        let found = coverage(&document, &folder).map_err(|cause| {
            let place = folder.display();
            let what = format!("--fixtures: {place} cannot be read: {cause}");
            Failure::usage(what, "Give a readable folder.")
        })?;
        documents.push(Counts::new(name, &found));
    }
    let counted = Counted {
        answers: documents.iter().map(|counts| counts.answers).sum(),
        covered: documents.iter().map(|counts| counts.covered).sum(),
        documents,
    };
    let is_complete = |counts: &Counts| counts.missing.is_empty() && counts.strays.is_empty();
    let complete = counted.documents.iter().all(is_complete);
    context.output.result(&counted, || text(&counted))?;
    Ok(if complete { DONE } else { FINDINGS })
}

/// The documents in a folder, by name.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let unreadable = |cause: &dyn std::fmt::Display| {
        let place = folder.display();
        let what = format!("--documents: {place} cannot be read: {cause}");
        Failure::usage(what, "Give the folder that holds the documents.")
    };
    let files = document::json_files(folder).map_err(|cause| unreadable(&cause))?;
    if files.is_empty() {
        return Err(unreadable(&"no .json file is in it"));
    }
    Ok(files)
}

fn text(counted: &Counted) -> String {
    let mut lines = Vec::new();
    for counts in &counted.documents {
        let name = &counts.document;
        lines.push(format!("{name}: {}", share(counts.covered, counts.answers)));
        lines.extend(counts.missing.iter().map(|missing| {
            let (operation, status) = (&missing.operation_id, &missing.status);
            let fixtures = missing.fixtures.join(" and ");
            format!("- {name}/{operation} {status}: no {fixtures} fixture")
        }));
        let strays = counts.strays.iter();
        lines.extend(
            strays.map(|stray| format!("- {name}/{stray}: belongs to no documented answer")),
        );
    }
    lines.push(format!("all: {}", share(counted.covered, counted.answers)));
    in_lines(lines)
}

/// `12 of 13 answers (92.3 %)`. Never 100 % while one is missing.
fn share(covered: usize, answers: usize) -> String {
    // Rounded down, in tenths of a percent.
    let tenths = (covered * 1000).checked_div(answers).unwrap_or(1000);
    format!(
        "{covered} of {answers} answers ({}.{} %)",
        tenths / 10,
        tenths % 10
    )
}
