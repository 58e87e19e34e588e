//! Values drawn from a document's schemas, with proptest: they shrink when a test fails.

use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::select;
use runpipe_spec::document::Document;
use runpipe_spec::operation::{Location, Operation};
use serde_json::{Map, Number, Value, json};

use super::calls::Case;

/// How deep optional fields, list items and map entries are drawn.
const DEPTH: usize = 4;

/// A value that fits the schema at a JSON pointer.
pub fn value(document: &Document, schema: &str) -> BoxedStrategy<Value> {
    let schema = document.root().pointer(schema);
    schema.map_or_else(
        || Just(Value::Null).boxed(),
        |schema| of(document, schema, DEPTH),
    )
}

/// A call of an operation: each parameter that is required, any of the others, and a body.
pub fn case(document: &Document, operation: &Operation) -> BoxedStrategy<Case> {
    let parameters: Vec<BoxedStrategy<Option<(String, Value)>>> = operation
        .parameters
        .iter()
        .map(|parameter| {
            let drawn = match parameter.location {
                Location::Path => value(document, &parameter.schema)
                    .prop_filter("may be a segment", is_segment)
                    .boxed(),
                Location::Query | Location::Header => value(document, &parameter.schema),
            };
            field(&parameter.name, drawn, parameter.required)
        })
        .collect();
    let media_type = operation
        .request_body
        .iter()
        .flat_map(|body| &body.content)
        .next();
    let body = match media_type.and_then(|media_type| media_type.schema.as_deref()) {
        Some(schema) => value(document, schema).prop_map(Some).boxed(),
        None => Just(None).boxed(),
    };
    let id = operation.id.clone();
    (parameters, body)
        .prop_map(move |(parameters, body)| Case {
            name: format!("{id} (drawn)"),
            operation_id: id.clone(),
            parameters: parameters.into_iter().flatten().collect(),
            body,
        })
        .boxed()
}

/// A named value that is always there, or half of the time.
fn field(
    name: &str,
    value: BoxedStrategy<Value>,
    required: bool,
) -> BoxedStrategy<Option<(String, Value)>> {
    let name = name.to_owned();
    let named = value.prop_map(move |value| (name.clone(), value));
    if required {
        named.prop_map(Some).boxed()
    } else {
        weighted(0.5, named).boxed()
    }
}

/// What a path cannot carry is refused before anything is sent; another test is about that.
fn is_segment(value: &Value) -> bool {
    value
        .as_str()
        .is_none_or(|text| !["", ".", ".."].contains(&text.trim()) && !text.contains(refused))
}

fn refused(c: char) -> bool {
    c == '\\' || c.is_control()
}

fn of(document: &Document, schema: &Value, depth: usize) -> BoxedStrategy<Value> {
    let parts = parts(document, schema);
    let keyword = |name: &str| parts.iter().find_map(|part| part.get(name));
    let drawn = match keyword("oneOf")
        .or_else(|| keyword("anyOf"))
        .and_then(Value::as_array)
    {
        Some(choices) => {
            proptest::strategy::Union::new(choices.iter().map(|choice| of(document, choice, depth)))
                .boxed()
        }
        None => match (
            keyword("enum").and_then(Value::as_array),
            keyword("type").and_then(Value::as_str),
        ) {
            (Some(words), _) => select(
                words
                    .iter()
                    .filter(|word| !word.is_null())
                    .cloned()
                    .collect::<Vec<_>>(),
            )
            .boxed(),
            (None, Some("string")) => text(&parts),
            (None, Some("integer")) => integer(&parts),
            (None, Some("number")) => (-1_i64 << 40..1 << 40)
                .prop_map(|eighths| json!(eighths as f64 / 8.0))
                .boxed(),
            (None, Some("boolean")) => any::<bool>().prop_map(Value::Bool).boxed(),
            (None, Some("array")) => list(document, &parts, depth),
            (None, Some("object")) => object(document, &parts, depth),
            _ if keyword("properties").is_some() => object(document, &parts, depth),
            _ => anything(),
        },
    };
    match keyword("nullable") {
        Some(Value::Bool(true)) => prop_oneof![7 => drawn, 1 => Just(Value::Null)].boxed(),
        _ => drawn,
    }
}

/// The schema's own keywords, then those of all that it is made of.
fn parts<'d>(document: &'d Document, schema: &'d Value) -> Vec<&'d Map<String, Value>> {
    let mut found: Vec<&Map<String, Value>> =
        document.resolve(schema).as_object().into_iter().collect();
    let together = found
        .iter()
        .filter_map(|part| part.get("allOf")?.as_array())
        .flatten();
    found.extend(
        together
            .flat_map(|part| parts(document, part))
            .collect::<Vec<_>>(),
    );
    found
}

