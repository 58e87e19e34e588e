//! Aliyun Yunxiao Flow (阿里云云效) through its newer API: pipelines of an organization, or of a
//! Region instance.
//!
//! This is the API with personal access tokens (`x-yunxiao-token`), which the vendor's own new
//! tools use. The one before it, signed with an access key, is [`crate::aliyun`].

mod credentials;
mod dialect;
mod edition;
mod fault;
mod jobs;
mod listing;
mod logs;
mod normalize;
mod reconcile;
mod reference;

/// Yunxiao's own types: what its document in `specs/yunxiao.json` describes.
pub mod types {
    pub use crate::generated::yunxiao::open::*;
    pub use crate::generated::yunxiao::types::*;
}

use chrono::{DateTime, Utc};
use futures_util::stream::BoxStream;

use crate::client::{Dialect, Operation, Session};
use crate::document::Document;
use crate::error::{Error, ErrorKind, Result};
use crate::generated::yunxiao::{self as generated, operations};
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
use edition::api;
pub use reference::PipelineRef;

/// The OpenAPI document that the client is generated from, as in `specs/`.
pub const DOCUMENT: Document = generated::DOCUMENT;

/// Where the central edition is. A Region instance has an address of its own
/// (`https://….devops.aliyuncs.com`): give it to [`crate::Builder::base_url`], without a path.
pub const BASE_URL: &str = "https://openapi-rdc.aliyuncs.com";

/// Talks to Yunxiao. Cheap to clone; clones share connections and the budget of requests.
///
/// ```no_run
/// use runpipe::yunxiao::{Client, Credentials, PipelineRef, types};
///
/// # async fn start() -> runpipe::Result<()> {
/// let yunxiao = Client::builder().credentials(Credentials::token("pt-…")).build()?;
/// let pipeline = PipelineRef::new("5ebbc0228123212b59", 123);
/// let mut params = types::CreatePipelineRunParams::default();
/// params.envs.insert("REGION".to_owned(), "eu".to_owned());
/// // A remark that no other start has lets `reconcile` find this run for certain.
/// params.comment = Some("release 1.2.3, build 7001".to_owned());
/// let run = yunxiao.start(&pipeline, &params).await?;
/// println!("{} is {}", run.reference, run.status);
/// # Ok(())
/// # }
/// ```
///
/// A Region instance finds its tenant by the `Host` header. To call it through an internal address,
/// give its own name with [`Client::with_host`].
#[derive(Clone, Debug)]
pub struct Client {
    session: Session,
}

client_calls!(Client);

impl Connect for Client {
    // The limit is not published.
    const REQUESTS_PER_SECOND: f64 = 10.0;
    const DIALECT: &'static dyn Dialect = &dialect::YunxiaoDialect;
    const START: &'static Operation = &operations::CREATE_PIPELINE_RUN;
    const SITE: Site = flow::page::SITE;
}

impl LogParts for Client {}

impl ServiceClient for Client {
    const SERVICE: Service = Service::Yunxiao;
    const DOCUMENT: Document = DOCUMENT;
    const BASE_URL: &'static str = BASE_URL;

    type Credentials = Credentials;
    type Pipeline = PipelineRef;
    type Request = types::CreatePipelineRunParams;

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

    /// The mark goes to the end of `comment`, or in front of a long one. Whether every run shows it is
    /// not confirmed: [`Trace::Unseen`].
    fn mark(request: &mut Self::Request, mark: &Mark, place: &MarkPlace) -> Result<Trace> {
        place.put_into(&mut request.comment, mark, Service::Yunxiao, Trace::Unseen)
    }
}

impl Client {
    /// The same client, whose calls name this host in their `Host` header, wherever they are sent:
    /// a Region instance that is called through an internal address finds its tenant by it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] when it is not a host (`acme.devops.aliyuncs.com`, with a port
    /// if it has one).
    pub fn with_host(self, host: &str) -> Result<Self> {
        let authority: Option<http::uri::Authority> = host.parse().ok();
        let authority = authority.filter(|authority| !authority.as_str().contains('@'));
        let value = authority.and_then(|host| http::HeaderValue::try_from(host.as_str()).ok());
        let value = value.ok_or_else(|| {
            let error = Error::configuration("the host is not a valid host name");
            error.on_service(Service::Yunxiao)
        })?;
        Ok(self.with_header(http::header::HOST, value))
    }

    /// Starts a run (`CreatePipelineRun`). The run is [`crate::RunStatus::Queued`]: the answer is
    /// its number and nothing else, so the run holds no answer of the vendor.
    ///
    /// With default parameters the pipeline runs as it is configured. The service ignores, and does
    /// not refuse, parameters that do not fit the setup of a source (branches above all): read the
    /// run, and look at [`Run::requested_ref`]. A pipeline in branch mode rebuilds its integration
    /// branch with each start.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::OutcomeUnknown`] when the request was sent and no clear answer came: the run
    /// may have started. Every other kind says that nothing was started.
    pub async fn start(
        &self,
        pipeline: &PipelineRef,
        params: &types::CreatePipelineRunParams,
    ) -> Result<Run> {
        let call = pipeline.call(&self.session, &operations::CREATE_PIPELINE_RUN);
        // The service would read an object in place of the text as no parameters at all, and would
        // build the default branch: only this code writes the text.
        let params = flow::as_text(params).map_err(|error| call.locate(error))?;
        let answer = api(&call)?
            .create_pipeline_run()
            .body(&types::CreatePipelineRunRequest { params })
            .send()
            .await;
        let read = |answer| normalize::started(pipeline, &answer);
        call.started(answer, read, |run| normalize::named(pipeline, run))
    }

    /// Reads a run (`GetPipelineRun`). Leaves a [`types::PipelineRun`] in the run.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] when the reference is not one of Yunxiao's; every kind that a
    /// read can end in.
    pub async fn get(&self, run: &RunRef) -> Result<Run> {
        let call = self.about(&operations::GET_PIPELINE_RUN, run)?;
        let answer = api(&call)?.get_pipeline_run().send().await?;
        call.expect_run(answer.pipeline_run_id)?;
        call.expect_in("pipeline", normalize::pipeline_of(&answer))?;
        Ok(call.clean_run(normalize::run(run.clone(), answer)))
    }

    /// Reads the newest run of a pipeline, whoever started it (`GetLatestPipelineRun`). Leaves a
    /// [`types::PipelineRun`] in the run.
    ///
    /// # Errors
    ///
    /// Every kind that a read can end in; [`ErrorKind::Undecodable`] when the answer names no run.
    pub async fn latest(&self, pipeline: &PipelineRef) -> Result<Run> {
        let call = pipeline.call(&self.session, &operations::GET_LATEST_PIPELINE_RUN);
        let answer = api(&call)?.get_latest_pipeline_run().send().await?;
        let run_id = answer.pipeline_run_id.filter(|id| *id > 0).ok_or_else(|| {
            let error = call.error(ErrorKind::Undecodable);
            error.detail("the answer names no run")
        })?;
        call.expect_in("pipeline", normalize::pipeline_of(&answer))?;
        let reference = pipeline.run(run_id)?;
        Ok(call.clean_run(normalize::run(reference, answer)))
    }
}
