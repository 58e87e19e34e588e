//! Fixtures and examples, held against a document: no client is involved.

use std::collections::{BTreeMap, BTreeSet};

use runpipe_spec::document::Document;
use runpipe_spec::operation::{Operation, Response};
use runpipe_spec::schema::Strictness;
use serde_json::Value;

use super::fixture::Fixture;
use super::places::{Place, places};
use super::subject::Subject;

/// What is wrong with one fixture, by what the document says.
pub fn fixture_faults(subject: &Subject, fixture: &Fixture) -> Vec<String> {
    let answer = fixture.answer(subject);
    let texts = answer.header_texts();
    let mut headers: Vec<(&str, &str)> = texts
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    headers.extend(
        answer
            .content_type
            .as_deref()
            .map(|kind| ("content-type", kind)),
    );
    let document = &subject.document;
    let violations = document.validate_response(
        &fixture.operation_id,
        fixture.status,
        &headers,
        &answer.body(),
        Strictness::Strict,
    );
    let mut faults: Vec<String> = violations.iter().map(ToString::to_string).collect();
    if let Some(response) = response(document, fixture) {
        faults.extend(header_faults(document, fixture, response));
    }
    if let Some(schema) = &answer.schema {
        faults.extend(undescribed(document, schema, &answer.value));
        if !subject.is_success(fixture.status) {
            faults.extend(unknown_sentences(subject, schema, &answer.value));
        }
    }
    faults
        .into_iter()
        .map(|fault| {
            format!(
                "tests/fixtures/{}/{}.json: {fault}",
                subject.service, fixture.file
            )
        })
        .collect()
}

fn response<'d>(document: &'d Document, fixture: &Fixture) -> Option<&'d Response> {
    document
        .operation(&fixture.operation_id)?
        .response(fixture.status)
}

/// A maximal fixture has every documented header, of the documented type, and no fixture has another.
fn header_faults(document: &Document, fixture: &Fixture, response: &Response) -> Vec<String> {
    let mut faults = Vec::new();
    for (name, value) in &fixture.headers {
        match response.headers.iter().find(|header| header.name == *name) {
            None => faults.push(format!("header {name} is not documented")),
            Some(header) => {
                let errors = document
                    .schemas()
                    .check(&header.schema, value, Strictness::Strict);
                faults.extend(errors.iter().map(|error| format!("header {name}: {error}")));
            }
        }
    }
    // Others with a longer name show another form of the body.
    if fixture.name == "maximal" {
        let names = response.headers.iter().map(|header| &header.name);
        let missing = names.filter(|name| !fixture.headers.contains_key(*name));
        faults.extend(missing.map(|name| format!("header {name} is missing")));
    }
    faults
}

/// Filled objects of which the document says only that they are objects: any field would do.
fn undescribed(document: &Document, schema: &str, value: &Value) -> Vec<String> {
    let places = places(document, schema, value).into_iter();
    let filled = |place: &Place| {
        let fields = value.pointer(&place.pointer).and_then(Value::as_object);
        fields.is_some_and(|fields| !fields.is_empty())
    };
    let undescribed = places.filter(|place| place.blank && filled(place));
    undescribed
        .map(|place| format!("{}: no word about its fields", place.pointer))
        .collect()
}

/// Sentences that the client reads where the document has no field.
fn unknown_sentences(subject: &Subject, schema: &str, value: &Value) -> Vec<String> {
    let is_read = |pointer: &str| {
        let parts: Vec<&str> = pointer.split('/').collect();
        subject.expectations.sentences.iter().any(|sentence| {
            let wanted: Vec<&str> = sentence.split('/').collect();
            wanted.len() == parts.len()
                && wanted
                    .iter()
                    .zip(&parts)
                    .all(|(wanted, part)| *wanted == "*" || wanted == part)
        })
    };
    let places = places(&subject.document, schema, value).into_iter();
    let unknown = places.filter(|place| !place.known && is_read(&place.pointer));
    unknown
        .map(|place| format!("{}: is read, and not documented", place.pointer))
        .collect()
}

