//! Aliyun Yunxiao Flow (阿里云云效): pipelines of an organization.
//!
//! This is the API that is signed with an access key (product `devops`, version 2021-06-25), not
//! the newer one with personal tokens.

mod codes;
mod credentials;
mod dialect;
mod envelope;
mod fault;
mod lifecycle;
mod normalize;
mod reference;

/// Aliyun's own types: what its document in `specs/aliyun.json` describes.
pub mod types {
    pub use crate::generated::aliyun::open::*;
    pub use crate::generated::aliyun::types::*;
}

use crate::builder::{Builder, Connect, ServiceClient};
use crate::error::{Error, Result};
use crate::generated::aliyun as generated;
use crate::run::{Run, RunRef};
use crate::service::Service;
use crate::transport::{Call, Credential, Dialect, Operation, Reading, Session};

pub use credentials::Credentials;
pub use reference::PipelineRef;
use reference::PipelineRunRef;

/// The OpenAPI document that the client is generated from, as it stands in `specs/`.
pub const DOCUMENT: &str = include_str!("../../../specs/aliyun.json");

/// Where the service is: the one region that the vendor lists for it, Hangzhou.
pub const BASE_URL: &str = "https://devops.cn-hangzhou.aliyuncs.com";
/// Where the service is for machines inside an Alibaba Cloud VPC in Hangzhou.
pub const BASE_URL_VPC: &str = "https://devops-vpc.cn-hangzhou.aliyuncs.com";

/// Where the service is in a region such as `cn-hangzhou`, for [`Builder::base_url`]. The vendor
/// lists no other region so far.
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
/// Every request is signed with this machine's time. A clock that is off is noticed at the first
/// answer and allowed for from then on.
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

impl ServiceClient for Client {
    type Credentials = Credentials;
}

impl Connect for Client {
    const SERVICE: Service = Service::Aliyun;
    const BASE_URL: &'static str = BASE_URL;
    // The limit is not published.
    const REQUESTS_PER_SECOND: f64 = 10.0;
    const DIALECT: &'static dyn Dialect = &dialect::AliyunDialect;

    fn credential(credentials: Credentials) -> Result<Credential> {
        credentials.into_credential()
    }

    fn from_session(session: Session) -> Self {
        Client { session }
    }
}

impl Client {
    /// Begins to build a client. Hangzhou unless another address is set.
    pub fn builder() -> Builder<Self> {
        Builder::new()
    }

    /// Starts a run (`StartPipelineRun`). Leaves a [`types::StartPipelineRunResponse`] in the run,
    /// which is [`crate::RunStatus::Queued`]: the answer names the run and no state.
    ///
    /// With default parameters the pipeline runs as it is configured. The service ignores, and does
    /// not refuse, what does not fit the way a source is set up (branches above all): read the run,
    /// and look at [`Run::requested_ref`].
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
        let operation = at(Operation::once("startPipelineRun"), pipeline);
        let form = form(params).map_err(|error| error.to(Service::Aliyun, "startPipelineRun"))?;
        let form = &form;
        let send = |call: Call| async move {
            let client = generated::Client::from(call);
            let call = client
                .start_pipeline_run()
                .organization_id(&pipeline.organization_id);
            let call = call.pipeline_id(pipeline.pipeline_id);
            call.body(form.clone()).send().await
        };
        // A number is a run, whatever is said beside it.
        let refusal = |answer: &types::StartPipelineRunResponse| match normalize::run_id_of(answer)
        {
            Some(_) => None,
            None => envelope::refusal(answer),
        };
        let reading = Reading {
            normalize: |answer| normalize::started(pipeline, answer),
            salvage: |body: &serde_json::Value| normalize::salvaged(pipeline, body),
        };
        self.session.start(&operation, send, refusal, reading).await
    }

    /// Reads a run (`GetPipelineRun`). Leaves a [`types::PipelineRun`] in the run.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::Configuration`] when the reference is not one of Aliyun's; every kind
    /// that a read can end in.
    pub async fn get(&self, run: &RunRef) -> Result<Run> {
        let PipelineRunRef { pipeline, run_id } = PipelineRunRef::of(run)?;
        let operation = at(Operation::read("getPipelineRun"), &pipeline)
            .at("run", run_id)
            .of(run);
        let place = &pipeline;
        let send = |call: Call| async move {
            let client = generated::Client::from(call);
            let call = client
                .get_pipeline_run()
                .organization_id(&place.organization_id);
            let call = call.pipeline_id(place.pipeline_id);
            call.pipeline_run_id(run_id).send().await
        };
        let answer = self
            .session
            .call_checked(&operation, send, envelope::refusal);
        let answer = answer.await?.into_inner();
        normalize::run(&pipeline, run_id, answer.pipeline_run)
    }
}

/// The values of the path that leads to a pipeline.
fn at(operation: Operation, pipeline: &PipelineRef) -> Operation {
    operation
        .at("organization", &pipeline.organization_id)
        .at("pipeline", pipeline.pipeline_id)
}

/// The parameters travel as JSON text in a form's one field; where none is set, as an empty form,
/// as the official SDK sends it.
fn form(params: &types::StartPipelineRunParams) -> Result<types::StartPipelineRunForm> {
    let text = serde_json::to_string(params).map_err(|cause| {
        Error::configuration("the parameters cannot be written as JSON").caused_by(cause)
    })?;
    let params = (text != "{}").then_some(text);
    Ok(types::StartPipelineRunForm { params })
}
