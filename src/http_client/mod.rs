//! Sending one request: the seam below the loop.

mod listen;
mod network;
mod tls;

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::future::{BoxFuture, FutureExt};
use futures_util::stream::BoxStream;

pub use network::Network;
pub(crate) use tls::COMPILED_IN as TLS_COMPILED_IN;

/// Sends requests over HTTP. [`ReqwestClient`] unless [`crate::Builder::http_client`] sets another.
///
/// An implementation has to follow these rules, or a start may happen twice:
///
/// * a request is sent at most once: nothing below repeats it;
/// * redirects are not followed;
/// * a request to an `http` address goes to no proxy: it carries a credential;
/// * an error is [`SendError::not_sent`] only if no byte of the request can have left.
pub trait HttpClient: Send + Sync {
    /// Sends a request and returns the head of its answer, and the body as it comes.
    ///
    /// # Errors
    ///
    /// [`SendError`] when the status and the headers did not arrive completely.
    fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> BoxFuture<'_, Result<http::Response<ResponseBody>, SendError>>;
}

/// The body of an answer, as it comes.
pub struct ResponseBody(Inner);

enum Inner {
    Reqwest(Box<reqwest::Response>),
    Stream(BoxStream<'static, Result<Bytes, String>>),
}

impl ResponseBody {
    /// A body that comes in pieces. The text of an error becomes part of the call's error.
    pub fn from_stream<E: fmt::Display>(
        stream: impl futures_core::Stream<Item = Result<Bytes, E>> + Send + 'static,
    ) -> Self {
        let words = |error: E| error.to_string();
        ResponseBody(Inner::Stream(
            stream.map(move |piece| piece.map_err(words)).boxed(),
        ))
    }

    /// The next piece, or `None` at the end.
    ///
    /// # Errors
    ///
    /// When the rest of the body does not come, with the reason.
    pub async fn next(&mut self) -> Result<Option<Bytes>, String> {
        match &mut self.0 {
            Inner::Reqwest(response) => {
                let piece = response.chunk().await;
                piece.map_err(|cause| reasons(&cause.without_url()))
            }
            Inner::Stream(stream) => stream.next().await.transpose(),
        }
    }
}

impl From<Bytes> for ResponseBody {
    /// A body that has been read already.
    fn from(body: Bytes) -> Self {
        let piece = std::future::ready(Ok::<_, String>(body));
        ResponseBody(Inner::Stream(futures_util::stream::once(piece).boxed()))
    }
}

impl fmt::Debug for ResponseBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResponseBody")
    }
}

/// Why no answer came, and whether the request may have been sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct SendError {
    reason: String,
    sent: bool,
}

impl SendError {
    /// The connection was never made: no byte of the request can have left.
    pub fn not_sent(reason: impl Into<String>) -> Self {
        let (reason, sent) = (reason.into(), false);
        SendError { reason, sent }
    }

    /// The request left, or may have.
    pub fn perhaps_sent(reason: impl Into<String>) -> Self {
        let (reason, sent) = (reason.into(), true);
        SendError { reason, sent }
    }

    /// Whether any byte of the request may have left.
    pub fn may_have_been_sent(&self) -> bool {
        self.sent
    }
}

/// Not a `From`: this crate does not promise which client sends.
fn send_error(cause: reqwest::Error) -> SendError {
    let cause = cause.without_url();
    SendError {
        reason: reasons(&cause),
        sent: !cause.is_connect() && !cause.is_builder(),
    }
}

/// A request of the generated clients, for another HTTP client than reqwest.
pub(crate) fn plain(request: reqwest::Request) -> Result<http::Request<Bytes>, SendError> {
    let request: http::Request<reqwest::Body> = request.try_into().map_err(send_error)?;
    let body = request.body().as_bytes().map(Bytes::copy_from_slice);
    Ok(request.map(|_| body.unwrap_or_default()))
}

/// An error and its causes in one line: reqwest keeps the reason (`connection refused`) inside.
fn reasons(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text.push_str(": ");
            text.push_str(&inner_text);
        }
        cause = inner.source();
    }
    crate::text::one_line(&text)
}

/// The HTTP client that is used unless another is set: reqwest, without redirects and repeats.
///
/// There are two clients behind it. Whether a proxy is used depends on each request's own scheme:
/// an `https` request goes through the proxy that the environment names, which sees no more than
/// the host; an `http` request, which a proxy would see whole, goes straight to this machine.
#[derive(Clone)]
pub struct ReqwestClient(Arc<Clients>);

