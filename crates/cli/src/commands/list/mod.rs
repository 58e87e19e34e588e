//! `runpipe list`: the runs of a pipeline, newest first.

mod filter;

use std::collections::BTreeSet;

use clap::{Args, Command};
use comfy_table::Cell;
use futures_util::StreamExt;
use runpipe::Run;
use serde::Serialize;

use crate::command_line::chosen::{Chosen, Shared};
use crate::context::Context;
use crate::output::table::status_cell;
use crate::output::text::one_line;
use crate::output::{moment, took};
use crate::process::exit::{DONE, Failure};
use crate::vendor::RunList;
use crate::vendor::any::AnyVendor;
use crate::vendor::connection::Connection;
use filter::Filter;

/// The arguments of `list`.
pub type Arguments = Chosen<Options>;

/// What all services have in common.
#[derive(Args)]
#[command(next_help_heading = "Which runs")]
pub struct Options {
    /// How many runs to list.
    #[arg(long, value_name = "N", default_value_t = 20, conflicts_with = "all")]
    limit: usize,

    /// List all runs.
    #[arg(long)]
    all: bool,

    #[command(flatten)]
    filter: Filter,

    #[command(flatten)]
    connection: Connection,
}

/// The result as JSON.
#[derive(Serialize)]
struct Listed {
    runs: Vec<Run>,
    /// Whether the service has more of them.
    more: bool,
}

impl Shared for Options {
    const ABOUT: &'static str = "List runs on";

    fn command(vendor: &dyn AnyVendor) -> Command {
        vendor.list_command()
    }
}

/// Lists the runs.
pub async fn run(context: &Context, arguments: Arguments) -> Result<u8, Failure> {
    let options = &arguments.shared;
    let access = context.access_to_read(&options.connection);
    let runs = arguments.vendor.list(&arguments.flags, access).await?;
    let limit = if options.all {
        usize::MAX
    } else {
        options.limit
    };
    let listed = take(runs, limit, &options.filter).await?;
    let text = || table(context, &listed);
    context.output.result(&listed, text)?;
    Ok(DONE)
}

/// The first runs, and whether there is another. No page is fetched for longer than needed.
async fn take(mut runs: RunList, limit: usize, filter: &Filter) -> Result<Listed, Failure> {
    let mut listed = Vec::new();
    let mut too_old = 0_usize;
    while let Some(run) = runs.next().await {
        let run = run?;
        if filter.is_too_old(&run) {
            too_old = too_old.saturating_add(1);
            if too_old >= OLD_ONES {
                break;
            }
            continue;
        }
        too_old = 0;
        if !filter.fits(&run) {
            continue;
        }
        if listed.len() == limit {
            return Ok(Listed {
                runs: listed,
                more: true,
            });
        }
        listed.push(run);
    }
    Ok(Listed {
        runs: listed,
        more: false,
    })
}

/// How many runs in a row have to be older than what is wanted for the rest to be older too: more
/// than a page of the one service whose order is not documented.
const OLD_ONES: usize = 50;

fn table(context: &Context, listed: &Listed) -> String {
    let people = context.output.is_terminal();
    let pipelines: BTreeSet<_> = listed.runs.iter().map(Run::pipeline).collect();
    let several = people && pipelines.len() > 1;
    let mut header = vec!["STATUS", "BEGUN", "TOOK", "REF"];
    header.extend(several.then_some("PIPELINE"));
    header.push("RUN");
    let row = |run: &Run| {
        let begun = run.created_at.as_ref().or(run.started_at.as_ref());
        let asked = run.requested_ref.as_deref().map(one_line);
        let texts = [begun.map(moment), took(run), asked];
        let mut row = vec![status_cell(run.status)];
        row.extend(texts.map(|text| Cell::new(text.unwrap_or_default())));
        if several {
            let name = run.pipeline_name.as_deref().or(run.pipeline());
            row.push(Cell::new(one_line(name.unwrap_or_default())));
        }
        row.push(Cell::new(&run.reference));
        row
    };
    let rows = listed.runs.iter().map(row).collect();
    let none = "There are no such runs.";
    let mut text = context.output.listed(&header, rows, none);
    if people && listed.more {
        text.push_str("There are more: --limit N, or --all.\n");
    }
    text
}
