//! What starts a run of Yunxiao Flow is the same in both of its APIs: the keys of `params` as flags.

use clap::Args;
use runpipe::Result as Answer;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::flags::body::{self, Body, is_empty};
use crate::flags::fields::Fields;
use crate::flags::pair::{Pair, distinct, pair};
use crate::flags::pipeline::Pipeline;
use crate::process::exit::Failure;

/// What each flag becomes.
pub const FIELDS: Fields = &[
    ("organization_id", "/{organizationId}"),
    ("pipeline", "/{pipelineId}"),
    ("branch", "params.branchModeBranchs"),
    ("env", "params.envs.*"),
    ("running_branch", "params.runningBranchs.*"),
    ("running_tag", "params.runningTags.*"),
    ("pipeline_artifact", "params.runningPipelineArtifacts.*"),
    ("acr_artifact", "params.runningAcrArtifacts.*"),
    ("package_artifact", "params.runningPackagesArtifacts.*"),
    ("comment", "params.comment"),
    ("need_create_branch", "params.needCreateBranch"),
    ("release_branch", "params.releaseBranch"),
];

/// The keys that count for a source in branch mode, and for one that is not.
const BRANCH_MODE: [&str; 3] = ["branchModeBranchs", "needCreateBranch", "releaseBranch"];
const RUNNING: [&str; 2] = ["runningBranchs", "runningTags"];

/// What the service silently ignores in a request: keys for the other kind of source (vendor page
/// of the pipeline's sources), and addresses that no source has.
pub fn ignored(request: &impl Serialize, pipeline: Answer<impl Serialize>) -> Vec<String> {
    let request = serde_json::to_value(request).unwrap_or_default();
    let given = |key: &str| request.get(key).filter(|value| !is_empty(value));
    let of_sources = BRANCH_MODE.iter().chain(&RUNNING);
    let mut warnings = Vec::new();
    if given("envs").is_some_and(|envs| envs.get("version").is_some()) {
        let what = "The service reserves the variable name version";
        warnings.push(format!("{what} (vendor page)."));
    }
    if !of_sources.clone().any(|key| given(key).is_some()) {
        return warnings;
    }
    let sources = match &pipeline {
        Ok(pipeline) => sources(pipeline),
        Err(error) => {
            let what = "The setup of the pipeline's sources cannot be read";
            warnings.push(format!(
                "{what}, so it is not known what the service ignores: {error}"
            ));
            return warnings;
        }
    };
    for (keys, kind, is_branch_mode) in [
        (&BRANCH_MODE[..], "is in branch mode", true),
        (&RUNNING[..], "is without branch mode", false),
    ] {
        let counts = sources.iter().any(|(_, mode)| *mode == is_branch_mode);
        for key in keys.iter().filter(|key| !counts && given(key).is_some()) {
            warnings.push(format!(
                "The service silently ignores {key}: no source of the pipeline {kind}."
            ));
        }
    }
    for key in RUNNING {
        let asked = given(key).and_then(Value::as_object);
        for address in asked.into_iter().flat_map(|asked| asked.keys()) {
            let source = sources
                .iter()
                .find(|(repo, _)| repo.as_ref() == Some(address));
            let why = match source {
                None => "no source has exactly this address",
                Some((_, true)) => "this source is in branch mode",
                Some((_, false)) => continue,
            };
            let text = format!("The service silently ignores {key} of {address}: {why}.");
            warnings.push(text);
        }
    }
    warnings
}

/// The sources of a pipeline: the address of each one's repository, and whether it is in branch mode.
fn sources(pipeline: &impl Serialize) -> Vec<(Option<String>, bool)> {
    let pipeline = serde_json::to_value(pipeline).unwrap_or_default();
    let sources = pipeline.pointer("/pipelineConfig/sources");
    let sources = sources.and_then(Value::as_array).into_iter().flatten();
    let source = |data: &Value| {
        let repository = data.get("repo").and_then(Value::as_str);
        let mode = data.get("isBranchMode").and_then(Value::as_bool);
        (repository.map(str::to_owned), mode == Some(true))
    };
    let data = sources.filter_map(|source| source.get("data").filter(|data| data.is_object()));
    data.map(source).collect()
}

/// A pipeline of Yunxiao.
#[derive(Args)]
pub struct Place<S: Args> {
    #[command(flatten)]
    pub site: S,

    /// The pipeline's number or name; id:7 or name:007 where it could be either.
    #[arg(long, value_name = "NUMBER|NAME")]
    pub pipeline: Pipeline,
}

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

    /// Remark shown with the run. If it is unique, --reconcile is certain with Yunxiao's token API,
    /// which shows it again.
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
    /// The object that the flags, and the file they name, describe, as the type of either API: they
    /// have the same fields.
    pub async fn read<T: DeserializeOwned + Serialize>(&self) -> Result<T, Failure> {
        let request: T = body::decode(self.body.read().await?)?;
        let flags = json!({
            "branchModeBranchs": self.branch,
            "envs": distinct("--env", &self.env)?,
            "runningBranchs": distinct("--running-branch", &self.running_branch)?,
            "runningTags": distinct("--running-tag", &self.running_tag)?,
            "runningPipelineArtifacts": distinct("--pipeline-artifact", &self.pipeline_artifact)?,
            "runningAcrArtifacts": distinct("--acr-artifact", &self.acr_artifact)?,
            "runningPackagesArtifacts": distinct("--package-artifact", &self.package_artifact)?,
            "comment": self.comment,
            "needCreateBranch": self.need_create_branch,
            "releaseBranch": self.release_branch,
        });
        body::with_flags(&request, flags)
    }
}
