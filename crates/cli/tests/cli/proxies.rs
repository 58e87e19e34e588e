//! A proxy sees nothing of what stays on this machine: without TLS it would see the credential.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpListener;

use serde_json::json;
use wiremock::matchers::{any, path};
use wiremock::{Mock, MockServer};

use crate::program::{Program, answer, runpipe};
use crate::vendors::Vendors;

/// A proxy that is never to be used. It answers nobody.
struct Forbidden(TcpListener);

impl Forbidden {
    fn proxy() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.set_nonblocking(true).expect("a socket");
        Forbidden(listener)
    }

    fn url(&self) -> String {
        format!("http://{}", self.0.local_addr().expect("an address"))
    }

    /// Names it to a program in every variable that programs look at, but for those left out.
    fn named_to(&self, program: Program, left_out: &[&str]) -> Program {
        let variables = [
            "HTTP_PROXY",
            "http_proxy",
            "HTTPS_PROXY",
            "https_proxy",
            "ALL_PROXY",
            "all_proxy",
        ];
        let variables = variables.iter().filter(|name| !left_out.contains(name));
        variables.fold(program, |program, name| program.env(name, &self.url()))
    }

    /// Nobody has connected, so not one byte has come.
    fn was_left_alone(&self, what: &str) {
        let connected = self.0.accept();
        let none = matches!(&connected, Err(error) if error.kind() == ErrorKind::WouldBlock);
        assert!(none, "{what}: {connected:?}");
    }
}

/// What every service takes for a run, and a token endpoint for a token.
async fn service() -> MockServer {
    let server = MockServer::start().await;
    let run = json!({ "id": 31, "status": "RUNNING", "success": true, "pipelineRun": { "status": "RUNNING" } });
    let token = json!({ "access_token": "t", "token_type": "Bearer", "expires_in": 1800 });
    let tokens = Mock::given(path("/token")).respond_with(answer(200, token));
    tokens.mount(&server).await;
    Mock::given(any())
        .respond_with(answer(200, run))
        .mount(&server)
        .await;
    server
}

