//! What is wrong with a document: everything, in one go, with a place and a cure.
//!
//! The rules come from three sides: what OpenAPI 3.0.3 allows, what the client generator turns into working code
//! (it panics on some documents, and silently makes the wrong thing of others), and what a reader needs in order to
//! trust a document (examples that fit, a source with a date).

mod answers;
mod bodies;
mod bounds;
mod effects;
mod enums;
#[cfg(feature = "schemas")]
mod examples;
mod names;
mod parameters;
mod paths;
mod position;
mod references;
mod report;
mod schemas;
mod security;
mod servers;
mod source;
mod structure;
mod subject;
mod words;

use serde_json::Value;

pub(crate) use self::position::Positions;
pub(crate) use self::report::Report;
use self::subject::Subject;
use super::finding::Finding;
use super::outline::{Operation, Outline};
use super::pointer;
use crate::keyed::Keyed;

/// The name of every rule, as [`Finding::rule`] gives it.
pub const RULES: &[&str] = &[
    // The text.
    "json-syntax",
    "duplicate-key",
    "openapi-version",
    // Keys and their values.
    "unknown-key",
    "wrong-type",
    "missing-key",
    "unknown-word",
    "exclusive-keys",
    // References.
    "ref-siblings",
    "ref-external",
    "ref-kind",
    "ref-dangling",
    "ref-cycle",
    "unused-component",
    "link-operation",
    // Names.
    "operation-id-missing",
    "operation-id-duplicate",
    "operation-id-rust-name",
    "component-name",
    "schema-rust-name",
    "parameter-rust-name",
    "property-rust-name",
    "enum-rust-name",
    // Paths, parameters, servers.
    "path-template",
    "path-equivalent",
    "path-item-ref",
    "path-parameter-undeclared",
    "path-parameter-unused",
    "path-parameter-optional",
    "parameter-duplicate",
    "parameter-cookie",
    "parameter-header-reserved",
    "parameter-style",
    "parameter-schema",
    "server-variable",
    // Schemas.
    "required-unknown",
    "combination-empty",
    "any-of",
    "not-schema",
    "discriminator",
    "all-of-conflict",
    "nullable-lost",
    "inline-schema",
    "equal-title",
    "minimum-one",
    "bounds-crossed",
    "exclusive-without-bound",
    "keyword-type",
    "items-missing",
    "format-unknown",
    "pattern-invalid",
    "enum-type",
    "enum-values",
    "enum-default",
    "answer-closed",
    "answer-constraint",
    "request-extra",
    // Bodies.
    "request-media-types",
    "request-media-type",
    "schema-missing",
    "form-field",
    "encoding-field",
    "status-code",
    "success-missing",
    "success-bodies",
    "success-media-type",
    // Security.
    "security-scheme-unknown",
    "security-scope-unknown",
    // What a call does.
    "effect-missing",
    "effect-unknown",
    // Examples and sources.
    "example-mismatch",
    "default-mismatch",
    "source-missing",
    "source-date",
];

/// The rules of [`RULES`] that need the feature `schemas`: without it they find nothing.
///
/// A build script does without them. A document's examples are checked against their schemas where
/// the document is written, not once more by everybody who compiles a client.
pub const SCHEMA_RULES: &[&str] = &["pattern-invalid", "example-mismatch", "default-mismatch"];

/// Lists every fault of an OpenAPI 3.0 document, in the order of its text. No finding means a clean document.
///
/// `file` is only named in the findings. Text that is not JSON, or a document of another OpenAPI version, gives one
/// finding about that, because nothing else could be said reliably. Whatever the text, this does not panic.
#[must_use]
pub fn lint(file: &str, text: &str) -> Vec<Finding> {
    let root = match parse(file, text) {
        Ok(root) => root,
        Err(findings) => return findings,
    };
    let (mut report, positions) = (Report::new(file), Positions::scan(text));
    duplicates(&positions, &mut report);
    if version(&root, &mut report) {
        let outline = Outline::new(&root);
        rules(&outline, &mut report);
        #[cfg(feature = "schemas")]
        examples::check(&outline, &mut report);
    }
    report.finish(&positions)
}

/// All rules but those of the text, and those about examples.
pub(crate) fn rules(outline: &Outline<'_>, report: &mut Report<'_>) {
    let subject = &Subject::new(outline);
    rules_of_messages(outline, &subject.operations, report);
    names::check(subject, report);
    parameters::check(outline, report);
    servers::check(outline, report);
    schemas::check(subject, report);
    enums::check(subject, report);
    answers::check(subject, report);
    bodies::check(subject, report);
    effects::check(&subject.operations, report);
    source::check(&subject.operations, report);
}

/// The rules that loading asks: all those about what a document says of messages are among them.
pub(crate) fn rules_of_messages(
    outline: &Outline<'_>,
    operations: &[Operation<'_, '_>],
    report: &mut Report<'_>,
) {
    structure::check(outline, report);
    references::check(outline, report);
    names::operation_ids(operations, report);
    paths::check(outline, operations, report);
    schemas::empty(outline, report);
    bounds::check(outline, report);
    bodies::statuses(outline, report);
    security::check(outline, report);
}

/// Reads the text as JSON, or says why it is not JSON.
pub(crate) fn parse(file: &str, text: &str) -> Result<Value, Vec<Finding>> {
    serde_json::from_str(text).map_err(|error| syntax(file, text, &error))
}

fn syntax(file: &str, text: &str, error: &serde_json::Error) -> Vec<Finding> {
    // The place is told apart already, so it is cut off the message.
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or_default();
    let cure = if text.starts_with('\u{feff}') {
        "Remove the byte-order mark at the beginning of the file."
    } else if is_yaml(text) {
        "This is YAML: convert it to JSON first. In JSON a `no` stays a text, and every finding has its line."
    } else {
        "Correct the text at this place, or just before it."
    };
    let mut report = Report::new(file);
    let place = Some((error.line(), error.column()));
    let problem = format!("this is not JSON: {message}");
    report.add_at("json-syntax", "", place, problem, cure);
    report.finish(&Positions::default())
}

/// Whether a text that is not JSON begins like a YAML document.
fn is_yaml(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim_end);
    let first = lines.find(|line| !line.is_empty() && !line.starts_with('#'));
    let keys = ["openapi:", "swagger:", "info:", "paths:"];
    first.is_some_and(|line| line == "---" || keys.iter().any(|key| line.starts_with(key)))
}

fn duplicates(positions: &Positions, report: &mut Report<'_>) {
    for (pointer, place) in &positions.duplicates {
        let key = words::quoted(&pointer::last(pointer));
        let problem = format!("the key {key} is here twice, and only the last one counts");
        let cure = "Remove one of the two.";
        report.add_at("duplicate-key", pointer, Some(*place), problem, cure);
    }
}

/// Whether the document is of a version that the rules are about; says so if not.
pub(crate) fn version(root: &Value, report: &mut Report<'_>) -> bool {
    let version = root.text("openapi");
    if version.is_some_and(|version| version.starts_with("3.0.")) {
        return true;
    }
    let problem = match version {
        Some(version) => {
            let version = words::quoted(version);
            format!("the document is OpenAPI {version}, not 3.0")
        }
        None => "the document does not say that it is OpenAPI 3.0".to_owned(),
    };
    let place = root.get("openapi").map_or("", |_| "/openapi");
    let cure = "Write `\"openapi\": \"3.0.3\"`, and the document in that version.";
    report.add("openapi-version", place, problem, cure);
    false
}
