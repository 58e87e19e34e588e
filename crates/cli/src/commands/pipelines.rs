//! `runpipe pipelines`: which pipelines there are to start.

use clap::Command;
use comfy_table::Cell;
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

    fn command(vendor: &dyn AnyVendor) -> Command {
        vendor.pipelines_command()
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
    let access = context.access_to_read(&arguments.shared.connection);
    let list = arguments.vendor.pipelines(&arguments.flags, access).await?;
    let pipelines = Pipelines {
        pipelines: list.try_collect().await?,
    };
    let row = |pipeline: &ListedPipeline| {
        let texts = [&pipeline.name, &pipeline.within].map(Option::as_deref);
        let [name, within] = texts.map(Option::unwrap_or_default);
        let texts = [&pipeline.pipeline, name, within];
        Vec::from(texts.map(|text| Cell::new(one_line(text))))
    };
    let none = "There are no pipelines, or none that the credential may see.";
    context.output.result(&pipelines, || {
        let rows = pipelines.pipelines.iter().map(row).collect();
        let header = ["PIPELINE", "NAME", "WITHIN"];
        context.output.listed(&header, rows, none)
    })?;
    Ok(DONE)
}
