//! What is started, whatever the service: its types end here, so that all else is compiled once.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;

use crate::client::{Gate, Session};
use crate::error::Result;
use crate::mark::{Mark, MarkPlace, Trace};
use crate::reconcile::Reconciled;
use crate::run::Run;
use crate::runs::Runs;
use crate::service_client::ServiceClient;

/// A request for a run of a pipeline, and the client that sends it.
pub(super) trait Target: Send + Sync {
    fn runs(&self) -> &dyn Runs;

    fn session(&self) -> &Session;

    /// The same through a client that shares one deadline, and whose lists prove what is not there.
    fn bounded(&self) -> Box<dyn Target + '_>;

    /// The same with a mark on the request.
    fn marked(&self, mark: &Mark, place: &MarkPlace) -> Result<(Box<dyn Target + '_>, Trace)>;

    /// Starts a run; the gate is asked right before each attempt leaves.
    fn start(&self, gate: Arc<dyn Gate>) -> BoxFuture<'_, Result<Run>>;

    /// As [`ServiceClient::newest`].
    fn newest(&self) -> BoxStream<'static, Result<Run>>;

    /// Whether that list is documented to come newest first.
    fn is_newest_first(&self) -> bool;

    /// As [`ServiceClient::reconcile`].
    fn reconcile(&self, since: DateTime<Utc>) -> BoxFuture<'_, Result<Reconciled>>;

    /// As [`ServiceClient::bears`].
    fn bears(&self, run: &Run, mark: &Mark, place: &MarkPlace) -> Option<bool>;
}

pub(super) struct Request<'p, C: ServiceClient> {
    pub client: C,
    pub pipeline: &'p C::Pipeline,
    pub request: C::Request,
}

impl<C: ServiceClient> Target for Request<'_, C> {
    fn runs(&self) -> &dyn Runs {
        &self.client
    }

    fn session(&self) -> &Session {
        self.client.session()
    }

    fn bounded(&self) -> Box<dyn Target + '_> {
        let mut client = self.client.bounded();
        client.session_mut().conclude_from_lists();
        Box::new(Request {
            client,
            pipeline: self.pipeline,
            request: self.request.clone(),
        })
    }

    fn marked(&self, mark: &Mark, place: &MarkPlace) -> Result<(Box<dyn Target + '_>, Trace)> {
        let mut request = self.request.clone();
        let trace = C::mark(&mut request, mark, place)?;
        let marked: Request<'_, C> = Request {
            client: self.client.clone(),
            pipeline: self.pipeline,
            request,
        };
        Ok((Box::new(marked), trace))
    }

    fn start(&self, gate: Arc<dyn Gate>) -> BoxFuture<'_, Result<Run>> {
        let mut client = self.client.clone();
        client.session_mut().pass(gate);
        async move { client.start(self.pipeline, &self.request).await }.boxed()
    }

    fn newest(&self) -> BoxStream<'static, Result<Run>> {
        self.client.newest(self.pipeline)
    }

    fn is_newest_first(&self) -> bool {
        C::NEWEST_FIRST
    }

    fn reconcile(&self, since: DateTime<Utc>) -> BoxFuture<'_, Result<Reconciled>> {
        let reconciled = self.client.reconcile(self.pipeline, &self.request, since);
        reconciled.boxed()
    }

    fn bears(&self, run: &Run, mark: &Mark, place: &MarkPlace) -> Option<bool> {
        C::bears(run, mark, place)
    }
}
