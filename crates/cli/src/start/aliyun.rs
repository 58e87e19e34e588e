//! `runpipe start aliyun`: the keys of Aliyun's `params` as flags.

use chrono::{DateTime, Utc};
use clap::Args;
use futures_util::future::{BoxFuture, FutureExt};
use runpipe::aliyun::{Client, PipelineRef, types};
use runpipe::{Reconciled, Run, Runs};

use super::{Options, Start, set};
use crate::Context;
use crate::body::{self, Body};
use crate::connect::{self, Connection};
use crate::exit::Failure;
use crate::pair::{Pair, distinct, pair};
use crate::place::AliyunPlace;

/// What `start aliyun` is given.
#[derive(Args, Debug)]
pub struct Arguments {
    #[command(flatten)]
    place: AliyunPlace,

    #[command(flatten)]
    request: Request,

    #[command(flatten)]
    pub options: Options,

    #[command(flatten)]
    connection: Connection,
}

/// The object inside `params`, key by key.
#[derive(Args, Debug)]
#[command(next_help_heading = "Request")]
struct Request {
    #[command(flatten)]
    body: Body,

    /// Branch that a source in branch mode merges. Repeatable.
    #[arg(long)]
    branch: Vec<String>,

    /// Environment variable of the run. Repeatable.
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    env: Vec<Pair>,

    /// Branch to build of a repository, by its exact address. Repeatable.
    #[arg(long, value_name = "URL=BRANCH", value_parser = pair)]
    running_branch: Vec<Pair>,

    /// Tag to build of a repository, by its exact address. Repeatable.
    #[arg(long, value_name = "URL=TAG", value_parser = pair)]
    running_tag: Vec<Pair>,

    /// Version of a pipeline artifact source. Repeatable.
    #[arg(long, value_name = "ID=VERSION", value_parser = pair)]
    pipeline_artifact: Vec<Pair>,

    /// Tag of a container image source. Repeatable.
    #[arg(long, value_name = "IMAGE=TAG", value_parser = pair)]
    acr_artifact: Vec<Pair>,

    /// Version of a package source. Repeatable.
    #[arg(long, value_name = "PATH=VERSION", value_parser = pair)]
    package_artifact: Vec<Pair>,

    /// Remark shown at the run.
    #[arg(long, value_name = "TEXT")]
    comment: Option<String>,

    /// Make a new release branch for a branch-mode run.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    need_create_branch: Option<bool>,

    /// Release branch to build on, with --need-create-branch=false.
    #[arg(long, value_name = "BRANCH")]
    release_branch: Option<String>,
}

/// A start on Aliyun, ready to be made.
pub struct AliyunStart {
    client: Client,
    pipeline: PipelineRef,
    request: types::StartPipelineRunParams,
    list_command: String,
}

/// Reads everything that is needed; asks Aliyun for no more than the pipeline's number.
pub async fn prepare(context: &Context, arguments: &Arguments) -> Result<AliyunStart, Failure> {
    let request = arguments.request.read().await?;
    let client = connect::aliyun(&arguments.connection, context)?;
    let patience = arguments.connection.patience();
    let pipeline = arguments.place.find(&client, Some(patience)).await?;
    let list_command = arguments.place.list_command();
    Ok(AliyunStart {
        client,
        pipeline,
        request,
        list_command,
    })
}

impl Request {
    async fn read(&self) -> Result<types::StartPipelineRunParams, Failure> {
        let mut request: types::StartPipelineRunParams = body::decode(self.body.read().await?)?;
        if !self.branch.is_empty() {
            request.branch_mode_branchs.clone_from(&self.branch);
        }
        let maps = [
            ("--env", &self.env, &mut request.envs),
            (
                "--running-branch",
                &self.running_branch,
                &mut request.running_branchs,
            ),
            (
                "--running-tag",
                &self.running_tag,
                &mut request.running_tags,
            ),
            (
                "--pipeline-artifact",
                &self.pipeline_artifact,
                &mut request.running_pipeline_artifacts,
            ),
            (
                "--acr-artifact",
                &self.acr_artifact,
                &mut request.running_acr_artifacts,
            ),
            (
                "--package-artifact",
                &self.package_artifact,
                &mut request.running_packages_artifacts,
            ),
        ];
        for (flag, pairs, map) in maps {
            map.extend(distinct(flag, pairs)?);
        }
        set(&mut request.comment, &self.comment);
        set(&mut request.need_create_branch, &self.need_create_branch);
        set(&mut request.release_branch, &self.release_branch);
        Ok(request)
    }
}

impl Start for AliyunStart {
    fn runs(&self) -> &dyn Runs {
        &self.client
    }

    fn start(&self) -> BoxFuture<'_, runpipe::Result<Run>> {
        self.client.start(&self.pipeline, &self.request).boxed()
    }

    fn reconcile(&self, since: DateTime<Utc>) -> BoxFuture<'_, runpipe::Result<Reconciled>> {
        self.client.reconcile(&self.pipeline, since).boxed()
    }

    fn list_command(&self) -> String {
        self.list_command.clone()
    }
}
