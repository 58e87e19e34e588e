//! `runpipe list`: the runs of a pipeline, newest first.

use clap::{Args, Command};
use comfy_table::{Cell, Table, presets};
use futures_util::StreamExt;
use runpipe::Run;
use serde::Serialize;

use super::chosen::{Chosen, Shared};
use super::connection::Connection;
use super::context::Context;
use super::exit::{DONE, Failure};
use super::output::{moment, status_cell, took};
use super::text::one_line;
use super::vendor::{AnyVendor, RunList};

/// The arguments of `list`.
pub type Arguments = Chosen<Options>;

/// What all services have in common.
#[derive(Args)]
pub struct Options {
    /// How many runs to list.
    #[arg(long, value_name = "N", default_value_t = 20, conflicts_with = "all")]
    limit: usize,

    /// List all runs.
    #[arg(long)]
    all: bool,

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
    fn command(vendor: &dyn AnyVendor) -> Option<Command> {
        Some(vendor.list_command())
    }
}

/// Lists the runs.
pub async fn run(context: &Context, arguments: Arguments) -> Result<u8, Failure> {
    let options = &arguments.shared;
    let access = context.access(&options.connection);
    let runs = arguments.vendor.list(&arguments.flags, access).await?;
    let limit = if options.all {
        usize::MAX
    } else {
        options.limit
    };
    let listed = take(runs, limit).await?;
    let terminal = context.output.is_terminal();
    let text = || {
        if terminal {
            table(&listed)
        } else {
            columns(&listed.runs)
        }
    };
    context.output.result(&listed, text)?;
    Ok(DONE)
}

/// The first runs, and whether there is another. No page is fetched for longer than needed.
async fn take(mut runs: RunList, limit: usize) -> Result<Listed, Failure> {
    let mut listed = Vec::new();
    while let Some(run) = runs.next().await {
        let run = run?;
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

/// What is shown of a run, in this order.
fn cells(run: &Run) -> [String; 5] {
    let begun = run.created_at.as_ref().or(run.started_at.as_ref());
    [
        run.status.to_string(),
        begun.map(moment).unwrap_or_default(),
        took(run).unwrap_or_default(),
        run.requested_ref
            .as_deref()
            .map(one_line)
            .unwrap_or_default(),
        run.reference.to_string(),
    ]
}

/// For a program in the pipe: no header, one tab between two columns, nothing cut.
fn columns(runs: &[Run]) -> String {
    runs.iter()
        .map(|run| cells(run).join("\t") + "\n")
        .collect()
}

fn table(listed: &Listed) -> String {
    if listed.runs.is_empty() {
        return "The pipeline has no runs.\n".to_owned();
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING).enforce_styling();
    table.style_text_only();
    table.set_header(["STATUS", "BEGUN", "TOOK", "REF", "RUN"]);
    // The reference is last and never wrapped: it has to be copied in one piece.
    for run in &listed.runs {
        let mut row = vec![status_cell(run.status)];
        row.extend(cells(run).into_iter().skip(1).map(Cell::new));
        table.add_row(row);
    }
    let mut text = table.trim_fmt();
    text.push('\n');
    if listed.more {
        text.push_str("There are more: --limit N, or --all.\n");
    }
    text
}
