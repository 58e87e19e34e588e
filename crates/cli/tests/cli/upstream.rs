//! `runpipe spec upstream`: what is new in a published description, and what was decided.

use std::path::Path;

use serde_json::{Value, json};

use crate::program::{Ended, runpipe};

const OURS: &str = r##"{
  "openapi": "3.0.3", "info": { "title": "Runs", "version": "1" },
  "paths": { "/runs/{id}": { "get": { "operationId": "getRun",
    "parameters": [{ "name": "id", "in": "path", "required": true, "schema": { "type": "integer", "format": "int64" } }],
    "responses": { "200": { "description": "The run.", "content": { "application/json": {
      "schema": { "$ref": "#/components/schemas/Run" } } } } } } } },
  "components": { "schemas": {
    "Run": { "type": "object", "properties": {
      "state": { "type": "string", "nullable": true, "allOf": [{ "$ref": "#/components/schemas/State" }] },
      "own": { "type": "string" }, "made": { "type": "string" } } },
    "State": { "type": "string", "enum": ["running", "done"] } } }
}"##;

const PUBLISHED: &str = r##"{
  "swagger": "2.0", "info": { "title": "Runs", "version": "2" },
  "paths": {
    "/runs/{runId}": { "get": {
      "parameters": [
        { "name": "runId", "in": "path", "required": true, "type": "integer", "format": "int32" },
        { "name": "$expand", "in": "query", "type": "string" }],
      "responses": { "200": { "schema": { "$ref": "#/definitions/Run" } } } } },
    "/runs": { "post": { "responses": { "200": {} } } } },
  "definitions": { "Run": { "properties": {
    "state": { "enum": ["running", "waiting"] }, "made": { "type": "string", "format": "date-time" },
    "tags": { "type": "array", "items": { "type": "string" } } } } }
}"##;

const DIFFERENCES: [&str; 8] = [
    "only published: field Run.tags",
    "only published: operation POST /runs",
    "only published: parameter getRun query $expand",
    "only published: word State waiting",
    "differs: field Run.made: format none here, date-time published",
    "differs: parameter getRun path id: format int64 here, int32 published",
    "only here: field Run.own",
    "only here: word State done",
];

fn write(folder: &Path, name: &str, text: &str) -> String {
    let file = folder.join(name);
    std::fs::write(&file, text).expect("a file");
    file.display().to_string()
}

/// Runs the comparison with these decisions and further words.
async fn compared(decisions: &Value, more: &[&str]) -> Ended {
    let folder = tempfile::tempdir().expect("a folder");
    let ours = write(folder.path(), "ours.json", OURS);
    let published = write(folder.path(), "published.json", PUBLISHED);
    let decisions = write(folder.path(), "decisions.json", &decisions.to_string());
    let words = [
        "spec",
        "upstream",
        &ours,
        &published,
        "--decisions",
        &decisions,
    ];
    runpipe(words.into_iter().chain(more.iter().copied()))
        .run()
        .await
}

#[tokio::test]
async fn every_difference_is_told_with_what_both_say() {
    let ended = compared(&json!([]), &[]).await;
    assert_eq!(ended.status.code(), Some(1), "{}", ended.stderr);
    assert_eq!(ended.stdout.lines().collect::<Vec<_>>(), DIFFERENCES);
    ended.tells("8 differences to decide on, 0 decided");
}

#[tokio::test]
async fn what_was_decided_is_not_told_again_and_what_is_gone_is() {
    let mut decisions = json!([
        { "reason": "Not needed.", "differences": ["only published: *"] },
        { "reason": "Dates are text here.", "differences": ["differs: *: format none here, date-time published"] },
        { "reason": "Room for more.", "differences": ["differs: *: format int64 here, int32 published"] },
        { "reason": "Seen on the wire.", "differences": ["only here: field Run.own", "only here: word State done"] },
    ]);
    let ended = compared(&decisions, &[]).await;
    assert_eq!(
        ended.status.code(),
        Some(0),
        "{} {}",
        ended.stdout,
        ended.stderr
    );
    assert_eq!(ended.stdout, "");
    let shown = compared(&decisions, &["--known"]).await;
    let line = "decided: only here: field Run.own (Seen on the wire.)";
    assert!(
        shown.stdout.lines().any(|one| one == line),
        "{}",
        shown.stdout
    );
    let told = compared(&decisions, &["--json"]).await;
    let told: Value = serde_json::from_str(&told.stdout).expect("JSON");
    assert_eq!(told["open"], json!([]));
    assert_eq!(told["known"].as_array().map(Vec::len), Some(8));
    assert_eq!(told["different"], 8);

    decisions[3]["differences"] = json!(["only here: field Run.own", "only here: word State gone"]);
    let ended = compared(&decisions, &[]).await;
    assert_eq!(ended.status.code(), Some(1));
    assert_eq!(
        ended.stdout.lines().collect::<Vec<_>>(),
        [
            "only here: word State done",
            "no longer occurs: only here: word State gone"
        ]
    );
}

#[tokio::test]
async fn what_cannot_be_compared_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let ours = write(folder.path(), "ours.json", OURS);
    for (text, says) in [
        ("swagger: '2.0'", "Convert YAML first"),
        ("{}", "neither `swagger` \"2.0\" nor `openapi`"),
        (r#"{"openapi":"3.1.0"}"#, "no `paths`"),
    ] {
        let published = write(folder.path(), "published.json", text);
        let ended = runpipe(["spec", "upstream", &ours, &published]).run().await;
        assert_eq!(ended.status.code(), Some(2), "{text}");
        assert!(ended.stderr.contains(says), "{text}: {}", ended.stderr);
    }
}
