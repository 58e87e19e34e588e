//! What a refusal may leave out or leave empty: exactly what some fixture leaves out or has as `null`.
//!
//! No type is made of a refusal, so only the fixtures can hold the documents to this.

use std::collections::{BTreeMap, BTreeSet};

use runpipe_spec::document::Document;
use runpipe_spec::schema::Strictness;
use serde_json::{Map, Value};

use super::fixture::Fixture;
use super::places::places;
use super::subject::Subject;

/// A component and one of its fields.
type Field = (String, String);

/// What the fixtures of a service leave out and what they have as `null`.
#[derive(Default)]
pub struct Seen {
    absent: BTreeSet<Field>,
    null: BTreeSet<Field>,
}

impl Seen {
    pub fn in_refusals(subject: &Subject, fixtures: &[Fixture]) -> Self {
        let mut seen = Seen::default();
        for fixture in fixtures
            .iter()
            .filter(|fixture| !subject.is_success(fixture.status))
        {
            let Some(schema) = fixture.answer(subject).schema else {
                continue;
            };
            for (component, fields) in objects(&subject.document, &schema, &fixture.value) {
                let name = |field: &str| (component.clone(), field.to_owned());
                for field in declared(&subject.document, &component) {
                    match fields.get(field) {
                        None => drop(seen.absent.insert(name(field))),
                        Some(Value::Null) => drop(seen.null.insert(name(field))),
                        Some(_) => {}
                    }
                }
            }
        }
        seen
    }

    /// Where the document allows more of a maximal refusal than any fixture shows.
    pub fn faults(&self, subject: &Subject, fixture: &Fixture) -> Vec<String> {
        if subject.is_success(fixture.status) || !fixture.is_maximal() {
            return Vec::new();
        }
        let Some(schema) = fixture.answer(subject).schema else {
            return Vec::new();
        };
        let document = &subject.document;
        let allowed = |value: &Value| {
            document
                .schemas()
                .check(&schema, value, Strictness::Lenient)
                .is_empty()
        };
        let mut faults = Vec::new();
        let owners: BTreeMap<String, Vec<String>> = places(document, &schema, &fixture.value)
            .into_iter()
            .map(|place| (place.pointer, place.components))
            .collect();
        for pointer in owners.keys() {
            let (parent, key) = pointer.rsplit_once('/').unwrap_or_default();
            let owner = owners.get(parent).into_iter().flatten();
            // Of a choice only the forms count that know the field.
            let fields: Vec<Field> = owner
                .filter(|owner| declared(document, owner).contains(&key))
                .map(|owner| (owner.clone(), key.to_owned()))
                .collect();
            let shown = |by: &BTreeSet<Field>| fields.iter().any(|field| by.contains(field));
            let field = !fields.is_empty();
            let item = fixture.value.pointer(parent).is_some_and(Value::is_array);
            let whole = pointer.is_empty();
            if (field || item || whole)
                && !shown(&self.null)
                && allowed(&changed(&fixture.value, pointer, true))
            {
                faults.push(format!(
                    "tests/fixtures/{}/{}.json {pointer}: may be null, and never is",
                    subject.service, fixture.file
                ));
            }
            if field && !shown(&self.absent) && allowed(&changed(&fixture.value, pointer, false)) {
                faults.push(format!(
                    "tests/fixtures/{}/{}.json {pointer}: may be absent, and never is",
                    subject.service, fixture.file
                ));
            }
        }
        faults
    }
}

fn changed(value: &Value, pointer: &str, null: bool) -> Value {
    let mut value = value.clone();
    if null {
        if let Some(place) = value.pointer_mut(pointer) {
            *place = Value::Null;
        }
    } else if let Some((parent, key)) = pointer.rsplit_once('/')
        && let Some(Value::Object(fields)) = value.pointer_mut(parent)
    {
        fields.remove(key);
    }
    value
}

/// The objects in a value, with the component that each is.
fn objects<'v>(
    document: &Document,
    schema: &str,
    value: &'v Value,
) -> Vec<(String, &'v Map<String, Value>)> {
    let places = places(document, schema, value).into_iter();
    let found = places.flat_map(|place| {
        let fields = value.pointer(&place.pointer).and_then(Value::as_object);
        place
            .components
            .into_iter()
            .filter_map(move |component| Some((component, fields?)))
    });
    // Of a choice only the form that is meant counts: the one that knows every field.
    found
        .filter(|(component, fields)| {
            let known = declared(document, component);
            fields
                .keys()
                .all(|field| known.contains(&field.as_str()) || is_open(document, component))
        })
        .collect()
}

fn declared<'d>(document: &'d Document, component: &str) -> Vec<&'d str> {
    let properties = document.at(&format!("/components/schemas/{component}/properties"));
    let names = properties
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(|all| all.keys());
    names.map(String::as_str).collect()
}

fn is_open(document: &Document, component: &str) -> bool {
    document
        .at(&format!(
            "/components/schemas/{component}/additionalProperties"
        ))
        .is_some()
}
