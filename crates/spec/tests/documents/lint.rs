//! Each rule of the lint finds what it is for, with the place and the words, and the documents of the library are clean.
//!
//! `tests/fixtures/lint/<rule>.json` is a document with a fault. `<rule>.expected` beside it lists everything that the
//! lint has to say about it, one finding a line: JSON pointer, tab, words that occur in the finding as it is printed.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use proptest::prelude::*;
use runpipe_spec::finding::Finding;
use runpipe_spec::lint::{RULES, lint};
use serde_json::{Value, json};

fn in_repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Name and text of each file of a folder with this ending.
fn files(folder: &str, ending: &str) -> Vec<(String, String)> {
    let folder = in_repository(folder);
    let mut found: Vec<(String, String)> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("a folder can be listed").path())
        .filter(|path| path.extension().is_some_and(|found| found == ending))
        .map(|path| {
            let name = path
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            (
                name,
                fs::read_to_string(&path)
                    .unwrap_or_else(|error| panic!("{}: {error}", path.display())),
            )
        })
        .collect();
    found.sort();
    found
}

fn printed(findings: &[Finding]) -> String {
    findings
        .iter()
        .map(|finding| format!("  {finding}\n"))
        .collect()
}

#[test]
fn every_rule_has_a_fixture() {
    let fixtures: BTreeSet<String> = files("tests/fixtures/lint", "json")
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    let rules: BTreeSet<String> = RULES.iter().map(|rule| (*rule).to_owned()).collect();
    assert_eq!(rules.len(), RULES.len(), "a rule is listed twice");
    let without: Vec<_> = rules.difference(&fixtures).collect();
    assert!(without.is_empty(), "rules without a fixture: {without:?}");
    let unknown: Vec<_> = fixtures.difference(&rules).collect();
    assert!(unknown.is_empty(), "fixtures of no rule: {unknown:?}");
}

#[test]
fn each_fixture_gives_exactly_the_expected_findings() {
    let mut wrong = Vec::new();
    for (rule, text) in files("tests/fixtures/lint", "json") {
        let expected = in_repository(&format!("tests/fixtures/lint/{rule}.expected"));
        let expected = fs::read_to_string(&expected)
            .unwrap_or_else(|error| panic!("{}: {error}", expected.display()));
        let mut left = lint("fixture", &text);
        if !left.iter().any(|finding| finding.rule == rule) {
            wrong.push(format!("{rule}: the rule itself found nothing"));
        }
        for line in expected.lines() {
            let (pointer, words) = line
                .split_once('\t')
                .unwrap_or_else(|| panic!("{rule}: no tab in {line:?}"));
            let found = left.iter().position(|finding| {
                finding.pointer == pointer && finding.to_string().contains(words)
            });
            match found {
                Some(found) => drop(left.remove(found)),
                None => wrong.push(format!("{rule}: nothing at {pointer:?} says {words:?}")),
            }
        }
        if !left.is_empty() {
            wrong.push(format!("{rule}: not expected:\n{}", printed(&left)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_finding_names_a_listed_rule_a_place_and_a_cure() {
    for (name, text) in files("tests/fixtures/lint", "json") {
        for finding in lint("fixture", &text) {
            assert!(RULES.contains(&finding.rule), "{name}: {finding}");
            assert!(
                finding.line.is_some() && finding.column.is_some(),
                "{name}: {finding}"
            );
            assert!(!finding.problem.ends_with('.'), "{name}: {finding}");
            assert!(finding.cure.ends_with(['.', '?']), "{name}: {finding}");
        }
    }
}

#[test]
fn a_finding_points_at_line_and_column() {
    let text = "{\n  \"openapi\": \"3.0.3\",\n  \"info\": { \"title\": \"é\", \"version\": 1 },\n  \"paths\": {}\n}\n";
    let findings = lint("specs/x.json", text);
    let shown: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert_eq!(
        shown,
        [
            "specs/x.json:3:38 /info/version: this is a number, not a text. Write a text here. [wrong-type]"
        ]
    );
}

#[test]
fn yaml_is_told_as_what_it_is() {
    for text in [
        "openapi: 3.0.3\n",
        "# ours\n---\npaths: {}\n",
        "swagger: '2.0'",
    ] {
        let findings = lint("x.yaml", text);
        assert_eq!(findings.len(), 1, "{text}");
        assert!(
            findings[0].cure.starts_with("This is YAML"),
            "{text}: {}",
            findings[0]
        );
    }
    let findings = lint("x.json", "{ openapi: 3 }");
    assert!(!findings[0].cure.contains("YAML"), "{}", findings[0]);
}

#[test]
fn the_documents_of_this_crate_are_clean() {
    let documents = files("../../specs", "json");
    assert!(!documents.is_empty(), "there is no document in specs/");
    for (name, text) in documents {
        let findings = lint(&format!("specs/{name}.json"), &text);
        assert!(findings.is_empty(), "{}", printed(&findings));
    }
}

/// All places of a document, as JSON pointers.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    let mut inner = |name: &str, value| {
        pointers(
            value,
            &format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")),
            found,
        );
    };
    match value {
        Value::Object(object) => object.iter().for_each(|(name, value)| inner(name, value)),
        Value::Array(list) => list
            .iter()
            .enumerate()
            .for_each(|(index, value)| inner(&index.to_string(), value)),
        _ => {}
    }
}

/// Values that stand where a document expects others.
fn intruders() -> Vec<Value> {
    vec![
        Value::Null,
        json!(true),
        json!(-1),
        json!(1.5e300),
        json!(""),
        json!("é{}/~%"),
        json!([]),
        json!({}),
        json!([null]),
        json!({ "$ref": "#" }),
        json!({ "$ref": "#/components/schemas/Run" }),
        json!({ "$ref": 1 }),
        json!({ "allOf": [{ "$ref": "#/components/schemas/Run" }] }),
        json!({ "type": "array", "items": { "enum": [{}], "pattern": "(" } }),
        json!({ "": { "": {} } }),
    ]
}

proptest! {
    #[test]
    fn no_text_makes_the_lint_panic(text in ".{0,200}", cut in any::<prop::sample::Index>()) {
        let _findings = lint("any", &text);
        let document = include_str!("../fixtures/lint/bounds-crossed.json");
        let end = document.floor_char_boundary(cut.index(document.len()));
        let _findings = lint("cut", &document[..end]);
    }
}

#[test]
fn no_changed_document_makes_the_lint_panic() {
    // Every place of every fixture: by turns it is removed, or another wrong value stands there.
    let intruders = intruders();
    let change = |name: &str, text: &str| {
        let Ok(document) = serde_json::from_str::<Value>(text) else {
            return;
        };
        let mut places = Vec::new();
        pointers(&document, "", &mut places);
        for (turn, place) in places.into_iter().enumerate() {
            let turn = turn + name.len();
            let mut changed = document.clone();
            match place.rsplit_once('/').filter(|_| turn.is_multiple_of(2)) {
                Some((around, key)) => {
                    if let Some(Value::Object(object)) = changed.pointer_mut(around) {
                        object.remove(&key.replace("~1", "/").replace("~0", "~"));
                    }
                }
                None => {
                    if let Some(value) = changed.pointer_mut(&place) {
                        *value = intruders[turn % intruders.len()].clone();
                    }
                }
            }
            let _findings = lint(name, &changed.to_string());
        }
    };
    let files = files("tests/fixtures/lint", "json");
    thread::scope(|scope| {
        for some in files.chunks(files.len().div_ceil(4)) {
            scope.spawn(|| some.iter().for_each(|(name, text)| change(name, text)));
        }
    });
}
