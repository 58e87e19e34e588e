//! The loop of a call's attempts, inside the generated client's `exec` hook.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, StatusCode};
use reqwest::{Request, Response, ResponseBuilderExt, Url};
use tokio::time::sleep;
use tracing::{Instrument, field};

use super::super::answer::Answer;
use super::super::{Again, Effect};
use super::attempt::{Attempt, Failure};
use super::{Call, State};
use crate::error::{ErrorKind, Result};

/// progenitor puts the document's `info.version` into this header of each request; no vendor
/// wants it.
const GENERATORS_VERSION: HeaderName = HeaderName::from_static("api-version");

impl Call {
    /// What the generated client's `exec` hook does: all attempts, until one is done.
    ///
    /// A failure leaves as an answer that is no success, which the generated client hands on; what
    /// it was is kept here.
    pub(crate) async fn exchange(
        &self,
        mut request: Request,
        method: &str,
    ) -> reqwest::Result<Response> {
        debug_assert_eq!(
            method, self.0.operation.method,
            "the table and the client differ"
        );
        request.headers_mut().remove(GENERATORS_VERSION);
        let url = request.url().clone();
        let outcome = match self.check_path() {
            Ok(()) => {
                let (service, operation) = (self.session().service(), self.0.operation.id);
                let span = tracing::info_span!("call", %service, operation);
                self.attempts(request).instrument(span).await
            }
            Err(error) => Err(error),
        };
        Ok(match outcome {
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
                response(StatusCode::OK, url, body)
            }
            Err(error) => {
                self.told().error = Some(error);
                response(StatusCode::IM_A_TEAPOT, url, Bytes::new())
            }
        })
    }

    /// All attempts, until one is done or none is left.
    async fn attempts(&self, request: Request) -> Result<Answer> {
        let State {
            session, operation, ..
        } = &*self.0;
        let body = request.body().and_then(reqwest::Body::as_bytes);
        let body = body.unwrap_or_default();
        let effect = operation.effect_of(body);
        self.told().effect = Some(effect);
        let secrets = operation.secrets_in(body);
        if !secrets.is_empty() {
            self.told().secrets = secrets;
        }
        let shared = session.shared();
        let mut delays = shared.retry.delays();
        let (mut new_token, mut new_clock) = (true, true);
        let mut last = None;
        for number in 1_u32.. {
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
            } = match attempt.make(&request).instrument(span).await {
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
        Err(self.error(ErrorKind::Transport))
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
