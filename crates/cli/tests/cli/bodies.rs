//! `--body`: the vendor's own JSON, from a file or stdin.

use std::io::Write;

use serde_json::{Value, json};
use wiremock::MockServer;

use crate::program::{Program, START, buddy, buddy_with, runpipe};

async fn sent(server: &MockServer) -> Value {
    let requests = server.received_requests().await.expect("recording");
    requests
        .last()
        .expect("a request")
        .body_json()
        .expect("JSON")
}

#[tokio::test]
async fn stdin_is_sent_and_flags_win() {
    let server = buddy_with("INPROGRESS").await;
    let body = json!({
        "branch": { "name": "develop" },
        "comment": "from the body",
        "variables": [
            { "key": "A", "value": "body" },
            { "key": "B", "value": "body", "encrypted": true },
        ],
    });
    let words = [
        "--body",
        "-",
        "--comment",
        "from the flag",
        "--var",
        "A=flag",
    ];
    let start = buddy(&server, START).words(words).stdin(body.to_string());
    start.ends_with(0).await;
    let expected = json!({
        "branch": { "name": "develop" },
        "comment": "from the flag",
        "variables": [
            { "key": "B", "value": "body", "encrypted": true },
            { "key": "A", "value": "flag" },
        ],
    });
    assert_eq!(sent(&server).await, expected);
}

#[tokio::test]
async fn a_file_may_begin_with_a_byte_order_mark() {
    let server = buddy_with("INPROGRESS").await;
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    write!(
        file,
        "\u{feff}{{ \"comment\": \"hello\", \"tag\": null, \"variables\": [] }}"
    )
    .expect("written");
    let path = file.path().to_str().expect("a path").to_owned();
    buddy(&server, START)
        .words(["--body", &path])
        .ends_with(0)
        .await;
    assert_eq!(sent(&server).await, json!({ "comment": "hello" }));
}

#[tokio::test]
async fn what_the_request_does_not_know_is_refused_by_name() {
    let server = buddy_with("INPROGRESS").await;
    let lines = [
        (r#"{ "brnach": { "name": "x" } }"#, "no such field: brnach"),
        (
            r#"{ "branch": { "name": "x", "nmae": "y" } }"#,
            "no such field: branch.nmae",
        ),
        (
            r#"{ "variables": [{ "key": "a", "value": "b" }, { "key": "c", "value": "d", "x": 1 }], "y": 2 }"#,
            "no such field: variables[1].x, y",
        ),
        (r#"{ "branch": "main" }"#, "`branch`: an object is expected"),
        (r#"{ "branch": {} }"#, "missing field `name`"),
        ("[]", "holds JSON, but not an object"),
        ("{ \"a\": ", "line 1 column"),
        ("", "is not JSON"),
    ];
    for (body, sentence) in lines {
        let start = buddy(&server, START).words(["--body", "-"]).stdin(body);
        let ended = start.ends_with(2).await;
        assert!(ended.stderr.contains(sentence), "{body}: {}", ended.stderr);
    }
    assert!(
        server
            .received_requests()
            .await
            .expect("recording")
            .is_empty()
    );
}

/// A start on another service, its address being the server's.
fn other(server: &MockServer, words: &str) -> Program {
    runpipe(words.split_whitespace())
        .env("AZURE_DEVOPS_EXT_PAT", "pat")
        .env("MATILLION_TOKEN", "token")
        .env("ALIBABA_CLOUD_ACCESS_KEY_ID", "LTAI")
        .env("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "secret")
        .words(["--retries", "0", "--base-url", &server.uri()])
}

#[tokio::test]
async fn each_service_takes_its_own_body() {
    let lines = [
        (
            "start azure-devops --organization acme --project site --pipeline 42 --body -",
            r#"{ "templateParameters": { "debug": true } }"#,
            "`templateParameters.debug`: a string is expected",
        ),
        (
            "start azure-devops --organization acme --project site --pipeline 42 --body -",
            r#"{ "resources": { "repositories": { "self": { "refname": "x" } } } }"#,
            "resources.repositories.self.refname",
        ),
        (
            "start matillion --project-id 3f0c9a52-6b1d-4c7e-9a44-2d5e8f7b1c60 --body -",
            r#"{ "pipelineName": "Load" }"#,
            "the request has no environmentName",
        ),
        (
            "start aliyun --organization-id o --pipeline 1 --body -",
            r#"{ "branchModeBranches": ["x"] }"#,
            "no such field: branchModeBranches",
        ),
    ];
    let server = MockServer::start().await;
    for (words, body, sentence) in lines {
        let ended = other(&server, words).stdin(body).ends_with(2).await;
        assert!(ended.stderr.contains(sentence), "{words}: {}", ended.stderr);
    }
    assert!(
        server
            .received_requests()
            .await
            .expect("recording")
            .is_empty()
    );
}
