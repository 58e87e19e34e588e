//! `runpipe spec check`: the faults of documents.

use std::path::PathBuf;

use clap::Args;
use runpipe_spec::finding::Finding;
use runpipe_spec::lint::lint;
use serde::Serialize;

use super::document::FINDINGS;
use crate::context::Context;
use crate::flags::body::read_file;
use crate::output::text::in_lines;
use crate::process::exit::{DONE, Failure};

/// The arguments of `spec check`.
#[derive(Args, Debug)]
pub struct Arguments {
    /// OpenAPI 3.0 documents in JSON; - for stdin.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
}

/// The result as JSON.
#[derive(Serialize)]
struct Checked {
    documents: usize,
    findings: Vec<Finding>,
}

/// Lists all findings of all documents.
pub async fn run(context: &Context, arguments: Arguments) -> Result<u8, Failure> {
    let documents = arguments.files.len();
    let mut findings = Vec::new();
    for file in arguments.files {
        let name = file.display().to_string();
        findings.extend(lint(&name, &read_file("FILE", file).await?));
    }
    let checked = Checked {
        documents,
        findings,
    };
    let found = &checked.findings;
    let text = || in_lines(found.iter().map(ToString::to_string));
    context.output.result(&checked, text)?;
    let of = match documents {
        1 => "1 document".to_owned(),
        _ => format!("{documents} documents"),
    };
    context.say(&match found.len() {
        0 => format!("{of}, nothing found"),
        1 => format!("{of}, 1 finding"),
        count => format!("{of}, {count} findings"),
    });
    Ok(if found.is_empty() { DONE } else { FINDINGS })
}
