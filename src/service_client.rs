//! The trait of every service's client, which each service implements once.

use chrono::{DateTime, Utc};
use futures_util::stream::BoxStream;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt;
use std::future::ready;
use std::sync::Arc;

use crate::client::{Call, Credential, Dialect, Keep, Operation, Rehearsal, Session};
use crate::document::Document;
use crate::error::{Error, Result};
use crate::mark::{Mark, MarkPlace, Trace};
use crate::place::Place;
use crate::reconcile::Reconciled;
use crate::run::{LogMark, LogPart, Run, RunRef, Step};
use crate::runs::Runs;
use crate::service::Service;
use crate::web_page::{InvalidWebPage, Site, WebPage};

/// The client of any service: each service's `Client`. Sealed.
///
/// For code that is the same for every service. Each client also has these calls as methods, whose
/// documentation describes its vendor's behaviour. The calls for a started run are in [`Runs`].
///
/// ```no_run
/// use runpipe::{Result, Run, ServiceClient, WaitOptions, wait};
///
/// async fn run_to_its_end<C: ServiceClient>(
///     client: &C,
///     pipeline: &C::Pipeline,
///     request: &C::Request,
/// ) -> Result<Run> {
///     let run = client.start(pipeline, request).await?;
///     wait(client, &run.reference, &WaitOptions::default()).await
/// }
/// ```
#[allow(
    private_bounds,
    reason = "sealed: services are added inside this crate"
)]
pub trait ServiceClient: Connect + Runs + Clone + fmt::Debug + 'static {
    /// The service.
    const SERVICE: Service;
    /// The OpenAPI document that the client is generated from.
    const DOCUMENT: Document;
    /// The service's address unless the caller sets another.
    const BASE_URL: &'static str;
    /// The vendor's regions, each with its address, if accounts belong to one.
    const REGIONS: &'static [(&'static str, &'static str)] = &[];

    /// What authenticates calls to the service.
    type Credentials: IntoCredential + Clone + fmt::Debug + Send + Sync;
    /// Names a pipeline; if the request names the pipeline, the project that it is in.
    type Pipeline: Place + Clone + fmt::Debug + fmt::Display + Send + Sync;
    /// The vendor's own request for a run.
    type Request: Clone + Serialize + DeserializeOwned + Send + Sync;

    /// Reads the address of a run's page: on the vendor's own site, or on the host of `base_url`,
    /// where your own server has its pages. Nothing is sent.
    ///
    /// # Errors
    ///
    /// [`InvalidWebPage`] when it is the address of something else.
    fn web_page(address: &str, base_url: &str) -> std::result::Result<WebPage, InvalidWebPage> {
        WebPage::read(Self::SERVICE, &Self::SITE, address, base_url)
    }

    /// Starts a run.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::OutcomeUnknown`] when the request was sent and no clear answer came: a
    /// run may have started. Every other kind says that nothing was started.
    fn start(
        &self,
        pipeline: &Self::Pipeline,
        request: &Self::Request,
    ) -> impl Future<Output = Result<Run>> + Send;

    /// Does everything that [`ServiceClient::start`] does up to the request, which is kept and not
    /// sent. A token may be requested: that starts nothing.
    ///
    /// # Errors
    ///
    /// Every kind that a start can fail with before its request is sent.
    fn rehearse(
        &self,
        pipeline: &Self::Pipeline,
        request: &Self::Request,
    ) -> impl Future<Output = Result<Rehearsal>> + Send {
        async move {
            let keep = Arc::new(Keep::default());
            let mut client = self.clone();
            client.session_mut().pass(Arc::<Keep>::clone(&keep));
            let started = client.start(pipeline, request).await;
            let unmade = |_| Error::configuration("the client made no request of a start");
            keep.take(Self::START)
                .ok_or_else(|| started.map_or_else(|error| error, unmade))
        }
    }

    /// Looks for the run of a start that was made at `since`. Starts nothing.
    ///
    /// # Errors
    ///
    /// Every kind that reading the list of runs can fail with.
    fn reconcile(
        &self,
        pipeline: &Self::Pipeline,
        request: &Self::Request,
        since: DateTime<Utc>,
    ) -> impl Future<Output = Result<Reconciled>> + Send;

    /// The runs of a pipeline, in the order of the service's list. Each page is fetched when it is
    /// needed.
    fn list(&self, pipeline: &Self::Pipeline) -> BoxStream<'static, Result<Run>>;

    /// The runs of a pipeline, newest first, in the form that shows marks if the service has one.
    fn newest(&self, pipeline: &Self::Pipeline) -> BoxStream<'static, Result<Run>> {
        self.list(pipeline)
    }

    /// Puts the mark of a start on its request, and says what the service's list can then say about
    /// the start.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::Configuration`] when the service has no such place, or the request has
    /// something else there.
    fn mark(_request: &mut Self::Request, _mark: &Mark, place: &MarkPlace) -> Result<Trace> {
        place.usual_or_nowhere(Self::SERVICE)?;
        Ok(Trace::Unseen)
    }

    /// Whether a run bears a mark that was put in that place; `None` if that cannot be determined.
    /// The run has to be one of [`ServiceClient::newest`].
    fn bears(_run: &Run, _mark: &Mark, _place: &MarkPlace) -> Option<bool> {
        None
    }
}

