//! `--record`, `spec record`, `spec fixture` and `sandbox --replay`: from traffic to fixtures and scenarios.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use runpipe::{BoxFuture, HttpClient, ResponseBody, SendError, Service, WaitOptions, aliyun, wait};
use runpipe_testing::{RunPlan, Sandbox};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdout};
use tokio_rustls::rustls::crypto::ring;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::dry_runs::{start, words};
use crate::program::{Program, at, runpipe};

fn in_repository(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.join(path).display().to_string()
}

/// What a command that serves says first.
async fn served(words: &[&str]) -> (Child, BufReader<ChildStdout>, Value) {
    let program = runpipe(words.iter().copied()).words(["--json"]);
    let mut child = program.stdout(Stdio::piped()).spawn().await;
    let mut line = String::new();
    let mut stdout = BufReader::new(child.stdout.take().expect("stdout"));
    stdout.read_line(&mut line).await.expect("a line");
    (child, stdout, serde_json::from_str(&line).expect("JSON"))
}

fn variable(service: Service) -> String {
    format!(
        "RUNPIPE_{}_URL",
        service.name().to_uppercase().replace('-', "_")
    )
}

/// A start whose pipeline has no name: in a recording names are others.
fn start_by_number(sandbox: &Sandbox, service: Service) -> Program {
    let words = words(service).into_iter().map(|word| match word {
        "build" => "42",
        "web-release" => "123",
        word => word,
    });
    let program = at(sandbox, &["start"]).words(words).env("HUSH", "a-secret");
    program.words(["--watch", "--json"])
}

/// Sends through a proxy to this machine too, which the program's own client does not.
struct Proxied(reqwest::Client);

impl HttpClient for Proxied {
    fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> BoxFuture<'_, Result<http::Response<ResponseBody>, SendError>> {
        Box::pin(async move {
            let request = request.try_into().expect("a request");
            let answer = self.0.execute(request).await.expect("an answer");
            let mut passed = http::Response::builder().status(answer.status());
            *passed.headers_mut().expect("a status") = answer.headers().clone();
            let body = answer.bytes().await.expect("a whole answer");
            Ok(passed.body(body.into()).expect("an answer"))
        })
    }
}

/// A client that sends through this proxy.
fn through(proxy: &str) -> reqwest::Client {
    // reqwest wants to know who would encrypt.
    let _ = ring::default_provider().install_default();
    let client = reqwest::Client::builder().proxy(reqwest::Proxy::http(proxy).expect("a proxy"));
    client.build().expect("a client")
}

/// Starts a run and waits for it with signed requests, which the service would refuse if the proxy changed them.
async fn signed_through(sandbox: &Sandbox, proxy: &str) -> Value {
    let http = Proxied(through(proxy));
    let builder = sandbox.client_builder::<aliyun::Client>();
    let client = builder
        .http_client(Arc::new(http))
        .build()
        .expect("a client");
    let pipeline = aliyun::PipelineRef::new("60d1c0ffee5ca1ab1e00feed", 123);
    let run = client
        .start(&pipeline, &Default::default())
        .await
        .expect("a run");
    let ended = wait(&client, &run.reference, &WaitOptions::default()).await;
    serde_json::to_value(ended.expect("its end")).expect("JSON")
}

/// A proxy between the program and an address: where it listens, and where it writes.
async fn proxy(
    service: Service,
    to: &str,
    folder: &Path,
) -> (Child, BufReader<ChildStdout>, String) {
    let document = in_repository(&format!("specs/{service}.json"));
    let folder = folder.display().to_string();
    let (child, stdout, told) = served(&["spec", "record", &document, &folder, "--to", to]).await;
    let url = told["url"].as_str().expect("an address").to_owned();
    (child, stdout, url)
}

