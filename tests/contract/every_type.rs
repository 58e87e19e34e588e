//! What the generator made of the documents: the schemas of all generated types, held against the
//! documents' own.

use crate::subject::subjects;
use crate::types;

const CURE: &str = "Correct or describe the field in specs/<service>.json, then `cargo build`; a difference that has to stay goes into the named file with its reason.";

/// What was dropped, renamed or loosened is listed with its reason in `contract/differences`. Nothing
/// else may differ, and nothing may stand there that does not differ any more.
#[test]
fn types_differ_from_the_documents_only_where_it_is_allowed() {
    let mut all = Vec::new();
    for subject in subjects() {
        let generated = types::generated(subject.service);
        let allowed = types::allowed(subject.service);
        let faults = types::faults(subject.document.root(), &generated, &allowed);
        let service = subject.service;
        all.extend(
            faults
                .into_iter()
                .map(|fault| format!("tests/contract/differences/{service}.json, {fault}")),
        );
    }
    crate::none(&all, CURE);
}

#[test]
fn every_allowed_class_has_a_reason() {
    for subject in subjects() {
        for (class, allowed) in types::allowed(subject.service) {
            let known = allowed.reason.ends_with('.') && !allowed.places.is_empty();
            assert!(
                known,
                "tests/contract/differences/{}.json, /{class}: give a reason and places, or remove it",
                subject.service
            );
        }
    }
}

/// What a document says about a field is what its Rust documentation says: also where the field's
/// schema is a reference, of which the generator sees no description.
#[test]
fn every_described_field_is_described_in_rust() {
    let mut blank = Vec::new();
    let mut count = 0;
    for subject in subjects() {
        let generated = types::generated(subject.service);
        let schemas = &subject.document.root()["components"]["schemas"];
        for (name, made) in &generated {
            let written = schemas[name]["properties"].as_object();
            for (field, property) in written.into_iter().flatten() {
                let Some(text) = property["description"].as_str() else {
                    continue;
                };
                count += 1;
                let said = made["properties"][field]["description"].as_str();
                if said.is_none_or(|said| !same_text(said, text)) {
                    blank.push(format!("{}: {name}.{field}: {said:?}", subject.service));
                }
            }
        }
    }
    assert!(count > 600, "{count} fields");
    crate::none(&blank, CURE);
}

/// Whether two texts have the same words: line breaks are the formatter's.
fn same_text(one: &str, other: &str) -> bool {
    one.split_whitespace().eq(other.split_whitespace())
}
