//! Azure DevOps Pipelines: pipelines of a project in an organization.

mod credentials;
mod dialect;
mod exception;
mod gates;
mod lifecycle;
mod listing;
mod logs;
mod mark;
mod normalize;
mod page;
mod preview;
mod proofs;
mod reconcile;
mod reference;
mod steps;

/// Azure DevOps' own types: what its document in `specs/azure-devops.json` describes.
pub mod types {
    pub use crate::generated::azure_devops::open::*;
    pub use crate::generated::azure_devops::types::*;
}

use chrono::{DateTime, Utc};
use futures_util::stream::BoxStream;

use crate::client::{Call, Dialect, Operation, Session};
use crate::document::Document;
use crate::error::{Error, Result};
use crate::generated::azure_devops::{self as generated, api, operations};
use crate::mark::{Mark, MarkPlace, Trace};
use crate::place::Place;
use crate::reconcile::Reconciled;
use crate::run::{Run, RunRef, RunStatus};
use crate::service::Service;
use crate::service_client::{Connect, ServiceClient};
use crate::services::client::client_calls;
use crate::web_page::Site;

pub use credentials::{Credentials, SCOPE};
pub use reference::PipelineRef;

/// The OpenAPI document that the client is generated from, as in `specs/`.
pub const DOCUMENT: Document = generated::DOCUMENT;

/// The address of Azure DevOps Services. The organization follows in the path.
pub const BASE_URL: &str = "https://dev.azure.com";
/// The version of the API that is used unless another is set.
pub const API_VERSION: &str = "7.1";

/// Talks to Azure DevOps Services, or to your own server. Cheap to clone; clones share
/// connections and the budget of requests.
///
/// For a server the base URL is everything before the collection, such as
/// `https://tfs.example.com/tfs`, and the collection takes the organization's place.
///
/// ```no_run
/// use runpipe::azure_devops::{Client, Credentials, PipelineRef, types};
///
/// # async fn start() -> runpipe::Result<()> {
/// let azure = Client::builder().credentials(Credentials::pat("…")).build()?;
/// let pipeline = PipelineRef::new("acme", "My Project", 42);
/// let mut own = types::RepositoryResourceParameters::default();
/// own.ref_name = Some("refs/heads/main".to_owned());
/// let mut resources = types::RunResourcesParameters::default();
/// resources.repositories.insert("self".to_owned(), own);
/// let mut request = types::RunPipelineParameters::default();
/// request.resources = Some(resources);
/// request.template_parameters.insert("environment".to_owned(), "test".to_owned());
/// let run = azure.start(&pipeline, &request).await?;
/// println!("{} is {}", run.reference, run.status);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Client {
    session: Session,
}

client_calls!(Client);

impl Connect for Client {
    // The limit is in units of consumption, not in requests; headers say when it is near.
    const REQUESTS_PER_SECOND: f64 = 10.0;
    const DIALECT: &'static dyn Dialect = &dialect::AzureDevopsDialect;
    const START: &'static Operation = &operations::RUN_PIPELINE;
    const SITE: Site = page::SITE;
    // The list of builds is asked for by `queryOrder` (vendor page), and each has a time of queueing.
    const NEWEST_FIRST: bool = true;
    const QUERY: Option<(&'static str, &'static str)> = Some(("api-version", API_VERSION));
}

impl ServiceClient for Client {
    const SERVICE: Service = Service::AzureDevops;
    const DOCUMENT: Document = DOCUMENT;
    const BASE_URL: &'static str = BASE_URL;

    type Credentials = Credentials;
    type Pipeline = PipelineRef;
    type Request = types::RunPipelineParameters;

    async fn start(&self, pipeline: &PipelineRef, request: &Self::Request) -> Result<Run> {
        Client::start(self, pipeline, request).await
    }

    async fn reconcile(
        &self,
        pipeline: &PipelineRef,
        request: &Self::Request,
        since: DateTime<Utc>,
    ) -> Result<Reconciled> {
        Client::reconcile(self, pipeline, request, since).await
    }

    fn list(&self, pipeline: &PipelineRef) -> BoxStream<'static, Result<Run>> {
        Client::list(self, pipeline)
    }

    fn newest(&self, pipeline: &PipelineRef) -> BoxStream<'static, Result<Run>> {
        Client::list_builds(self, pipeline)
    }

    /// The mark goes into the variable or the template parameter that the caller names, which the list
    /// of builds shows: [`Trace::Shown`]. Without one it goes nowhere, for a variable that the pipeline
    /// does not know is refused: [`Trace::Unseen`].
    fn mark(request: &mut Self::Request, mark: &Mark, place: &MarkPlace) -> Result<Trace> {
        mark::put(request, mark, place)
    }

    fn bears(run: &Run, mark: &Mark, place: &MarkPlace) -> Option<bool> {
        mark::bears(run, mark, place)
    }
}

