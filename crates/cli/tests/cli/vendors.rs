//! The vendors' own addresses, without the vendors: a proxy in this process that ends the TLS of every host, notes
//! what was sent there, and answers.

use std::convert::Infallible;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Method, Request, Response};
use http_body_util::{BodyExt, Empty, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use serde_json::Value;
use tempfile::NamedTempFile;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use crate::program::{Program, runpipe};

/// What was sent to a host.
pub struct Sent {
    /// Method, scheme, host, path and query: `GET https://dev.azure.com/acme`.
    pub line: String,
    pub method: String,
    pub host: String,
    pub path: String,
    pub query: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Sent {
    /// A header's text; nothing where there is no such header.
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().expect("a header is text"))
    }

    /// The fields of a form.
    pub fn form(&self) -> Vec<(String, String)> {
        let body = String::from_utf8_lossy(&self.body);
        let url = reqwest::Url::parse(&format!("form:?{body}")).expect("a form");
        url.query_pairs().into_owned().collect()
    }
}

/// Every host of the world, for programs that use it as their proxy and trust its certificates.
pub struct Vendors {
    address: SocketAddr,
    certificate: NamedTempFile,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

struct Shared {
    issuer: CertifiedIssuer<'static, KeyPair>,
    answer: Bytes,
    sent: Mutex<Vec<Sent>>,
}

impl Vendors {
    /// Hosts that answer everything with this.
    pub async fn answering(answer: Value) -> Self {
        let mut params = CertificateParams::new([]).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let issuer = CertifiedIssuer::self_signed(params, key).expect("a certificate");
        let mut certificate = NamedTempFile::new().expect("a file");
        certificate
            .write_all(issuer.pem().as_bytes())
            .expect("the file takes it");
        let shared = Arc::new(Shared {
            issuer,
            answer: answer.to_string().into(),
            sent: Mutex::default(),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let hosts = Arc::clone(&shared);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let hosts = Arc::clone(&hosts);
                let service = service_fn(move |request| tunnel(Arc::clone(&hosts), request));
                let connection =
                    http1::Builder::new().serve_connection(TokioIo::new(stream), service);
                // How a connection ends is the program's business.
                tokio::spawn(connection.with_upgrades());
            }
        });
        Vendors {
            address,
            certificate,
            shared,
            task,
        }
    }

    /// The program with these words, where every way over TLS leads here.
    pub fn runpipe(&self, words: &str) -> Program {
        let file = self
            .certificate
            .path()
            .to_str()
            .expect("a path that is text");
        runpipe(words.split_whitespace())
            .env("HTTPS_PROXY", &format!("http://{}", self.address))
            .env("SSL_CERT_FILE", file)
    }

    /// The address of the proxy that leads here.
    pub fn proxy(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The file with the root of the hosts' certificates.
    pub fn root(&self) -> &std::path::Path {
        self.certificate.path()
    }

    /// What was sent since this was asked last.
    pub fn take(&self) -> Vec<Sent> {
        std::mem::take(&mut *self.shared.sent.lock().expect("no test has failed"))
    }
}

impl Drop for Vendors {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What a proxy does with a request: opens a way to the host that it names.
async fn tunnel(
    hosts: Arc<Shared>,
    request: Request<Incoming>,
) -> Result<Response<Empty<Bytes>>, Infallible> {
    let authority = request.uri().authority().cloned();
    let mut response = Response::new(Empty::new());
    match authority {
        Some(authority) if request.method() == Method::CONNECT => {
            let host = match authority.port_u16() {
                Some(443) => authority.host().to_owned(),
                _ => authority.to_string(),
            };
            tokio::spawn(async move {
                let stream = hyper::upgrade::on(request).await?;
                let certified = hosts.acceptor(&host)?;
                let stream = certified.accept(TokioIo::new(stream)).await?;
                let service =
                    service_fn(move |request| note(Arc::clone(&hosts), host.clone(), request));
                let connection =
                    http1::Builder::new().serve_connection(TokioIo::new(stream), service);
                connection
                    .await
                    .map_err(Box::<dyn std::error::Error + Send + Sync>::from)
            });
        }
        _ => *response.status_mut() = http::StatusCode::NOT_IMPLEMENTED,
    }
    Ok(response)
}

async fn note(
    hosts: Arc<Shared>,
    host: String,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let (head, body) = request.into_parts();
    let sent = Sent {
        line: format!("{} https://{host}{}", head.method, head.uri),
        method: head.method.to_string(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head.headers,
        body: body.collect().await?.to_bytes(),
        host,
    };
    hosts.sent.lock().expect("no test has failed").push(sent);
    let mut response = Response::new(Full::new(hosts.answer.clone()));
    let json = http::HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    Ok(response)
}

impl Shared {
    /// TLS with a certificate for this host.
    fn acceptor(&self, host: &str) -> io::Result<TlsAcceptor> {
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let params = CertificateParams::new([host.to_owned()]).map_err(io::Error::other)?;
        let certificate = params
            .signed_by(&key, &self.issuer)
            .map_err(io::Error::other)?;
        let key = PrivateKeyDer::try_from(key.serialize_der()).map_err(io::Error::other)?;
        let provider = Arc::new(ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key);
        Ok(TlsAcceptor::from(Arc::new(
            config.map_err(io::Error::other)?,
        )))
    }
}