#[tokio::test]
async fn what_is_sent_to_this_machine_without_tls_goes_straight() {
    let server = service().await;
    let port = server.address().port();
    let references = [
        "azure-devops/acme/Shop/42/31",
        "matillion/p/e",
        "aliyun/o/123/31",
        "yunxiao/o/123/31",
        "buddy/acme/website/2/31",
    ];
    for host in ["127.0.0.1", "localhost"] {
        for reference in references {
            let proxy = Forbidden::proxy();
            let url = format!("http://{host}:{port}");
            let program = runpipe(["status", reference, "--base-url", &url])
                .words(["--timeout", "5s", "--retries", "0"])
                .env("AZURE_DEVOPS_EXT_PAT", "pat")
                .env("MATILLION_CLIENT_ID", "id")
                .env("MATILLION_CLIENT_SECRET", "secret")
                .env("RUNPIPE_MATILLION_TOKEN_URL", &format!("{url}/token"))
                .env("ALIBABA_CLOUD_ACCESS_KEY_ID", "id")
                .env("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "secret")
                .env("YUNXIAO_ACCESS_TOKEN", "pt-token")
                .env("BUDDY_TOKEN", "token");
            let ended = proxy.named_to(program, &[]).run().await;
            proxy.was_left_alone(reference);
            assert_eq!(
                ended.status.code(),
                Some(0),
                "{reference}: {}",
                ended.stderr
            );
        }
    }
}

/// Whether a proxy is used depends on each request's own scheme: the secret of the client goes to the
/// token endpoint without TLS, though the service is asked with it.
#[tokio::test]
async fn a_token_endpoint_without_tls_is_asked_straight_where_the_service_has_tls() {
    let tokens = service().await;
    let proxy = Forbidden::proxy();
    // Nobody listens there: the call fails once the token is there.
    let closed = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = closed.local_addr().expect("an address").port();
    drop(closed);
    for host in ["127.0.0.1", "localhost"] {
        let url = format!("http://{host}:{}/token", tokens.address().port());
        let base = format!("https://127.0.0.1:{port}");
        let program = runpipe(["status", "matillion/p/e", "--base-url", &base])
            .words(["--timeout", "5s", "--retries", "0"])
            .env("MATILLION_CLIENT_ID", "id")
            .env("MATILLION_CLIENT_SECRET", "s3cret")
            .env("RUNPIPE_MATILLION_TOKEN_URL", &url);
        let encrypted = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
        let before = tokens.received_requests().await.expect("recorded").len();
        let ended = proxy.named_to(program, &encrypted).run().await;
        proxy.was_left_alone(host);
        let asked = tokens.received_requests().await.expect("recorded").len() - before;
        assert_eq!(asked, 1, "{host}: {}", ended.stderr);
        assert_ne!(ended.status.code(), Some(0), "nobody listens");
        assert!(!ended.stderr.contains("s3cret"), "{}", ended.stderr);
    }
}

const BUDDY: &str = "status buddy/acme/website/2/31 --timeout 10s --retries 0";

/// Variables and settings lead through a real proxy, and variables go before settings.
#[tokio::test]
async fn the_proxy_and_the_roots_of_variables_and_of_settings_are_used() {
    let vendors = Vendors::answering(json!({ "id": 31, "status": "SUCCESSFUL" })).await;
    let folder = tempfile::tempdir().expect("a folder");
    let own = folder.path().join("runpipe");
    std::fs::create_dir(&own).expect("a folder");
    let config = folder.path().to_str().expect("UTF-8");
    let asked = |proxy: &str, root: &str| {
        let text = format!("proxy = \"{proxy}\"\nca_file = \"{root}\"\n");
        std::fs::write(own.join("runpipe.toml"), text).expect("written");
        runpipe(BUDDY.split(' '))
            .env("BUDDY_TOKEN", "t0ken")
            .env("XDG_CONFIG_HOME", config)
    };
    let (proxy, root) = (vendors.proxy(), vendors.root().to_str().expect("UTF-8"));
    asked(&proxy, root).ends_with(0).await;
    assert_eq!(vendors.take().len(), 1);
    // A file beside the settings is named without its folder.
    std::fs::copy(vendors.root(), own.join("ca.pem")).expect("copied");
    asked(&proxy, "ca.pem").ends_with(0).await;
    assert_eq!(vendors.take().len(), 1);

    let nobody = Forbidden::proxy();
    let variables = asked(&nobody.url(), "missing.pem")
        .env("HTTPS_PROXY", &proxy)
        .env("SSL_CERT_FILE", root);
    variables.ends_with(0).await;
    assert_eq!(vendors.take().len(), 1);
    nobody.was_left_alone("a variable goes before the file");
    let refused = asked(&proxy, "missing.pem").ends_with(2).await.stderr;
    assert!(
        refused.contains("ca_file") && refused.contains("missing.pem"),
        "{refused}"
    );
    let refused = asked("no proxy", root).ends_with(2).await.stderr;
    assert!(refused.contains("the proxy of runpipe.toml"), "{refused}");
}

#[tokio::test]
async fn a_host_in_no_proxy_is_asked_straight() {
    let proxy = Forbidden::proxy();
    // Nobody listens there.
    let closed = TcpListener::bind("127.0.0.1:0").expect("a port");
    let host = closed.local_addr().expect("an address");
    drop(closed);
    let base = format!("https://{host}");
    let program = runpipe(BUDDY.split(' ')).words(["--base-url", &base]);
    let program = program
        .env("BUDDY_TOKEN", "t0ken")
        .env("NO_PROXY", "127.0.0.1");
    let ended = proxy.named_to(program, &[]).ends_with(5).await;
    proxy.was_left_alone("NO_PROXY");
    ended.tells(host.to_string());
}

#[tokio::test]
async fn what_is_between_this_machine_and_the_service_is_named() {
    let vendors = Vendors::answering(json!({ "id": 31 })).await;
    let untrusted = vendors.runpipe(BUDDY).without("SSL_CERT_FILE");
    let told = untrusted
        .env("BUDDY_TOKEN", "t0ken")
        .ends_with(5)
        .await
        .stderr;
    assert!(
        told.contains("api.buddy.works") && told.contains("SSL_CERT_FILE"),
        "{told}"
    );
    // A proxy that wants to know who asks.
    let proxy = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", proxy.local_addr().expect("an address"));
    let refuses = std::thread::spawn(move || {
        let (mut stream, _) = proxy.accept().expect("a connection");
        let mut head = [0; 1024];
        let _ = stream.read(&mut head).expect("a request");
        let answer = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n";
        stream.write_all(answer).expect("sent");
    });
    let program = runpipe(BUDDY.split(' ')).env("BUDDY_TOKEN", "t0ken");
    let told = program.env("HTTPS_PROXY", &url).ends_with(5).await.stderr;
    refuses.join().expect("it was asked");
    assert!(told.contains("HTTPS_PROXY"), "{told}");
}
