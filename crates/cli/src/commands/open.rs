//! `runpipe open`: the page of a run.

use clap::Args;
use runpipe::RunRef;
use schemars::JsonSchema;
use serde::Serialize;

use crate::command_line::named_run::OneRun;
use crate::context::Context;
use crate::output::text::one_line;
use crate::process::exit::{DONE, Failure};

/// What `open` is given.
#[derive(Args, Debug)]
pub struct Arguments {
    #[command(flatten)]
    run: OneRun,
}

/// The result as JSON.
#[derive(JsonSchema, Serialize)]
#[schemars(rename = "Page")]
pub struct Page<'a> {
    /// The run.
    #[serde(rename = "ref")]
    #[schemars(with = "String")]
    run: &'a RunRef,
    /// The address of its page.
    url: &'a str,
}

/// Prints the address of the run's page; where a person looks at stdout, a browser opens it.
pub async fn run(context: &Context, arguments: Arguments) -> Result<u8, Failure> {
    let (runs, run) = arguments.run.find_to_read(context).await?;
    let page = runs.get(&run).await?.url.ok_or_else(|| {
        Failure::usage(
            format!("{} names no page for this run", run.service().title()),
            "Look for it on the service's own pages.",
        )
    })?;
    let told = Page {
        run: &run,
        url: &page,
    };
    context
        .output
        .result(&told, || format!("{}\n", one_line(&page)))?;
    let wanted = context.output.is_terminal() && !context.output.is_json();
    // An address of another kind could start any program.
    if wanted && page.starts_with("https://") && open::that_detached(&page).is_err() {
        context.say("No browser could be started: open the address yourself.");
    }
    Ok(DONE)
}
