//! Fixtures that nobody has written yet: what a document's own examples and schemas give, to be reviewed.
//!
//! A fixture shows an answer as a service sends it. One that is made from the document alone shows only what the
//! document says, so each carries [`GENERATED`] as its origin until somebody has looked at it and says what it rests on.

use std::path::Path;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::coverage::{WANTED, coverage};
use super::document::Document;
use super::operation::{MediaType, Operation, Parameter, Response};
use crate::keyed::Keyed;

/// The origin of a fixture that nobody has looked at.
pub const GENERATED: &str = "generated, to be reviewed";

/// Below this many levels only required fields are filled.
const DEEPEST: usize = 8;

/// Below this many levels nothing is filled: a type that requires one of its own has no end.
const MOST: usize = 2 * DEEPEST;

/// A fixture, as its file has it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Fixture {
    /// Where it belongs: `<operationId>/<status>-<name>.json`.
    #[serde(skip)]
    pub path: String,
    /// What it rests on.
    pub origin: String,
    /// The media type; none where the answer has no body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// The answer's headers. A minimal fixture has the required ones only.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub headers: Map<String, Value>,
    /// The decoded body.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub value: Value,
}

impl Fixture {
    /// A fixture of an answer that was seen.
    #[must_use]
    pub fn new(
        path: String,
        origin: String,
        content_type: Option<String>,
        headers: Map<String, Value>,
        value: Value,
    ) -> Self {
        Fixture {
            path,
            origin,
            content_type,
            headers,
            value,
        }
    }
}

/// The fixtures that a folder lacks, for each documented answer and each form of its body.
///
/// The documented example of that name is taken; without one, something that fits the schema: the required fields for
/// `minimal`, every field for `maximal`.
///
/// # Errors
/// When the folder cannot be read.
pub fn missing(document: &Document, folder: &Path) -> std::io::Result<Vec<Fixture>> {
    let covered = coverage(document, folder)?;
    let mut fixtures = Vec::new();
    for row in &covered.rows {
        let Some(operation) = document.operation(&row.operation_id) else {
            continue;
        };
        let mut answers = operation.responses.iter();
        let Some(response) = answers.find(|response| response.status == row.status) else {
            continue;
        };
        for name in row.missing() {
            fixtures.extend(made(document, operation, response, name));
        }
    }
    Ok(fixtures)
}

/// The fixtures of one name: one for each form of the body.
fn made(
    document: &Document,
    operation: &Operation,
    response: &Response,
    name: &'static str,
) -> Vec<Fixture> {
    let every = WANTED.last() == Some(&name);
    let mut headers = Map::new();
    let wanted = |header: &&Parameter| every || header.required;
    for header in response.headers.iter().filter(wanted) {
        let example = document.parameter_example(header).cloned();
        let value = example.unwrap_or_else(|| sample(document, &header.schema, true));
        headers.insert(header.name.clone(), value);
    }
    let fixture = |suffix: &str, media: Option<&MediaType>| Fixture {
        path: format!("{}/{}-{name}{suffix}.json", operation.id, response.status),
        origin: GENERATED.to_owned(),
        content_type: media.map(|media| media.range.clone()),
        headers: headers.clone(),
        value: media.map_or(Value::Null, |media| body(document, media, name, every)),
    };
    let Some((first, others)) = response.content.split_first() else {
        return vec![fixture("", None)];
    };
    let mut fixtures = vec![fixture("", Some(first))];
    for media in others {
        let kind = media.range.rsplit(['/', '+']).next().unwrap_or_default();
        fixtures.push(fixture(&format!("-{kind}"), Some(media)));
    }
    fixtures
}

fn body(document: &Document, media: &MediaType, name: &str, every: bool) -> Value {
    let examples = document.at(&format!("{}/examples", media.pointer));
    let example = examples.and_then(|examples| examples.get(name));
    let value = example.and_then(|example| document.resolve(example).get("value"));
    match (value, &media.schema) {
        (Some(value), _) => value.clone(),
        (None, Some(schema)) => sample(document, schema, every),
        (None, None) => json!("text"),
    }
}

/// Something that fits the schema at a pointer.
fn sample(document: &Document, schema: &str, every: bool) -> Value {
    let schema = json!({ "$ref": format!("#{schema}") });
    Sampler { document, every }.value(&schema, 0)
}

struct Sampler<'d> {
    document: &'d Document,
    /// Every field, or the required ones.
    every: bool,
}

impl Sampler<'_> {
    fn value(&self, schema: &Value, depth: usize) -> Value {
        let schema = self.document.resolve(schema);
        if depth > MOST {
            return Value::Null;
        }
        let written = schema.get("example").or(schema.list("enum").first());
        if let Some(written) = written {
            return written.clone();
        }
        for choice in ["oneOf", "anyOf"] {
            let first = schema.get(choice).and_then(|all| all.get(0));
            if let Some(first) = first {
                return self.value(first, depth + 1);
            }
        }
        let kind = schema.text("type");
        match kind {
            Some("array") => self.list(schema, depth),
            Some("string") if schema.get("allOf").is_none() => json!(text(schema)),
            Some("integer") => schema.get("minimum").cloned().unwrap_or(json!(1)),
            Some("number") => schema.get("minimum").cloned().unwrap_or(json!(1.5)),
            Some("boolean") => json!(true),
            _ => self.object(schema, depth),
        }
    }

    fn list(&self, schema: &Value, depth: usize) -> Value {
        let items = schema.get("items").filter(|_| self.goes_on(depth));
        items
            .map(|items| self.value(items, depth + 1))
            .into_iter()
            .collect()
    }

    fn object(&self, schema: &Value, depth: usize) -> Value {
        let mut fields = Map::new();
        for part in schema.list("allOf") {
            match self.value(part, depth) {
                Value::Object(more) => fields.extend(more),
                // A reference with something beside it.
                other => return other,
            }
        }
        let required = schema.list("required");
        for (name, property) in schema.entries("properties") {
            if required.iter().any(|one| one == name) || self.goes_on(depth) {
                fields.insert(name.clone(), self.value(property, depth + 1));
            }
        }
        let values = schema.get("additionalProperties");
        if let Some(values) = values.filter(|values| values.is_object() && self.goes_on(depth)) {
            fields.insert("name".to_owned(), self.value(values, depth + 1));
        }
        Value::Object(fields)
    }

    fn goes_on(&self, depth: usize) -> bool {
        self.every && depth < DEEPEST
    }
}

/// A text of the format, and of the least length.
fn text(schema: &Value) -> String {
    let text = match schema.text("format") {
        Some("date-time") => "2026-01-01T00:00:00Z",
        Some("date") => "2026-01-01",
        Some("uuid") => "3f0c9a52-6b1d-4c7e-9a44-2d5e8f7b1c60",
        Some("uri") => "https://example.com/",
        Some("email") => "somebody@example.com",
        _ => "text",
    };
    let least = schema.get("minLength").and_then(Value::as_u64);
    let least = least.and_then(|least| usize::try_from(least).ok());
    format!("{text:x<width$}", width = least.unwrap_or_default())
}
