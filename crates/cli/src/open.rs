//! `runpipe open`: the page of a run.

use clap::Args;
use runpipe::RunRef;
use serde_json::json;

use super::connection::Connection;
use super::context::Context;
use super::exit::{DONE, Failure};
use super::services;
use super::text::one_line;
use super::value::reference;

/// What `open` is given.
#[derive(Args, Debug)]
pub struct Arguments {
    /// The run, as `start` and `list` print it: buddy/acme/site/2/31
    #[arg(value_name = "REF", value_parser = reference)]
    run: RunRef,

    #[command(flatten)]
    connection: Connection,
}

/// Prints the address of the run's page; where a person looks at stdout, a browser opens it.
pub async fn run(context: &Context, arguments: Arguments) -> Result<u8, Failure> {
    let run = &arguments.run;
    let runs = services::runs(run, context.access(&arguments.connection))?;
    let page = runs.get(run).await?.url.ok_or_else(|| {
        Failure::usage(
            format!("{} tells no page of this run", run.service().title()),
            "Look for it in the service's own pages.",
        )
    })?;
    let told = json!({ "ref": run, "url": page });
    context
        .output
        .result(&told, || format!("{}\n", one_line(&page)))?;
    let wanted = context.output.is_terminal() && !context.output.is_json();
    // An address of another kind could start any program.
    if wanted && page.starts_with("https://") && open::that_detached(&page).is_err() {
        context
            .output
            .progress("No browser could be started: open the address yourself.");
    }
    Ok(DONE)
}
