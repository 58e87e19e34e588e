//! What a generated client sends, held against a document.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;
use runpipe_spec::document::Document;
use runpipe_spec::operation::{Location, Operation};
use runpipe_spec::validate::RequestParts;
use serde_json::{Map, Value};

use super::calls::Case;
use super::loss;
use super::subject::{Expectations, Sent};
use super::wire::Captured;

/// Headers that every HTTP request may have.
const EVERYWHERE: [&str; 7] = [
    "host",
    "accept",
    "accept-encoding",
    "user-agent",
    "content-type",
    "content-length",
    "authorization",
];

/// What a path segment may hold beside letters and digits: the characters of RFC 3986, and four more that
/// the URL Standard, by which HTTP clients write addresses, leaves as they are.
const IN_A_SEGMENT: &str = "-._~!$&'()*+,;=:@%[]^|";

/// What is wrong with a request that was sent for a call, by what the document says.
pub fn faults(
    document: &Document,
    expectations: &Expectations,
    case: &Case,
    sent: &Captured,
) -> Vec<String> {
    let Some(operation) = document.operation(&case.operation_id) else {
        return vec![format!("{}: the document has no such operation", case.name)];
    };
    let mut faults = Vec::new();
    if sent.method != operation.method {
        faults.push(format!("method {}, not {}", sent.method, operation.method));
    }
    faults.extend(path_faults(operation, &case.parameters, &sent.path));
    faults.extend(query_faults(operation, &case.parameters, &sent.query));
    faults.extend(header_faults(document, operation, expectations, case, sent));
    faults.extend(validation_faults(document, case, sent));
    faults
        .into_iter()
        .map(|fault| format!("{}: {fault}", case.name))
        .collect()
}

/// The path is the template with each value as one segment, and nothing in it is left unencoded that a
/// path may not have.
fn path_faults(operation: &Operation, given: &Map<String, Value>, path: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let wanted: Vec<&str> = operation.path.split('/').collect();
    let arrived: Vec<&str> = path.split('/').collect();
    if wanted.len() != arrived.len() {
        return vec![format!(
            "path {path} has {} segments, not {}",
            arrived.len(),
            wanted.len()
        )];
    }
    for (template, segment) in wanted.iter().zip(arrived) {
        let name = template
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'));
        let value = match name {
            Some(name) => given.get(name).map(as_text).unwrap_or_default(),
            None => (*template).to_owned(),
        };
        let decoded = percent_decode_str(segment).decode_utf8_lossy();
        if decoded != value {
            faults.push(format!(
                "path segment {segment} is {decoded:?}, not {value:?}"
            ));
        }
        let allowed = |c: char| c.is_ascii_alphanumeric() || IN_A_SEGMENT.contains(c);
        if let Some(c) = segment.chars().find(|c| !allowed(*c)) {
            faults.push(format!("path segment {segment} has {c:?} unencoded"));
        }
    }
    faults
}

/// The query has each query parameter that was given, once, and nothing else.
fn query_faults(operation: &Operation, given: &Map<String, Value>, query: &str) -> Vec<String> {
    let arrived = pairs(query);
    let parameters = operation.parameters.iter();
    let in_query = parameters.filter(|parameter| parameter.location == Location::Query);
    let wanted: BTreeMap<String, Vec<String>> = in_query
        .filter_map(|parameter| {
            Some((
                parameter.name.clone(),
                vec![as_text(given.get(&parameter.name)?)],
            ))
        })
        .collect();
    if arrived == wanted {
        Vec::new()
    } else {
        vec![format!("query {arrived:?}, not {wanted:?}")]
    }
}

