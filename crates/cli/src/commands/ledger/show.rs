//! `runpipe ledger show`.

use std::fmt::Write as _;

use clap::Args;
use runpipe::ledger::{Entry, Key};

use super::find::known;
use super::place::LedgerPlace;
use super::stage_word;
use crate::context::Context;
use crate::flags::value::key;
use crate::output::text::one_line;
use crate::output::utc;
use crate::process::exit::{DONE, Failure};

/// What it is given.
#[derive(Args)]
pub struct Arguments {
    /// The key.
    #[arg(value_name = "KEY", value_parser = key)]
    pub key: Key,

    #[command(flatten)]
    pub ledger: LedgerPlace,
}

/// Shows what is known about a key.
pub async fn run(context: &Context, arguments: Arguments) -> Result<u8, Failure> {
    let ledger = arguments.ledger.open(&context.environment)?;
    let entry = known(&*ledger, &arguments.key).await?;
    context.output.result(&entry, || rows(&entry))?;
    Ok(DONE)
}

fn rows(entry: &Entry) -> String {
    let mut block = format!("{}\n", one_line(entry.key.as_str()));
    let mut row = |label: &str, value: &str| {
        // Writing to a string does not fail.
        let _ = writeln!(block, "  {label:<9} {}", one_line(value));
    };
    row("stage", stage_word(&entry.stage));
    if let Some(run) = entry.run() {
        row("run", &run.to_string());
    }
    row("service", entry.service.title());
    row("pipeline", &entry.pipeline);
    row("mark", entry.mark.as_str());
    row("attempt", &entry.attempt.to_string());
    row("created", &utc(entry.created));
    row("changed", &utc(entry.changed));
    if let Some(sent) = &entry.sent {
        row("sent", &utc(sent.here));
    }
    if let Some(refusal) = &entry.refusal {
        row("refusal", &refusal.message);
    }
    if let Some(named) = &entry.named {
        row("named", &named.to_string());
    }
    block
}
