//! Buddy: the fields of its run request as flags.

use std::time::Duration;

use chrono::{SecondsFormat, TimeDelta, Utc};
use clap::Args;
use clap::builder::PossibleValuesParser;
use futures_util::{StreamExt, TryStreamExt};
use runpipe::buddy::{Client, Credentials, PipelineRef, types};
use serde_json::{Value, json};

use crate::flags::body::{self, Body};
use crate::flags::fields::Fields;
use crate::flags::pair::{Pair, pair, pair_with_variable};
use crate::flags::pipeline::{Meant, Pipeline};
use crate::flags::value::{duration, moment};
use crate::flags::variables::variables;
use crate::process::environment::Environment;
use crate::process::exit::Failure;
use crate::vendor::proof::Proof;
use crate::vendor::{ListedPipeline, PipelineList, Ready, RunList, Vendor, Words};

/// Buddy.
pub struct Buddy;

/// A project of Buddy.
#[derive(Args)]
pub struct Site {
    /// The workspace's handle, as in the address of its pages.
    #[arg(long)]
    workspace: String,

    /// The project's handle.
    #[arg(long)]
    project: String,
}

/// A pipeline of Buddy.
#[derive(Args)]
pub struct Place {
    #[command(flatten)]
    site: Site,

    /// The pipeline's number, identifier or name; id:7 or name:007 where it could be either.
    #[arg(long, value_name = "NUMBER|NAME")]
    pipeline: Pipeline,
}

/// The request, field by field.
#[derive(Args)]
#[command(next_help_heading = "Request")]
pub struct Request {
    #[command(flatten)]
    body: Body,

    /// Commit to run on, a full hash or HEAD.
    #[arg(long, value_name = "COMMIT")]
    revision: Option<String>,

    /// Commit at which the change set begins.
    #[arg(long, value_name = "COMMIT")]
    from_revision: Option<String>,

    /// Branch to run on.
    #[arg(long)]
    branch: Option<String>,

    /// Tag to run on.
    #[arg(long)]
    tag: Option<String>,

    /// Pull request to run on: 7 or pull/7.
    #[arg(long, value_name = "NUMBER")]
    pull_request: Option<String>,

    /// Text shown with the execution. If it is unique, --reconcile is certain.
    #[arg(long, value_name = "TEXT")]
    comment: Option<String>,

    /// Deploy every file from scratch.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    refresh: Option<bool>,

    /// Empty the pipeline's cache first.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    clear_cache: Option<bool>,

    /// Priority in the queue.
    #[arg(
        long,
        ignore_case = true,
        value_parser = PossibleValuesParser::new(types::ExecutionPriority::WORDS)
    )]
    priority: Option<String>,

    /// Variable of this execution. Repeatable.
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    var: Vec<Pair>,

    /// Variable that Buddy encrypts; its value is taken from an environment variable. Repeatable.
    #[arg(long, value_name = "NAME=VARIABLE", value_parser = pair_with_variable)]
    secret_var: Vec<Pair>,

    /// Number of an action to run, instead of all actions. Repeatable.
    #[arg(long, value_name = "NUMBER")]
    action: Vec<i64>,

    /// When to start: a point in time (2026-11-30T04:30:00Z) or a time from now (30m).
    #[arg(long, value_name = "WHEN", value_parser = when)]
    delay_until: Option<String>,

    /// Identifier of the environment to run in.
    #[arg(long)]
    environment: Option<String>,

    /// Package and version to work on.
    #[arg(long, value_name = "NAME:VERSION")]
    package_version: Option<String>,
}

impl Vendor for Buddy {
    const PLACE_FLAGS: Words = &["--workspace", "--project"];
    const EXAMPLE: Words = &["--branch", "main", "--comment", "example"];
    const PROOF: Proof = Proof {
        ways: &[&["BUDDY_TOKEN"]],
        also: &[],
        from: "as a personal access token, in your profile",
        allows: "EXECUTION_RUN and EXECUTION_INFO",
    };
    const FIELDS: Fields = &[
        ("workspace", "/{workspace}"),
        ("project", "/{project_name}"),
        ("pipeline", "/{pipeline_id}"),
        ("revision", "to_revision.revision"),
        ("from_revision", "from_revision.revision"),
        ("branch", "branch.name"),
        ("tag", "tag.name"),
        ("pull_request", "pull_request.name"),
        ("comment", "comment"),
        ("refresh", "refresh"),
        ("clear_cache", "clear_cache"),
        ("priority", "priority"),
        ("var", "variables.*.value"),
        ("secret_var", "variables.*.value"),
        ("action", "actions_to_run"),
        ("delay_until", "delay_until"),
        ("environment", "environment"),
        ("package_version", "package_version"),
    ];
    const SECRET_FLAGS: Words = &["secret_var"];

