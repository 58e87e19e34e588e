//! `runpipe ledger list`.

use clap::Args;
use comfy_table::{Table, presets};
use futures_util::TryStreamExt;
use runpipe::ledger::{Entry, entries};
use serde_json::json;

use super::place::LedgerPlace;
use super::stage_word;
use crate::context::Context;
use crate::output::text::one_line;
use crate::process::exit::{DONE, Failure};

/// What it is given.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    ledger: LedgerPlace,
}

/// Lists the keys.
pub async fn run(context: &Context, arguments: Arguments) -> Result<u8, Failure> {
    let ledger = arguments.ledger.open(&context.environment)?;
    let mut all: Vec<Entry> = entries(&*ledger).try_collect().await?;
    all.sort_by_key(|entry| std::cmp::Reverse(entry.changed));
    let terminal = context.output.is_terminal();
    let text = || if terminal { table(&all) } else { columns(&all) };
    context.output.result(&json!({ "entries": all }), text)?;
    Ok(DONE)
}

fn cells(entry: &Entry) -> [String; 4] {
    let what = match entry.run() {
        Some(run) => run.to_string(),
        None => format!("{} {}", entry.service, one_line(&entry.pipeline)),
    };
    [
        stage_word(&entry.stage).to_owned(),
        entry.changed.format("%Y-%m-%d %H:%M:%S UTC").to_string(),
        one_line(entry.key.as_str()),
        what,
    ]
}

/// For a program in the pipe: no header, one tab between two columns, nothing cut.
fn columns(all: &[Entry]) -> String {
    all.iter()
        .map(|entry| cells(entry).join("\t") + "\n")
        .collect()
}

fn table(all: &[Entry]) -> String {
    if all.is_empty() {
        return "The ledger has no keys.\n".to_owned();
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["STAGE", "CHANGED", "KEY", "RUN"]);
    for entry in all {
        table.add_row(cells(entry));
    }
    table.trim_fmt() + "\n"
}