impl Client {
    /// Sets another version of the API for every call: `7.1-preview.1` or `7.0` for an older server.
    /// The service refuses a version that it does not have as an invalid request.
    #[must_use]
    pub fn with_api_version(mut self, api_version: impl Into<String>) -> Self {
        self.session = self.session.with_query("api-version", api_version.into());
        self
    }

    /// Starts a run (`runPipeline`). [`Run::vendor`] is a [`types::Run`].
    ///
    /// Without a `refName` for the repository `self` the pipeline's default branch runs. A branch
    /// has to be a full ref (`refs/heads/main`): the service may silently ignore a short one.
    ///
    /// A start that is dropped before it has ended is not sent again, and its outcome is then
    /// unknown: look for the run with [`Client::reconcile`].
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::OutcomeUnknown`] when the request was sent and no clear answer came: the
    /// run may have started. Every other kind says that nothing was started.
    /// [`crate::ErrorKind::Configuration`] when the request asks for a preview: use
    /// [`Client::preview`] or [`Client::preview_run`].
    pub async fn start(
        &self,
        pipeline: &PipelineRef,
        request: &types::RunPipelineParameters,
    ) -> Result<Run> {
        if request.preview_run == Some(true) {
            let error =
                Error::configuration("the request has previewRun in it, which starts no run")
                    .to(Service::AzureDevops, "runPipeline");
            return Err(error.advise("Call `preview` or `preview_run`, or leave previewRun out."));
        }
        let call = pipeline.call(&self.session, &operations::RUN_PIPELINE);
        let answer = send_run(&call, pipeline, request).await;
        let run = call.started(
            answer,
            |answer| normalize::started(pipeline, request, answer),
            |run| normalize::named(pipeline, run),
        )?;
        let told = run.vendor().and_then(normalize::pipeline_of);
        call.started_in(run, told)
    }

    /// Reads a run (`getRun`). [`Run::vendor`] is a [`types::Run`].
    ///
    /// If a run has ended and does not say how, its build is read too (`getBuild`): only a build says
    /// that a run was partially successful. That counts as success, with a warning.
    ///
    /// If a run is in progress, its timeline is read too (`getBuildTimeline`): only that says that the
    /// run waits, for an approval above all, and the run is then [`crate::RunStatus::Waiting`]. Who
    /// may approve is asked for then (`listApprovals`). Where the credential may not read them, a
    /// warning says so.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::Configuration`] when the reference is not one of Azure DevOps; every
    /// kind that a read can fail with.
    pub async fn get(&self, run: &RunRef) -> Result<Run> {
        let (call, answer) = self.run_of_pipeline(run).await?;
        let ask_build = normalize::needs_build(&answer);
        let mut read = normalize::run(run.clone(), answer);
        if ask_build || read.status == RunStatus::Running {
            // On the heap: most reads need no memory for it.
            read = Box::pin(self.read_further(&call, read, ask_build)).await?;
        }
        Ok(call.clean_run(read))
    }

    /// A run as its pipeline has it (`getRun`). What goes by the build alone does not look at the pipeline:
    /// whatever acts asks for this first.
    async fn run_of_pipeline(&self, run: &RunRef) -> Result<(Call, types::Run)> {
        let call = self.about(&operations::GET_RUN, run)?;
        let answer = api(&call).get_run().send().await?;
        call.expect_run(answer.id)?;
        call.expect_in("pipeline", normalize::pipeline_of(&answer))?;
        Ok((call, answer))
    }

    /// What other operations tell about a run that was read, within the time of its call.
    async fn read_further(&self, call: &Call, mut read: Run, ask_build: bool) -> Result<Run> {
        let mut client = self.clone();
        client.session = call.session_for_more();
        let run = read.reference.clone();
        if ask_build {
            normalize::add_build(&mut read, &client.build(&run).await?);
        }
        if read.status == RunStatus::Running {
            match client.gates(&run).await {
                Ok(gates) => normalize::add_gates(&mut read, gates),
                // The next look may tell.
                Err(error) if error.is_retryable() => return Err(error),
                Err(error) => {
                    let what = "What the run is waiting for cannot be read";
                    read = read.warn(format!("{what}: {error}"));
                }
            }
        }
        Ok(read)
    }

    /// The build that carries out a run.
    async fn build(&self, run: &RunRef) -> Result<types::Build> {
        let call = self.about_build(&operations::GET_BUILD, run)?;
        read_build(&call).await
    }
}

/// A build of a pipeline's project.
async fn read_build(call: &Call) -> Result<types::Build> {
    let build = api(call).get_build().send().await?;
    call.expect_run(build.id)?;
    Ok(build)
}

/// One `runPipeline`, for a start and for a preview.
async fn send_run(
    call: &Call,
    pipeline: &PipelineRef,
    request: &types::RunPipelineParameters,
) -> Result<types::Run> {
    let api = api(call);
    let mut send = api.run_pipeline();
    if let Some(version) = pipeline.pipeline_version {
        send = send.pipeline_version(version);
    }
    send.body(request).send().await
}