fn header_faults(
    document: &Document,
    operation: &Operation,
    expectations: &Expectations,
    case: &Case,
    sent: &Captured,
) -> Vec<String> {
    let mut faults = Vec::new();
    for (name, _) in &sent.headers {
        let documented = operation.parameters.iter().any(|known| {
            known.location == Location::Header && known.name.eq_ignore_ascii_case(name)
        });
        if !documented
            && !EVERYWHERE.contains(&name.as_str())
            && !expectations.headers.contains_key(name)
        {
            faults.push(format!("header {name} is sent, and nobody asked for it"));
        }
    }
    for (name, says) in &expectations.headers {
        let from_operation = |key: &String| {
            let owner = document.at(&operation.pointer)?;
            owner.get(key)?.as_str().map(str::to_owned)
        };
        let wanted = match says {
            Sent::Anything => sent.header(name).map(str::to_owned),
            Sent::Value(value) => Some(value.clone()),
            Sent::FromOperation(key) => from_operation(key),
        };
        if wanted.is_none() || sent.header(name) != wanted.as_deref() {
            faults.push(format!(
                "header {name} is {:?}, not {wanted:?}",
                sent.header(name)
            ));
        }
    }
    let authorization = sent.header("authorization").unwrap_or_default();
    if !authorization.starts_with(&expectations.authorization) {
        faults.push(format!(
            "the credential is not of the kind {:?}",
            expectations.authorization.trim()
        ));
    }
    let accept = sent.header("accept").unwrap_or("(none)");
    for kind in success_kinds(operation) {
        if accept != kind {
            faults.push(format!("Accept is {accept}, and the answer is {kind}"));
        }
    }
    let documented = operation.request_body.iter().flat_map(|body| &body.content);
    let kinds: Vec<&str> = documented
        .map(|media_type| media_type.range.as_str())
        .collect();
    match (sent.header("content-type"), &case.body) {
        (Some(kind), Some(_)) if kinds.contains(&kind) => {}
        (None, None) => {}
        (kind, _) => faults.push(format!("content type {kind:?}, documented are {kinds:?}")),
    }
    faults
}

/// The media types of the answers that are read as a success; pages for people are none.
fn success_kinds(operation: &Operation) -> Vec<&str> {
    let success = operation
        .responses
        .iter()
        .filter(|response| response.status.to_string().starts_with('2'));
    let mut kinds: Vec<&str> = success
        .flat_map(|response| &response.content)
        .map(|media_type| media_type.range.as_str())
        .filter(|kind| *kind != "text/html")
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

/// What the validator says, and whether it read the values that were given.
fn validation_faults(document: &Document, case: &Case, sent: &Captured) -> Vec<String> {
    let headers = sent.borrowed_headers();
    let parts = RequestParts {
        method: &sent.method,
        path: &sent.path,
        query: &sent.query,
        headers: &headers,
        body: &sent.body,
    };
    let matched = match document.validate_request(&parts) {
        Ok(matched) => matched,
        Err(violations) => return violations.iter().map(ToString::to_string).collect(),
    };
    let mut faults = Vec::new();
    if matched.operation_id != case.operation_id {
        faults.push(format!("is taken for {}", matched.operation_id));
    }
    let read: Map<String, Value> = matched
        .path_parameters
        .into_iter()
        .chain(matched.query)
        .chain(matched.headers)
        .collect();
    if read != case.parameters {
        faults.push(format!(
            "parameters are read as {read:?}, and {:?} were given",
            case.parameters
        ));
    }
    let (given, read) = (
        case.body.clone().unwrap_or_default(),
        matched.body.unwrap_or_default(),
    );
    let lost = loss::losses_but(&loss::IN_REQUESTS, &given, &read);
    faults.extend(lost.into_iter().map(|lost| format!("body: {lost}")));
    faults
}

fn pairs(query: &str) -> BTreeMap<String, Vec<String>> {
    let decoded = |text: &str| {
        percent_decode_str(&text.replace('+', " "))
            .decode_utf8_lossy()
            .into_owned()
    };
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        found.entry(decoded(name)).or_default().push(decoded(value));
    }
    found
}

/// A parameter's value as a path or a query writes it.
pub fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