fn text(parts: &[&Map<String, Value>]) -> BoxedStrategy<Value> {
    let keyword = |name: &str| parts.iter().find_map(|part| part.get(name));
    let bound = |name: &str| {
        keyword(name)
            .and_then(Value::as_u64)
            .and_then(|bound| usize::try_from(bound).ok())
    };
    let (least, most) = (
        bound("minLength").unwrap_or(0),
        bound("maxLength").unwrap_or(12).min(12),
    );
    match keyword("format").and_then(Value::as_str) {
        Some("date-time") => moment(),
        Some("uuid") => any::<u128>()
            .prop_map(|bits| {
                let hex = format!("{bits:032x}");
                let cut = |from: usize, to: usize| hex.get(from..to).unwrap_or_default().to_owned();
                json!([cut(0, 8), cut(8, 12), cut(12, 16), cut(16, 20), cut(20, 32)].join("-"))
            })
            .boxed(),
        Some("uri") => (0_u32..9999)
            .prop_map(|n| json!(format!("https://example.test/runs/{n}?x=%20")))
            .boxed(),
        Some("password") | None => vec(any::<char>(), least..=most.max(least))
            .prop_map(|letters| Value::String(letters.into_iter().collect()))
            .boxed(),
        Some(other) => panic!("nothing is drawn for the format {other} yet"),
    }
}

/// With and without a fraction, in UTC and elsewhere.
fn moment() -> BoxedStrategy<Value> {
    let fraction = select(vec!["", ".5", ".123", ".1234567", ".123456789"]);
    let offset = select(vec!["Z", "+08:00", "-03:30"]);
    (
        2000_u32..2100,
        1_u32..13,
        1_u32..29,
        0_u32..24,
        0_u32..60,
        fraction,
        offset,
    )
        .prop_map(|(year, month, day, hour, minute, fraction, offset)| {
            json!(format!(
                "{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:07{fraction}{offset}"
            ))
        })
        .boxed()
}

fn integer(parts: &[&Map<String, Value>]) -> BoxedStrategy<Value> {
    let keyword = |name: &str| parts.iter().find_map(|part| part.get(name));
    let short = keyword("format").and_then(Value::as_str) == Some("int32");
    let (lowest, highest) = match short {
        true => (i64::from(i32::MIN), i64::from(i32::MAX)),
        false => (i64::MIN, i64::MAX),
    };
    let lowest = keyword("minimum").and_then(Value::as_i64).unwrap_or(lowest);
    let highest = keyword("maximum")
        .and_then(Value::as_i64)
        .unwrap_or(highest);
    let drawn = prop_oneof![
        1 => Just(lowest),
        1 => Just(highest),
        2 => lowest..=highest,
        4 => lowest.max(-9)..=highest.min(99_999),
    ];
    drawn
        .prop_map(|number| Value::Number(Number::from(number)))
        .boxed()
}

fn list(document: &Document, parts: &[&Map<String, Value>], depth: usize) -> BoxedStrategy<Value> {
    let items = parts.iter().find_map(|part| part.get("items"));
    match items.filter(|_| depth > 0) {
        Some(items) => vec(of(document, items, depth - 1), 0..3)
            .prop_map(Value::Array)
            .boxed(),
        None => Just(json!([])).boxed(),
    }
}

fn object(
    document: &Document,
    parts: &[&Map<String, Value>],
    depth: usize,
) -> BoxedStrategy<Value> {
    let lists = parts
        .iter()
        .filter_map(|part| part.get("required")?.as_array())
        .flatten();
    let required: Vec<&str> = lists.filter_map(Value::as_str).collect();
    let properties = parts
        .iter()
        .filter_map(|part| part.get("properties")?.as_object())
        .flatten();
    let drawn: Vec<BoxedStrategy<Option<(String, Value)>>> = properties
        .filter(|(name, _)| depth > 0 || required.contains(&name.as_str()))
        .map(|(name, schema)| {
            let value = of(document, schema, depth.saturating_sub(1));
            field(name, value, required.contains(&name.as_str()))
        })
        .collect();
    let values = parts
        .iter()
        .find_map(|part| part.get("additionalProperties"));
    let more = match values.filter(|values| depth > 0 && **values != Value::Bool(false)) {
        Some(Value::Bool(_)) => entries(anything()),
        Some(values) => entries(of(document, values, depth - 1)),
        None => Just(Vec::new()).boxed(),
    };
    (drawn, more)
        .prop_map(|(known, more)| {
            let mut fields: Map<String, Value> = more.into_iter().collect();
            fields.extend(known.into_iter().flatten());
            Value::Object(fields)
        })
        .boxed()
}

fn entries(values: BoxedStrategy<Value>) -> BoxedStrategy<Vec<(String, Value)>> {
    let name = vec(any::<char>(), 1..6).prop_map(|letters| letters.into_iter().collect::<String>());
    // A name of its own, so that it is not taken for a documented field.
    vec((name.prop_map(|name| format!("a {name}")), values), 0..3).boxed()
}

/// Any JSON, where the schema says nothing.
fn anything() -> BoxedStrategy<Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(|number| json!(number)),
        Just(json!("text")),
        Just(json!([1, { "a": null }])),
        Just(json!({ "b": [] })),
    ]
    .boxed()
}
