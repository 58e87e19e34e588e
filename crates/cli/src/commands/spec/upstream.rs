//! `runpipe spec upstream`: a document against what its vendor publishes.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use runpipe_spec::decisions::{Decided, decide};
use runpipe_spec::upstream::{Compared, Difference, Published, compare};
use serde::Serialize;

use super::document::{self, FINDINGS};
use crate::context::Context;
use crate::flags::body::read_file;
use crate::output::text::one_line;
use crate::process::exit::{DONE, Failure};

/// What `spec upstream` is given.
#[derive(Args, Debug)]
pub struct Arguments {
    /// The document.
    #[arg(value_name = "DOCUMENT")]
    document: PathBuf,

    /// What the vendor publishes, OpenAPI 2.0 or 3.x in JSON. Several files are areas or versions of one API.
    #[arg(value_name = "PUBLISHED", required = true)]
    published: Vec<PathBuf>,

    /// Differences that stay, with their reasons: a JSON array of {"reason": "…", "differences": ["…"]}, each
    /// difference as it is printed, `*` for any text.
    #[arg(long, value_name = "FILE")]
    decisions: Option<PathBuf>,

    /// Show the differences that have a reason too. JSON has them always.
    #[arg(long)]
    known: bool,
}

/// The result as JSON.
#[derive(Serialize)]
struct Told {
    facts: usize,
    equal: usize,
    different: usize,
    open: Vec<Difference>,
    known: Vec<Known>,
    stale: Vec<String>,
}

#[derive(Serialize)]
struct Known {
    #[serde(flatten)]
    difference: Difference,
    reason: String,
}

impl Told {
    fn new(compared: &Compared, decided: Decided<Difference>) -> Self {
        let known = decided.known.into_iter();
        Told {
            facts: compared.facts,
            equal: compared.equal(),
            different: compared.different(),
            open: decided.open,
            known: known
                .map(|(difference, reason)| Known { difference, reason })
                .collect(),
            stale: decided.stale,
        }
    }
}

/// Tells the differences that nobody has decided on.
pub async fn run(context: &Context, arguments: Arguments) -> Result<u8, Failure> {
    let ours = document::read("DOCUMENT", arguments.document).await?;
    let mut published = Vec::new();
    for file in arguments.published {
        let name = file.display().to_string();
        let text = read_file("PUBLISHED", file).await?;
        let read = Published::parse(&name, &text);
        let advice = "Give a description of the API in OpenAPI 2.0 or 3.x, as JSON.";
        published.push(read.map_err(|fault| Failure::usage(fault.to_string(), advice))?);
    }
    let known = document::decisions(arguments.decisions).await?;
    let compared = compare(&ours, &published);
    let decided = decide(compared.differences.iter().cloned(), &known);
    let told = Told::new(&compared, decided);
    context
        .output
        .result(&told, || text(&told, arguments.known))?;
    context.output.progress(&format!(
        "{} facts compared, {} equal, {} different; {} differences to decide on, {} decided",
        told.facts,
        told.equal,
        told.different,
        told.open.len(),
        told.known.len(),
    ));
    let done = told.open.is_empty() && told.stale.is_empty();
    Ok(if done { DONE } else { FINDINGS })
}

/// One line for each difference; what is known by its reason.
fn text(told: &Told, known: bool) -> String {
    let mut text = String::new();
    let mut line = |line: &str| {
        // Writing to a string does not fail.
        let _ = writeln!(text, "{}", one_line(line));
    };
    for difference in &told.open {
        line(&difference.to_string());
    }
    for pattern in &told.stale {
        line(&format!("no longer occurs: {pattern}"));
    }
    for one in told.known.iter().filter(|_| known) {
        line(&format!("decided: {} ({})", one.difference, one.reason));
    }
    text
}
