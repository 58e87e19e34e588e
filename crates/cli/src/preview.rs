//! `runpipe preview`: what a run would execute, without a run.

use clap::{Args, Command};
use serde::Serialize;

use super::chosen::{Chosen, Shared};
use super::connection::Connection;
use super::context::Context;
use super::exit::{DONE, Failure};
use super::stage::Doing;
use super::text::lines;
use super::vendor::{AnyVendor, Start};

/// What `preview` is given: the same as a start.
pub type Arguments = Chosen<Options>;

/// What is the same whatever the service.
#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    connection: Connection,
}

impl Shared for Options {
    fn command(vendor: &dyn AnyVendor) -> Option<Command> {
        vendor.preview_command()
    }
}

/// The result as JSON.
#[derive(Serialize)]
struct Shown<'a> {
    service: runpipe::Service,
    pipeline: &'a str,
    final_yaml: &'a str,
}

/// Prints the final YAML.
pub async fn run(context: &Context, arguments: Arguments) -> Result<u8, Failure> {
    let given = arguments.given(&arguments.shared.connection, &context.environment);
    let start = arguments.vendor.prepare(given, None).await?;
    show(context, start.as_ref()).await
}

/// Asks for the preview in the way that the request wants, and prints it.
pub async fn show(context: &Context, start: &dyn Start) -> Result<u8, Failure> {
    let service = start.runs().service();
    if start.is_preview() {
        // A server that overlooks the mark starts a run.
        let look = start.look().to_owned();
        context.stage.enter(Doing::Starting { service, look });
    }
    let Some(preview) = start.preview() else {
        let what = format!("{} does not say what a run would execute", service.title());
        return Err(Failure::usage(what, "Read the pipeline's definition."));
    };
    let preview = preview.await?;
    let shown = Shown {
        service,
        pipeline: &preview.pipeline,
        final_yaml: &preview.final_yaml,
    };
    context.output.result(&shown, || {
        let text = lines(&preview.final_yaml);
        if text.ends_with('\n') {
            text
        } else {
            text + "\n"
        }
    })?;
    Ok(DONE)
}
