//! One attempt of one call: what the hooks of a generated client do.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderName, StatusCode};
use reqwest::{Request, Response, ResponseBuilderExt, Url};

use super::credential::Used;
use super::{Answer, Operation, Session};
use crate::error::{Error, ErrorKind};

/// progenitor puts the document's `info.version` into this header of each request; no vendor
/// wants it.
const GENERATORS_VERSION: HeaderName = HeaderName::from_static("api-version");
/// Vendors behind .NET gateways begin some JSON with it.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The state of one attempt, inside the generated client that makes it.
///
/// The generated error forgets status and headers in just the cases where they are needed. Here
/// they are kept.
#[derive(Clone, Debug)]
pub struct Call(Arc<State>);

#[derive(Debug)]
struct State {
    session: Session,
    operation: Operation,
    seen: Mutex<Seen>,
}

/// What has been seen of the exchange.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Why the request was not sent.
    pub not_sent: Option<Error>,
    pub used: Used,
    /// Status and headers, once they came; the body, once it was whole.
    pub answer: Option<Answer>,
    /// Whether the whole body came.
    pub whole: bool,
    /// The body was longer than this session reads.
    pub too_long: bool,
}

impl Call {
    pub(super) fn new(session: Session, operation: &Operation) -> Self {
        let seen = Mutex::default();
        Call(Arc::new(State {
            session,
            operation: operation.clone(),
            seen,
        }))
    }

    pub(crate) fn session(&self) -> &Session {
        &self.0.session
    }

    pub(super) fn operation(&self) -> &Operation {
        &self.0.operation
    }

    pub(super) fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The same error without what this attempt proved itself with.
    pub(super) fn without_credential(&self, error: Error) -> Error {
        let seen = self.seen();
        self.session().0.credential.hide_in(error, &seen.used)
    }

    /// Drops the token that was used, if a new one can be had.
    pub(super) fn forget_token(&self) -> bool {
        let used = std::mem::take(&mut self.seen().used);
        self.session().0.credential.forget(&used)
    }

    /// Before the request is sent: the vendor's headers, then the credential.
    pub(crate) async fn before<E>(
        &self,
        request: &mut Request,
        operation: &str,
    ) -> Result<(), progenitor_client::Error<E>> {
        request.headers_mut().remove(GENERATORS_VERSION);
        let shared = &self.session().0;
        shared.dialect.prepare(request, operation);
        match shared.credential.authorize(request, self.session()).await {
            Ok(used) => {
                self.seen().used = used;
                Ok(())
            }
            Err(error) => {
                self.seen().not_sent = Some(error);
                Err(progenitor_client::Error::Custom(String::new()))
            }
        }
    }

    /// Sends the request and reads the whole answer, up to the session's limit.
    pub(crate) async fn exchange(
        &self,
        http: &reqwest::Client,
        request: Request,
    ) -> reqwest::Result<Response> {
        let mut response = http.execute(request).await?;
        let status = response.status();
        let headers = std::mem::take(response.headers_mut());
        self.take_pause(&headers);
        self.seen().answer = Some(Answer {
            status,
            headers: headers.clone(),
            body: Bytes::new(),
        });
        let limit = self.session().0.longest_answer;
        let body = read_body(&mut response, limit).await?;
        let mut seen = self.seen();
        seen.whole = true;
        let body = body.unwrap_or_else(|start| {
            seen.too_long = true;
            start
        });
        let body = match body.strip_prefix(BYTE_ORDER_MARK) {
            Some(rest) => body.slice_ref(rest),
            None => body,
        };
        if let Some(answer) = &mut seen.answer {
            answer.body = body.clone();
        }
        Ok(rebuild(status, headers, response.url().clone(), body))
    }

    #[expect(
        clippy::result_large_err,
        reason = "the hooks' signature is the generator's"
    )]
    /// After the answer came: stops what would be read as a success and is none.
    pub(crate) fn after<E>(&self) -> Result<(), progenitor_client::Error<E>> {
        let seen = self.seen();
        let Some(answer) = seen
            .answer
            .as_ref()
            .filter(|answer| answer.status.is_success())
        else {
            return Ok(());
        };
        let disguised = self.session().0.dialect.is_disguised(answer);
        if seen.too_long || disguised {
            return Err(progenitor_client::Error::Custom(String::new()));
        }
        Ok(())
    }

    fn take_pause(&self, headers: &HeaderMap) {
        let shared = &self.session().0;
        if let Some(pause) = shared.dialect.pause(headers, self.session().now()) {
            shared.pace.pause(pause.min(LONGEST_PAUSE));
        }
    }
}

/// A service that asks for more than this is asked again all the same: headers can be wrong.
const LONGEST_PAUSE: std::time::Duration = std::time::Duration::from_secs(120);

/// The whole body, or (as `Err`) its beginning when it is longer than the limit.
async fn read_body(response: &mut Response, limit: usize) -> reqwest::Result<Result<Bytes, Bytes>> {
    let Some(first) = response.chunk().await? else {
        return Ok(Ok(Bytes::new()));
    };
    if first.len() > limit {
        return Ok(Err(first));
    }
    let Some(second) = response.chunk().await? else {
        return Ok(Ok(first));
    };
    let mut body = BytesMut::with_capacity(first.len() + second.len());
    body.extend_from_slice(&first);
    body.extend_from_slice(&second);
    while body.len() <= limit {
        match response.chunk().await? {
            Some(chunk) => body.extend_from_slice(&chunk),
            None => return Ok(Ok(body.freeze())),
        }
    }
    Ok(Err(body.freeze()))
}

fn rebuild(status: StatusCode, headers: HeaderMap, url: Url, body: Bytes) -> Response {
    // Without its address reqwest would parse one of its own making.
    let mut response = http::Response::builder()
        .url(url)
        .body(body)
        .unwrap_or_default();
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response.into()
}

impl Seen {
    /// The refusal of a request that was never sent.
    pub(super) fn take_not_sent(&mut self) -> Option<Error> {
        self.not_sent.take()
    }
}

impl Call {
    /// An error of this call.
    pub(super) fn error(&self, kind: ErrorKind) -> Error {
        let operation = self.operation();
        Error::new(kind)
            .to(self.session().service(), operation.id)
            .about(operation.subject())
            .about_run(operation.run.clone())
    }
}
