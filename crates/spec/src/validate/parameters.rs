//! Parameters of a request and headers of a response.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::declared::Declared;
use super::super::document::Document;
use super::super::operation::{Location, Operation, Parameter};
use super::super::route::Route;
use super::super::schema::Strictness;
use super::text::{self, Pair, Read};
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
    route: &Route<'_>,
    parts: &RequestParts<'_>,
    strictness: Strictness,
    violations: &mut Vec<Violation>,
) -> Parameters {
    let pairs = text::pairs(parts.query).unwrap_or_else(|| {
        let message = "a name or value is not UTF-8 once it is decoded";
        violations.push(Violation::new(ViolationKind::Parameter, "query", message));
        Vec::new()
    });
    let mut found = Parameters::default();
    for parameter in &route.operation.parameters {
        let text = |text: String| one(document, parameter, &text);
        let (read, values) = match parameter.location {
            Location::Path => {
                let given = route.path_parameters.get(&parameter.name).cloned();
                (given.map(text), &mut found.path)
            }
            Location::Query => (from_query(document, parameter, &pairs), &mut found.query),
            Location::Header => {
                let given = header(parts.headers, &parameter.name);
                (given.map(text), &mut found.headers)
            }
        };
        let place = format!("{} parameter `{}`", parameter.location, parameter.name);
        let kind = ViolationKind::Parameter;
        let read = judged(kind, &place, parameter, read, violations);
        values.extend(read.map(|value| (parameter.name.clone(), value)));
    }
    if strictness == Strictness::Strict {
        unknown(route.operation, &pairs, violations);
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
        let text = header(headers, &parameter.name);
        let read = text.map(|text| one(document, parameter, &text));
        judged(ViolationKind::Header, &place, parameter, read, violations);
    }
}

/// The value that was read, unless something is wrong with it; `None` was not sent.
fn judged(
    kind: ViolationKind,
    place: &str,
    parameter: &Parameter,
    read: Option<Read>,
    violations: &mut Vec<Violation>,
) -> Option<Value> {
    match read {
        Some(Ok(value)) => return Some(value),
        Some(Err(errors)) => violations.extend(Violation::from_errors(kind, place, errors)),
        None if parameter.required => violations.push(Violation::new(kind, place, "is missing")),
        None => {}
    }
    None
}

/// A parameter that is one text: in a path, or in a header. A list has commas.
fn one(document: &Document, parameter: &Parameter, text: &str) -> Read {
    let items = || match text {
        "" => Vec::new(),
        text => text.split(',').map(|item| item.trim().to_owned()).collect(),
    };
    read(document, parameter, text, items)
}

/// A text as the parameter's value; `items` are those of a list.
fn read(
    document: &Document,
    parameter: &Parameter,
    text: &str,
    items: impl FnOnce() -> Vec<String>,
) -> Read {
    let schema = &parameter.schema;
    if parameter.json {
        text::json(document, schema, text)
    } else if Declared::at(document.root(), schema).is_only("array") {
        text::array(document, schema, &items())
    } else {
        text::value(document, schema, text)
    }
}

fn from_query(document: &Document, parameter: &Parameter, pairs: &[Pair<'_>]) -> Option<Read> {
    let given = pairs.iter().filter(|pair| pair.name == parameter.name);
    let given: Vec<&Pair<'_>> = given.collect();
    let first = given.first()?;
    if parameter.allow_empty && given.iter().all(|pair| pair.value.is_empty()) {
        return Some(Ok(Value::String(String::new())));
    }
    let list = || Declared::at(document.root(), &parameter.schema).is_only("array");
    if parameter.explode && !parameter.json && list() {
        let all = || given.iter().map(|pair| pair.value.clone()).collect();
        return Some(read(document, parameter, &first.value, all));
    }
    let only = text::once(&given);
    Some(only.and_then(|pair| read(document, parameter, &pair.value, || text::list(pair))))
}

/// Names in the query that neither a parameter nor a credential has.
fn unknown(operation: &Operation, pairs: &[Pair<'_>], violations: &mut Vec<Violation>) {
    let parameters = operation.parameters.iter();
    let parameters = parameters.filter(|known| known.location == Location::Query);
    let mut known: Vec<&str> = parameters.map(|known| known.name.as_str()).collect();
    known.extend(operation.query_credentials());
    let mut reported: Vec<&str> = Vec::new();
    for pair in pairs {
        let name = pair.name.as_str();
        if known.contains(&name) || reported.contains(&name) {
            continue;
        }
        reported.push(name);
        let advice = nearest(name, &known).map(|near| format!("; did you mean `{near}`?"));
        let advice = advice.unwrap_or_default();
        let message = format!("the operation does not know it{advice}");
        let place = format!("query parameter `{name}`");
        violations.push(Violation::new(ViolationKind::Parameter, place, message));
    }
}
