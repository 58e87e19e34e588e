//! `runpipe steps`: the parts of a run, and how far each is.

use clap::Args;
use comfy_table::Cell;
use runpipe::{RunRef, Step};
use serde::Serialize;

use crate::command_line::named_run::OneRun;
use crate::context::Context;
use crate::output::moment;
use crate::output::table::{Row, status_cell};
use crate::output::text::one_line;
use crate::process::exit::{DONE, Failure};
use crate::watching::view::{path, step_took};

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
    let (runs, run) = arguments.run.find_to_read(context).await?;
    let run = &run;
    let steps = Steps {
        run,
        steps: runs.steps(run).await?,
    };
    let none = "The service reports no steps of this run.";
    context.output.result(&steps, || {
        let rows = steps.steps.iter().map(row).collect();
        let header = ["STATUS", "BEGUN", "TOOK", "STEP", "MESSAGE"];
        context.output.listed(&header, rows, none)
    })?;
    Ok(DONE)
}

fn row(step: &Step) -> Row {
    let texts = [
        step.started_at.as_ref().map(moment),
        step_took(step),
        Some(path(step)),
        step.message.as_deref().map(one_line),
    ];
    let texts = texts.map(|text| Cell::new(text.unwrap_or_default()));
    [status_cell(step.status)]
        .into_iter()
        .chain(texts)
        .collect()
}
