//! `runpipe pipelines`: which pipelines there are to start.

use clap::Command;
use comfy_table::{Cell, Table, presets};
use futures_util::TryStreamExt;
use schemars::JsonSchema;
use serde::Serialize;

use crate::command_line::chosen::{Chosen, Shared};
use crate::context::Context;
use crate::output::text::one_line;
use crate::process::exit::{DONE, Failure};
use crate::vendor::ListedPipeline;
use crate::vendor::any::AnyVendor;
use crate::vendor::connection::Connection;

/// The arguments of `pipelines`.
pub type Arguments = Chosen<Options>;

/// What all services have in common.
#[derive(clap::Args)]
pub struct Options {
    #[command(flatten)]
    connection: Connection,
}

impl Shared for Options {
    const ABOUT: &'static str = "List the pipelines on";

    fn command(vendor: &dyn AnyVendor) -> Option<Command> {
        Some(vendor.pipelines_command())
    }
}

/// The result as JSON.
#[derive(JsonSchema, Serialize)]
#[schemars(rename = "Pipelines")]
pub struct Pipelines {
    /// The pipelines, in the service's order.
    pipelines: Vec<ListedPipeline>,
}

/// Lists the pipelines, to the list's end.
pub async fn run(context: &Context, arguments: Arguments) -> Result<u8, Failure> {
    let access = context.access(&arguments.shared.connection);
    let list = arguments.vendor.pipelines(&arguments.flags, access).await?;
    let pipelines = Pipelines {
        pipelines: list.try_collect().await?,
    };
    let terminal = context.output.is_terminal();
    context.output.result(&pipelines, || match terminal {
        true => table(&pipelines.pipelines),
        false => columns(&pipelines.pipelines),
    })?;
    Ok(DONE)
}

/// What is shown of a pipeline, in this order.
fn cells(pipeline: &ListedPipeline) -> [String; 3] {
    let shown = |text: &Option<String>| text.as_deref().map(one_line).unwrap_or_default();
    [
        one_line(&pipeline.pipeline),
        shown(&pipeline.name),
        shown(&pipeline.within),
    ]
}

/// For a program in the pipe: no header, one tab between two columns, nothing cut.
fn columns(pipelines: &[ListedPipeline]) -> String {
    let lines = pipelines
        .iter()
        .map(|pipeline| cells(pipeline).join("\t") + "\n");
    lines.collect()
}

fn table(pipelines: &[ListedPipeline]) -> String {
    if pipelines.is_empty() {
        return "There are no pipelines, or none that the credential may see.\n".to_owned();
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["PIPELINE", "NAME", "WITHIN"]);
    for pipeline in pipelines {
        table.add_row(cells(pipeline).map(Cell::new));
    }
    table.trim_fmt() + "\n"
}
