//! Aliyun Yunxiao: the keys of its `params` as flags.

use std::time::Duration;

use clap::Args;
use futures_util::{StreamExt, TryStreamExt};
use runpipe::Service;
use runpipe::aliyun::{Client, Credentials, PipelineRef, types};

use crate::body::{self, Body};
use crate::environment::Environment;
use crate::exit::Failure;
use crate::field::set;
use crate::pair::{Pair, distinct, pair};
use crate::pipeline::{Meant, Pipeline};
use crate::proof::Proof;
use crate::vendor::{Ready, RunList, Vendor, Words};

/// Aliyun Yunxiao (Flow).
pub struct Aliyun;

/// A pipeline of Aliyun Yunxiao.
#[derive(Args)]
pub struct Place {
    /// The organization's id, as in the console's address after /organization/.
    #[arg(long)]
    organization_id: String,

    /// The pipeline's number or name; id:7 or name:007 where it could be either.
    #[arg(long, value_name = "NUMBER|NAME")]
    pipeline: Pipeline,
}

/// The object inside `params`, key by key.
#[derive(Args)]
#[command(next_help_heading = "Request")]
pub struct Request {
    #[command(flatten)]
    body: Body,

    /// Branch that a source in branch mode merges. Repeatable.
    #[arg(long)]
    branch: Vec<String>,

    /// Environment variable of the run. Repeatable.
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    env: Vec<Pair>,

    /// Branch of a repository to build, by the repository's exact address. Repeatable.
    #[arg(long, value_name = "URL=BRANCH", value_parser = pair)]
    running_branch: Vec<Pair>,

    /// Tag of a repository to build, by the repository's exact address. Repeatable.
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

impl Vendor for Aliyun {
    const PLACE_FLAGS: Words = &["--organization-id"];
    const EXAMPLE: Words = &["--env", "GREETING=hello", "--comment", "example"];
    const PROOF: Proof = Proof {
        ways: &[&[
            "ALIBABA_CLOUD_ACCESS_KEY_ID",
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
        ]],
        from: "in the RAM console, as a user's AccessKey (a temporary one has ALIBABA_CLOUD_SECURITY_TOKEN too)",
        allows: "devops:StartPipelineRun",
    };

    type Client = Client;
    type Place = Place;
    type Listing = Place;
    type Request = Request;

    /// The credentials for Aliyun: an access key, lasting or temporary.
    fn credentials(environment: &Environment) -> Result<Credentials, Failure> {
        let names = [
            "ALIBABA_CLOUD_ACCESS_KEY_ID",
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
        ];
        let [id, secret] = names;
        let (Some(id), Some(secret)) = (environment.text(id)?, environment.secret(secret)?) else {
            return Err(Self::PROOF.missing(Service::Aliyun));
        };
        let id = id.trim();
        Ok(match environment.secret("ALIBABA_CLOUD_SECURITY_TOKEN")? {
            Some(token) => Credentials::temporary_access_key(id, secret, token),
            None => Credentials::access_key(id, secret),
        })
    }

    async fn body(
        flags: &Request,
        _environment: &Environment,
    ) -> Result<types::StartPipelineRunParams, Failure> {
        let mut request: types::StartPipelineRunParams = body::decode(flags.body.read().await?)?;
        if !flags.branch.is_empty() {
            request.branch_mode_branchs.clone_from(&flags.branch);
        }
        let maps = [
            ("--env", &flags.env, &mut request.envs),
            (
                "--running-branch",
                &flags.running_branch,
                &mut request.running_branchs,
            ),
            (
                "--running-tag",
                &flags.running_tag,
                &mut request.running_tags,
            ),
            (
                "--pipeline-artifact",
                &flags.pipeline_artifact,
                &mut request.running_pipeline_artifacts,
            ),
            (
                "--acr-artifact",
                &flags.acr_artifact,
                &mut request.running_acr_artifacts,
            ),
            (
                "--package-artifact",
                &flags.package_artifact,
                &mut request.running_packages_artifacts,
            ),
        ];
        for (flag, pairs, map) in maps {
            map.extend(distinct(flag, pairs)?);
        }
        set(&mut request.comment, &flags.comment);
        set(&mut request.need_create_branch, &flags.need_create_branch);
        set(&mut request.release_branch, &flags.release_branch);
        Ok(request)
    }

    async fn find(
        place: &Place,
        client: &Client,
        before_a_start: Option<Duration>,
    ) -> Result<PipelineRef, Failure> {
        let organization = &place.organization_id;
        let list = client.pipelines(organization);
        let list = list.map_ok(|one| (one.pipeline_id, vec![one.pipeline_name]));
        Ok(match place.pipeline.meant(before_a_start, list).await? {
            Meant::Id(id) => PipelineRef::new(organization, *id),
            Meant::Name(name) => client.pipeline_named(organization, name).await?,
        })
    }

    fn list_flags(ready: &Ready<Self>) -> Vec<(&str, &str)> {
        vec![
            ("--organization-id", &ready.place.organization_id),
            ("--pipeline", ready.place.pipeline.text()),
        ]
    }

    async fn list(place: &Place, client: &Client) -> Result<RunList, Failure> {
        let pipeline = Self::find(place, client, None).await?;
        Ok(client.list(&pipeline).boxed())
    }
}
