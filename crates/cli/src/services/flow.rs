//! What starts a run of Yunxiao Flow is the same in both of its APIs: the keys of `params` as flags.

use clap::Args;
use runpipe::aliyun::types::StartPipelineRunParams;

use crate::body::{self, Body};
use crate::exit::Failure;
use crate::field::set;
use crate::pair::{Pair, distinct, pair};

/// The object inside `params`, key by key.
#[derive(Args)]
#[command(next_help_heading = "Request")]
pub struct Params {
    #[command(flatten)]
    body: Body,

    /// Branch that a source in branch mode merges. Repeatable.
    #[arg(long)]
    branch: Vec<String>,

    /// Variable of the run. Repeatable.
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

    /// Remark shown at the run. Yunxiao's token API shows it again: one that no other start has lets
    /// --reconcile find the run for certain there.
    #[arg(long, value_name = "TEXT")]
    comment: Option<String>,

    /// Make a new release branch for a branch-mode run.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    need_create_branch: Option<bool>,

    /// Release branch to build on, with --need-create-branch=false.
    #[arg(long, value_name = "BRANCH")]
    release_branch: Option<String>,
}

impl Params {
    /// The object that the flags, and the file they name, describe.
    pub async fn read(&self) -> Result<StartPipelineRunParams, Failure> {
        let mut request: StartPipelineRunParams = body::decode(self.body.read().await?)?;
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
