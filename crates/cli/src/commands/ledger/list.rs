//! `runpipe ledger list`.

use clap::Args;
use comfy_table::Cell;
use futures_util::TryStreamExt;
use runpipe::ledger::{Entry, entries};
use serde_json::json;

use super::place::LedgerPlace;
use super::stage_word;
use crate::context::Context;
use crate::output::table::Row;
use crate::output::text::one_line;
use crate::output::utc;
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
    context.output.result(&json!({ "entries": all }), || {
        let rows = all.iter().map(row).collect();
        let header = ["STAGE", "CHANGED", "KEY", "RUN"];
        let none = "The ledger has no keys.";
        context.output.listed(&header, rows, none)
    })?;
    Ok(DONE)
}

fn row(entry: &Entry) -> Row {
    let what = match entry.run() {
        Some(run) => run.to_string(),
        None => format!("{} {}", entry.service, one_line(&entry.pipeline)),
    };
    vec![
        Cell::new(stage_word(&entry.stage)),
        Cell::new(utc(entry.changed)),
        Cell::new(one_line(entry.key.as_str())),
        Cell::new(what),
    ]
}
