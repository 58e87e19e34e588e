//! The connection side: wiremock listens, and hands each request to a simulator.

use std::net::TcpListener;
use std::pin::Pin;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::task::{Context, Waker};

use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use super::answer::Answer;
use super::incoming::Incoming;

/// After so many requests what wiremock keeps of them is dropped.
const MOST_REQUESTS: usize = 1_000;
/// After so many bytes of bodies too.
const MOST_BYTES: usize = 8 << 20;

/// What answers a request.
pub(super) type Handle = Arc<dyn Fn(Incoming) -> Answer + Send + Sync>;

/// A server on a port of this machine, until it is dropped.
pub(super) struct Listener(
    #[expect(dead_code, reason = "keeps the server running")] Arc<MockServer>,
);

impl Listener {
    /// Serves on a bound port, in a thread of its own: a test's paused clock does not reach it.
    pub async fn start(port: TcpListener, handle: Handle) -> Self {
        let server = MockServer::builder()
            .listener(port)
            .disable_request_recording();
        let server = Arc::new(server.start().await);
        let responder = Arc::new(Responder {
            handle,
            server: OnceLock::new(),
            kept: Mutex::default(),
        });
        // A weak reference: the server owns the responder.
        let _ = responder.server.set(Arc::downgrade(&server));
        server.register(mock(responder)).await;
        Listener(server)
    }
}

struct Responder {
    handle: Handle,
    server: OnceLock<Weak<MockServer>>,
    /// Requests and bytes that wiremock has kept since it last forgot.
    kept: Mutex<(usize, usize)>,
}

/// A mock for every request.
fn mock(responder: Arc<Responder>) -> Mock {
    Mock::given(any())
        .respond_with(move |request: &Request| Responder::respond(&responder, request))
}

impl Responder {
    fn respond(self: &Arc<Self>, request: &Request) -> ResponseTemplate {
        let answer = (self.handle)(incoming(request));
        if self.has_kept_enough(request.body.len()) {
            self.make_wiremock_forget();
        }
        template(answer)
    }

    fn has_kept_enough(&self, body: usize) -> bool {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let (requests, bytes) = *kept;
        let enough = requests >= MOST_REQUESTS || bytes.saturating_add(body) >= MOST_BYTES;
        *kept = if enough {
            (0, 0)
        } else {
            (requests + 1, bytes.saturating_add(body))
        };
        enough
    }

    /// Replaces the mock by a new one.
    ///
    /// wiremock keeps a copy of every request that a mock matched for as long as the mock is there,
    /// recording or not. While a request is answered, wiremock holds the lock on its mocks, and that
    /// lock is fair: removing the old mock and adding the new one, both queued now, come one right
    /// after the other when it is released, so that no request finds the place empty.
    fn make_wiremock_forget(self: &Arc<Self>) {
        let Some(server) = self.server.get().and_then(Weak::upgrade) else {
            return;
        };
        let new = mock(Arc::clone(self));
        let mut exchange: Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(async move {
            tokio::join!(server.reset(), server.register(new));
        });
        // The first poll queues both.
        let queued = exchange
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()));
        if queued.is_pending() {
            tokio::spawn(exchange);
        }
    }
}

fn incoming(request: &Request) -> Incoming {
    let path = request.url.path().to_owned();
    Incoming {
        method: request.method.as_str().to_owned(),
        path: path.clone(),
        full_path: path,
        query: request.url.query().unwrap_or_default().to_owned(),
        headers: request.headers.clone(),
        body: request.body.clone(),
    }
}

fn template(answer: Answer) -> ResponseTemplate {
    let mut headers = answer.headers;
    let content_type = headers.remove("content-type");
    let mut template = ResponseTemplate::new(answer.status);
    for (name, value) in headers.iter() {
        template = template.append_header(name, value);
    }
    let content_type = content_type.as_ref().and_then(|value| value.to_str().ok());
    if let Some(content_type) = content_type {
        template = template.set_body_raw(answer.body, content_type);
    }
    match answer.delay {
        Some(delay) => template.set_delay(delay),
        None => template,
    }
}
