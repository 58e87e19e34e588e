//! Matillion Data Productivity Cloud, called Maia since 2026: published pipelines of a project.

mod credentials;
mod dialect;
mod filter;
mod lifecycle;
mod listing;
mod logs;
mod mark;
mod normalize;
mod page;
mod reconcile;
mod reference;
mod region;
mod steps;

/// Matillion's own types: what its document in `specs/matillion.json` describes.
pub mod types {
    pub use crate::generated::matillion::open::*;
    pub use crate::generated::matillion::types::*;
}

use chrono::{DateTime, Utc};
use futures_util::stream::BoxStream;

use crate::client::{Dialect, Operation, Session};
use crate::document::Document;
use crate::error::{Error, ErrorKind, Result};
use crate::generated::matillion::{self as generated, api, operations};
use crate::mark::{Mark, MarkPlace, Trace};
use crate::place::Place;
use crate::reconcile::Reconciled;
use crate::run::{Run, RunRef};
use crate::service::Service;
use crate::service_client::{Connect, LogParts, ServiceClient};
use crate::services::client::client_calls;
use crate::web_page::Site;

pub use credentials::{Credentials, TOKEN_URL};
pub use filter::ListFilter;
pub use reference::ProjectRef;
pub use region::Region;

/// The OpenAPI document that the client is generated from, as in `specs/`.
pub const DOCUMENT: Document = generated::DOCUMENT;

/// Talks to Matillion. Cheap to clone; clones share connections, the token and the budget of
/// requests.
///
/// ```no_run
/// use runpipe::matillion::{Client, Credentials, ProjectRef, Region, types};
///
/// # async fn start() -> Result<(), Box<dyn std::error::Error>> {
/// let matillion = Client::builder()
///     .region(Region::Us1)
///     .credentials(Credentials::client("client id", "…"))
///     .build()?;
/// let project = ProjectRef::new("5b0d6e52-91c7-4f3a-8d24-6a7c1e9f0b38");
/// let request: types::ExecutePublishedPipelineRequest =
///     types::ExecutePublishedPipelineRequest::builder()
///         .environment_name("Production")
///         .pipeline_name("Nightly load")
///         .execution_tag("nightly".to_owned())
///         .try_into()?;
/// let run = matillion.start(&project, &request).await?;
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
    // 1000 requests a minute are allowed, to the account as a whole.
    const REQUESTS_PER_SECOND: f64 = 10.0;
    const DIALECT: &'static dyn Dialect = &dialect::MatillionDialect;
    const START: &'static Operation = &operations::EXECUTE_PUBLISHED_PIPELINE;
    const SITE: Site = page::SITE;
}

impl LogParts for Client {}

impl ServiceClient for Client {
    const SERVICE: Service = Service::Matillion;
    const DOCUMENT: Document = DOCUMENT;
    const BASE_URL: &'static str = Region::Eu1.base_url();
    const REGIONS: &'static [(&'static str, &'static str)] = &[
        (Region::Eu1.name(), Region::Eu1.base_url()),
        (Region::Us1.name(), Region::Us1.base_url()),
        (Region::Au1.name(), Region::Au1.base_url()),
    ];

    type Credentials = Credentials;
    type Pipeline = ProjectRef;
    type Request = types::ExecutePublishedPipelineRequest;

    async fn start(&self, pipeline: &ProjectRef, request: &Self::Request) -> Result<Run> {
        Client::start(self, pipeline, request).await
    }

    async fn reconcile(
        &self,
        pipeline: &ProjectRef,
        request: &Self::Request,
        since: DateTime<Utc>,
    ) -> Result<Reconciled> {
        Client::reconcile(self, pipeline, request, since).await
    }

    fn list(&self, pipeline: &ProjectRef) -> BoxStream<'static, Result<Run>> {
        Client::list(self, &ListFilter::default().project(pipeline))
    }

    /// The mark is the `executionTag`: a second execution is refused while the first is running, and no
    /// list shows it: [`Trace::Guarded`]. A tag of the caller's own stays, and the start has no mark.
    fn mark(request: &mut Self::Request, mark: &Mark, place: &MarkPlace) -> Result<Trace> {
        mark::put(request, mark, place)
    }
}

