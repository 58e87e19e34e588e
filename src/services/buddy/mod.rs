//! Buddy (buddy.works): pipelines of a project in a workspace.

mod credentials;
mod dialect;
mod gates;
mod lifecycle;
mod listing;
mod logs;
mod normalize;
mod page;
mod reconcile;
mod reference;
mod steps;

/// Buddy's own types: what its document in `specs/buddy.json` describes.
pub mod types {
    pub use crate::generated::buddy::open::*;
    pub use crate::generated::buddy::types::*;
}

use chrono::{DateTime, Utc};
use futures_util::stream::BoxStream;

use crate::client::{Dialect, Operation, Session};
use crate::document::Document;
use crate::error::Result;
use crate::generated::buddy::{self as generated, api, operations};
use crate::mark::{Mark, MarkPlace, Trace};
use crate::place::Place;
use crate::reconcile::Reconciled;
use crate::run::{Run, RunRef};
use crate::service::Service;
use crate::service_client::{Connect, ServiceClient};
use crate::services::client::client_calls;
use crate::web_page::Site;

pub use credentials::Credentials;
pub use reference::PipelineRef;

/// The OpenAPI document that the client is generated from, as in `specs/`.
pub const DOCUMENT: Document = generated::DOCUMENT;

/// The address of Buddy for accounts of the US region.
pub const BASE_URL_US: &str = "https://api.buddy.works";
/// The address of Buddy for accounts of the EU region.
pub const BASE_URL_EU: &str = "https://api.eu.buddy.works";
/// The address of Buddy for accounts of the Asia-Pacific region.
pub const BASE_URL_ASIA: &str = "https://api.asia.buddy.works";

/// Talks to Buddy. Cheap to clone; clones share connections and the budget of requests.
///
/// ```no_run
/// use runpipe::buddy::{Client, Credentials, PipelineRef, types};
///
/// # async fn start() -> runpipe::Result<()> {
/// let buddy = Client::builder().credentials(Credentials::token("…")).build()?;
/// let pipeline = PipelineRef::new("acme", "website", 2);
/// let mut request = types::RunExecutionRequest::default();
/// request.comment = Some("hotfix".to_owned());
/// let run = buddy.start(&pipeline, &request).await?;
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
    // The limit is not published; the vendor's own client slows down at 100 left.
    const REQUESTS_PER_SECOND: f64 = 10.0;
    const DIALECT: &'static dyn Dialect = &dialect::BuddyDialect;
    const START: &'static Operation = &operations::RUN_EXECUTION;
    const SITE: Site = page::SITE;
}

impl ServiceClient for Client {
    const SERVICE: Service = Service::Buddy;
    const DOCUMENT: Document = DOCUMENT;
    const BASE_URL: &'static str = BASE_URL_US;
    const REGIONS: &'static [(&'static str, &'static str)] = &[
        ("us", BASE_URL_US),
        ("eu", BASE_URL_EU),
        ("asia", BASE_URL_ASIA),
    ];

    type Credentials = Credentials;
    type Pipeline = PipelineRef;
    type Request = types::RunExecutionRequest;

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

    /// The mark goes to the end of `comment`, or in front of a long one, which the list shows:
    /// [`Trace::Shown`]. Whether and where it shows an execution that is not due yet (`delay_until`) is
    /// not confirmed: [`Trace::Unseen`].
    fn mark(request: &mut Self::Request, mark: &Mark, place: &MarkPlace) -> Result<Trace> {
        let usual = match request.delay_until {
            None => Trace::Shown,
            Some(_) => Trace::Unseen,
        };
        place.put_into(&mut request.comment, mark, Service::Buddy, usual)
    }

    /// The given page shows `comment` in an execution; no real list is recorded. A comment that is shown
    /// as `null` bears no mark. A list with an execution that lacks the field is not read where a mark is
    /// looked for.
    fn bears(run: &Run, mark: &Mark, _place: &MarkPlace) -> Option<bool> {
        let execution = run.vendor::<types::Execution>()?;
        let comment = execution.comment.as_deref().unwrap_or_default();
        Some(comment.contains(mark.as_str()))
    }
}

impl Client {
    /// Starts an execution (`runExecution`). [`Run::vendor`] is a [`types::Execution`].
    ///
    /// Without a branch, tag, pull request or revision, Buddy runs the pipeline's own ref, and refuses
    /// if that is a wildcard.
    ///
    /// A start that is dropped before it has ended is not sent again, and its outcome is then
    /// unknown: look for the run with [`Client::reconcile`].
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::OutcomeUnknown`] when the request was sent and no clear answer came: the
    /// execution may have started. Every other kind says that nothing was started.
    pub async fn start(
        &self,
        pipeline: &PipelineRef,
        request: &types::RunExecutionRequest,
    ) -> Result<Run> {
        let call = pipeline.call(&self.session, &operations::RUN_EXECUTION);
        let answer = api(&call).run_execution().body(request).send().await;
        let run = call.started(
            answer,
            |execution| normalize::started(pipeline, execution),
            |run| normalize::named(pipeline, run),
        )?;
        let told = run.vendor().and_then(normalize::pipeline_of);
        call.started_in(run, told)
    }

    /// Reads an execution (`getExecution`). [`Run::vendor`] is a [`types::Execution`].
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::Configuration`] when the reference is not one of Buddy's; every kind
    /// that a read can fail with.
    pub async fn get(&self, run: &RunRef) -> Result<Run> {
        let call = self.about(&operations::GET_EXECUTION, run)?;
        let execution = api(&call).get_execution().send().await?;
        call.expect_run(execution.id)?;
        call.expect_in("pipeline", normalize::pipeline_of(&execution))?;
        Ok(call.clean_run(normalize::run(run.clone(), execution)))
    }
}
