//! `runpipe start azure-devops`: the fields of Azure DevOps' run request as flags.

use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, Utc};
use clap::Args;
use futures_util::future::{BoxFuture, FutureExt};
use runpipe::azure_devops::{Client, PipelineRef, types};
use runpipe::{Reconciled, Run, Runs};

use super::{Options, Start, set};
use crate::Context;
use crate::body::{self, Body};
use crate::connect::{self, Connection};
use crate::exit::Failure;
use crate::pair::{Pair, distinct, pair, pair_with_variable};
use crate::place::AzureDevopsPlace;
use crate::preview;
use crate::variables::{secrets, variables};

/// What `start azure-devops` is given.
#[derive(Args, Debug)]
pub struct Arguments {
    #[command(flatten)]
    pub target: Target,

    #[command(flatten)]
    pub options: Options,

    #[command(flatten)]
    pub connection: Connection,
}

/// The pipeline and the request: what a start and a preview have in common.
#[derive(Args, Debug)]
pub struct Target {
    #[command(flatten)]
    place: AzureDevopsPlace,

    /// Version of the pipeline's definition; the newest unless given.
    #[arg(long, value_name = "NUMBER")]
    pipeline_version: Option<i64>,

    #[command(flatten)]
    request: Request,
}

/// The request, field by field.
#[derive(Args, Debug)]
#[command(next_help_heading = "Request")]
struct Request {
    #[command(flatten)]
    body: Body,

    /// Branch to run: main is refs/heads/main; a full ref (refs/tags/v1) is taken as it is.
    #[arg(long, value_name = "REF")]
    branch: Option<String>,

    /// Commit of the pipeline's own repository to run.
    #[arg(long, value_name = "COMMIT")]
    version: Option<String>,

    /// Branch or ref of another repository, by its alias in the YAML. Repeatable.
    #[arg(long, value_name = "ALIAS=REF", value_parser = pair)]
    repo_ref: Vec<Pair>,

    /// Commit of another repository. Repeatable.
    #[arg(long, value_name = "ALIAS=COMMIT", value_parser = pair)]
    repo_version: Vec<Pair>,

    /// Token for a repository, taken from an environment variable. Repeatable.
    #[arg(long, value_name = "ALIAS=VARIABLE", value_parser = pair_with_variable)]
    repo_token: Vec<Pair>,

    /// Kind of that token: Bearer (the default) or Basic, for a personal access token. Repeatable.
    #[arg(long, value_name = "ALIAS=TYPE", value_parser = pair)]
    repo_token_type: Vec<Pair>,

    /// Variable of the run; it has to be settable at queue time. Repeatable.
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    var: Vec<Pair>,

    /// Secret variable; its value is taken from an environment variable. Repeatable.
    #[arg(long, value_name = "NAME=VARIABLE", value_parser = pair_with_variable)]
    secret_var: Vec<Pair>,

    /// Template parameter. Objects are written as YAML or JSON text. Repeatable.
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    param: Vec<Pair>,

    /// Stage to leave out, by its identifier. Repeatable.
    #[arg(long, value_name = "STAGE")]
    skip_stage: Vec<String>,

    /// Version of a build resource. Repeatable.
    #[arg(long, value_name = "ALIAS=VERSION", value_parser = pair)]
    build: Vec<Pair>,

    /// Version (tag) of a container resource. Repeatable.
    #[arg(long, value_name = "ALIAS=VERSION", value_parser = pair)]
    container: Vec<Pair>,

    /// Version of a package resource. Repeatable.
    #[arg(long, value_name = "ALIAS=VERSION", value_parser = pair)]
    package: Vec<Pair>,

    /// Version (run number) of a pipeline resource. Repeatable.
    #[arg(long, value_name = "ALIAS=VERSION", value_parser = pair)]
    pipeline_resource: Vec<Pair>,

    /// Run of a pipeline resource by its id, where the API version knows that. Repeatable.
    #[arg(long, value_name = "ALIAS=ID", value_parser = pair)]
    pipeline_resource_run: Vec<Pair>,

    /// Start nothing: print the YAML that would run, by way of a run marked as a preview.
    #[arg(long)]
    preview_run: bool,

    /// YAML to preview in place of the committed one.
    #[arg(long, value_name = "FILE")]
    yaml_override: Option<PathBuf>,
}

/// A start on Azure DevOps, ready to be made.
pub struct AzureDevopsStart {
    /// The client.
    pub client: Client,
    /// The pipeline.
    pub pipeline: PipelineRef,
    /// The request.
    pub request: types::RunPipelineParameters,
    list_command: String,
}

impl AzureDevopsStart {
    /// Whether the request asks for a preview in place of a run.
    pub fn is_preview(&self) -> bool {
        self.request.preview_run == Some(true)
    }
}

