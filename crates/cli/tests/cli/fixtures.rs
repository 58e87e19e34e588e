//! `runpipe spec fixtures`: after it nothing is missing, everything fits, and nothing was overwritten.

use std::path::{Path, PathBuf};

use runpipe_spec::document::Document;
use runpipe_spec::schema::Strictness;
use serde_json::Value;

use crate::program::runpipe;

fn documents() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../specs");
    let files = std::fs::read_dir(folder).expect("the documents");
    let files = files.map(|file| file.expect("an entry").path());
    files
        .filter(|file| file.extension().is_some_and(|ending| ending == "json"))
        .collect()
}

#[tokio::test]
async fn what_is_written_covers_every_answer_and_fits_the_document() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path().display().to_string();
    for file in documents() {
        let path = file.display().to_string();
        let ended = runpipe(["spec", "fixtures", &path, "--fixtures", &place])
            .run()
            .await;
        assert_eq!(ended.status.code(), Some(0), "{}", ended.stderr);
        ended.tells("say in `origin`");
        let text = std::fs::read_to_string(&file).expect("a document");
        let document = Document::parse(&path, &text).expect("a document that can be used");
        for line in ended.stdout.lines() {
            let text = std::fs::read_to_string(line).expect("a fixture");
            let fixture: Value = serde_json::from_str(&text).expect("JSON");
            assert_eq!(fixture["origin"], "generated, to be reviewed", "{line}");
            let parts: Vec<&str> = line.rsplitn(3, '/').collect();
            let status = parts[0]
                .split('-')
                .next()
                .and_then(|code| code.parse().ok());
            let kind = fixture["content_type"].as_str();
            let body = match (&fixture["value"], kind) {
                (Value::Null, None) => Vec::new(),
                (Value::String(text), Some(kind)) if !kind.contains("json") => {
                    text.clone().into_bytes()
                }
                (value, _) => value.to_string().into_bytes(),
            };
            let texts = fixture["headers"].as_object().into_iter().flatten();
            let texts = texts.map(|(name, value)| match value.as_str() {
                Some(text) => (name.as_str(), text.to_owned()),
                None => (name.as_str(), value.to_string()),
            });
            let texts: Vec<(&str, String)> = texts.collect();
            let mut headers: Vec<(&str, &str)> = Vec::new();
            headers.extend(texts.iter().map(|(name, text)| (*name, text.as_str())));
            headers.extend(kind.map(|kind| ("content-type", kind)));
            let wrong = document.validate_response(
                parts[1],
                status.expect("a status"),
                &headers,
                &body,
                Strictness::Strict,
            );
            assert!(wrong.is_empty(), "{line}: {wrong:?}");
        }
        let again = runpipe(["spec", "fixtures", &path, "--fixtures", &place])
            .run()
            .await;
        assert_eq!(again.stdout, "", "nothing is written twice");
    }
    let specs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../specs");
    let specs = specs.display().to_string();
    let words = [
        "spec",
        "coverage",
        "--documents",
        &specs,
        "--fixtures",
        &place,
    ];
    let covered = runpipe(words).run().await;
    assert_eq!(covered.status.code(), Some(0), "{}", covered.stdout);
}

#[tokio::test]
async fn a_fixture_that_is_there_stays_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = documents().remove(0);
    let text = std::fs::read_to_string(&file).expect("a document");
    let document = Document::parse("document", &text).expect("a document that can be used");
    let operation = &document.operations()[0];
    let name = file.file_stem().unwrap_or_default();
    let of_operation = folder.path().join(name).join(&operation.id);
    std::fs::create_dir_all(&of_operation).expect("a folder");
    let own = of_operation.join(format!("{}-minimal.json", operation.responses[0].status));
    std::fs::write(&own, "ours").expect("a file");
    let (path, place) = (
        file.display().to_string(),
        folder.path().display().to_string(),
    );
    let ended = runpipe(["spec", "fixtures", &path, "--fixtures", &place])
        .run()
        .await;
    assert_eq!(ended.status.code(), Some(0), "{}", ended.stderr);
    assert_eq!(std::fs::read_to_string(&own).expect("a file"), "ours");
    assert!(ended.stdout.lines().count() > 10, "{}", ended.stdout);
}
