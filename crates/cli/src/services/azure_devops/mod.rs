//! Azure DevOps: the fields of its run request as flags.

mod resources;

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use futures_util::{FutureExt, StreamExt, TryStreamExt};
use runpipe::azure_devops::{Client, Credentials, PipelineRef, types};
use serde_json::json;

use crate::flags::body::{self, Body};
use crate::flags::fields::Fields;
use crate::flags::pair::{Pair, distinct, pair, pair_with_variable};
use crate::flags::pipeline::{Meant, Pipeline};
use crate::flags::variables::variables;
use crate::process::environment::Environment;
use crate::process::exit::Failure;
use crate::vendor::proof::Proof;
use crate::vendor::{Access, ListedPipeline, PipelineList, Preview, Ready, RunList, Vendor, Words};

/// Azure DevOps Pipelines.
pub struct AzureDevops;

/// A project of Azure DevOps.
#[derive(Args)]
pub struct Site {
    /// The organization, or its address; on your own server, the collection.
    #[arg(long, value_parser = organization)]
    organization: String,

    /// The project's name or GUID.
    #[arg(long)]
    project: String,
}

/// The vendor's own program takes the address of an organization.
fn organization(text: &str) -> Result<String, &'static str> {
    let Some((_, address)) = text.split_once("://") else {
        return Ok(text.to_owned());
    };
    let address = address.trim_end_matches('/');
    let name = address.strip_prefix("dev.azure.com/");
    let name = name.or_else(|| address.strip_suffix(".visualstudio.com"));
    let name = name.filter(|name| !name.contains('/'));
    let name = name.ok_or("this address names no organization; give its name")?;
    Ok(name.to_owned())
}

/// A pipeline of Azure DevOps.
#[derive(Args)]
pub struct Listing {
    #[command(flatten)]
    site: Site,

    /// The pipeline's number (definitionId in its page's address) or name; id:7 or name:007 where it
    /// could be either.
    #[arg(long, value_name = "NUMBER|NAME")]
    pipeline: Pipeline,
}

/// Whose runs are listed.
#[derive(Args)]
pub struct Listed {
    #[command(flatten)]
    pipeline: Listing,

    /// Only runs that were started on behalf of the credential's owner.
    #[arg(long, help_heading = "Which runs")]
    mine: bool,
}

/// A pipeline, and a version of it.
#[derive(Args)]
pub struct Place {
    #[command(flatten)]
    pipeline: Listing,

    /// Version of the pipeline's definition; the newest unless given.
    #[arg(long, value_name = "NUMBER")]
    pipeline_version: Option<i64>,
}

/// The request, field by field.
#[derive(Args)]
#[command(next_help_heading = "Request")]
pub struct Request {
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

    /// Type of that token: Bearer (the default), or Basic for a personal access token. Repeatable.
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

    /// Stage to skip, by its identifier. Repeatable.
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

    /// Run id of a pipeline resource, if the API version supports it. Repeatable.
    #[arg(long, value_name = "ALIAS=ID", value_parser = pair)]
    pipeline_resource_run: Vec<Pair>,

    /// Start nothing: ask for a preview, and print the YAML that would run.
    #[arg(long)]
    preview_run: bool,

    /// YAML to preview instead of the committed one.
    #[arg(long, value_name = "FILE")]
    yaml_override: Option<PathBuf>,
}

impl Vendor for AzureDevops {
    const HAS_PREVIEW: bool = true;
    const HAS_API_VERSIONS: bool = true;
    const PLACE_FLAGS: Words = &["--organization", "--project"];
    const EXAMPLE: Words = &["--branch", "main"];
    const PROOF: Proof = Proof {
        ways: &[
            &["AZURE_DEVOPS_EXT_PAT"],
            &["SYSTEM_ACCESSTOKEN"],
            &["AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"],
        ],
        also: &[],
        from: "under User settings, Personal access tokens (a job has its own)",
        allows: "Build: read and execute (vso.build_execute)",
    };
    const FIELDS: Fields = &[
        ("organization", "/{organization}"),
        ("project", "/{project}"),
        ("pipeline", "/{pipelineId}"),
        ("pipeline_version", "?pipelineVersion"),
        ("branch", "resources.repositories.self.refName"),
        ("version", "resources.repositories.self.version"),
        ("repo_ref", "resources.repositories.*.refName"),
        ("repo_version", "resources.repositories.*.version"),
        ("repo_token", "resources.repositories.*.token"),
        ("repo_token_type", "resources.repositories.*.tokenType"),
        ("var", "variables.*.value"),
        ("secret_var", "variables.*.value"),
        ("param", "templateParameters.*"),
        ("skip_stage", "stagesToSkip"),
        ("build", "resources.builds.*.version"),
        ("container", "resources.containers.*.version"),
        ("package", "resources.packages.*.version"),
        ("pipeline_resource", "resources.pipelines.*.version"),
        ("pipeline_resource_run", "resources.pipelines.*.runId"),
        ("yaml_override", "yamlOverride"),
    ];
    const SECRET_FLAGS: Words = &["repo_token", "secret_var"];

    type Client = Client;
    type Site = Site;
    type Place = Place;
    type Listing = Listed;
    type Request = Request;

