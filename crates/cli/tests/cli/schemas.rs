//! Every object that the program writes is what its published schema says, key by key.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer};

use crate::program::{EXECUTIONS, START, answer, buddy, buddy_with, execution, runpipe};

async fn schema(of: &str) -> Value {
    let printed = runpipe(["schema", of]).ends_with(0).await.stdout;
    serde_json::from_str(&printed).expect("JSON")
}

/// Each line is an object of the schema, and has no key that is not a property of the schema. Every key is
/// required but those that come with the stage of an entry.
pub async fn holds(of: &str, lines: &str) {
    let schema = schema(of).await;
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    assert!(!lines.is_empty(), "{of}");
    for line in lines.lines() {
        let object: Value = serde_json::from_str(line).expect("JSON");
        if let Err(fault) = validator.validate(&object) {
            panic!("{of}: {fault}: {line}");
        }
        let Some(properties) = schema["properties"].as_object() else {
            continue;
        };
        let object = object.as_object().expect("an object");
        let keys: BTreeSet<&str> = object.keys().map(String::as_str).collect();
        let mut known: BTreeSet<&str> = properties.keys().map(String::as_str).collect();
        if of == "entry" {
            known.retain(|key| !["owner", "beat", "going"].contains(key));
        }
        assert_eq!(keys, known, "{of}: {line}");
    }
}

/// A Buddy with a run that failed in an action, alone and in the list.
async fn server() -> MockServer {
    let mut run = execution("FAILED");
    run["action_executions"] = json!([
        { "action_execution_id": "a1", "action": { "name": "Build" }, "status": "FAILED" },
    ]);
    let list = json!({ "executions": [run], "total_page_count": 1 });
    let action = json!({ "error_message": "Exit code 3", "log": ["one"] });
    let server = MockServer::start().await;
    for (place, body) in [
        ("", list),
        ("/31", run),
        ("/31/action_executions/a1", action),
    ] {
        let get = Mock::given(method("GET")).and(path(format!("{EXECUTIONS}{place}")));
        get.respond_with(answer(200, body)).mount(&server).await;
    }
    server
}

#[tokio::test]
async fn what_is_read_is_as_the_schema_says() {
    let server = server().await;
    for (of, words, code) in [
        ("run", "status buddy/acme/site/2/31", 0),
        ("run", "watch buddy/acme/site/2/31", 1),
        (
            "list",
            "list buddy --workspace acme --project site --pipeline 2",
            0,
        ),
        ("steps", "steps buddy/acme/site/2/31", 0),
        ("page", "open buddy/acme/site/2/31", 0),
        ("credentials", "auth status", 0),
        ("event", "logs buddy/acme/site/2/31", 0),
        ("event", "logs buddy/acme/site/2/31 --follow", 0),
    ] {
        let ended = buddy(&server, words)
            .words(["--json"])
            .ends_with(code)
            .await;
        holds(of, &ended.stdout).await;
    }
}

#[tokio::test]
async fn what_stands_on_stderr_is_as_the_schema_says() {
    let server = buddy_with("SUCCESSFUL").await;
    let started = buddy(&server, START).words(["--json"]).ends_with(0).await;
    holds("event", &started.stderr).await;
    holds("run", &started.stdout).await;
    let usage = runpipe(["status", "nonsense", "--json"]).ends_with(2).await;
    holds("error", &usage.stderr).await;
    let refused = buddy(&server, "status buddy/acme/site/2/99 --json")
        .ends_with(3)
        .await;
    holds("error", &refused.stderr).await;
}

#[tokio::test]
async fn an_entry_of_the_ledger_is_as_the_schema_says() {
    let server = buddy_with("SUCCESSFUL").await;
    let folder = tempfile::tempdir().expect("a folder");
    let ledger = ["--ledger", folder.path().to_str().expect("UTF-8")];
    let start = buddy(&server, START).words(["--key", "release-1"]);
    start.words(ledger).ends_with(0).await;
    let shown = runpipe(["ledger", "show", "release-1", "--json"]);
    let shown = shown.words(ledger).ends_with(0).await;
    assert_eq!(shown.json()["stage"], "started");
    holds("entry", &shown.stdout).await;
}
