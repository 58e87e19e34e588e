//! Matillion: the fields of its execution request as flags.

use std::time::Duration;

use clap::Args;
use futures_util::future::{BoxFuture, FutureExt};
use futures_util::{StreamExt, TryStreamExt, stream};
use runpipe::matillion::{Client, Credentials, ListFilter, ProjectRef, types};
use runpipe::{Result as Answer, Run, RunRef};
use serde_json::{Value, json};

use crate::flags::body::{self, Body};
use crate::flags::fields::Fields;
use crate::flags::pair::{Pair, distinct, pair};
use crate::process::environment::Environment;
use crate::process::exit::Failure;
use crate::vendor::proof::Proof;
use crate::vendor::{ListedPipeline, PipelineList, Ready, RunList, Vendor, Words};

/// Matillion.
pub struct Matillion;

/// A project of Matillion. Requests name its pipelines.
#[derive(Args)]
pub struct Place {
    /// The project's id (a UUID) or name.
    #[arg(long, alias = "project", value_name = "UUID|NAME")]
    project_id: String,
}

/// A project of Matillion, and perhaps one of its environments.
#[derive(Args)]
pub struct Site {
    #[command(flatten)]
    place: Place,

    /// Only pipelines that are published in this environment.
    #[arg(long, value_name = "NAME")]
    environment: Option<String>,
}

/// Whose executions are listed.
#[derive(Args)]
pub struct Listing {
    #[command(flatten)]
    place: Place,

    /// Only runs of the pipeline with exactly this name.
    #[arg(long, value_name = "NAME")]
    pipeline: Option<String>,

    /// Only runs in this environment.
    #[arg(long, value_name = "NAME")]
    environment: Option<String>,
}

/// The request, field by field.
#[derive(Args)]
#[command(next_help_heading = "Request")]
pub struct Request {
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

    /// A tag of your own: while a run with it is under way, a second start with it is refused.
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

impl Vendor for Matillion {
    // The second part of a place is the project's name.
    const PLACE_FLAGS: Words = &["--project-id", "", "--environment"];
    const EXAMPLE: Words = &["--var", "day=monday"];
    const PROOF: Proof = Proof {
        ways: &[
            &["MATILLION_CLIENT_ID", "MATILLION_CLIENT_SECRET"],
            &["MATILLION_TOKEN"],
        ],
        also: &[],
        from: "under API credentials",
        allows: "running pipelines (its tokens have the scope pipeline-execution)",
    };
    const FIELDS: Fields = &[
        ("project_id", "/{projectId}"),
        ("environment", "environmentName"),
        ("pipeline", "pipelineName"),
        ("agent_id", "agentId"),
        ("execution_tag", "executionTag"),
        ("var", "scalarVariables.*"),
        ("grid_var", "gridVariables.*"),
        ("version_name", "versionName"),
    ];

    type Client = Client;
    type Site = Site;
    type Place = Place;
    type Listing = Listing;
    type Request = Request;

    /// The credentials for Matillion: an API credential, or a bearer token.
    fn credentials(environment: &Environment) -> Result<Option<Credentials>, Failure> {
        let id = environment.text("MATILLION_CLIENT_ID")?;
        let secret = environment.secret("MATILLION_CLIENT_SECRET")?;
        let token = environment.secret("MATILLION_TOKEN")?;
        match (id, secret, token) {
            (Some(id), Some(secret), _) => {
                let credentials = Credentials::client(id.trim(), secret);
                let url = environment.text("RUNPIPE_MATILLION_TOKEN_URL")?;
                Ok(Some(match url {
                    Some(url) => credentials.token_url(url.trim()),
                    None => credentials,
                }))
            }
            (_, _, Some(token)) => Ok(Some(Credentials::token(token))),
            (Some(_), None, None) => Err(Failure::usage(
                "there is no credential for Matillion",
                "MATILLION_CLIENT_ID is set; set MATILLION_CLIENT_SECRET too.",
            )),
            (None, Some(_), None) => Err(Failure::usage(
                "there is no credential for Matillion",
                "MATILLION_CLIENT_SECRET is set; set MATILLION_CLIENT_ID too.",
            )),
            (None, None, None) => Ok(None),
        }
    }

    async fn body(
        flags: &Request,
        _environment: &Environment,
    ) -> Result<types::ExecutePublishedPipelineRequest, Failure> {
        let mut fields = flags.body.read().await?;
        // What the request cannot be without has to be there before it is decoded.
        for (name, flag, given) in [
            ("environmentName", "--environment", &flags.environment),
            ("pipelineName", "--pipeline", &flags.pipeline),
        ] {
            if let (Some(given), Some(fields)) = (given, fields.as_object_mut()) {
                fields.insert(name.to_owned(), Value::from(given.as_str()));
            }
            if fields.get(name).is_none() {
                return Err(Failure::usage(
                    format!("the request has no {name}"),
                    format!("Give {flag}, or put it into the body."),
                ));
            }
        }
        let mut request: types::ExecutePublishedPipelineRequest = body::decode(fields)?;
        let variables = distinct("--var", &flags.var)?;
        for (name, text) in distinct("--grid-var", &flags.grid_var)? {
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
        let flags = json!({
            "agentId": flags.agent_id,
            "executionTag": flags.execution_tag,
            "versionName": flags.version_name,
            "scalarVariables": variables,
        });
        body::with_flags(&request, flags)
    }

    /// The project; its id is looked up where a name is given.
    async fn find(
        place: &Place,
        client: &Client,
        _before_a_start: Option<Duration>,
    ) -> Result<ProjectRef, Failure> {
        if is_uuid(&place.project_id) {
            return Ok(ProjectRef::new(&place.project_id));
        }
        Ok(client.project_named(&place.project_id).await?)
    }

    fn list_flags(ready: &Ready<Self>) -> Vec<(&str, &str)> {
        vec![
            ("--project-id", &ready.place.project_id),
            ("--environment", &ready.body.environment_name),
            ("--pipeline", &ready.body.pipeline_name),
        ]
    }

    async fn pipelines(site: &Site, client: &Client) -> Result<PipelineList, Failure> {
        let project = Self::find(&site.place, client, None).await?;
        let environments: Vec<String> = match &site.environment {
            Some(environment) => vec![environment.clone()],
            None => {
                let all: Vec<_> = client.environments(&project).try_collect().await?;
                all.into_iter().filter_map(|one| one.name).collect()
            }
        };
        let client = client.clone();
        let lists = environments.into_iter().map(move |environment| {
            let list = client.published_pipelines(&project, &environment);
            list.map_ok(move |one| ListedPipeline {
                pipeline: one.name.clone().unwrap_or_default(),
                name: one.name,
                within: Some(environment.clone()),
            })
        });
        Ok(stream::iter(lists).flatten().boxed())
    }

    async fn list(listing: &Listing, client: &Client) -> Result<RunList, Failure> {
        let project = Self::find(&listing.place, client, None).await?;
        let mut filter = ListFilter::default().project(&project);
        if let Some(pipeline) = &listing.pipeline {
            filter = filter.pipeline(pipeline);
        }
        if let Some(environment) = &listing.environment {
            filter = filter.environment(environment);
        }
        Ok(client.list(&filter).boxed())
    }

    fn stop<'a>(client: &'a Client, run: &'a RunRef) -> Option<BoxFuture<'a, Answer<Run>>> {
        Some(client.cancel(run, true).boxed())
    }
}

/// Whether a text has the form of a UUID.
fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    let hex = |group: &&str| group.bytes().all(|byte| byte.is_ascii_hexdigit());
    lengths == [8, 4, 4, 4, 12] && groups.iter().all(hex)
}
