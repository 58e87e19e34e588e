//! `runpipe steps`: the parts of a run, and how far each is.

use clap::Args;
use comfy_table::{Cell, Table, presets};
use runpipe::{RunRef, Step};
use serde::Serialize;

use crate::command_line::named_run::OneRun;
use crate::context::Context;
use crate::output::text::one_line;
use crate::output::{moment, status_cell, step_took};
use crate::process::exit::{DONE, Failure};
use crate::watching::view::path;

/// What `steps` is given.
#[derive(Args, Debug)]
pub struct Arguments {
    #[command(flatten)]
    run: OneRun,
}

/// The result as JSON.
#[derive(Serialize)]
struct Steps<'a> {
    #[serde(rename = "ref")]
    run: &'a RunRef,
    steps: Vec<Step>,
}

/// Reads the steps and prints them.
pub async fn run(context: &Context, arguments: Arguments) -> Result<u8, Failure> {
    let (runs, run) = arguments.run.find(context).await?;
    let run = &run;
    let steps = Steps {
        run,
        steps: runs.steps(run).await?,
    };
    let terminal = context.output.is_terminal();
    context.output.result(&steps, || match terminal {
        true => table(&steps.steps),
        false => columns(&steps.steps),
    })?;
    Ok(DONE)
}

/// What is shown of a step after its status, in this order.
fn cells(step: &Step) -> [String; 4] {
    [
        step.started_at.as_ref().map(moment).unwrap_or_default(),
        step_took(step).unwrap_or_default(),
        path(step),
        step.message.as_deref().map(one_line).unwrap_or_default(),
    ]
}

/// For a program in the pipe: no header, one tab between two columns, nothing cut.
fn columns(steps: &[Step]) -> String {
    let line = |step: &Step| format!("{}\t{}\n", step.status, cells(step).join("\t"));
    steps.iter().map(line).collect()
}

fn table(steps: &[Step]) -> String {
    if steps.is_empty() {
        return "The service reports no steps of this run.\n".to_owned();
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING).enforce_styling();
    table.style_text_only();
    table.set_header(["STATUS", "BEGUN", "TOOK", "STEP", "MESSAGE"]);
    for step in steps {
        let mut row = vec![status_cell(step.status)];
        row.extend(cells(step).into_iter().map(Cell::new));
        table.add_row(row);
    }
    table.trim_fmt() + "\n"
}
