//! The connection side: what comes in over TCP becomes whole requests, within bounds.

use std::convert::Infallible;
use std::future::poll_fn;
use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::{Body, Incoming as IncomingBody};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, oneshot};
use tokio::time::{sleep, timeout};

use super::answer::{Answer, AnswerBody};
use super::incoming::Incoming;
use super::port::Port;

/// So many connections are served at once; more wait.
const MOST_CONNECTIONS: usize = 500;
/// Headers of a request, in number and in bytes with the request line. More is a 431.
const MOST_HEADERS: usize = 100;
const MOST_HEADER_BYTES: usize = 64 << 10;
/// How long the head of a request may take, and its body.
const PATIENCE: Duration = Duration::from_secs(30);
/// How much, and for how long, is read of what nobody wants, so that the answer is not lost with it.
const MOST_LEFTOVERS: usize = 1 << 20;
const LINGERING: Duration = Duration::from_secs(1);
/// Before a port is listened at again that could not be (no file descriptors are left).
const BREATH: Duration = Duration::from_millis(50);

/// A server on a port of this machine, until it is dropped.
pub(super) struct Listener {
    stop: Option<oneshot::Sender<Infallible>>,
    thread: Option<JoinHandle<()>>,
}

impl Listener {
    /// Serves on a bound socket, in a thread of its own: a test's paused clock does not reach it.
    pub fn start(socket: TcpListener, port: Port) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        socket.set_nonblocking(true)?;
        let socket = {
            let _inside = runtime.enter();
            tokio::net::TcpListener::from_std(socket)?
        };
        let (stop, stopped) = oneshot::channel();
        let thread = thread::Builder::new().name(format!("sandbox {}", port.service()));
        let thread = thread.spawn(move || {
            runtime.block_on(async move {
                tokio::select! {
                    _ = stopped => {}
                    () = accept(socket, Arc::new(port)) => {}
                }
            });
        })?;
        Ok(Listener {
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        drop(self.stop.take());
        // Then the port is free.
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn accept(socket: tokio::net::TcpListener, port: Arc<Port>) {
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        match socket.accept().await {
            Ok((stream, _)) => {
                let port = Arc::clone(&port);
                tokio::spawn(async move {
                    converse(stream, port).await;
                    drop(place);
                });
            }
            Err(_) => sleep(BREATH).await,
        }
    }
}

/// Serves one connection to its end.
async fn converse(stream: TcpStream, port: Arc<Port>) {
    let service = service_fn(move |request| {
        let port = Arc::clone(&port);
        Box::pin(async move { Ok::<_, Infallible>(respond(&port, request).await) })
    });
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .max_headers(MOST_HEADERS)
        .max_header_size(MOST_HEADER_BYTES)
        // The sandbox has a clock of its own.
        .auto_date_header(false)
        .serve_connection(TokioIo::new(stream), service);
    // Anything but HTTP has been refused by now, and a closed connection gets no answer.
    let _ended = poll_fn(|context| connection.poll_without_shutdown(context)).await;
    linger(connection.into_parts().io.into_inner()).await;
}

/// Closes gently: a socket that is closed with bytes unread takes back what it sent last.
async fn linger(mut stream: TcpStream) {
    if stream.shutdown().await.is_err() {
        return;
    }
    let mut unread = stream.take(MOST_LEFTOVERS as u64);
    let mut waste = tokio::io::sink();
    let _ = timeout(LINGERING, tokio::io::copy(&mut unread, &mut waste)).await;
}

async fn respond(port: &Port, request: Request<IncomingBody>) -> Response<AnswerBody> {
    let (head, body) = request.into_parts();
    let mut headers = head.headers;
    // The name in the target counts, if there is one (RFC 9112, section 3.2.2).
    if let Some(authority) = head.uri.authority()
        && let Ok(host) = HeaderValue::from_str(authority.as_str())
    {
        headers.insert(header::HOST, host);
    }
    let path = head.uri.path().to_owned();
    let request = Incoming {
        method: head.method.as_str().to_owned(),
        path: path.clone(),
        full_path: path,
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers,
        body: Vec::new(),
    };
    let answer = match port.admit(&request) {
        Err(refusal) => refusal,
        Ok(longest) => match read(body, longest.bytes()).await {
            Ok(body) => port.answer(Incoming { body, ..request }),
            Err(Unread::TooLong) => port.refuse(413, &longest.sentence()),
            Err(Unread::Broken) => port.refuse(400, "the body of the request is no valid HTTP"),
            Err(Unread::Late) => port.refuse(408, "the body of the request did not come in time"),
        },
    };
    if let Some(delay) = answer.delay {
        sleep(delay).await;
    }
    response(answer)
}

/// Why a body could not be read.
enum Unread {
    TooLong,
    Broken,
    Late,
}

async fn read(body: IncomingBody, longest: usize) -> Result<Vec<u8>, Unread> {
    if body.size_hint().lower() > longest as u64 {
        return Err(Unread::TooLong);
    }
    let whole = Limited::new(body, longest).collect();
    match timeout(PATIENCE, whole).await {
        Ok(Ok(body)) => Ok(body.to_bytes().into()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Unread::TooLong),
        Ok(Err(_)) => Err(Unread::Broken),
        Err(_) => Err(Unread::Late),
    }
}

fn response(answer: Answer) -> Response<AnswerBody> {
    let status = StatusCode::from_u16(answer.status);
    let (headers, body) = answer.into_parts();
    let mut response = Response::new(body);
    *response.status_mut() = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    *response.headers_mut() = headers;
    response
}
