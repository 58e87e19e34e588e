//! `runpipe spec diff`: what has changed between two versions of a document.

use std::fmt::Write as _;
use std::path::PathBuf;

use anstyle::{AnsiColor, Style};
use clap::Args;
use runpipe_spec::diff::{Change, Impact, diff};
use serde::Serialize;

use super::document::{self, FINDINGS, is_stdin};
use crate::context::Context;
use crate::output::text::one_line;
use crate::process::exit::{DONE, Failure};

/// The arguments of `spec diff`.
#[derive(Args, Debug)]
pub struct Arguments {
    /// The old version; - for stdin.
    #[arg(value_name = "OLD")]
    old: PathBuf,

    /// The new version; - for stdin.
    #[arg(value_name = "NEW")]
    new: PathBuf,

    /// Also show changes of descriptions and examples. JSON always has them.
    #[arg(long)]
    documentation: bool,
}

/// The result as JSON.
#[derive(Serialize)]
struct Compared {
    /// How many changes break something, on the wire or in Rust.
    breaking: usize,
    changes: Vec<Change>,
}

/// Lists the changes.
pub async fn run(context: &Context, arguments: Arguments) -> Result<u8, Failure> {
    if is_stdin(&arguments.old) && is_stdin(&arguments.new) {
        let what = "both versions cannot come from stdin";
        return Err(Failure::usage(what, "Give a file for one of the two."));
    }
    let old = document::read("OLD", arguments.old).await?;
    let new = document::read("NEW", arguments.new).await?;
    let changes = diff(&old, &new);
    let count = |is: fn(&Change) -> bool| changes.iter().filter(|change| is(change)).count();
    let breaking = count(Change::is_breaking);
    let unseen = count(Change::is_documentation);
    let total = changes.len();
    let compared = Compared { breaking, changes };
    context.output.result(&compared, || {
        text(&compared.changes, arguments.documentation)
    })?;
    let hidden = match unseen {
        0 => String::new(),
        _ if arguments.documentation => String::new(),
        _ => format!("; {unseen} of documentation only are not shown (--documentation)"),
    };
    let changes = if total == 1 { "change" } else { "changes" };
    context.say(&format!("{total} {changes}, {breaking} breaking{hidden}"));
    Ok(if breaking > 0 { FINDINGS } else { DONE })
}

/// One line for each change: wire, Rust, what it belongs to, what has changed, where.
fn text(changes: &[Change], documentation: bool) -> String {
    let is_shown = |change: &&Change| documentation || !change.is_documentation();
    let shown: Vec<&Change> = changes.iter().filter(is_shown).collect();
    let names = |change: &Change| one_line(&change.names.join(" -> "));
    let widths = shown.iter().map(|change| names(change).chars().count());
    let width = widths.max().unwrap_or_default();
    let mut text = String::new();
    if !shown.is_empty() {
        let _ = writeln!(
            text,
            "{:<8}  {:<8}  {:<width$}  CHANGE",
            "WIRE", "RUST", "OF"
        );
    }
    for change in shown {
        let (wire, rust) = (style(change.wire), style(change.rust));
        // Writing to a string does not fail.
        let _ = writeln!(
            text,
            "{wire}{:<8}{wire:#}  {rust}{:<8}{rust:#}  {:<width$}  {} ({})",
            change.wire,
            change.rust,
            names(change),
            one_line(&change.what),
            one_line(change.pointer()),
        );
    }
    text
}

fn style(impact: Impact) -> Style {
    match impact {
        Impact::Breaking => AnsiColor::Red.on_default().bold(),
        Impact::Safe => AnsiColor::Green.on_default(),
        Impact::DocOnly => Style::new().dimmed(),
    }
}
