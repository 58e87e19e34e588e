//! The loop of a call's attempts, inside the generated client's `exec` hook or in its place.

use std::future::Future;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use progenitor_client::{Error as Failed, ResponseValue};
use reqwest::{Request, Response, ResponseBuilderExt, Url};
use serde::de::DeserializeOwned;
use tokio::time::sleep;
use tracing::{Instrument, field};

use super::super::answer::Answer;
use super::super::{Again, Effect, Outgoing};
use super::attempt::{Attempt, Failure};
use super::{Call, Generated, State};
use crate::error::Result;

impl Call {
    /// What the generated client's `exec` hook does, for an answer that is not decoded.
    ///
    /// A failure leaves as an answer that is no success, which the generated client hands on; what
    /// it was is kept here.
    pub(crate) async fn respond(
        &self,
        request: Request,
        method: &str,
    ) -> reqwest::Result<Response> {
        let url = request.url().clone();
        let request = Outgoing::from(request);
        Ok(match self.exchange(&request, method).await {
            Some(body) => response(StatusCode::OK, url, body),
            None => response(StatusCode::IM_A_TEAPOT, url, Bytes::new()),
        })
    }

    /// The decoded answer, for all other operations. The reason why there is none is kept here.
    ///
    /// No async function: the arguments of one are kept twice.
    pub(crate) fn answer<T: DeserializeOwned>(
        &self,
        request: std::result::Result<Outgoing, Failed<()>>,
        method: &'static str,
    ) -> impl Future<Output = Generated<T>> + Send {
        let request = request.map_err(|failure| {
            let error = self.failed(failure);
            self.told().error = Some(error);
        });
        async move {
            let body = match &request {
                Ok(request) => self.exchange(request, method).await,
                Err(()) => None,
            };
            let body = body.ok_or_else(|| Failed::Custom(String::new()))?;
            match serde_json::from_slice(&body) {
                Ok(decoded) => Ok(ResponseValue::new(
                    decoded,
                    StatusCode::OK,
                    HeaderMap::new(),
                )),
                Err(cause) => Err(Failed::InvalidResponsePayload(body, cause)),
            }
        }
    }

    /// All attempts, until one is done. `None` is a failure, which is kept here.
    async fn exchange(&self, request: &Outgoing, method: &str) -> Option<Bytes> {
        debug_assert_eq!(
            method, self.0.operation.method,
            "the table and the client differ"
        );
        let outcome = match self.check_path() {
            Ok(()) => {
                let (service, operation) = (self.session().service(), self.0.operation.id);
                let span = tracing::info_span!("call", %service, operation);
                self.attempts(request).instrument(span).await
            }
            Err(error) => Err(error),
        };
        match outcome {
            Ok(answer) => {
                let mut told = self.told();
                told.status = answer.status;
                told.headers = answer.headers;
                let body = match answer.status {
                    // What has no content has nothing in it, which is an object as well.
                    StatusCode::NO_CONTENT => Bytes::from_static(b"{}"),
                    _ => answer.body,
                };
                told.body = body.clone();
                Some(body)
            }
            Err(error) => {
                self.told().error = Some(error);
                None
            }
        }
    }

    /// All attempts, until one is done or none is left.
    async fn attempts(&self, request: &Outgoing) -> Result<Answer> {
        let State {
            session, operation, ..
        } = &*self.0;
        let effect = operation.effect_of(request.body());
        self.told().effect = Some(effect);
        let secrets = operation.secrets_in(request.body());
        if !secrets.is_empty() {
            self.told().secrets = secrets;
        }
        let shared = session.shared();
        let mut delays = shared.retry.delays();
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
                span: span.clone(),
            };
            let Failure {
                error,
                again,
                used,
                unbegun,
            } = match attempt.make(request).instrument(span).await {
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

fn response(status: StatusCode, url: Url, body: Bytes) -> Response {
    // Without its address reqwest would parse one of its own making.
    let mut response = http::Response::builder()
        .url(url)
        .body(body)
        .unwrap_or_default();
    *response.status_mut() = status;
    response.into()
}
