//! `runpipe spec record`, `spec fixture` and `sandbox --replay`: from traffic to fixtures and scenarios.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;

use runpipe::Service;
use runpipe_testing::Sandbox;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdout};

use crate::program::{at, runpipe};

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

/// The words after `runpipe start`, for a pipeline that the sandbox has.
const STARTS: [(Service, &[&str]); 2] = [
    (
        Service::AzureDevops,
        &[
            "--organization",
            "acme",
            "--project",
            "Website",
            "--pipeline",
            "42",
        ],
    ),
    (
        Service::Matillion,
        &[
            "--project-id",
            "3f0c9a52-6b1d-4c7e-9a44-2d5e8f7b1c60",
            "--environment",
            "Production",
            "--pipeline",
            "Load orders",
        ],
    ),
];

#[tokio::test]
async fn what_goes_through_the_proxy_is_recorded_fits_and_is_played_again() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    for (service, place) in STARTS {
        let folder = tempfile::tempdir().expect("a folder");
        let recorded = folder.path().join("recorded").display().to_string();
        let document = in_repository(&format!("specs/{service}.json"));
        let to = sandbox.url(service);
        let words = ["spec", "record", &document, &recorded, "--to", &to];
        let (_proxy, _stdout, told) = served(&words).await;
        let url = told["url"].as_str().expect("an address");
        let mut start = vec!["start", service.name()];
        start.extend(place);
        start.extend(["--watch", "--json"]);
        let ended = at(&sandbox, &start)
            .env(&variable(service), url)
            .ends_with(0)
            .await;
        let status = ended.json()["status"].clone();

        // What the sandbox does is what the document says.
        let drifted = runpipe(["spec", "drift", &document, &recorded, "--json"])
            .ends_with(0)
            .await;
        let drifted = drifted.json();
        assert!(
            drifted["exchanges"].as_u64() > Some(1),
            "{service}: {drifted}"
        );

        // The same command finds the same run in a sandbox that plays the recording, under another id.
        let words = ["sandbox", "--port", "0", "--replay", &recorded];
        let (_replay, _stdout, told) = served(&words).await;
        let variables: BTreeMap<String, String> =
            serde_json::from_value(told["variables"].clone()).expect("variables");
        let program = variables
            .iter()
            .fold(runpipe(start), |program, (name, value)| {
                program.env(name, value)
            });
        let replayed = program.ends_with(0).await.json();
        assert_eq!(replayed["status"], status, "{service}");
        assert_ne!(replayed["id"], ended.json()["id"], "{service}");

        let fixtures = folder.path().join("fixtures").display().to_string();
        let documents = in_repository("specs");
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
            assert!(
                fixture["origin"]
                    .as_str()
                    .is_some_and(|origin| origin.starts_with("recorded, 20")),
                "{text}"
            );
        }
    }
}

/// The signature covers the host: the proxy is told to the client as its proxy, not as the service.
#[tokio::test]
async fn a_signed_request_goes_through_the_proxy_as_it_was_signed() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    let folder = tempfile::tempdir().expect("a folder");
    let recorded = folder.path().join("recorded").display().to_string();
    let document = in_repository("specs/aliyun.json");
    let to = sandbox.url(Service::Aliyun);
    let (_proxy, _stdout, told) =
        served(&["spec", "record", &document, &recorded, "--to", &to]).await;
    let proxy = told["url"].as_str().expect("an address");
    // Without a signature the service refuses, and that is what is recorded.
    let client = reqwest::Client::builder().proxy(reqwest::Proxy::http(proxy).expect("a proxy"));
    let client = client.build().expect("a client");
    let address = format!("{to}/organization/60d1c0ffee5ca1ab1e00feed/pipelines");
    let answer = client.get(address).send().await.expect("an answer");
    assert_eq!(answer.status(), 400);
    let elsewhere = client
        .get("http://127.0.0.1:1/")
        .send()
        .await
        .expect("an answer");
    assert_eq!(elsewhere.status(), 421);
    let drifted = runpipe(["spec", "drift", &document, &recorded, "--json"])
        .run()
        .await
        .json();
    assert_eq!(drifted["exchanges"], 1, "{drifted}");
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
    assert!(
        refused.stderr.contains("this machine alone"),
        "{}",
        refused.stderr
    );
}
