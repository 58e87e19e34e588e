//! The body of a message: its type, its decoding, its schema.

use serde_json::{Map, Value};

use super::super::declared::Declared;
use super::super::document::Document;
use super::super::media_type::essence;
use super::super::operation::{FieldEncoding, MediaType};
use super::super::schema::{Direction, SchemaError, Strictness};
use super::text::{self, Pair, Read};
use super::{Violation, ViolationKind};

/// A body and what is known about it.
pub(super) struct Body<'b> {
    /// `Content-Type`, with parameters.
    pub content_type: Option<String>,
    /// The bytes.
    pub bytes: &'b [u8],
    /// Which way it travels.
    pub direction: Direction,
    /// How unknown fields are judged.
    pub strictness: Strictness,
}

/// How a media type is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Json,
    Fields,
    Text,
    Other,
}

impl Form {
    fn of(essence: &str) -> Self {
        match essence.split_once('/') {
            Some((_, kind)) if kind == "json" || kind.ends_with("+json") => Self::Json,
            Some(("application", "x-www-form-urlencoded")) => Self::Fields,
            Some(("text", _)) => Self::Text,
            _ => Self::Other,
        }
    }
}

impl Body<'_> {
    /// Whether nothing was sent. A form without fields is still a form, and an empty text still a
    /// text, when their type is given.
    pub(super) fn is_absent(&self) -> bool {
        let kind = self.content_type.as_deref();
        let form = kind.map(|kind| Form::of(&essence(kind)));
        self.bytes.is_empty() && !matches!(form, Some(Form::Fields | Form::Text))
    }

    /// Checks the body against the documented media types and decodes it.
    ///
    /// A body of a type that is neither JSON nor a form nor text is not looked into, and gives `None`.
    pub(super) fn check(
        &self,
        document: &Document,
        content: &[MediaType],
    ) -> Result<Option<Value>, Vec<Violation>> {
        let expected = || {
            let ranges = content.iter().map(|media_type| media_type.range.as_str());
            ranges.collect::<Vec<_>>().join(" or ")
        };
        let Some(content_type) = &self.content_type else {
            let message = format!("is missing, expected {}", expected());
            return Err(content_type_violation(message));
        };
        let given = essence(content_type);
        let Some(media_type) = best(content, &given) else {
            let message = format!("is {given:?}, expected {}", expected());
            return Err(content_type_violation(message));
        };
        let form = Form::of(&given);
        if form == Form::Other {
            return Ok(None);
        }
        let text = std::str::from_utf8(self.bytes);
        let text = text.map_err(|_| body_violation("is not UTF-8"))?;
        // A byte-order mark is not part of the text, but some servers write one.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut violations = Vec::new();
        let value = match form {
            Form::Json if text.is_empty() => {
                return Err(body_violation("is empty, expected JSON"));
            }
            Form::Json => serde_json::from_str(text)
                .map_err(|error| body_violation(format!("is not JSON: {error}")))?,
            Form::Fields => fields(document, media_type, text, &mut violations)?,
            Form::Text | Form::Other => Value::String(text.to_owned()),
        };
        if let Some(schema) = &media_type.schema {
            let schemas = document.schemas();
            let mut errors =
                schemas.check_directed(schema, &value, self.strictness, self.direction);
            // A field that could not be read has been reported already.
            errors.retain(|error| {
                let place = format!("body {}", error.pointer);
                !violations.iter().any(|violation| violation.place == place)
            });
            violations.extend(Violation::from_errors(ViolationKind::Body, "body", errors));
        }
        if violations.is_empty() {
            Ok(Some(value))
        } else {
            Err(violations)
        }
    }
}

fn content_type_violation(message: String) -> Vec<Violation> {
    let kind = ViolationKind::ContentType;
    vec![Violation::new(kind, "content type", message)]
}

pub(super) fn body_violation(message: impl Into<String>) -> Vec<Violation> {
    vec![Violation::new(ViolationKind::Body, "body", message)]
}

/// The documented type that fits best: the type itself, then `text/*`, then `*/*`.
fn best<'c>(content: &'c [MediaType], given: &str) -> Option<&'c MediaType> {
    let group = given.split('/').next().unwrap_or_default();
    let ranges = [given.to_owned(), format!("{group}/*"), "*/*".to_owned()];
    ranges
        .iter()
        .find_map(|range| content.iter().find(|media_type| media_type.range == *range))
}

/// Reads a form into an object, each field by the type that its schema gives.
fn fields(
    document: &Document,
    media_type: &MediaType,
    text: &str,
    violations: &mut Vec<Violation>,
) -> Result<Value, Vec<Violation>> {
    let no_text = "has a name or value that is not UTF-8 once it is decoded";
    let pairs = text::pairs(text).ok_or_else(|| body_violation(no_text))?;
    let schema = media_type.schema.as_deref();
    let declared = schema.map(|schema| Declared::at(document.root(), schema));
    let declared = declared.unwrap_or_default();
    let mut object = Map::new();
    for pair in &pairs {
        let name = pair.name.as_str();
        if object.contains_key(name) {
            continue;
        }
        let given: Vec<&Pair<'_>> = pairs.iter().filter(|other| other.name == name).collect();
        let read = match declared.field(name) {
            None => text::once(&given).map(|pair| Value::String(pair.value.clone())),
            Some(schema) => field(document, schema, media_type.encoding.get(name), &given),
        };
        let value = read.unwrap_or_else(|errors| {
            let place = format!("body {}", super::super::pointer::child("", name));
            violations.extend(Violation::from_errors(ViolationKind::Body, &place, errors));
            Value::String(pair.value.clone())
        });
        object.insert(name.to_owned(), value);
    }
    Ok(Value::Object(object))
}

/// Reads one field. A value of the wrong type is kept as text: the check of the whole form reports
/// it, with its own words for what fits. A field that cannot be read at all is an error here.
fn field(
    document: &Document,
    schema: &str,
    encoding: Option<&FieldEncoding>,
    given: &[&Pair<'_>],
) -> Read {
    let root = document.root();
    let declared = Declared::at(root, schema);
    // Without `encoding`, objects are JSON text, and so are objects in an array.
    let json = encoding.is_some_and(|encoding| encoding.json) || declared.is_only("object");
    let parse = |text: &str| {
        let parsed: Result<Value, _> = serde_json::from_str(text);
        parsed.map_err(|error| SchemaError::whole(format!("does not hold JSON text: {error}")))
    };
    if json {
        let text = &text::once(given)?.value;
        let value = parse(text)?;
        // A field of type string that holds JSON text is that text.
        return Ok(match declared.is_only("string") {
            true => Value::String(text.clone()),
            false => value,
        });
    }
    if declared.is_only("array") {
        let explode = encoding.is_none_or(|encoding| encoding.explode);
        let texts = match explode {
            true => given.iter().map(|pair| pair.value.clone()).collect(),
            false => text::list(text::once(given)?),
        };
        let item = |text: String| match &declared.items {
            Some(items) if Declared::at(root, items).is_only("object") => parse(&text),
            Some(items) => Ok(text::value(document, items, &text).unwrap_or(Value::String(text))),
            None => Ok(Value::String(text)),
        };
        return texts.into_iter().map(item).collect();
    }
    let text = &text::once(given)?.value;
    text::value(document, schema, text)
}