    /// The credentials for Azure DevOps: a personal access token, a job's token, or a service
    /// principal, the first that is there.
    fn credentials(environment: &Environment) -> Result<Option<Credentials>, Failure> {
        if let Some(token) = environment.secret("AZURE_DEVOPS_EXT_PAT")? {
            return Ok(Some(Credentials::pat(token)));
        }
        if let Some(token) = environment.secret("SYSTEM_ACCESSTOKEN")? {
            return Ok(Some(Credentials::token(token)));
        }
        let tenant = environment.text("AZURE_TENANT_ID")?;
        let id = environment.text("AZURE_CLIENT_ID")?;
        let secret = environment.secret("AZURE_CLIENT_SECRET")?;
        let (Some(tenant), Some(id), Some(secret)) = (tenant, id, secret) else {
            return Ok(None);
        };
        let principal = Credentials::service_principal(&tenant, id.trim(), secret)?;
        Ok(Some(principal))
    }

    fn configured(client: Client, access: Access<'_>) -> Result<Client, Failure> {
        Ok(match &access.connection.api_version {
            Some(version) => client.with_api_version(version),
            None => client,
        })
    }

    async fn body(
        flags: &Request,
        environment: &Environment,
    ) -> Result<types::RunPipelineParameters, Failure> {
        let mut request: types::RunPipelineParameters = body::decode(flags.body.read().await?)?;
        let yaml = match &flags.yaml_override {
            Some(file) => Some(body::read_file("--yaml-override", file.clone()).await?),
            None => None,
        };
        let parameters = distinct("--param", &flags.param)?;
        for (name, value, is_secret) in variables(&flags.var, &flags.secret_var, environment)? {
            let (is_secret, value) = (is_secret.then_some(true), Some(value));
            request
                .variables
                .insert(name, types::Variable { is_secret, value });
        }
        let given = json!({
            "previewRun": flags.preview_run.then_some(true),
            "yamlOverride": yaml,
            "stagesToSkip": flags.skip_stage,
            "templateParameters": parameters,
            "resources": flags.resources(environment)?,
        });
        body::with_flags(&request, given)
    }

    async fn find(
        place: &Place,
        client: &Client,
        before_a_start: Option<Duration>,
    ) -> Result<PipelineRef, Failure> {
        let pipeline = find(&place.pipeline, client, before_a_start).await?;
        Ok(match place.pipeline_version {
            Some(version) => pipeline.at_version(version),
            None => pipeline,
        })
    }

    fn list_flags(ready: &Ready<Self>) -> Vec<(&str, &str)> {
        vec![
            ("--organization", &ready.place.pipeline.site.organization),
            ("--project", &ready.place.pipeline.site.project),
            ("--pipeline", ready.place.pipeline.pipeline.text()),
        ]
    }

    async fn pipelines(site: &Site, client: &Client) -> Result<PipelineList, Failure> {
        let list = client.pipelines(&site.organization, &site.project);
        let listed = list.map_ok(|one| {
            ListedPipeline::new(one.id, one.name, one.folder.filter(|folder| folder != "\\"))
        });
        Ok(listed.boxed())
    }

    async fn list(listing: &Listed, client: &Client) -> Result<RunList, Failure> {
        let pipeline = find(&listing.pipeline, client, None).await?;
        if listing.mine {
            return Ok(client.list_own_builds(&pipeline).boxed());
        }
        // The list of builds comes in pages; that of runs is 10,000 at once.
        Ok(client.list_builds(&pipeline).boxed())
    }

    async fn warnings(ready: &Ready<Self>) -> Vec<String> {
        let body = &ready.body;
        let repositories = body.resources.iter().flat_map(|all| &all.repositories);
        let short = repositories.filter_map(|(alias, repository)| {
            let name = repository.ref_name.as_deref()?;
            (!name.starts_with("refs/")).then(|| {
                format!(
                    "resources.repositories.{alias}.refName is {name:?}: the service may silently \
                     ignore a short name and run the default branch. Write refs/heads/{name}."
                )
            })
        });
        let mut warnings: Vec<String> = short.collect();
        let names: Vec<&str> = body.variables.keys().map(String::as_str).collect();
        if !names.is_empty() {
            warnings.push(format!(
                "The pipeline has to allow setting these variables at queue time, or the start is \
                 refused: {}.",
                names.join(", ")
            ));
        }
        warnings
    }

    fn preview(ready: &Ready<Self>) -> Option<Preview<'_>> {
        let (client, pipeline, body) = (&ready.client, &ready.pipeline, &ready.body);
        let as_a_run = body.preview_run == Some(true);
        let final_yaml = if as_a_run {
            client.preview_run(pipeline, body).boxed()
        } else {
            client.preview(pipeline, body).boxed()
        };
        Some(Preview {
            as_a_run,
            pipeline: pipeline.pipeline_id.to_string(),
            final_yaml,
        })
    }
}

async fn find(
    place: &Listing,
    client: &Client,
    before_a_start: Option<Duration>,
) -> Result<PipelineRef, Failure> {
    let Site {
        organization,
        project,
    } = &place.site;
    let list = client.pipelines(organization, project);
    let list = list.map_ok(|one| (one.id, vec![one.name]));
    Ok(match place.pipeline.meant(before_a_start, list).await? {
        Meant::Id(id) => PipelineRef::new(organization, project, *id),
        Meant::Name(name) => client.pipeline_named(organization, project, name).await?,
    })
}
