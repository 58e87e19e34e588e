//! `runpipe spec drift`: what a service does and its document does not say.

use std::path::Path;

use serde_json::{Value, json};

use crate::program::{Ended, runpipe};

const DOCUMENT: &str = r##"{
  "openapi": "3.0.3",
  "info": {
    "title": "Runs",
    "version": "1",
    "x-source": "our own",
    "description": "Runs."
  },
  "externalDocs": { "url": "https://example.com/", "description": "Read 2026-11-20." },
  "servers": [{ "url": "https://runs.example/api" }],
  "paths": {
    "/runs/{id}": {
      "get": {
        "operationId": "getRun",
        "parameters": [
          { "name": "id", "in": "path", "required": true, "schema": { "type": "integer", "format": "int64" } }
        ],
        "responses": {
          "200": {
            "description": "The run.",
            "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Run" } } }
          },
          "404": { "description": "There is none." }
        }
      },
      "delete": {
        "operationId": "deleteRun",
        "x-effect": "set",
        "parameters": [
          { "name": "id", "in": "path", "required": true, "schema": { "type": "integer", "format": "int64" } }
        ],
        "responses": { "204": { "description": "Gone." } }
      }
    }
  },
  "components": {
    "schemas": {
      "Run": {
        "type": "object",
        "required": ["id", "state"],
        "properties": {
          "id": { "type": "integer", "format": "int64" },
          "state": { "$ref": "#/components/schemas/State" },
          "made": { "type": "string", "nullable": true },
          "steps": { "type": "array", "nullable": true, "items": { "$ref": "#/components/schemas/Step" } }
        }
      },
      "Step": { "type": "object", "properties": { "name": { "type": "string", "nullable": true } } },
      "State": { "type": "string", "enum": ["RUNNING", "DONE"] }
    }
  }
}
"##;

fn exchange(method: &str, target: &str, status: u16, kind: &str, body: Value) -> Value {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    json!({
        "recorded": "2026-11-22T10:00:00Z", "operation": null,
        "request": { "method": method, "path": path, "query": query },
        "response": { "status": status, "headers": { "content-type": kind }, "body": body },
    })
}

/// Every kind of surprise, and what is told of each.
fn surprises() -> Vec<(Value, &'static str, &'static str)> {
    let run = |more: Value| {
        let mut run = json!({ "id": 7, "state": "DONE", "made": "2026-11-22" });
        let more = more.as_object().cloned().unwrap_or_default();
        run.as_object_mut().expect("an object").extend(more);
        exchange("GET", "/runs/7", 200, "application/json", run)
    };
    let without = exchange(
        "GET",
        "/runs/7",
        200,
        "application/json",
        json!({ "id": 7 }),
    );
    vec![
        (
            run(json!({ "trigger": { "by": "PUSH", "count": 2 } })),
            "undocumented field Run.trigger",
            "lost",
        ),
        (
            run(json!({ "steps": [{ "name": null, "took": 1.5 }] })),
            "undocumented field Step.took",
            "lost",
        ),
        (
            run(json!({ "state": "WAITING" })),
            "undocumented word State WAITING",
            "unknown_word",
        ),
        (
            run(json!({ "id": "seven" })),
            "other type Run.id: string instead of integer",
            "undecodable",
        ),
        (
            run(json!({ "state": null })),
            "other type Run.state: null",
            "undecodable",
        ),
        (without, "missing field Run.state", "undecodable"),
        (
            exchange(
                "GET",
                "/runs/7",
                409,
                "application/json",
                json!({ "why": "busy" }),
            ),
            "undocumented status getRun 409",
            "by_status",
        ),
        (
            exchange("GET", "/runs/7", 200, "text/plain", json!("DONE")),
            "undocumented content type getRun 200 text/plain",
            "undecodable",
        ),
        (
            exchange("GET", "/runs/7?verbose=true", 404, "", Value::Null),
            "undocumented parameter getRun verbose",
            "unsendable",
        ),
        (
            exchange("GET", "/agents", 200, "application/json", json!({})),
            "undocumented operation GET /agents",
            "unsendable",
        ),
    ]
}

/// A folder with the document and these recordings.
fn folder(exchanges: &[Value]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("runs.json"), DOCUMENT).expect("a file");
    let recorded = folder.path().join("recorded");
    std::fs::create_dir(&recorded).expect("a folder");
    for (number, exchange) in exchanges.iter().enumerate() {
        let file = recorded.join(format!("{number:04}.json"));
        std::fs::write(file, exchange.to_string()).expect("a file");
    }
    folder
}

async fn drift(folder: &Path, more: &[&str], code: i32) -> Ended {
    let words = ["spec", "drift", "runs.json", "recorded"];
    let program = runpipe(words)
        .words(more.iter().copied())
        .within_folder(folder);
    program.ends_with(code).await
}

#[tokio::test]
async fn each_kind_of_surprise_is_told_with_what_it_means() {
    for (exchange, told, meaning) in surprises() {
        let folder = folder(&[exchange.clone(), exchange]);
        let found = drift(folder.path(), &["--json"], 1).await.json();
        let findings = found["findings"].as_array().expect("findings");
        let [finding] = findings.as_slice() else {
            panic!("{told}: {findings:#?}");
        };
        let place = finding["place"].as_str().expect("a place");
        assert!(told.ends_with(place), "{told}: {place}");
        assert_eq!(finding["meaning"], meaning, "{told}");
        assert_eq!(finding["count"], 2, "{told}");
        let text = drift(folder.path(), &[], 1).await.stdout;
        assert!(
            text.starts_with(&format!("{told}: 2 times, first in ")),
            "{text}"
        );
    }
}

