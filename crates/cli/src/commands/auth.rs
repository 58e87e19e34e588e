//! `runpipe auth status`: which credentials were found.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};
use comfy_table::Cell;
use runpipe::Service;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::command_line::named_run::{NamedRun, named_run};
use crate::context::Context;
use crate::output::{table, utc};
use crate::process::environment::Environment;
use crate::process::exit::{DONE, Failure};
use crate::services;
use crate::vendor::connection::Connection;

/// What is asked about credentials.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Say which variables hold a credential, and what is missing. No secret is shown.
    Status(Arguments),
}

/// What `auth status` is given. Only a check asks a service.
#[derive(Args, Debug)]
#[command(mut_group("Connection", |flags| flags.requires("check")))]
pub struct Arguments {
    /// Only this service; without its credential the exit code is 2.
    #[arg(value_parser = PossibleValuesParser::new(services::ALL.map(|vendor| vendor.service().name())))]
    service: Option<String>,

    /// Check that the credential works, by reading this run.
    #[arg(long, value_name = "REF", value_parser = named_run)]
    check: Option<NamedRun>,

    #[command(flatten)]
    connection: Connection,
}

/// The result as JSON.
#[derive(JsonSchema, Serialize)]
#[schemars(rename = "Credentials")]
pub struct Status {
    /// One for each service.
    credentials: Vec<Row>,
}

/// What is known of the credential for one service.
#[derive(JsonSchema, Serialize)]
#[schemars(rename = "Credential")]
struct Row {
    /// The service.
    #[schemars(with = "String")]
    service: Service,
    /// The variables that it was found in.
    found_in: Option<Vec<&'static str>>,
    /// When it expires, RFC 3339, if it is a token that says so itself.
    #[schemars(with = "Option<String>")]
    ends_at: Option<DateTime<Utc>>,
    /// The variables that are looked at, each way in its own list.
    ways: Vec<Vec<&'static str>>,
    /// Where to get it.
    from: &'static str,
    /// The least that it has to allow.
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
            ends_at: end(found.unwrap_or_default(), &context.environment)?,
            ways: proof.ways.iter().map(|way| way.to_vec()).collect(),
            from: proof.from,
            allows: proof.allows,
        });
    }
    if let Some(run) = &arguments.check {
        let (runs, run) = run
            .find(context.access_to_read(&arguments.connection))
            .await?;
        runs.get(&run).await?;
        let service = run.service().title();
        context.say(&format!(
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

/// When the first of these that is a JSON Web Token ends. Other credentials tell nobody.
fn end(variables: &[&str], environment: &Environment) -> Result<Option<DateTime<Utc>>, Failure> {
    #[derive(Deserialize)]
    struct Claims {
        exp: i64,
    }
    for name in variables {
        let token = environment.text(name)?.unwrap_or_default();
        let claims = token.split('.').nth(1).unwrap_or_default();
        let claims = URL_SAFE_NO_PAD.decode(claims).unwrap_or_default();
        if let Ok(Claims { exp }) = serde_json::from_slice(&claims) {
            return Ok(DateTime::from_timestamp(exp, 0));
        }
    }
    Ok(None)
}

fn cells(row: &Row) -> table::Row {
    let credential = match &row.found_in {
        Some(names) => {
            let names = names.join(" and ");
            match row.ends_at {
                Some(end) if end <= Utc::now() => format!("in {names}: ended {}", utc(end)),
                Some(end) => format!("in {names}, until {}", utc(end)),
                None => format!("in {names}"),
            }
        }
        None => {
            let ways: Vec<String> = row.ways.iter().map(|way| way.join(" and ")).collect();
            format!("none: set {}", ways.join(", or "))
        }
    };
    vec![Cell::new(row.service.title()), Cell::new(credential)]
}
