//! `runpipe preview`: what a run would execute, without a run.

use clap::{Args, Subcommand};
use serde::Serialize;

use super::Context;
use super::connect::Connection;
use super::exit::{DONE, Failure};
use super::stage::Doing;
use super::start::Start;
use super::start::azure_devops::{self, AzureDevopsStart, Target};
use super::text::lines;

/// What `preview` is given.
#[derive(Args, Debug)]
pub struct Arguments {
    #[command(subcommand)]
    service: ServiceArguments,
}

/// The services that have a preview.
#[derive(Debug, Subcommand)]
enum ServiceArguments {
    /// Print the YAML that a run of an Azure DevOps pipeline would execute, templates expanded.
    AzureDevops(Box<AzureDevopsArguments>),
}

/// What `preview azure-devops` is given: the same as a start.
#[derive(Args, Debug)]
struct AzureDevopsArguments {
    #[command(flatten)]
    target: Target,

    #[command(flatten)]
    connection: Connection,
}

/// The result as JSON.
#[derive(Serialize)]
struct Preview<'a> {
    service: runpipe::Service,
    pipeline: String,
    final_yaml: &'a str,
}

/// Prints the final YAML.
pub async fn run(context: &Context, arguments: Arguments) -> Result<u8, Failure> {
    match arguments.service {
        ServiceArguments::AzureDevops(arguments) => {
            let AzureDevopsArguments { target, connection } = arguments.as_ref();
            let start = azure_devops::prepare(context, target, connection, None).await?;
            show(context, &start).await
        }
    }
}

/// Asks for the preview in the way that the request wants, and prints it.
pub async fn show(context: &Context, start: &AzureDevopsStart) -> Result<u8, Failure> {
    let (client, pipeline, request) = (&start.client, &start.pipeline, &start.request);
    let yaml = if start.is_preview() {
        // A server that overlooks the mark starts a run.
        context.stage.enter(Doing::Starting {
            service: runpipe::Service::AzureDevops,
            look: start.list_command(),
        });
        client.preview_run(pipeline, request).await?
    } else {
        client.preview(pipeline, request).await?
    };
    let preview = Preview {
        service: runpipe::Service::AzureDevops,
        pipeline: pipeline.pipeline_id.to_string(),
        final_yaml: &yaml,
    };
    context.output.result(&preview, || {
        let text = lines(&yaml);
        if text.ends_with('\n') {
            text
        } else {
            text + "\n"
        }
    })?;
    Ok(DONE)
}
