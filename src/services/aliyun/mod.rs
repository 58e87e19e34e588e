//! Aliyun Yunxiao Flow (阿里云云效): pipelines of an organization.
//!
//! This is the API that is signed with an access key (product `devops`, version 2021-06-25), not
//! the newer one with personal tokens.

mod codes;
mod credentials;
mod dialect;
mod envelope;
mod error_body;
mod jobs;
mod listing;
mod normalize;
mod proofs;
mod reconcile;
mod reference;

/// Aliyun's own types: what its document in `specs/aliyun.json` describes.
pub mod types {
    pub use crate::generated::aliyun::open::*;
    pub use crate::generated::aliyun::types::*;
}

use chrono::{DateTime, Utc};
use futures_util::stream::BoxStream;

use crate::client::{Dialect, Operation, Session};
use crate::document::Document;
use crate::error::Result;
use crate::generated::aliyun::{self as generated, api, operations};
use crate::mark::{Mark, MarkPlace, Trace};
use crate::place::Place;
use crate::reconcile::Reconciled;
use crate::run::{Run, RunRef};
use crate::service::Service;
use crate::service_client::{Connect, LogParts, ServiceClient};
use crate::services::client::client_calls;
use crate::services::flow::{self, Flow as _};
use crate::web_page::Site;

pub use credentials::Credentials;
pub use reference::PipelineRef;

/// The OpenAPI document that the client is generated from, as in `specs/`.
pub const DOCUMENT: Document = generated::DOCUMENT;

/// The address of the service, in Hangzhou: the only region that the vendor lists.
pub const BASE_URL: &str = "https://devops.cn-hangzhou.aliyuncs.com";
/// The address of the service for machines inside an Alibaba Cloud VPC in Hangzhou.
pub const BASE_URL_VPC: &str = "https://devops-vpc.cn-hangzhou.aliyuncs.com";

/// The address of the service in a region such as `cn-hangzhou`, for [`crate::Builder::base_url`]. The
/// vendor lists no other region so far.
///
/// ```
/// assert_eq!(
///     runpipe::aliyun::base_url("cn-hangzhou"),
///     runpipe::aliyun::BASE_URL
/// );
/// ```
pub fn base_url(region: &str) -> String {
    format!("https://devops.{region}.aliyuncs.com")
}

/// Talks to Aliyun Yunxiao. Cheap to clone; clones share connections and the budget of requests.
///
/// Every request is signed with this machine's time. If that is wrong, the first answer shows by how
/// much, and later signatures are corrected.
///
/// ```no_run
/// use runpipe::aliyun::{Client, Credentials, PipelineRef, types};
///
/// # async fn start() -> runpipe::Result<()> {
/// let aliyun = Client::builder()
///     .credentials(Credentials::access_key("LTAI…", "…"))
///     .build()?;
/// let pipeline = PipelineRef::new("5ebbc0228123212b59", 123);
/// let mut params = types::StartPipelineRunParams::default();
/// params.envs.insert("VERSION".to_owned(), "1.2.3".to_owned());
/// let run = aliyun.start(&pipeline, &params).await?;
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
    // The limit is not published.
    const REQUESTS_PER_SECOND: f64 = 10.0;
    const DIALECT: &'static dyn Dialect = &dialect::AliyunDialect;
    const START: &'static Operation = &operations::START_PIPELINE_RUN;
    const SITE: Site = flow::page::SITE;
}

impl LogParts for Client {}

impl ServiceClient for Client {
    const SERVICE: Service = Service::Aliyun;
    const DOCUMENT: Document = DOCUMENT;
    const BASE_URL: &'static str = BASE_URL;

    type Credentials = Credentials;
    type Pipeline = PipelineRef;
    type Request = types::StartPipelineRunParams;

    async fn start(&self, pipeline: &PipelineRef, request: &Self::Request) -> Result<Run> {
        Client::start(self, pipeline, request).await
    }

    async fn reconcile(
        &self,
        pipeline: &PipelineRef,
        params: &Self::Request,
        since: DateTime<Utc>,
    ) -> Result<Reconciled> {
        Client::reconcile(self, pipeline, params, since).await
    }

    fn list(&self, pipeline: &PipelineRef) -> BoxStream<'static, Result<Run>> {
        Client::list(self, pipeline)
    }

    /// The mark goes to the end of `comment`, or in front of a long one, which no list shows:
    /// [`Trace::Unseen`].
    fn mark(request: &mut Self::Request, mark: &Mark, place: &MarkPlace) -> Result<Trace> {
        place.put_into(&mut request.comment, mark, Service::Aliyun, Trace::Unseen)
    }
}

impl Client {
    /// Starts a run (`StartPipelineRun`). [`Run::vendor`] is a [`types::StartPipelineRunResponse`]. The
    /// run is [`crate::RunStatus::Queued`]: the answer has its id and no state.
    ///
    /// With default parameters the pipeline runs as it is configured. The service does not refuse
    /// parameters that do not fit the configuration of a source, branches above all: it ignores them.
    /// Read the run, and look at [`Run::requested_ref`].
    ///
    /// A start that is dropped before it has ended is not sent again, and its outcome is then
    /// unknown: look for the run with [`Client::reconcile`].
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::OutcomeUnknown`] when the request was sent and no clear answer came: the
    /// run may have started. Every other kind says that nothing was started.
    pub async fn start(
        &self,
        pipeline: &PipelineRef,
        params: &types::StartPipelineRunParams,
    ) -> Result<Run> {
        let call = pipeline.call(&self.session, &operations::START_PIPELINE_RUN);
        // Where none is set, the form is empty, as the official SDK sends it.
        let params = flow::as_text(params).map_err(|error| call.locate(error))?;
        let answer = api(&call)
            .start_pipeline_run()
            .body(&types::StartPipelineRunForm { params })
            .send()
            .await;
        call.started(
            answer,
            |answer| normalize::started(pipeline, answer),
            |run| normalize::named(pipeline, run),
        )
    }

    /// Reads a run (`GetPipelineRun`). [`Run::vendor`] is a [`types::PipelineRun`].
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::Configuration`] when the reference is not one of Aliyun's; every kind
    /// that a read can fail with.
    pub async fn get(&self, run: &RunRef) -> Result<Run> {
        let call = self.about(&operations::GET_PIPELINE_RUN, run)?;
        let answer = api(&call).get_pipeline_run().send().await?.pipeline_run;
        call.expect_run(answer.as_ref().and_then(|answer| answer.pipeline_run_id))?;
        call.expect_in("pipeline", answer.as_ref().and_then(normalize::pipeline_of))?;
        Ok(call.clean_run(normalize::run(run.clone(), answer)))
    }
}
