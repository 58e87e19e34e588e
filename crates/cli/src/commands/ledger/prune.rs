//! `runpipe ledger prune`.

use std::time::Duration;

use chrono::{TimeDelta, Utc};
use clap::Args;
use futures_util::TryStreamExt;
use runpipe::ledger::{Entry, Key, entries, forget};
use serde_json::json;

use super::place::LedgerPlace;
use crate::context::Context;
use crate::flags::value::duration;
use crate::process::exit::{DONE, Failure};

/// What it is given.
#[derive(Args)]
pub struct Arguments {
    /// How long an entry has to be unchanged: 720h, 30d. One whose start has no outcome stays.
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    older_than: Duration,

    #[command(flatten)]
    ledger: LedgerPlace,
}

/// Forgets old keys.
pub async fn run(context: &Context, arguments: Arguments) -> Result<u8, Failure> {
    let ledger = arguments.ledger.open(&context.environment)?;
    let age = TimeDelta::from_std(arguments.older_than).unwrap_or(TimeDelta::MAX);
    let before = Utc::now().checked_sub_signed(age);
    let all: Vec<Entry> = entries(&*ledger).try_collect().await?;
    let mut forgotten: Vec<Key> = Vec::new();
    for entry in all {
        let old = before.is_some_and(|before| entry.changed < before);
        if old && entry.is_settled() && forget(&*ledger, &entry).await? {
            forgotten.push(entry.key);
        }
    }
    let text = || match forgotten.len() {
        1 => "1 key was forgotten.\n".to_owned(),
        number => format!("{number} keys were forgotten.\n"),
    };
    context
        .output
        .result(&json!({ "forgotten": forgotten }), text)?;
    Ok(DONE)
}
