//! The HTTP client that records what another sends.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use chrono::{DateTime, Utc};
use futures_util::future::{BoxFuture, FutureExt};
use futures_util::stream;
use http::HeaderMap;
use serde_json::Value;
use tokio::time::timeout;
use url::Url;

use super::Recorder;
use super::exchange::{Exchange, RecordedRequest, RecordedResponse, recorded_body};
use super::redact::Redactor;
use crate::http_client::{HttpClient, ResponseBody, SendError};
use crate::service::Service;

/// A longer answer is not recorded.
const LONGEST: usize = 16 << 20;
/// The end of an answer is kept back for no longer than this: the call it belongs to ends some time.
const LONGEST_WRITE: Duration = Duration::from_secs(1);

/// Sends with another client, and records.
pub(super) struct Recording {
    pub http: Arc<dyn HttpClient>,
    pub recorder: Recorder,
    pub redactor: Arc<Redactor>,
    pub service: Option<Service>,
    /// What is asked elsewhere, such as a token, is not recorded.
    pub base: Url,
}

impl HttpClient for Recording {
    fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> BoxFuture<'_, Result<http::Response<ResponseBody>, SendError>> {
        let asked = self.asked(&request);
        let sent = self.http.send(request);
        async move {
            let answer = sent.await?;
            let Some((recorded, request)) = asked else {
                return Ok(answer);
            };
            let (head, body) = answer.into_parts();
            let tape = Tape {
                recorder: self.recorder.clone(),
                redactor: Arc::clone(&self.redactor),
                exchange: Exchange {
                    recorded,
                    service: self.service,
                    operation: None,
                    request,
                    response: RecordedResponse {
                        status: head.status.as_u16(),
                        headers: headers(&head.headers),
                        body: Value::Null,
                    },
                    replaced: Vec::new(),
                },
                came: BytesMut::new(),
            };
            let body = ResponseBody::from_stream(stream::unfold((body, Some(tape)), next));
            Ok(http::Response::from_parts(head, body))
        }
        .boxed()
    }
}

impl Recording {
    fn asked(&self, request: &http::Request<Bytes>) -> Option<(DateTime<Utc>, RecordedRequest)> {
        let url = Url::parse(&request.uri().to_string()).ok()?;
        let base = self.base.path().trim_end_matches('/');
        let path = url.path().strip_prefix(base)?;
        let here = url.origin() == self.base.origin() && path.starts_with('/');
        let headers = headers(request.headers());
        here.then(|| {
            let request = RecordedRequest {
                method: request.method().to_string(),
                path: path.to_owned(),
                query: url.query().unwrap_or_default().to_owned(),
                body: recorded_body(&headers, request.body()),
                headers,
            };
            (Utc::now(), request)
        })
    }
}

/// An answer on its way, and what came of it so far.
struct Tape {
    recorder: Recorder,
    redactor: Arc<Redactor>,
    exchange: Exchange,
    came: BytesMut,
}

/// The next piece, which is kept. The exchange is written when there is no other.
async fn next(
    (mut body, tape): (ResponseBody, Option<Tape>),
) -> Option<(Result<Bytes, String>, (ResponseBody, Option<Tape>))> {
    match body.next().await {
        Ok(Some(piece)) => {
            let fits = |tape: &Tape| tape.came.len().saturating_add(piece.len()) <= LONGEST;
            let tape = tape.filter(fits).map(|mut tape| {
                tape.came.extend_from_slice(&piece);
                tape
            });
            Some((Ok(piece), (body, tape)))
        }
        Ok(None) => {
            if let Some(tape) = tape {
                tape.write().await;
            }
            None
        }
        Err(reason) => Some((Err(reason), (body, None))),
    }
}

impl Tape {
    async fn write(mut self) {
        let response = &mut self.exchange.response;
        response.body = recorded_body(&response.headers, &self.came);
        let written = tokio::task::spawn_blocking(move || {
            self.redactor.redact(&mut self.exchange);
            self.recorder.write(&self.exchange)
        });
        match timeout(LONGEST_WRITE, written).await {
            Ok(Ok(Ok(_))) => {}
            Ok(Ok(Err(cause))) => tracing::warn!(%cause, "an exchange could not be recorded"),
            Ok(Err(_)) => tracing::warn!("an exchange could not be recorded"),
            // It goes on, and the answer does not wait for it.
            Err(_) => tracing::warn!("an exchange is not recorded yet: the folder is slow"),
        }
    }
}

fn headers(headers: &HeaderMap) -> BTreeMap<String, String> {
    let mut all: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        let known = all.entry(name.as_str().to_owned()).or_default();
        if !known.is_empty() {
            known.push_str(", ");
        }
        known.push_str(&value);
    }
    all
}
