//! Yunxiao's token API: the keys of its `params` as flags.

use std::time::Duration;

use clap::Args;
use futures_util::{StreamExt, TryStreamExt};
use runpipe::Service;
use runpipe::yunxiao::{Client, Credentials, PipelineRef, types};

use crate::body::{self, Body};
use crate::environment::Environment;
use crate::exit::Failure;
use crate::field::set;
use crate::pair::{Pair, distinct, pair};
use crate::pipeline::{Meant, Pipeline};
use crate::proof::Proof;
use crate::vendor::{Access, Ready, RunList, Vendor, Words};

/// The name of a Region instance that is called through another address.
const HOST: &str = "RUNPIPE_YUNXIAO_HOST";

/// Yunxiao Flow through its newer API, with personal access tokens.
pub struct Yunxiao;

/// A pipeline of Yunxiao.
#[derive(Args)]
pub struct Place {
    /// The organization's id, from the basic information of its administration console. Left out
    /// (or -) on a Region instance, whose address is given by --base-url or RUNPIPE_YUNXIAO_URL.
    #[arg(long, allow_hyphen_values = true)]
    organization_id: Option<String>,

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

    /// Remark shown at the run. One that no other start has lets --reconcile find the run for
    /// certain.
    #[arg(long, value_name = "TEXT")]
    comment: Option<String>,

    /// Make a new release branch for a branch-mode run.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    need_create_branch: Option<bool>,

    /// Release branch to build on, with --need-create-branch=false.
    #[arg(long, value_name = "BRANCH")]
    release_branch: Option<String>,
}

impl Vendor for Yunxiao {
    const PLACE_FLAGS: Words = &["--organization-id"];
    const EXAMPLE: Words = &["--env", "GREETING=hello", "--comment", "example"];
    const PROOF: Proof = Proof {
        ways: &[&["YUNXIAO_ACCESS_TOKEN"]],
        from: "in the account's settings, as a personal access token",
        allows: "pipeline runs (read and write) and job runs (read)",
    };

    type Client = Client;
    type Place = Place;
    type Listing = Place;
    type Request = Request;

    /// The credential for Yunxiao: a personal access token.
    fn credentials(environment: &Environment) -> Result<Credentials, Failure> {
        match environment.secret("YUNXIAO_ACCESS_TOKEN")? {
            Some(token) => Ok(Credentials::token(token)),
            None => Err(Self::PROOF.missing(Service::Yunxiao)),
        }
    }

    /// A Region instance finds its tenant by the `Host` header.
    fn configured(client: Client, access: Access<'_>) -> Result<Client, Failure> {
        Ok(match access.environment.text(HOST)? {
            Some(host) => client.with_host(host.trim())?,
            None => client,
        })
    }

    async fn body(
        flags: &Request,
        _environment: &Environment,
    ) -> Result<types::CreatePipelineRunParams, Failure> {
        let mut request: types::CreatePipelineRunParams = body::decode(flags.body.read().await?)?;
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
        let organization = place.organization_id.as_deref();
        let list = client.pipelines(organization);
        let list = list.map_ok(|one| (one.pipeline_id, vec![one.pipeline_name]));
        Ok(match place.pipeline.meant(before_a_start, list).await? {
            Meant::Id(id) => PipelineRef {
                organization_id: place.organization_id.clone(),
                pipeline_id: *id,
            },
            Meant::Name(name) => client.pipeline_named(organization, name).await?,
        })
    }

    fn list_flags(ready: &Ready<Self>) -> Vec<(&str, &str)> {
        let organization = ready.place.organization_id.as_deref();
        let organization = organization.map(|id| ("--organization-id", id));
        let pipeline = ("--pipeline", ready.place.pipeline.text());
        organization.into_iter().chain([pipeline]).collect()
    }

    async fn list(place: &Place, client: &Client) -> Result<RunList, Failure> {
        let pipeline = Self::find(place, client, None).await?;
        Ok(client.list(&pipeline).boxed())
    }
}
