//! The loop of a call's attempts, inside the generated client's `exec` hook or in its place.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use progenitor_client::{Error as Failed, OperationInfo, ResponseValue};
use reqwest::{Request, Response, ResponseBuilderExt, Url};
use serde::de::DeserializeOwned;
use tokio::time::sleep;
use tracing::{Instrument, field};

use super::super::answer::Answer;
use super::super::{Again, Effect};
use super::attempt::{Attempt, Failure};
use super::{Call, Generated, State};
use crate::error::{ErrorKind, Result};

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
        Ok(match self.exchange(request, method).await {
            Some(body) => response(StatusCode::OK, url, body),
            None => response(StatusCode::IM_A_TEAPOT, url, Bytes::new()),
        })
    }

    /// The decoded answer, for all other operations. The reason why there is none is kept here.
    pub(crate) async fn answer<T: DeserializeOwned>(
        &self,
        request: Request,
        info: &OperationInfo,
    ) -> Generated<T> {
        let body = self.exchange(request, info.operation_id).await;
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

    /// All attempts, until one is done. `None` is a failure, which is kept here.
    async fn exchange(&self, request: Request, method: &str) -> Option<Bytes> {
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
    async fn attempts(&self, mut request: Request) -> Result<Answer> {
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
        let kept = Kept::of(&mut request);
        let mut request = Some(request);
        for number in 1_u32.. {
            let again = || kept.as_ref()?.request();
            let Some(request) = request.take().or_else(again) else {
                // What cannot be sent twice is not.
                break;
            };
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
        Err(last.unwrap_or_else(|| self.error(ErrorKind::Transport)))
    }
}

/// A request, for another attempt. Its headers are so few that a list costs less than a map.
struct Kept {
    bare: Request,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Kept {
    /// `None` when its body can be sent once only.
    fn of(request: &mut Request) -> Option<Self> {
        let headers = std::mem::take(request.headers_mut());
        let bare = request.try_clone();
        let list = headers.iter();
        let list = list
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        *request.headers_mut() = headers;
        bare.map(|bare| Kept {
            bare,
            headers: list,
        })
    }

    fn request(&self) -> Option<Request> {
        let mut request = self.bare.try_clone()?;
        request.headers_mut().extend(self.headers.iter().cloned());
        Some(request)
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