struct Clients {
    connect_timeout: Duration,
    /// Whether nothing but reads is sent.
    read_only: bool,
    network: Network,
    encrypted: Made,
    plain: Made,
}

type Made = OnceLock<Result<reqwest::Client, SendError>>;

impl ReqwestClient {
    /// A client that gives up connecting after this time.
    ///
    /// # Errors
    ///
    /// [`SendError`] when this machine's TLS roots or its proxy settings cannot be used, or when
    /// there is no TLS provider: with the feature `rustls-no-provider` the program installs one
    /// (`rustls::crypto::CryptoProvider::install_default`) before it makes a client.
    pub fn new(connect_timeout: Duration) -> Result<Self, SendError> {
        Self::for_scheme("https", connect_timeout, false)
    }

    /// The same with its own proxy or roots. They are only for `https` addresses.
    ///
    /// # Errors
    ///
    /// Those of [`ReqwestClient::new`].
    pub fn on_network(connect_timeout: Duration, network: Network) -> Result<Self, SendError> {
        Self::made_for("https", connect_timeout, false, network)
    }

    /// The same, made for requests of that scheme. What other requests need is created with the
    /// first of them: this machine's TLS roots take a while to read.
    pub(crate) fn for_scheme(
        scheme: &str,
        connect_timeout: Duration,
        read_only: bool,
    ) -> Result<Self, SendError> {
        Self::made_for(scheme, connect_timeout, read_only, Network::default())
    }

    fn made_for(
        scheme: &str,
        connect_timeout: Duration,
        read_only: bool,
        network: Network,
    ) -> Result<Self, SendError> {
        let client = ReqwestClient(Arc::new(Clients {
            connect_timeout,
            read_only,
            network,
            encrypted: Made::new(),
            plain: Made::new(),
        }));
        client.of(scheme)?;
        Ok(client)
    }

    /// The client for requests of that scheme.
    fn of(&self, scheme: &str) -> Result<&reqwest::Client, SendError> {
        let bare = || {
            let bare = bare(self.0.connect_timeout);
            match self.0.read_only {
                true => bare,
                false => bare.connector_layer(listen::Listen),
            }
        };
        let made = match scheme {
            "https" => &self
                .0
                .encrypted
                .get_or_init(|| made(tls::encrypted(self.0.network.on(bare()), &self.0.network))),
            // No proxy for what goes to this machine alone.
            _ => &self
                .0
                .plain
                .get_or_init(|| made(tls::unencrypted(bare().no_proxy()))),
        };
        made.as_ref().map_err(Clone::clone)
    }

    /// Sends a request that is reqwest's own already.
    pub(crate) fn execute(
        &self,
        request: reqwest::Request,
    ) -> impl Future<Output = Result<http::Response<ResponseBody>, SendError>> + Send + use<> {
        let client = self.of(request.url().scheme());
        let sent = client.map(|client| client.execute(request));
        async move { sent?.await.map(answer).map_err(send_error) }
    }
}

fn answer(mut response: reqwest::Response) -> http::Response<ResponseBody> {
    let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
    let mut answer = http::Response::new(ResponseBody(Inner::Reqwest(Box::new(response))));
    *answer.status_mut() = status;
    *answer.headers_mut() = headers;
    answer
}

impl HttpClient for ReqwestClient {
    fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> BoxFuture<'_, Result<http::Response<ResponseBody>, SendError>> {
        async move {
            let request = reqwest::Request::try_from(request).map_err(send_error)?;
            self.execute(request).await
        }
        .boxed()
    }
}

impl fmt::Debug for ReqwestClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReqwestClient")
    }
}

fn made(builder: Result<reqwest::ClientBuilder, SendError>) -> Result<reqwest::Client, SendError> {
    let reason = |cause: reqwest::Error| SendError::not_sent(reasons(&cause));
    builder?.build().map_err(reason)
}

fn bare(connect_timeout: Duration) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        // Without tries to come no copy of the request is kept for them.
        .retry(reqwest::retry::never().max_retries_per_request(0))
        .referer(false)
        .connect_timeout(connect_timeout)
        .user_agent(concat!("runpipe/", env!("CARGO_PKG_VERSION")))
}
