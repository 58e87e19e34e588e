//! `runpipe spec record`: a proxy on this machine that writes down what clients in any language exchange with a service.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use clap::Args;
use http::{HeaderMap, HeaderName, Request, Response, StatusCode, Uri, header};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use runpipe::recording::Recorder;
use runpipe::{HttpClient, ReqwestClient, Service};
use serde_json::json;
use tokio::net::TcpListener;

use crate::context::Context;
use crate::flags::body::read_file;
use crate::process::exit::Failure;
use crate::process::stage::Doing;

/// Headers for this connection only (RFC 9110, section 7.6.1), and headers that are created anew.
const NOT_PASSED_ON: [HeaderName; 9] = [
    header::ACCEPT_ENCODING,
    header::CONNECTION,
    header::CONTENT_ENCODING,
    header::CONTENT_LENGTH,
    header::HOST,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];
const CONNECTING: Duration = Duration::from_secs(10);
/// The longest body that is passed on, either way.
const LONGEST: usize = 16 << 20;

/// What `spec record` is given.
#[derive(Args, Debug)]
pub struct Arguments {
    /// The service's document: it says which paths and words may be written.
    #[arg(value_name = "DOCUMENT")]
    document: PathBuf,

    /// The folder for the exchanges, one file each.
    #[arg(value_name = "DIR")]
    folder: PathBuf,

    /// Address on this machine to give to clients, as the service's address or as their HTTP proxy.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:0")]
    listen: SocketAddr,

    /// Address of the service.
    #[arg(long, value_name = "URL")]
    to: Uri,
}

/// Where requests go.
struct Target {
    client: Arc<dyn HttpClient>,
    to: Uri,
}

/// Passes on and records until it is interrupted.
pub async fn run(context: &Context, arguments: Arguments) -> Result<u8, Failure> {
    let usage = |message: String, advice: &str| Failure::usage(message, advice);
    if !arguments.listen.ip().is_loopback() {
        let message = format!(
            "--listen: {} is not an address of this machine alone",
            arguments.listen
        );
        return Err(usage(
            message,
            "Use 127.0.0.1 or [::1]: credentials go through it without TLS.",
        ));
    }
    let name = arguments.document.file_stem().unwrap_or_default();
    let service: Option<Service> = name.to_str().and_then(|name| name.parse().ok());
    let document = read_file("DOCUMENT", arguments.document.clone()).await?;
    let http = ReqwestClient::new(CONNECTING);
    let http =
        http.map_err(|fault| usage(fault.to_string(), "Correct the machine's TLS settings."))?;
    let to = arguments.to.to_string();
    let client =
        Recorder::new(&*arguments.folder).around(Arc::new(http), service, &document, &to)?;
    let listener = TcpListener::bind(arguments.listen).await.map_err(|cause| {
        let message = format!("--listen: {} cannot be used: {cause}", arguments.listen);
        usage(message, "Choose another port; 0 is any that is free.")
    })?;
    let address = listener.local_addr().unwrap_or(arguments.listen);
    let target = Arc::new(Target {
        client,
        to: arguments.to,
    });
    context.stage.enter(Doing::Serving);
    let url = format!("http://{address}");
    context
        .output
        .result(&json!({ "url": url }), || format!("{url}\n"))?;
    let folder = arguments.folder.display();
    context.say(&format!(
        "Requests to it go to {to} and are recorded in {folder}, until Ctrl-C."
    ));
    loop {
        // A connection that breaks while it is made is nobody's loss.
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        let target = Arc::clone(&target);
        tokio::spawn(async move {
            let service = service_fn(move |request| {
                let target = Arc::clone(&target);
                async move { Ok::<_, Infallible>(target.pass(request).await) }
            });
            let served = http1::Builder::new()
                .timer(TokioTimer::new())
                .serve_connection(TokioIo::new(stream), service);
            // A closed connection gets no answer.
            let _ended = served.await;
        });
    }
}

impl Target {
    /// Sends a request on, once, and gives the answer back when it was recorded.
    async fn pass(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let (head, body) = request.into_parts();
        // As an HTTP proxy it is given whole addresses.
        if head
            .uri
            .authority()
            .is_some_and(|host| Some(host) != self.to.authority())
        {
            let what = "this proxy forwards to one service only";
            return told(StatusCode::MISDIRECTED_REQUEST, what);
        }
        let base = self.to.to_string();
        let asked = format!("{} {}", head.method, head.uri.path());
        let body = match Limited::new(body, LONGEST).collect().await {
            Ok(body) => body.to_bytes(),
            Err(fault) if fault.is::<LengthLimitError>() => {
                let what = format!(
                    "the request is longer than 16 MiB and was not passed on: {asked} at {base}. \
                     Call the service without this proxy."
                );
                return told(StatusCode::PAYLOAD_TOO_LARGE, &what);
            }
            Err(_) => {
                let what = format!(
                    "the request arrived incomplete and was not passed on: {asked} at {base}. Send \
                     it again."
                );
                return told(StatusCode::BAD_REQUEST, &what);
            }
        };
        let too_long = format!(
            "the answer is longer than 16 MiB and was not recorded: {asked} at {base}. The service \
             may have acted on it. Ask for less, or call the service without this proxy."
        );
        let target = head.uri.path_and_query();
        let target = target.map_or("/", |target| target.as_str());
        // A client may be given the service's path too, and some have it of their own.
        let path = self.to.path().trim_end_matches('/');
        let rest = target.strip_prefix(path);
        let whole =
            head.uri.authority().is_some() || rest.is_some_and(|rest| rest.starts_with('/'));
        let begin = match whole {
            true => base.strip_suffix(self.to.path()).unwrap_or(&base),
            false => &base,
        };
        let uri = format!("{}{target}", begin.trim_end_matches('/'));
        let mut sent = Request::new(body);
        *sent.method_mut() = head.method;
        *sent.headers_mut() = passed_on(head.headers);
        let Ok(uri) = uri.parse() else {
            return told(
                StatusCode::BAD_REQUEST,
                "the address of the request cannot be passed on",
            );
        };
        *sent.uri_mut() = uri;
        let answer = match self.client.send(sent).await {
            Ok(answer) => answer,
            Err(fault) => return told(StatusCode::BAD_GATEWAY, &fault.to_string()),
        };
        let (head, mut rest) = answer.into_parts();
        let mut body = Vec::new();
        loop {
            match rest.next().await {
                Ok(Some(piece)) if body.len().saturating_add(piece.len()) > LONGEST => {
                    return told(StatusCode::BAD_GATEWAY, &too_long);
                }
                Ok(Some(piece)) => body.extend_from_slice(&piece),
                Ok(None) => break,
                Err(reason) => return told(StatusCode::BAD_GATEWAY, &reason),
            }
        }
        let mut answer = Response::new(Full::from(body));
        *answer.status_mut() = head.status;
        *answer.headers_mut() = passed_on(head.headers);
        answer
    }
}

fn passed_on(mut headers: HeaderMap) -> HeaderMap {
    for name in NOT_PASSED_ON {
        headers.remove(name);
    }
    headers
}

/// An answer of the proxy itself.
fn told(status: StatusCode, what: &str) -> Response<Full<Bytes>> {
    let body = json!({ "error": format!("runpipe spec record: {what}") });
    let mut answer = Response::new(Full::from(body.to_string()));
    *answer.status_mut() = status;
    let kind = header::HeaderValue::from_static("application/json");
    answer.headers_mut().insert(header::CONTENT_TYPE, kind);
    answer
}