#[tokio::test]
async fn what_fits_is_no_finding_and_what_did_not_come_is_told() {
    let run = json!({ "id": 7, "state": "DONE", "made": null });
    let folder = folder(&[exchange(
        "GET",
        "/runs/7",
        200,
        "application/json; charset=utf-8",
        run,
    )]);
    let told = drift(folder.path(), &["--json"], 0).await.json();
    assert_eq!(told["findings"], json!([]));
    assert_eq!(
        told["unseen"],
        json!([
            "field Run.steps",
            "operation deleteRun",
            "status getRun 404",
            "word State RUNNING"
        ])
    );
}

#[tokio::test]
async fn what_is_applied_is_documented_and_the_rest_of_the_document_stays_as_it_was() {
    let exchanges: Vec<Value> = surprises()
        .into_iter()
        .map(|(exchange, ..)| exchange)
        .collect();
    let folder = folder(&exchanges);
    let applied = drift(folder.path(), &["--apply"], 1).await;
    let told = "changes made, 3 findings left to you";
    applied.tells(told);
    let file = folder.path().join("runs.json");
    let text = std::fs::read_to_string(&file).expect("the document");
    // What only a person can describe is told with the edit to make.
    let left = drift(folder.path(), &[], 1).await.stdout;
    let left: Vec<_> = left.lines().collect();
    let by_hand = [
        (
            "undocumented operation GET /agents: ",
            "add it under /paths: ",
        ),
        (
            "undocumented content type getRun 200 text/plain: ",
            "the one content type",
        ),
        (
            "other type Run.id: string instead of integer: ",
            "fits all that comes",
        ),
    ];
    assert_eq!(left.len(), by_hand.len(), "{left:?}");
    for (line, (finding, edit)) in left.iter().zip(by_hand) {
        let (what, how) = line.split_once("; by hand: ").expect("an edit");
        assert!(what.starts_with(finding) && how.contains(edit), "{line}");
    }
    // What was added is clean; that the document names no pages of a vendor is its own fault.
    let checked = runpipe(["spec", "check", "runs.json"]).within_folder(folder.path());
    let checked = checked.run().await.stdout;
    let own = |line: &str| line.ends_with("[source-missing]");
    assert!(checked.lines().all(own), "{checked}");
    let order = [
        "\"openapi\"",
        "\"info\"",
        "\"paths\"",
        "\"Run\"",
        "\"Step\"",
        "\"RunTrigger\"",
    ];
    let places: Vec<Option<usize>> = order.iter().map(|key| text.find(key)).collect();
    assert!(
        places.is_sorted() && places.iter().all(Option::is_some),
        "{places:?}: {text}"
    );
}

#[tokio::test]
async fn what_was_decided_is_remembered_beside_the_document() {
    let exchanges: Vec<Value> = surprises()
        .into_iter()
        .map(|(exchange, ..)| exchange)
        .collect();
    let folder = folder(&exchanges);
    // A name that is misspelt is not a file without decisions.
    let elsewhere = ["--decisions", "/no/such/file"];
    drift(folder.path(), &elsewhere, 2)
        .await
        .tells("/no/such/file");
    let refused = drift(folder.path(), &["--decide", "no sentence"], 2).await;
    refused.tells("full stop");
    drift(
        folder.path(),
        &["--decide", "The vendor calls it a preview."],
        0,
    )
    .await;
    let told = drift(folder.path(), &["--json"], 0).await.json();
    assert_eq!(told["findings"], json!([]));
    assert_eq!(
        told["known"].as_array().map(Vec::len),
        Some(exchanges.len())
    );
    let kept = std::fs::read_to_string(folder.path().join("runs.drift")).expect("the decisions");
    assert!(kept.contains("undocumented word State WAITING"), "{kept}");
    // What comes later is told, beside what was decided.
    let new = exchange(
        "GET",
        "/runs/7",
        200,
        "application/json",
        json!({ "id": 7, "state": "LATE" }),
    );
    std::fs::write(folder.path().join("recorded/9999.json"), new.to_string()).expect("a file");
    let told = drift(folder.path(), &["--known"], 1).await.stdout;
    assert!(
        told.starts_with("undocumented word State LATE: 1 times, once in getRun 200"),
        "{told}"
    );
    assert!(
        told.contains("decided: undocumented field Run.trigger (The vendor calls it a preview.)"),
        "{told}"
    );
}

#[tokio::test]
async fn a_har_file_is_redacted_and_read() {
    let folder = folder(&[]);
    let entry = |url: &str, body: Value| {
        json!({
            "startedDateTime": "2026-11-22T10:00:00.000+01:00", "time": 12,
            "request": { "method": "GET", "url": url, "headers": [{ "name": "Cookie", "value": "sid=secret-of-ann" }] },
            "response": { "status": 200, "headers": [], "content": { "size": 2, "mimeType": "application/json",
                "text": body.to_string() } },
        })
    };
    let har = json!({ "log": { "version": "1.2", "entries": [
        entry("https://runs.example/api/runs/7?x=1", json!({ "id": 7, "state": "LATE", "owner": "Ann Lee" })),
        entry("https://elsewhere.example/script", json!({ "id": 7 })),
    ] } });
    std::fs::write(folder.path().join("recorded/web.json"), har.to_string()).expect("a file");
    let ended = drift(folder.path(), &["--json"], 1).await;
    let told = ended.json();
    assert_eq!(told["exchanges"], 1);
    let places = told["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .map(|one| one["place"].clone());
    let places: Vec<Value> = places.collect();
    assert_eq!(places, ["getRun x", "Run.owner", "State LATE"]);
    assert!(
        !ended.stdout.contains("Ann") && !ended.stdout.contains("secret-of"),
        "{}",
        ended.stdout
    );
}
