//! What the generator made of the documents: the schemas of all generated types, held against the
//! documents' own.

mod contract;

use contract::subject::subjects;
use contract::types;

/// What was dropped, renamed or loosened is listed with its reason in `contract/differences`. Nothing
/// else may differ, and nothing may stand there that does not differ any more.
#[test]
fn types_differ_from_the_documents_only_where_it_is_allowed() {
    let mut all = Vec::new();
    for subject in subjects() {
        let generated = types::generated(subject.service);
        let allowed = types::allowed(subject.service);
        let faults = types::faults(subject.document.root(), &generated, &allowed);
        all.extend(
            faults
                .into_iter()
                .map(|fault| format!("{}: {fault}", subject.service)),
        );
    }
    contract::none(&all);
}

#[test]
fn every_allowed_class_has_a_reason() {
    for subject in subjects() {
        for (class, allowed) in types::allowed(subject.service) {
            let known = allowed.reason.ends_with('.') && !allowed.places.is_empty();
            assert!(
                known,
                "{} {class}: give a reason and places, or remove it",
                subject.service
            );
        }
    }
}
