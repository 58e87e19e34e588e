//! What the generator made of a document: every difference between a component's schema and the schema
//! that the generated type says it has.

use std::collections::{BTreeMap, BTreeSet};

use runpipe::Service;
use serde::Deserialize;
use serde_json::Value;

use super::shapes::{Reader, Shape};

/// The schemas of all generated types of a service, by component.
pub type Generated = BTreeMap<String, Value>;

/// One way in which a type is not what the document says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    pub class: &'static str,
    /// Where, and what exactly: `Run.createdDate: date-time`.
    pub place: String,
}

/// Differences that are right, of one class.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Allowed {
    pub reason: String,
    pub places: BTreeSet<String>,
}

pub fn generated(service: Service) -> Generated {
    let schemas = runpipe::contract::schemas(service).into_iter();
    schemas
        .map(|(name, schema)| (name.to_owned(), schema.to_value()))
        .collect()
}

/// The allowed differences of a service, by class.
pub fn allowed(service: Service) -> BTreeMap<String, Allowed> {
    let file = format!(
        "{}/tests/contract/differences/{service}.json",
        env!("CARGO_MANIFEST_DIR")
    );
    let text = std::fs::read_to_string(&file).unwrap_or_else(|fault| panic!("{file}: {fault}"));
    serde_json::from_str(&text).unwrap_or_else(|fault| panic!("{file}: {fault}"))
}

/// Differences that are not allowed, and allowed ones that do not occur.
pub fn faults(
    root: &Value,
    generated: &Generated,
    allowed: &BTreeMap<String, Allowed>,
) -> Vec<String> {
    let found = differences(root, generated);
    let is_allowed = |one: &Difference| {
        allowed
            .get(one.class)
            .is_some_and(|class| class.places.contains(&one.place))
    };
    let new = found.iter().filter(|one| !is_allowed(one));
    let mut faults: Vec<String> = new
        .map(|one| {
            let Difference { class, place } = one;
            let reason = match allowed.get(*class) {
                Some(known) => format!("that it is for this reason: {}", known.reason),
                None => "what is right about it, in a `reason` of its own".to_owned(),
            };
            format!("/{class}/places: new: {class} {place}: change the document, or add \"{place}\" there and mean {reason}")
        })
        .collect();
    for (class, places) in allowed {
        let gone = places.places.iter().filter(|place| {
            !found
                .iter()
                .any(|one| one.class == class && one.place == **place)
        });
        faults.extend(gone.map(|place| {
            format!("/{class}/places: no longer occurs: {class} {place}: remove it there")
        }));
    }
    faults
}

/// Every difference of every component.
pub fn differences(root: &Value, generated: &Generated) -> Vec<Difference> {
    let mut found = Vec::new();
    let schemas = root
        .pointer("/components/schemas")
        .and_then(Value::as_object);
    let components: BTreeSet<String> = schemas
        .into_iter()
        .flat_map(|all| all.keys().cloned())
        .chain(generated.keys().cloned())
        .collect();
    for name in &components {
        let (written, made) = (schemas.and_then(|all| all.get(name)), generated.get(name));
        let mut note = |class| {
            found.push(Difference {
                class,
                place: name.clone(),
            })
        };
        match (written, made) {
            (Some(written), Some(made)) => {
                let reader = |prefix, targets| Reader {
                    prefix,
                    targets,
                    whole: name,
                    components: &components,
                };
                let document = reader("#/components/schemas/", schemas);
                let types = reader("#/$defs/", made.get("$defs").and_then(Value::as_object));
                compare(
                    name,
                    &document.shape(written),
                    &types.shape(made),
                    &mut found,
                );
            }
            (Some(_), None) => note("no type"),
            (None, _) => note("no component"),
        }
    }
    found.sort();
    found
}

fn compare(place: &str, written: &Shape, made: &Shape, found: &mut Vec<Difference>) {
    let mut note = |class, detail: String| {
        let place = if detail.is_empty() {
            place.to_owned()
        } else {
            format!("{place}: {detail}")
        };
        found.push(Difference { class, place });
    };
    match (written.null, made.null) {
        (true, false) => note("null refused", String::new()),
        (false, true) => note("null read", String::new()),
        _ => {}
    }
    if written.component != made.component || written.types != made.types {
        note(
            "type changed",
            format!("{} to {}", kind(written), kind(made)),
        );
    }
    if written.format != made.format {
        let class = if made.format.is_none() {
            "format dropped"
        } else {
            "format changed"
        };
        let name = |format: &Option<String>| format.clone().unwrap_or_else(|| "none".to_owned());
        note(
            class,
            format!("{} to {}", name(&written.format), name(&made.format)),
        );
    }
    if written.words != made.words {
        note(
            "words changed",
            format!("{:?} to {:?}", written.words, made.words),
        );
    } else if !written.words.is_empty() && made.open {
        note("words opened", written.words.join(" "));
    }
    if written.bounds != made.bounds {
        let class = if made.bounds.is_empty() {
            "bound dropped"
        } else {
            "bound changed"
        };
        let bounds: Vec<String> = written
            .bounds
            .iter()
            .map(|(key, value)| format!("{key} {value}"))
            .collect();
        note(class, bounds.join(", "));
    }
    for name in written.required.symmetric_difference(&made.required) {
        let loosened = written.required.contains(name);
        note(
            if loosened {
                "required loosened"
            } else {
                "required added"
            },
            name.clone(),
        );
    }
    if written.one_of.len() != made.one_of.len() {
        note(
            "choice changed",
            format!("{} to {}", written.one_of.len(), made.one_of.len()),
        );
    }
    for (name, property) in &written.properties {
        match made.properties.get(name) {
            Some(made) => compare(&format!("{place}.{name}"), property, made, found),
            None => found.push(Difference {
                class: "property dropped",
                place: format!("{place}.{name}"),
            }),
        }
    }
    for name in made
        .properties
        .keys()
        .filter(|name| !written.properties.contains_key(*name))
    {
        found.push(Difference {
            class: "property added",
            place: format!("{place}.{name}"),
        });
    }
    inner(&format!("{place}[]"), &written.items, &made.items, found);
    inner(
        &format!("{place}{{}}"),
        &written.values,
        &made.values,
        found,
    );
    for (index, (written, made)) in written.one_of.iter().zip(&made.one_of).enumerate() {
        compare(&format!("{place}|{index}"), written, made, found);
    }
}

fn inner(
    place: &str,
    written: &Option<Box<Shape>>,
    made: &Option<Box<Shape>>,
    found: &mut Vec<Difference>,
) {
    match (written, made) {
        (Some(written), Some(made)) => compare(place, written, made, found),
        (None, None) => {}
        (Some(_), None) => found.push(Difference {
            class: "contents dropped",
            place: place.to_owned(),
        }),
        (None, Some(_)) => found.push(Difference {
            class: "contents added",
            place: place.to_owned(),
        }),
    }
}

fn kind(shape: &Shape) -> String {
    match &shape.component {
        Some(component) => component.clone(),
        None if shape.types.is_empty() => "anything".to_owned(),
        None => shape.types.iter().cloned().collect::<Vec<_>>().join(" or "),
    }
}
