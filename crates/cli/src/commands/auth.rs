//! `runpipe auth status`: which credentials were found.

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};
use comfy_table::Cell;
use runpipe::Service;
use serde::Serialize;

use crate::command_line::named_run::{NamedRun, named_run};
use crate::context::Context;
use crate::output::table;
use crate::process::exit::{DONE, Failure};
use crate::services;
use crate::vendor::connection::Connection;

/// What is asked about credentials.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Say which variables hold a credential, and what is missing. No secret is shown.
    Status(Arguments),
}

/// What `auth status` is given.
#[derive(Args, Debug)]
pub struct Arguments {
    /// Only this service; without its credential the exit code is 2.
    #[arg(value_parser = PossibleValuesParser::new(services::ALL.map(|vendor| vendor.service().name())))]
    service: Option<String>,

    /// Find out whether the credential works, by reading this run.
    #[arg(long, value_name = "REF", value_parser = named_run)]
    check: Option<NamedRun>,

    #[command(flatten)]
    connection: Connection,
}

/// The result as JSON.
#[derive(Serialize)]
struct Status {
    credentials: Vec<Row>,
}

/// What is known of the credential for one service.
#[derive(Serialize)]
struct Row {
    service: Service,
    /// The variables that it was found in.
    found_in: Option<Vec<&'static str>>,
    /// The variables that are looked at, each way in its own list.
    ways: Vec<Vec<&'static str>>,
    from: &'static str,
    allows: &'static str,
}

/// Looks at the variables, and reads the run where one was named.
pub async fn run(context: &Context, command: Command) -> Result<u8, Failure> {
    let Command::Status(arguments) = command;
    let asked = arguments.service.as_deref();
    let mut credentials = Vec::new();
    for vendor in services::ALL {
        if asked.is_some_and(|name| name != vendor.service().name()) {
            continue;
        }
        let proof = vendor.proof();
        let found = proof.found(&context.environment)?;
        if asked.is_some() && found.is_none() {
            return Err(proof.missing(vendor.service()));
        }
        credentials.push(Row {
            service: vendor.service(),
            found_in: found.map(<[_]>::to_vec),
            ways: proof.ways.iter().map(|way| way.to_vec()).collect(),
            from: proof.from,
            allows: proof.allows,
        });
    }
    if let Some(run) = &arguments.check {
        let (runs, run) = run.find(context.access(&arguments.connection)).await?;
        runs.get(&run).await?;
        let service = run.service().title();
        context.output.progress(&format!(
            "{service} takes the credential: {run} was read with it."
        ));
    }
    let status = Status { credentials };
    context.output.result(&status, || {
        let rows = status.credentials.iter().map(cells).collect();
        table::table(&["SERVICE", "CREDENTIAL"], rows)
    })?;
    Ok(DONE)
}

fn cells(row: &Row) -> table::Row {
    let credential = match &row.found_in {
        Some(names) => format!("in {}", names.join(" and ")),
        None => {
            let ways: Vec<String> = row.ways.iter().map(|way| way.join(" and ")).collect();
            format!("none: set {}", ways.join(", or "))
        }
    };
    vec![Cell::new(row.service.title()), Cell::new(credential)]
}
