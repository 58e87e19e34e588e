//! `runpipe start buddy`: the fields of Buddy's run request as flags.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use clap::Args;
use clap::builder::PossibleValuesParser;
use futures_util::future::{BoxFuture, FutureExt};
use runpipe::buddy::{Client, PipelineRef, types};
use runpipe::{Reconciled, Run, Runs};

use super::{Options, Start, set};
use crate::Context;
use crate::arguments::duration;
use crate::body::{self, Body};
use crate::connect::{self, Connection};
use crate::exit::Failure;
use crate::pair::{Pair, pair, pair_with_variable};
use crate::place::BuddyPlace;
use crate::variables::variables;

/// What `start buddy` is given.
#[derive(Args, Debug)]
pub struct Arguments {
    #[command(flatten)]
    place: BuddyPlace,

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

    /// Text shown beside the execution. One that no other start has makes --reconcile certain.
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

    /// Number of an action to run, instead of all. Repeatable.
    #[arg(long, value_name = "NUMBER")]
    action: Vec<i64>,

    /// Not before: a moment (2026-11-30T04:30:00Z) or a while from now (30m).
    #[arg(long, value_name = "WHEN", value_parser = moment)]
    delay_until: Option<String>,

    /// Identifier of the environment to run in.
    #[arg(long)]
    environment: Option<String>,

    /// Package and version to work on.
    #[arg(long, value_name = "NAME:VERSION")]
    package_version: Option<String>,
}

/// A start on Buddy, ready to be made.
pub struct BuddyStart {
    client: Client,
    pipeline: PipelineRef,
    request: types::RunExecutionRequest,
    list_command: String,
}

/// Reads everything that is needed; asks Buddy for no more than the pipeline's number.
pub async fn prepare(context: &Context, arguments: &Arguments) -> Result<BuddyStart, Failure> {
    let request = arguments.request.read(context).await?;
    let client = connect::buddy(&arguments.connection, context)?;
    let patience = arguments.connection.patience();
    let pipeline = arguments.place.find(&client, Some(patience)).await?;
    Ok(BuddyStart {
        client,
        pipeline,
        request,
        list_command: arguments.place.list_command(),
    })
}

impl Request {
    async fn read(&self, context: &Context) -> Result<types::RunExecutionRequest, Failure> {
        let mut request: types::RunExecutionRequest = body::decode(self.body.read().await?)?;
        let revision = |commit: &String| types::RevisionRequest {
            revision: commit.clone(),
        };
        set(
            &mut request.to_revision,
            &self.revision.as_ref().map(revision),
        );
        set(
            &mut request.from_revision,
            &self.from_revision.as_ref().map(revision),
        );
        if let Some(branch) = &self.branch {
            let name = branch
                .strip_prefix("refs/heads/")
                .unwrap_or(branch)
                .to_owned();
            request.branch = Some(types::BranchRequest { name });
        }
        if let Some(tag) = &self.tag {
            let name = tag.strip_prefix("refs/tags/").unwrap_or(tag).to_owned();
            request.tag = Some(types::TagRequest { name });
        }
        if let Some(number) = &self.pull_request {
            let bare = number.bytes().all(|byte| byte.is_ascii_digit());
            let name = if bare {
                format!("pull/{number}")
            } else {
                number.clone()
            };
            request.pull_request = Some(types::PullRequestRequest { name });
        }
        set(&mut request.comment, &self.comment);
        set(&mut request.refresh, &self.refresh);
        set(&mut request.clear_cache, &self.clear_cache);
        set(&mut request.delay_until, &self.delay_until);
        set(&mut request.environment, &self.environment);
        set(&mut request.package_version, &self.package_version);
        if let Some(priority) = &self.priority {
            request.priority = Some(priority.to_uppercase().into());
        }
        if !self.action.is_empty() {
            request.actions_to_run.clone_from(&self.action);
        }
        let (plain, secret) = variables(&self.var, &self.secret_var, &context.environment)?;
        let flagged = |name: &String| plain.contains_key(name) || secret.contains_key(name);
        request.variables.retain(|variable| !flagged(&variable.key));
        let plain = plain.into_iter().map(|(key, value)| (key, value, None));
        let secret = secret
            .into_iter()
            .map(|(key, value)| (key, value, Some(true)));
        for (key, value, encrypted) in plain.chain(secret) {
            request.variables.push(types::PassVariableRequest {
                encrypted,
                key,
                value,
            });
        }
        Ok(request)
    }
}

impl Start for BuddyStart {
    fn runs(&self) -> &dyn Runs {
        &self.client
    }

    fn start(&self) -> BoxFuture<'_, runpipe::Result<Run>> {
        self.client.start(&self.pipeline, &self.request).boxed()
    }

    fn reconcile(&self, since: DateTime<Utc>) -> BoxFuture<'_, runpipe::Result<Reconciled>> {
        self.client
            .reconcile(&self.pipeline, &self.request, since)
            .boxed()
    }

    fn list_command(&self) -> String {
        self.list_command.clone()
    }
}

/// A moment as Buddy wants it: UTC, with milliseconds.
fn moment(text: &str) -> Result<String, String> {
    let at = match DateTime::parse_from_rfc3339(text) {
        Ok(at) => at.with_timezone(&Utc),
        Err(_) => duration(text)
            .ok()
            .and_then(|wait| TimeDelta::from_std(wait).ok())
            .and_then(|wait| Utc::now().checked_add_signed(wait))
            .ok_or("write a moment as 2026-11-30T04:30:00Z, or a while from now as 30m")?,
    };
    Ok(at.to_rfc3339_opts(SecondsFormat::Millis, true))
}
