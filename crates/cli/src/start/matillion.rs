//! `runpipe start matillion`: the fields of Matillion's execution request as flags.

use chrono::{DateTime, Utc};
use clap::Args;
use futures_util::future::{BoxFuture, FutureExt};
use runpipe::matillion::{Client, ProjectRef, types};
use runpipe::{Reconciled, Run, Runs};
use serde_json::{Map, Value};

use super::{Options, Start, set};
use crate::Context;
use crate::body::{self, Body};
use crate::connect::{self, Connection};
use crate::exit::Failure;
use crate::pair::{Pair, distinct, pair};
use crate::place::MatillionPlace;

/// What `start matillion` is given.
#[derive(Args, Debug)]
pub struct Arguments {
    #[command(flatten)]
    place: MatillionPlace,

    #[command(flatten)]
    request: Request,

    #[command(flatten)]
    pub options: Options,

    #[command(flatten)]
    connection: Connection,
}

/// The request, field by field.
#[derive(Args, Debug)]
#[command(next_help_heading = "Request")]
struct Request {
    #[command(flatten)]
    body: Body,

    /// Name of the environment that the pipeline is published to.
    #[arg(long, value_name = "NAME", required_unless_present = "body")]
    environment: Option<String>,

    /// Name of the pipeline, exactly as it was published.
    #[arg(long, value_name = "NAME", required_unless_present = "body")]
    pipeline: Option<String>,

    /// Id of the agent to run on; the environment's default agent unless given.
    #[arg(long, value_name = "UUID")]
    agent_id: Option<String>,

    /// A word of your own: a second start with it is refused while the first one runs.
    #[arg(long, value_name = "TAG")]
    execution_tag: Option<String>,

    /// Scalar variable, for this execution only. Repeatable.
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    var: Vec<Pair>,

    /// Grid variable as rows of text cells: grid=[["a","b"],["c","d"]]. Repeatable.
    #[arg(long, value_name = "NAME=JSON", value_parser = pair)]
    grid_var: Vec<Pair>,

    /// Published version to run; the one deployed or promoted last unless given.
    #[arg(long, value_name = "VERSION")]
    version_name: Option<String>,
}

/// A start on Matillion, ready to be made.
pub struct MatillionStart {
    client: Client,
    project: ProjectRef,
    request: types::ExecutePublishedPipelineRequest,
    list_command: String,
}

/// Reads everything that is needed; asks Matillion for no more than the project's id.
pub async fn prepare(context: &Context, arguments: &Arguments) -> Result<MatillionStart, Failure> {
    let request = arguments.request.read().await?;
    let client = connect::matillion(&arguments.connection, context)?;
    let project = arguments.place.find(&client).await?;
    let (environment, pipeline) = (&request.environment_name, &request.pipeline_name);
    let list_command = arguments.place.list_command(environment, pipeline);
    Ok(MatillionStart {
        client,
        project,
        request,
        list_command,
    })
}

impl Request {
    async fn read(&self) -> Result<types::ExecutePublishedPipelineRequest, Failure> {
        let mut fields = self.body.read().await?;
        // What the request cannot be without has to be there before it is decoded.
        require(
            &mut fields,
            "environmentName",
            "--environment",
            self.environment.as_deref(),
        )?;
        require(
            &mut fields,
            "pipelineName",
            "--pipeline",
            self.pipeline.as_deref(),
        )?;
        let mut request: types::ExecutePublishedPipelineRequest = body::decode(fields)?;
        set(&mut request.agent_id, &self.agent_id);
        set(&mut request.execution_tag, &self.execution_tag);
        set(&mut request.version_name, &self.version_name);
        request
            .scalar_variables
            .extend(distinct("--var", &self.var)?);
        for (name, text) in distinct("--grid-var", &self.grid_var)? {
            let rows = serde_json::from_str(&text).map_err(|fault| {
                Failure::usage(
                    format!(
                        "--grid-var {name} is not rows of text cells (column {})",
                        fault.column()
                    ),
                    r#"Write it as name=[["a","b"],["c","d"]], every cell in quotes."#,
                )
            })?;
            request.grid_variables.insert(name, rows);
        }
        Ok(request)
    }
}

fn require(
    fields: &mut Map<String, Value>,
    name: &str,
    flag: &str,
    given: Option<&str>,
) -> Result<(), Failure> {
    if let Some(given) = given {
        fields.insert(name.to_owned(), Value::from(given));
    }
    if fields.contains_key(name) {
        return Ok(());
    }
    Err(Failure::usage(
        format!("the request has no {name}"),
        format!("Give {flag}, or put it into the body."),
    ))
}

impl Start for MatillionStart {
    fn runs(&self) -> &dyn Runs {
        &self.client
    }

    fn start(&self) -> BoxFuture<'_, runpipe::Result<Run>> {
        self.client.start(&self.project, &self.request).boxed()
    }

    fn reconcile(&self, since: DateTime<Utc>) -> BoxFuture<'_, runpipe::Result<Reconciled>> {
        self.client
            .reconcile(&self.project, &self.request, since)
            .boxed()
    }

    fn list_command(&self) -> String {
        self.list_command.clone()
    }
}
