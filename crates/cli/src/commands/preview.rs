//! `runpipe preview`: what a run would execute, without a run.

use clap::Command;
use runpipe::Service;
use schemars::JsonSchema;
use serde::Serialize;

use crate::command_line::chosen::{Chosen, Shared};
use crate::context::Context;
use crate::output::text::lines;
use crate::process::exit::{DONE, Failure};
use crate::process::stage::Doing;
use crate::vendor::Preview;
use crate::vendor::any::AnyVendor;
use crate::vendor::connection::Connection;
use crate::vendor::prepared::Start;

/// The arguments of `preview`: the same as a start.
pub type Arguments = Chosen<Connection>;

/// The result as JSON.
#[derive(JsonSchema, Serialize)]
#[schemars(rename = "Preview")]
pub struct Shown<'a> {
    /// The service.
    #[schemars(with = "String")]
    service: Service,
    /// The pipeline's id.
    pipeline: &'a str,
    /// What a run would execute.
    final_yaml: &'a str,
}

impl Shared for Connection {
    const ABOUT: &'static str = "Print what a run would execute, on";

    fn is_for(vendor: &dyn AnyVendor) -> bool {
        vendor.has_preview()
    }

    fn command(vendor: &dyn AnyVendor) -> Command {
        vendor.start_command()
    }
}

/// Prints the final YAML.
pub async fn run(context: &Context, arguments: Arguments) -> Result<u8, Failure> {
    let access = context.access(&arguments.shared);
    let start = arguments.vendor.prepare(&arguments.flags, access, None);
    let start = start.await?;
    match start.preview() {
        Some(preview) => show(context, start.as_ref(), preview).await,
        None => Err(Failure::usage(
            "the service does not say what a run would execute",
            "Read the pipeline's definition.",
        )),
    }
}

/// Asks for the preview, and prints it.
pub async fn show(
    context: &Context,
    start: &dyn Start,
    preview: Preview<'_>,
) -> Result<u8, Failure> {
    let service = start.runs().service();
    if preview.as_a_run {
        let look = start.look();
        context.stage.enter(Doing::Starting { service, look });
    }
    let final_yaml = preview.final_yaml.await?;
    let shown = Shown {
        service,
        pipeline: &preview.pipeline,
        final_yaml: &final_yaml,
    };
    context.output.result(&shown, || {
        let text = lines(&final_yaml);
        if text.ends_with('\n') {
            text
        } else {
            text + "\n"
        }
    })?;
    Ok(DONE)
}
