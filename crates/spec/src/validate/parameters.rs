//! Parameters of a request and headers of a response.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::document::Document;
use super::super::operation::{Carrier, Location, Operation, Parameter};
use super::super::schema::{SchemaError, Strictness};
use super::shape::Shape;
use super::text::{self, Pair};
use super::{RequestParts, Violation, ViolationKind, header};
use crate::nearest::nearest;

/// The decoded parameters of a request, by location.
#[derive(Default)]
pub(super) struct Parameters {
    pub path: BTreeMap<String, Value>,
    pub query: BTreeMap<String, Value>,
    pub headers: BTreeMap<String, Value>,
}

/// Checks all parameters of a request.
pub(super) fn parameters(
    document: &Document,
    operation: &Operation,
    in_path: &BTreeMap<String, String>,
    parts: &RequestParts<'_>,
    strictness: Strictness,
    violations: &mut Vec<Violation>,
) -> Parameters {
    let pairs = text::pairs(parts.query).unwrap_or_else(|| {
        let message = "a name or value is no UTF-8 once it is decoded";
        violations.push(Violation::new(ViolationKind::Parameter, "query", message));
        Vec::new()
    });
    let mut found = Parameters::default();
    for parameter in &operation.parameters {
        let place = format!("{} parameter `{}`", parameter.location, parameter.name);
        let (read, values) = match parameter.location {
            Location::Path => {
                let text = in_path.get(&parameter.name);
                (
                    text.map(|text| one(document, parameter, text)),
                    &mut found.path,
                )
            }
            Location::Query => (from_query(document, parameter, &pairs), &mut found.query),
            Location::Header => {
                let text = header(parts.headers, &parameter.name);
                (
                    text.map(|text| one(document, parameter, &text)),
                    &mut found.headers,
                )
            }
        };
        match read {
            Some(Ok(value)) => {
                values.insert(parameter.name.clone(), value);
            }
            Some(Err(errors)) => {
                violations.extend(Violation::from_errors(
                    ViolationKind::Parameter,
                    &place,
                    errors,
                ));
            }
            None if parameter.required => {
                violations.push(Violation::new(
                    ViolationKind::Parameter,
                    place,
                    "is missing",
                ));
            }
            None => {}
        }
    }
    if strictness == Strictness::Strict {
        unknown(operation, &pairs, violations);
    }
    found
}

/// Checks the documented headers of a response.
pub(super) fn response_headers(
    document: &Document,
    documented: &[Parameter],
    headers: &[(&str, &str)],
    violations: &mut Vec<Violation>,
) {
    for parameter in documented {
        let place = format!("header `{}`", parameter.name);
        match header(headers, &parameter.name) {
            None if parameter.required => {
                violations.push(Violation::new(ViolationKind::Header, place, "is missing"));
            }
            None => {}
            Some(text) => {
                if let Err(errors) = one(document, parameter, &text) {
                    violations.extend(Violation::from_errors(
                        ViolationKind::Header,
                        &place,
                        errors,
                    ));
                }
            }
        }
    }
}

/// A parameter that is one text: in a path, or in a header. A list has commas.
fn one(document: &Document, parameter: &Parameter, text: &str) -> Result<Value, Vec<SchemaError>> {
    let schema = &parameter.schema;
    if parameter.json {
        text::json(document, schema, text)
    } else if Shape::of(document.root(), schema).is_array() {
        let items: Vec<String> = match text {
            "" => Vec::new(),
            text => text.split(',').map(|item| item.trim().to_owned()).collect(),
        };
        text::array(document, schema, &items)
    } else {
        text::value(document, schema, text)
    }
}

fn from_query(
    document: &Document,
    parameter: &Parameter,
    pairs: &[Pair<'_>],
) -> Option<Result<Value, Vec<SchemaError>>> {
    let given: Vec<&Pair<'_>> = pairs
        .iter()
        .filter(|pair| pair.name == parameter.name)
        .collect();
    let first = given.first()?;
    let schema = &parameter.schema;
    if parameter.allow_empty && given.iter().all(|pair| pair.value.is_empty()) {
        return Some(Ok(Value::String(String::new())));
    }
    if !parameter.json && parameter.explode && Shape::of(document.root(), schema).is_array() {
        let items: Vec<String> = given.iter().map(|pair| pair.value.clone()).collect();
        return Some(text::array(document, schema, &items));
    }
    if given.len() > 1 {
        let message = format!("is given {} times", given.len());
        return Some(Err(vec![SchemaError {
            pointer: String::new(),
            message,
        }]));
    }
    Some(if parameter.json {
        text::json(document, schema, &first.value)
    } else if Shape::of(document.root(), schema).is_array() {
        text::array(document, schema, &text::list(first))
    } else {
        text::value(document, schema, &first.value)
    })
}

/// Names in the query that neither a parameter nor a credential has.
fn unknown(operation: &Operation, pairs: &[Pair<'_>], violations: &mut Vec<Violation>) {
    let parameters = operation
        .parameters
        .iter()
        .filter(|known| known.location == Location::Query);
    let mut known: Vec<&str> = parameters.map(|known| known.name.as_str()).collect();
    known.extend(
        operation
            .security
            .iter()
            .flatten()
            .filter_map(|credential| match &credential.carrier {
                Carrier::Query(name) => Some(name.as_str()),
                Carrier::Authorization(_) | Carrier::Header(_) => None,
            }),
    );
    let mut reported: Vec<&str> = Vec::new();
    for pair in pairs {
        let name = pair.name.as_str();
        if known.contains(&name) || reported.contains(&name) {
            continue;
        }
        reported.push(name);
        let advice = nearest(name, &known).map(|near| format!("; did you mean `{near}`?"));
        let message = format!(
            "the operation does not know it{}",
            advice.unwrap_or_default()
        );
        let place = format!("query parameter `{name}`");
        violations.push(Violation::new(ViolationKind::Parameter, place, message));
    }
}