    type Client = Client;
    type Site = Site;
    type Place = Place;
    type Listing = Place;
    type Request = Request;

    fn credentials(environment: &Environment) -> Result<Option<Credentials>, Failure> {
        let token = environment.secret("BUDDY_TOKEN")?;
        Ok(token.map(Credentials::token))
    }

    async fn body(
        flags: &Request,
        environment: &Environment,
    ) -> Result<types::RunExecutionRequest, Failure> {
        let mut request: types::RunExecutionRequest = body::decode(flags.body.read().await?)?;
        for (key, value, is_secret) in variables(&flags.var, &flags.secret_var, environment)? {
            request.variables.retain(|variable| variable.key != key);
            request.variables.push(types::PassVariableRequest {
                encrypted: is_secret.then_some(true),
                key,
                value,
            });
        }
        let at = |commit: &String| json!({ "revision": commit });
        let pull_request = |name: &String| match name.bytes().all(|byte| byte.is_ascii_digit()) {
            true => json!({ "name": format!("pull/{name}") }),
            false => json!({ "name": name }),
        };
        let given = json!({
            "to_revision": flags.revision.as_ref().map(at),
            "from_revision": flags.from_revision.as_ref().map(at),
            "branch": flags.branch.as_deref().map(|name| named(name, "refs/heads/")),
            "tag": flags.tag.as_deref().map(|name| named(name, "refs/tags/")),
            "pull_request": flags.pull_request.as_ref().map(pull_request),
            "comment": flags.comment,
            "refresh": flags.refresh,
            "clear_cache": flags.clear_cache,
            "priority": flags.priority.as_ref().map(|word| word.to_uppercase()),
            "actions_to_run": flags.action,
            "delay_until": flags.delay_until,
            "environment": flags.environment,
            "package_version": flags.package_version,
        });
        body::with_flags(&request, given)
    }

    async fn find(
        place: &Place,
        client: &Client,
        before_a_start: Option<Duration>,
    ) -> Result<PipelineRef, Failure> {
        let Site { workspace, project } = &place.site;
        let list = client.pipelines(workspace, project);
        let list = list.map_ok(|one| (one.id, vec![one.name, one.identifier]));
        Ok(match place.pipeline.meant(before_a_start, list).await? {
            Meant::Id(id) => PipelineRef::new(workspace, project, *id),
            Meant::Name(name) => client.pipeline_named(workspace, project, name).await?,
        })
    }

    fn list_flags(ready: &Ready<Self>) -> Vec<(&str, &str)> {
        vec![
            ("--workspace", &ready.place.site.workspace),
            ("--project", &ready.place.site.project),
            ("--pipeline", ready.place.pipeline.text()),
        ]
    }

    async fn pipelines(site: &Site, client: &Client) -> Result<PipelineList, Failure> {
        let list = client.pipelines(&site.workspace, &site.project);
        let listed = list.map_ok(|one| ListedPipeline::new(one.id, one.name, one.folder));
        Ok(listed.boxed())
    }

    async fn list(place: &Place, client: &Client) -> Result<RunList, Failure> {
        let pipeline = Self::find(place, client, None).await?;
        Ok(client.list(&pipeline).boxed())
    }
}

/// A branch or a tag, without what says that it is one.
fn named(name: &str, prefix: &str) -> Value {
    json!({ "name": name.strip_prefix(prefix).unwrap_or(name) })
}

/// A moment as Buddy wants it: UTC, with milliseconds.
fn when(text: &str) -> Result<String, String> {
    let at = match moment(text) {
        Ok(at) => at,
        Err(_) => duration(text)
            .ok()
            .and_then(|wait| TimeDelta::from_std(wait).ok())
            .and_then(|wait| Utc::now().checked_add_signed(wait))
            .ok_or("write a moment as 2026-11-30T04:30:00Z, or a time from now as 30m")?,
    };
    Ok(at.to_rfc3339_opts(SecondsFormat::Millis, true))
}