/// The parts of every client: a session, and perhaps some options.
pub(crate) trait HasSession: Sized {
    fn from_session(session: Session) -> Self;
    fn session(&self) -> &Session;
    fn session_mut(&mut self) -> &mut Session;
}

/// What a service's folder supplies so that the shared code can build and use its client. It seals
/// [`ServiceClient`].
pub(crate) trait Connect: HasSession {
    /// Requests a second, well below the vendor's limit where it is known.
    const REQUESTS_PER_SECOND: f64;
    const DIALECT: &'static dyn Dialect;
    /// The operation that starts a run.
    const START: &'static Operation;
    /// The addresses of the runs' pages.
    const SITE: Site;
    /// Whether [`ServiceClient::newest`] is documented to come newest first. Only then does a run that is
    /// too old end a search that proves something.
    const NEWEST_FIRST: bool = false;
    /// The query of each request, unless the caller sets another.
    const QUERY: Option<(&'static str, &'static str)> = None;

    /// Begins a call about a run.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::Configuration`] when the reference is not one of the service's.
    fn about(&self, operation: &'static Operation, run: &RunRef) -> Result<Call>
    where
        Self: ServiceClient,
    {
        Self::Pipeline::call_about(self.session(), operation, run)
    }

    /// This client for the parts of one whole, which share one deadline.
    fn bounded(&self) -> Self
    where
        Self: Clone,
    {
        let mut client = self.clone();
        *client.session_mut() = self.session().bounded();
        client
    }
}

/// The logs of a service that serves parts of them, which others do not.
pub(crate) trait LogParts {
    /// What [`Runs::log_part`] gives.
    fn log_after(
        &self,
        _run: &RunRef,
        _step: &Step,
        _from: LogMark,
    ) -> impl Future<Output = Result<Option<LogPart>>> + Send {
        ready(Ok(None))
    }

    /// What [`Runs::logged_steps`] gives.
    fn steps_with_logs(
        &self,
        _run: &RunRef,
    ) -> impl Future<Output = Result<Option<Vec<Step>>>> + Send {
        ready(Ok(None))
    }
}

/// What authenticates calls to a service, as the path of a call needs it.
pub(crate) trait IntoCredential: Sized {
    /// A credential that needs no further request, and that no service accepts.
    #[cfg(feature = "contract")]
    fn made_up() -> Self;

    /// Refuses a credential that could never authenticate, so that building the client fails and
    /// not a call.
    fn into_credential(self) -> Result<Credential>;
}