impl Client {
    /// Starts a published pipeline (`executePublishedPipeline`).
    ///
    /// The answer has only the run's id, so the run is [`crate::RunStatus::Queued`] with no vendor
    /// status, and [`Run::vendor`] is a [`types::StartedPipelineExecution`]. The pipeline has to be
    /// published in the environment. Without a version, the one that was deployed or promoted last
    /// runs.
    ///
    /// A start that is dropped before it has ended is not sent again, and its outcome is then
    /// unknown: look for the run with [`Client::reconcile`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Conflict`] while an execution with the same `executionTag` runs in the
    /// environment; [`ErrorKind::Disabled`] when the pipeline has been disabled;
    /// [`ErrorKind::OutcomeUnknown`] when the request was sent and no clear answer came: the
    /// execution may have started. Every other kind says that nothing was started.
    pub async fn start(
        &self,
        project: &ProjectRef,
        request: &types::ExecutePublishedPipelineRequest,
    ) -> Result<Run> {
        let call = project.call(&self.session, &operations::EXECUTE_PUBLISHED_PIPELINE);
        let answer = api(&call)
            .execute_published_pipeline()
            .body(request)
            .send()
            .await;
        let started = call.started(
            answer,
            |answer| normalize::started(project, request, answer),
            |run| normalize::named(project, request, &run.id),
        );
        started.map_err(|error| name_the_tag(error, request))
    }

    /// Reads an execution (`getPipelineExecution`). [`Run::vendor`] is a [`types::PipelineExecution`],
    /// whichever of its two forms the answer has.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] when the reference is not one of Matillion's; every kind that
    /// a read can fail with.
    pub async fn get(&self, run: &RunRef) -> Result<Run> {
        let call = self.about(&operations::GET_PIPELINE_EXECUTION, run)?;
        let answer = api(&call).get_pipeline_execution().send().await?;
        let execution = normalize::details(answer);
        call.expect_run(execution.pipeline_execution_id.as_ref())?;
        call.expect_in("project", execution.project_id.as_ref())?;
        Ok(call.clean_run(normalize::run(run.clone(), execution)))
    }

    /// Reads the status of an execution and nothing else (`getPipelineExecutionStatus`), which the
    /// vendor recommends for polling. [`Run::vendor`] is a [`types::PipelineExecutionStatus`].
    ///
    /// The operation is younger than the others and its answer is not confirmed: where it is not
    /// found, or names no status, the details are read instead, as by [`Client::get`].
    ///
    /// # Errors
    ///
    /// As [`Client::get`].
    pub async fn status(&self, run: &RunRef) -> Result<Run> {
        let client = self.bounded();
        let call = client.about(&operations::GET_PIPELINE_EXECUTION_STATUS, run)?;
        match api(&call).get_pipeline_execution_status().send().await {
            Ok(answer) if answer.status.is_some() => {
                Ok(call.clean_run(normalize::status_only(run.clone(), answer)))
            }
            Ok(_) => client.get(run).await,
            Err(error) if error.kind() == ErrorKind::NotFound => client.get(run).await,
            Err(error) => Err(error),
        }
    }
}

/// The service may not say which tag is in the way; the request does.
fn name_the_tag(error: Error, request: &types::ExecutePublishedPipelineRequest) -> Error {
    match (error.kind(), &request.execution_tag) {
        (ErrorKind::Conflict, Some(tag)) => {
            let environment: &str = &request.environment_name;
            error.detail(format!(
                "an execution with the executionTag {tag:?} is still running in the environment \
                 {environment:?}"
            ))
        }
        _ => error,
    }
}