/// The security schemes of an operation that the client has no credential for, or another one.
pub fn scheme_faults(subject: &Subject, operation: &Operation) -> Vec<String> {
    let mut faults = Vec::new();
    for credential in operation.security.iter().flatten() {
        let (name, carrier) = (&credential.scheme, credential.carrier.to_string());
        if subject.expectations.schemes.get(name) != Some(&carrier) {
            faults.push(format!(
                "{}: the client does not put {name} into {carrier}",
                operation.id
            ));
        }
    }
    faults
}

/// The statuses and media types of an operation that no fixture is of, and the other way round.
pub fn set_faults(operation: &Operation, fixtures: &[Fixture]) -> Vec<String> {
    let own = fixtures
        .iter()
        .filter(|fixture| fixture.operation_id == operation.id);
    let there: BTreeSet<(String, Option<&str>)> = own
        .map(|fixture| (fixture.status.to_string(), fixture.content_type.as_deref()))
        .collect();
    let mut documented = BTreeSet::new();
    for response in &operation.responses {
        let status = response.status.to_string();
        match response.content.is_empty() {
            true => drop(documented.insert((status, None))),
            false => documented.extend(
                response
                    .content
                    .iter()
                    .map(|media_type| (status.clone(), Some(media_type.range.as_str()))),
            ),
        }
    }
    let named = |what: &str, (status, kind): &(String, Option<&str>)| {
        format!(
            "{} {status} {}: {what}",
            operation.id,
            kind.unwrap_or("without a body")
        )
    };
    let missing = documented
        .difference(&there)
        .map(|one| named("no fixture", one));
    let strays = there
        .difference(&documented)
        .map(|one| named("is not documented", one));
    missing.chain(strays).collect()
}

/// Fields that no maximal fixture and no request example ever has: nothing would notice their loss.
pub fn unseen_fields(document: &Document, fixtures: &[Fixture], subject: &Subject) -> Vec<String> {
    let mut seen: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for fixture in fixtures.iter().filter(|fixture| fixture.is_maximal()) {
        if let Some(schema) = fixture.answer(subject).schema {
            see(document, &schema, &fixture.value, &mut seen);
        }
    }
    for operation in document.operations() {
        let bodies = operation.request_body.iter().flat_map(|body| &body.content);
        let schemas: Vec<&String> = bodies
            .filter_map(|media_type| media_type.schema.as_ref())
            .collect();
        for example in document.request_examples(operation) {
            schemas
                .iter()
                .for_each(|schema| see(document, schema, example.value, &mut seen));
        }
    }
    let schemas = document
        .root()
        .pointer("/components/schemas")
        .and_then(Value::as_object);
    let mut unseen = Vec::new();
    for (name, schema) in schemas.into_iter().flatten() {
        let fields = schema
            .get("properties")
            .and_then(Value::as_object)
            .into_iter()
            .flat_map(|all| all.keys());
        let none = BTreeSet::new();
        let seen = seen.get(name).unwrap_or(&none);
        unseen.extend(
            fields
                .filter(|field| !seen.contains(*field))
                .map(|field| format!("{name}.{field}")),
        );
    }
    unseen
}

fn see(
    document: &Document,
    schema: &str,
    value: &Value,
    seen: &mut BTreeMap<String, BTreeSet<String>>,
) {
    for place in places(document, schema, value) {
        let Some(Value::Object(fields)) = value.pointer(&place.pointer) else {
            continue;
        };
        let filled = fields
            .iter()
            .filter(|(_, field)| !field.is_null())
            .map(|(name, _)| name);
        let names: Vec<&String> = filled.collect();
        for component in place.components.iter().cloned() {
            let text = |name: &&String| {
                let schema = format!("/components/schemas/{component}/properties/{name}");
                let made_of = format!("{schema}/x-json-text");
                let written = fields.get(*name).and_then(Value::as_str)?;
                document.at(&made_of)?;
                Some((made_of, serde_json::from_str::<Value>(written).ok()?))
            };
            for (made_of, value) in names.iter().filter_map(text).collect::<Vec<_>>() {
                see(document, &made_of, &value, seen);
            }
            seen.entry(component)
                .or_default()
                .extend(names.iter().map(|name| (*name).clone()));
        }
    }
}
