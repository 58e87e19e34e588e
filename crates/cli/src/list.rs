//! `runpipe list`: the runs of a pipeline, newest first.

use clap::{Args, Subcommand};
use comfy_table::{Cell, Table, presets};
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use runpipe::Run;
use serde::Serialize;

use super::connect::{self, Connection};
use super::exit::{DONE, Failure};
use super::output::{moment, status_cell, took};
use super::text::one_line;
use super::{Context, place};

/// What `list` is given.
#[derive(Args, Debug)]
pub struct Arguments {
    #[command(subcommand)]
    service: ServiceArguments,
}

/// The service whose runs are listed.
#[derive(Debug, Subcommand)]
enum ServiceArguments {
    /// List the runs of an Azure DevOps pipeline.
    AzureDevops {
        #[command(flatten)]
        place: place::AzureDevopsPlace,
        #[command(flatten)]
        options: Options,
    },
    /// List the executions in a Matillion project.
    Matillion {
        #[command(flatten)]
        place: place::MatillionPlace,
        /// Only of the pipeline of exactly this name.
        #[arg(long, value_name = "NAME")]
        pipeline: Option<String>,
        /// Only in this environment.
        #[arg(long, value_name = "NAME")]
        environment: Option<String>,
        #[command(flatten)]
        options: Options,
    },
    /// List the runs of an Aliyun Yunxiao (Flow) pipeline.
    Aliyun {
        #[command(flatten)]
        place: place::AliyunPlace,
        #[command(flatten)]
        options: Options,
    },
    /// List the executions of a Buddy pipeline.
    Buddy {
        #[command(flatten)]
        place: place::BuddyPlace,
        #[command(flatten)]
        options: Options,
    },
}

/// What is the same whatever the service.
#[derive(Args, Debug)]
struct Options {
    /// How many runs to list.
    #[arg(long, value_name = "N", default_value_t = 20, conflicts_with = "all")]
    limit: usize,

    /// List all of them.
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

/// All runs of a pipeline, a page fetched when it is asked for.
type Runs = BoxStream<'static, runpipe::Result<Run>>;

/// Lists the runs.
pub async fn run(context: &Context, arguments: Arguments) -> Result<u8, Failure> {
    let (runs, options) = open(context, arguments.service).await?;
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

async fn open(context: &Context, service: ServiceArguments) -> Result<(Runs, Options), Failure> {
    Ok(match service {
        ServiceArguments::AzureDevops { place, options } => {
            let client = connect::azure_devops(&options.connection, context)?;
            let pipeline = place.find(&client, None).await?;
            // The list of builds comes in pages; that of runs is 10,000 at once.
            (client.list_builds(&pipeline).boxed(), options)
        }
        ServiceArguments::Matillion {
            place,
            pipeline,
            environment,
            options,
        } => {
            let client = connect::matillion(&options.connection, context)?;
            let project = place.find(&client).await?;
            let mut filter = runpipe::matillion::ListFilter::default().project(&project);
            if let Some(pipeline) = pipeline {
                filter = filter.pipeline(pipeline);
            }
            if let Some(environment) = environment {
                filter = filter.environment(environment);
            }
            (client.list(&filter).boxed(), options)
        }
        ServiceArguments::Aliyun { place, options } => {
            let client = connect::aliyun(&options.connection, context)?;
            let pipeline = place.find(&client, None).await?;
            (client.list(&pipeline).boxed(), options)
        }
        ServiceArguments::Buddy { place, options } => {
            let client = connect::buddy(&options.connection, context)?;
            let pipeline = place.find(&client, None).await?;
            (client.list(&pipeline).boxed(), options)
        }
    })
}

/// The first runs, and whether there is another. No page is fetched for longer than needed.
async fn take(mut runs: Runs, limit: usize) -> Result<Listed, Failure> {
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
