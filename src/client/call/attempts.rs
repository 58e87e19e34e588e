//! The loop of a call's attempts, in which each operation of a generated client ends.

use std::future::Future;
use std::iter;
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use progenitor_client::Error as Failed;
use serde::de::DeserializeOwned;
use tokio::time::sleep;
use tracing::{Instrument, field};

use super::super::answer::Answer;
use super::super::{Again, Effect, Outgoing};
use super::attempt::{Attempt, Failure};
use super::{Call, State};
use crate::error::{Error, Result};
use crate::json;

impl Call {
    /// The decoded answer.
    ///
    /// No async function, like [`body`](Self::body): the arguments of one are kept twice.
    pub(crate) fn answer<T: DeserializeOwned>(
        &self,
        request: std::result::Result<Outgoing, Failed<()>>,
        method: &'static str,
    ) -> impl Future<Output = Result<T>> + Send {
        let request = self.made(request, method);
        async move {
            let body = self.exchange(&request).await?;
            json::decoded(&body).map_err(|cause| self.undecodable(&body, &cause))
        }
    }

    /// The answer as it came, for operations whose answer is not decoded.
    pub(crate) fn body(
        &self,
        request: std::result::Result<Outgoing, Failed<()>>,
        method: &'static str,
    ) -> impl Future<Output = Result<Bytes>> + Send {
        let request = self.made(request, method);
        async move { self.exchange(&request).await }
    }

    fn made(
        &self,
        request: std::result::Result<Outgoing, Failed<()>>,
        method: &str,
    ) -> Result<Outgoing> {
        debug_assert_eq!(
            method, self.0.operation.method,
            "the table and the client differ"
        );
        request.map_err(|failure| self.unmade(failure))
    }

    /// What is kept while it waits is kept small: the future of a call is moved about before it begins.
    async fn exchange(&self, request: &Result<Outgoing>) -> Result<Bytes> {
        self.check_path()?;
        let request = request.as_ref().map_err(Error::clone)?;
        let span = tracing::info_span!(
            "call",
            service = %self.session().service(),
            operation = self.0.operation.id
        );
        let answer = self.attempts(request).instrument(span).await?;
        let mut told = self.told();
        told.status = answer.status;
        told.headers = answer.headers;
        told.body = match answer.status {
            // What has no content has nothing in it, which is an object as well.
            StatusCode::NO_CONTENT => Bytes::from_static(b"{}"),
            _ => answer.body,
        };
        Ok(told.body.clone())
    }

    /// Refuses what acts where the client only reads.
    pub(crate) fn expect_permitted(&self, effect: Effect) -> Result<()> {
        if !self.session().shared().read_only || effect == Effect::Read {
            return Ok(());
        }
        let refused = Error::configuration("this client only reads, as it was built to");
        Err(self.locate(refused.advise("Build it without `read_only`.")))
    }

    /// All attempts, until one is done or none is left.
    async fn attempts(&self, request: &Outgoing) -> Result<Answer> {
        let State {
            session, operation, ..
        } = &*self.0;
        let effect = operation.effect_of(request.body());
        self.told().effect = Some(effect);
        self.told().secrets = operation.secrets_in(request.body());
        let shared = session.shared();
        self.expect_permitted(effect)?;
        let mut delays = iter::once_with(|| Box::new(shared.retry.delays())).flatten();
        let (mut new_token, mut new_clock) = (true, true);
        let mut last = None;
        let mut number = 0_u32;
        loop {
            number = number.saturating_add(1);
            // Nothing of the request, which may hold secrets.
            let span = tracing::debug_span!(
                "attempt",
                number,
                status = field::Empty,
                request_id = field::Empty
            );
            let attempt = Attempt {
                call: self,
                effect,
                span,
            };
            // In a box, for it is large.
            let made = Box::pin(attempt.make(request)).instrument(attempt.span.clone());
            let Failure {
                error,
                again,
                used,
                unbegun,
            } = match made.await {
                Ok(answer) => return Ok(answer),
                Err(failure) => *failure,
            };
            let error = match last.take() {
                Some(before) if unbegun => before,
                _ => self.clean(error),
            };
            let delay = match again {
                Again::No => None,
                Again::NewToken if std::mem::take(&mut new_token) => {
                    shared.credential.forget(&used).then_some(Duration::ZERO)
                }
                Again::NewClock if std::mem::take(&mut new_clock) => Some(Duration::ZERO),
                Again::NewToken | Again::NewClock => None,
                Again::Throttled(asked) => delays.next().map(|delay| asked.unwrap_or(delay)),
                Again::NotSent => delays.next(),
                Again::Ambiguous if effect == Effect::Start => {
                    return Err(error.into_outcome_unknown());
                }
                Again::Ambiguous => delays.next(),
            };
            match delay {
                Some(delay) if delay < self.0.deadline.left() => {
                    let kind = error.kind().as_str();
                    tracing::info!(attempt = number, kind, pause = ?delay, "tries again after a pause");
                    sleep(delay).await;
                }
                _ => return Err(error),
            }
            last = Some(error);
        }
    }
}
