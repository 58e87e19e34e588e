//! `runpipe spec check`: the faults of documents.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use runpipe_spec::finding::Finding;
use runpipe_spec::lint::lint;
use serde::Serialize;

use super::document::FINDINGS;
use crate::context::Context;
use crate::flags::body::read_file;
use crate::output::text::one_line;
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
    findings: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    file: String,
    line: Option<usize>,
    column: Option<usize>,
    pointer: String,
    rule: &'static str,
    problem: String,
    cure: String,
}

impl From<Finding> for Line {
    fn from(finding: Finding) -> Self {
        Line {
            file: finding.file,
            line: finding.line,
            column: finding.column,
            pointer: finding.pointer,
            rule: finding.rule,
            problem: finding.problem,
            cure: finding.cure,
        }
    }
}

/// Lists all findings of all documents.
pub async fn run(context: &Context, arguments: Arguments) -> Result<u8, Failure> {
    let documents = arguments.files.len();
    let mut findings = Vec::new();
    for file in arguments.files {
        let name = file.display().to_string();
        findings.extend(lint(&name, &read_file("FILE", file).await?));
    }
    let code = if findings.is_empty() { DONE } else { FINDINGS };
    let mut text = String::new();
    for finding in &findings {
        // Writing to a string does not fail.
        let _ = writeln!(text, "{}", one_line(&finding.to_string()));
    }
    let count = findings.len();
    let findings = findings.into_iter().map(Line::from).collect();
    context.output.result(
        &Checked {
            documents,
            findings,
        },
        || text,
    )?;
    let of = if documents == 1 {
        "1 document".to_owned()
    } else {
        format!("{documents} documents")
    };
    context.output.progress(&match count {
        0 => format!("{of}, nothing found"),
        1 => format!("{of}, 1 finding"),
        _ => format!("{of}, {count} findings"),
    });
    Ok(code)
}