/// Reads everything that is needed; asks Azure DevOps for no more than the pipeline's number.
pub async fn prepare(
    context: &Context,
    target: &Target,
    connection: &Connection,
    before_a_start: Option<Duration>,
) -> Result<AzureDevopsStart, Failure> {
    let request = target.request.read(context).await?;
    let client = connect::azure_devops(connection, context)?;
    let mut pipeline = target.place.find(&client, before_a_start).await?;
    if let Some(version) = target.pipeline_version {
        pipeline = pipeline.at_version(version);
    }
    let list_command = target.place.list_command();
    Ok(AzureDevopsStart {
        client,
        pipeline,
        request,
        list_command,
    })
}

impl Request {
    async fn read(&self, context: &Context) -> Result<types::RunPipelineParameters, Failure> {
        let mut request: types::RunPipelineParameters = body::decode(self.body.read().await?)?;
        set(&mut request.preview_run, &self.preview_run.then_some(true));
        if let Some(file) = &self.yaml_override {
            let yaml = body::read_file("--yaml-override", file.clone()).await?;
            set(&mut request.yaml_override, &Some(yaml));
        }
        if !self.skip_stage.is_empty() {
            request.stages_to_skip.clone_from(&self.skip_stage);
        }
        request
            .template_parameters
            .extend(distinct("--param", &self.param)?);
        let (plain, secret) = variables(&self.var, &self.secret_var, &context.environment)?;
        let plain = plain.into_iter().map(|(name, value)| (name, value, None));
        let secret = secret
            .into_iter()
            .map(|(name, value)| (name, value, Some(true)));
        for (name, value, is_secret) in plain.chain(secret) {
            let value = Some(value);
            request
                .variables
                .insert(name, types::Variable { is_secret, value });
        }
        let mut resources = request.resources.take().unwrap_or_default();
        self.add_resources(&mut resources, context)?;
        request.resources = (!is_empty(&resources)).then_some(resources);
        Ok(request)
    }

    fn add_resources(
        &self,
        resources: &mut types::RunResourcesParameters,
        context: &Context,
    ) -> Result<(), Failure> {
        let own = |value: &Option<String>| value.clone().map(|value| ("self".to_owned(), value));
        let repositories = &mut resources.repositories;
        let refs = distinct("--repo-ref", &self.repo_ref)?.into_iter();
        for (alias, name) in refs.chain(own(&self.branch)) {
            repositories.entry(alias).or_default().ref_name = Some(full_ref(&name));
        }
        let commits = distinct("--repo-version", &self.repo_version)?.into_iter();
        for (alias, commit) in commits.chain(own(&self.version)) {
            repositories.entry(alias).or_default().version = Some(commit);
        }
        for (alias, token) in secrets("--repo-token", &self.repo_token, &context.environment)? {
            repositories.entry(alias).or_default().token = Some(token);
        }
        for (alias, kind) in distinct("--repo-token-type", &self.repo_token_type)? {
            repositories.entry(alias).or_default().token_type = Some(kind);
        }
        for (alias, version) in distinct("--build", &self.build)? {
            resources.builds.entry(alias).or_default().version = Some(version);
        }
        for (alias, version) in distinct("--container", &self.container)? {
            resources.containers.entry(alias).or_default().version = Some(version);
        }
        for (alias, version) in distinct("--package", &self.package)? {
            resources.packages.entry(alias).or_default().version = Some(version);
        }
        for (alias, version) in distinct("--pipeline-resource", &self.pipeline_resource)? {
            resources.pipelines.entry(alias).or_default().version = Some(version);
        }
        for (alias, id) in distinct("--pipeline-resource-run", &self.pipeline_resource_run)? {
            let id = id.parse().map_err(|_| {
                Failure::usage(
                    format!("--pipeline-resource-run {alias}: the id is not a number"),
                    "Give the number after buildId= in the run's address.",
                )
            })?;
            resources.pipelines.entry(alias).or_default().run_id = Some(id);
        }
        Ok(())
    }
}

fn is_empty(resources: &types::RunResourcesParameters) -> bool {
    let types::RunResourcesParameters {
        builds,
        containers,
        packages,
        pipelines,
        repositories,
    } = resources;
    builds.is_empty()
        && containers.is_empty()
        && packages.is_empty()
        && pipelines.is_empty()
        && repositories.is_empty()
}

/// The service may ignore a short name in silence, and run the default branch.
fn full_ref(name: &str) -> String {
    if name.starts_with("refs/") {
        name.to_owned()
    } else {
        format!("refs/heads/{name}")
    }
}

impl Start for AzureDevopsStart {
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

    fn preview<'a>(&'a self, context: &'a Context) -> Option<BoxFuture<'a, Result<u8, Failure>>> {
        self.is_preview()
            .then(|| preview::show(context, self).boxed())
    }
}