#[tokio::test]
async fn what_goes_through_the_proxy_is_recorded_fits_and_is_played_again() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    for service in Service::ALL {
        let folder = tempfile::tempdir().expect("a folder");
        let (recorded, fixtures) = (
            folder.path().join("recorded"),
            folder.path().join("fixtures"),
        );
        let (_proxy, _stdout, url) = proxy(service, &sandbox.url(service), &recorded).await;
        let recorded = recorded.display().to_string();
        sandbox.next_run(service, RunPlan::default().takes(Duration::ZERO));
        let ended = match service {
            // Its signature covers the host, so that the proxy cannot stand in its place.
            Service::Aliyun => signed_through(&sandbox, &url).await,
            _ => {
                let program = start_by_number(&sandbox, service);
                let program = program.env(&variable(service), &url);
                program.ends_with(0).await.json()
            }
        };

        // What the sandbox does is what the document says.
        let document = in_repository(&format!("specs/{service}.json"));
        let drifted = runpipe(["spec", "drift", &document, &recorded, "--json"]);
        let drifted = drifted.ends_with(0).await.json();
        let exchanges = drifted["exchanges"].as_u64();
        assert!(exchanges > Some(1), "{service}: {drifted}");

        // The same command finds the same run in a sandbox that plays the recording, under another id, of the
        // pipeline that was asked for.
        let words = ["sandbox", "--port", "0", "--replay", &recorded];
        let (_replay, _stdout, told) = served(&words).await;
        let variables: BTreeMap<String, String> =
            serde_json::from_value(told["variables"].clone()).expect("variables");
        let program = start_by_number(&sandbox, service);
        let program = variables
            .iter()
            .fold(program, |program, (name, value)| program.env(name, value));
        let replayed = program.ends_with(0).await.json();
        assert_eq!(replayed["status"], ended["status"], "{service}");
        assert_ne!(replayed["id"], ended["id"], "{service}");
        assert_eq!(replayed["pipeline_id"], ended["pipeline_id"], "{service}");

        let (documents, fixtures) = (in_repository("specs"), fixtures.display().to_string());
        let words = [
            "spec",
            "fixture",
            &recorded,
            "--documents",
            &documents,
            "--fixtures",
            &fixtures,
            "--json",
        ];
        let written = runpipe(words).ends_with(0).await.json();
        let files = written["written"].as_array().expect("files");
        assert!(files.len() > 1, "{service}: {written}");
        for file in files {
            let text = std::fs::read_to_string(file.as_str().expect("a path")).expect("a fixture");
            let fixture: Value = serde_json::from_str(&text).expect("JSON");
            let origin = fixture["origin"].as_str();
            assert!(
                origin.is_some_and(|origin| origin.starts_with("recorded, 20")),
                "{text}"
            );
        }
    }
}

#[tokio::test]
async fn what_the_proxy_does_not_pass_on_is_told_and_not_recorded() {
    let longest = 16 << 20;
    let server = MockServer::start().await;
    let long = ResponseTemplate::new(200).set_body_bytes(vec![b' '; longest + 1]);
    Mock::given(any()).respond_with(long).mount(&server).await;
    let folder = tempfile::tempdir().expect("a folder");
    let (_proxy, _stdout, url) = proxy(Service::Buddy, &server.uri(), folder.path()).await;
    let client = through(&url);
    let here = format!("{}/workspaces", server.uri());
    for (request, status, told, received) in [
        (
            client.get("http://127.0.0.1:1/"),
            421,
            "one service only",
            0,
        ),
        (
            client.post(&here).body(vec![b' '; longest + 1]),
            413,
            "the request is longer than 16 MiB",
            0,
        ),
        (
            client.get(&here),
            502,
            "the answer is longer than 16 MiB",
            1,
        ),
    ] {
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), status);
        let text = answer.text().await.expect("a text");
        assert!(text.contains(told), "{text}");
        let requests = server.received_requests().await.unwrap_or_default();
        assert_eq!(requests.len(), received, "{told}");
    }
    assert_eq!(
        std::fs::read_dir(folder.path()).expect("a folder").count(),
        0
    );
}

#[tokio::test]
async fn every_exchange_of_a_command_is_written() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    let folder = tempfile::tempdir().expect("a folder");
    let name = folder.path().display().to_string();
    let program = start(&sandbox, Service::Buddy, &["--watch", "--record", &name]);
    program.ends_with(0).await;
    let files = std::fs::read_dir(folder.path()).expect("a folder");
    let files = files.map(|entry| std::fs::read_to_string(entry.expect("an entry").path()));
    let files: Vec<String> = files.map(|text| text.expect("a recording")).collect();
    assert_eq!(files.len(), sandbox.received(Service::Buddy).len());
    let all = files.concat();
    for kept in ["\"runExecution\"", "\"SUCCESSFUL\""] {
        assert!(all.contains(kept), "{all}");
    }
    for hidden in [sandbox.accepted().buddy_token.as_str(), "acme"] {
        assert!(!all.contains(hidden), "{all}");
    }
}

#[tokio::test]
async fn it_listens_on_this_machine_alone() {
    let document = in_repository("specs/buddy.json");
    let words = [
        "spec",
        "record",
        &document,
        "unused",
        "--listen",
        "0.0.0.0:0",
        "--to",
        "https://api.buddy.works",
    ];
    let refused = runpipe(words).ends_with(2).await;
    refused.tells("this machine alone");
}
