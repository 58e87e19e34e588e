//! `runpipe spec upstream`: compares a document with what its vendor publishes.

use std::path::PathBuf;

use clap::Args;
use runpipe_spec::decisions::decide;
use runpipe_spec::upstream::{Difference, Published, compare};
use serde::Serialize;

use super::document::{self, FINDINGS, Known};
use crate::context::Context;
use crate::flags::body::read_file;
use crate::output::text::in_lines;
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

    /// Accepted differences, with their reasons: a JSON array of {"reason": "…", "differences":
    /// ["…"]}, each difference as it is printed, `*` for any text.
    #[arg(long, value_name = "FILE")]
    decisions: Option<PathBuf>,

    /// Also show the differences that have a reason. JSON always has them.
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
    known: Vec<Known<Difference>>,
    stale: Vec<String>,
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
    let told = Told {
        facts: compared.facts,
        equal: compared.equal(),
        different: compared.different(),
        open: decided.open,
        known: document::known(decided.known),
        stale: decided.stale,
    };
    context
        .output
        .result(&told, || text(&told, arguments.known))?;
    context.say(&format!(
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
    let open = told.open.iter().map(ToString::to_string);
    let stale = told.stale.iter();
    let stale = stale.map(|pattern| format!("no longer occurs: {pattern}"));
    let known = document::reasons(&told.known).filter(|_| known);
    in_lines(open.chain(stale).chain(known))
}
