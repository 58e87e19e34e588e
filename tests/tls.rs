//! The promise: a call goes over TLS with each provider that can be chosen, and where there is none
//! the builder says so. `.ci/long` runs it with each feature alone. Many waits take few handshakes.

use std::io::Write as _;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::StreamExt;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use runpipe::buddy::{Client, Credentials, PipelineRef, types::RunExecutionRequest};
use runpipe::{Builder, Runs, WaitOptions, wait_all};
#[cfg(any(feature = "rustls", feature = "rustls-no-provider"))]
use runpipe::{Network, ReqwestClient};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufStream};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// Where the process that the test starts finds its server.
const URL: &str = "RUNPIPE_TEST_TLS_URL";
/// The file of the root that it trusts besides this machine's.
const ROOT: &str = "RUNPIPE_TEST_TLS_ROOT";
/// What a client says that it speaks, whichever provider it has.
const PROTOCOL: &[u8] = b"http/1.1";
const NEEDS_DEFAULT: bool = cfg!(all(
    feature = "rustls-no-provider",
    not(any(feature = "rustls", feature = "rustls-ring"))
));

fn client(url: &str) -> runpipe::Result<Client> {
    let builder = Client::builder()
        .base_url(url)
        .credentials(Credentials::token("token"));
    with_root(builder).build()
}

#[cfg(any(feature = "rustls", feature = "rustls-no-provider"))]
fn with_root(builder: Builder<Client>) -> Builder<Client> {
    let Ok(root) = std::env::var(ROOT) else {
        return builder;
    };
    let pem = std::fs::read(root).expect("a root");
    let network = Network::default().root_certificates(&pem).expect("a root");
    match ReqwestClient::on_network(Duration::from_secs(9), network) {
        Ok(client) => builder.http_client(Arc::new(client)),
        // The builder says it, too.
        Err(_) if NEEDS_DEFAULT => builder,
        Err(fault) => panic!("{fault}"),
    }
}

#[cfg(not(any(feature = "rustls", feature = "rustls-no-provider")))]
fn with_root(builder: Builder<Client>) -> Builder<Client> {
    builder
}

/// No more requests than a client's budget lets leave at once.
const RUNS: i64 = 10;

/// What another process does, whose certificates the test chooses: it starts a run, and waits for
/// several.
async fn start(url: &str) {
    if NEEDS_DEFAULT {
        let error = client(url).expect_err("there is no provider");
        assert_eq!(error.kind(), runpipe::ErrorKind::Configuration, "{error}");
        assert!(error.to_string().contains("install_default"), "{error}");
        let provider: CryptoProvider = ring::default_provider();
        provider.install_default().expect("the first one");
    }
    let pipeline = PipelineRef::new("acme", "site", 7);
    let client = client(url).expect("a client");
    let run = client
        .start(&pipeline, &RunExecutionRequest::default())
        .await
        .expect("a run");
    assert_eq!(run.reference.to_string(), "buddy/acme/site/7/31");
    println!("started {}", run.reference);
    let options = WaitOptions::default().pauses(Duration::ZERO, Duration::ZERO);
    let runs = (1..=RUNS).map(|id| pipeline.execution(id).expect("a reference"));
    let runs = runs.map(|run| (&client as &dyn Runs, run));
    let ended = wait_all(runs, &options.last_look(false)).count().await;
    println!("ended {ended}");
}

/// Answers the requests of one connection: a start with an id, a list with runs that have ended.
async fn serve(stream: impl AsyncReadExt + AsyncWriteExt + Unpin) -> std::io::Result<()> {
    let mut stream = BufStream::new(stream);
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if stream.read_line(&mut head).await? == 0 {
                return Ok(());
            }
        }
        let body = match head.starts_with("POST") {
            true => {
                stream.read_exact(&mut [0; 2]).await?;
                r#"{"id": 31}"#.to_owned()
            }
            false => {
                let item = |id| format!(r#"{{"id":{id},"status":"SUCCESSFUL"}}"#);
                let items: Vec<String> = (1..=RUNS).map(item).collect();
                format!(r#"{{"executions":[{}]}}"#, items.join(","))
            }
        };
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(answer.as_bytes()).await?;
        stream.flush().await?;
    }
}

#[tokio::test]
async fn a_start_goes_over_tls() {
    // The test is its own other process.
    if let Ok(url) = std::env::var(URL) {
        return start(&url).await;
    }
    if !cfg!(any(feature = "rustls", feature = "rustls-no-provider")) {
        let error = client("https://localhost").expect_err("there is no TLS");
        assert_eq!(error.kind(), runpipe::ErrorKind::Configuration, "{error}");
        return;
    }
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let mut roots = tempfile::NamedTempFile::new().expect("a file");
    roots
        .write_all(cert.pem().as_bytes())
        .expect("it is written");
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).expect("a key");
    let provider = Arc::new(ring::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .expect("a server");
    config.alpn_protocols = vec![PROTOCOL.to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("localhost:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let handshakes = Arc::new(AtomicUsize::new(0));
    let made = handshakes.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let stream = acceptor.accept(stream).await.expect("a handshake");
            assert_eq!(stream.get_ref().1.alpn_protocol(), Some(PROTOCOL));
            made.fetch_add(1, Ordering::Relaxed);
            tokio::spawn(serve(stream));
        }
    });
    let this = std::env::current_exe().expect("a program");
    // A root of the machine, and one of the caller's own.
    for (number, variable) in ["SSL_CERT_FILE", ROOT].into_iter().enumerate() {
        let output = tokio::process::Command::new(&this)
            .args(["--exact", "a_start_goes_over_tls", "--nocapture"])
            .env(URL, format!("https://localhost:{port}"))
            .env(variable, roots.path())
            .stdin(Stdio::null())
            .output()
            .await
            .expect("the program runs");
        let stdout = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{stdout}");
        assert!(stdout.contains("started buddy/acme/site/7/31"), "{stdout}");
        assert!(stdout.contains(&format!("ended {RUNS}")), "{stdout}");
        // HTTP/2 could make no fewer.
        assert_eq!(handshakes.load(Ordering::Relaxed), number + 1);
    }
}
