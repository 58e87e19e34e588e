//! Every documented answer of every operation has a minimal and a maximal fixture, and documents, types
//! and the reading of errors agree about each of them.

use crate::answers::Stage;
use crate::fixture::{ORIGINS, all, folder};
use crate::subject::subjects;
use crate::tolerance::Seen;
use crate::{judge, loss, refusals};
use runpipe_spec::coverage::coverage;

const CURE: &str = "Make the fixture what the service sends, or correct the document. `cargo run -- spec fixtures specs/<service>.json` drafts what is missing, `cargo run -- spec fixture RECORDING` takes it from a recording.";

#[test]
fn every_answer_is_covered_and_nothing_else_lies_there() {
    let mut all_faults = Vec::new();
    for subject in subjects() {
        let covered =
            coverage(&subject.document, &folder(subject.service)).expect("the folder of fixtures");
        if !covered.is_complete() {
            let service = subject.service;
            all_faults.push(format!(
                "tests/fixtures/{service}/: {covered}\n  `cargo run -- spec fixtures specs/{service}.json` writes \
                 what is missing, to be reviewed; remove what belongs to no documented answer"
            ));
        }
        let fixtures = all(&subject);
        for operation in subject.document.operations() {
            all_faults.extend(judge::set_faults(operation, &fixtures));
        }
    }
    crate::none(&all_faults, CURE);
}

#[test]
fn every_fixture_says_where_it_comes_from() {
    for subject in subjects() {
        for fixture in all(&subject) {
            let known = ORIGINS.iter().any(|origin| fixture.origin.contains(origin))
                || fixture.origin.contains("not confirmed");
            assert!(
                known,
                "tests/fixtures/{}/{}.json, /origin: {:?} does not say what the shape rests on: name one of \
                 {ORIGINS:?}, or say \"not confirmed\"",
                subject.service, fixture.file, fixture.origin
            );
        }
    }
}

#[test]
fn the_documents_allow_every_fixture() {
    let mut all_faults = Vec::new();
    for subject in subjects() {
        for fixture in all(&subject) {
            all_faults.extend(judge::fixture_faults(&subject, &fixture));
        }
    }
    crate::none(&all_faults, CURE);
}

#[test]
fn every_documented_field_is_in_a_maximal_fixture() {
    let mut all_faults = Vec::new();
    for subject in subjects() {
        let unseen = judge::unseen_fields(&subject.document, &all(&subject), &subject);
        let service = subject.service;
        all_faults.extend(unseen.into_iter().map(|field| {
            let place = field.replacen('.', "/properties/", 1);
            format!(
                "specs/{service}.json, /components/schemas/{place}: nothing would notice its loss. Give it a value \
                 in a tests/fixtures/{service}/<operationId>/<status>-maximal.json, or in an example of the request"
            )
        }));
    }
    crate::none(&all_faults, CURE);
}

#[test]
fn refusals_leave_out_only_what_some_fixture_leaves_out() {
    let mut all_faults = Vec::new();
    for subject in subjects() {
        let fixtures = all(&subject);
        let seen = Seen::in_refusals(&subject, &fixtures);
        for fixture in &fixtures {
            all_faults.extend(seen.faults(&subject, fixture));
        }
    }
    crate::none(&all_faults, CURE);
}

#[tokio::test]
async fn the_client_reads_every_fixture() {
    let mut all_faults = Vec::new();
    for subject in subjects() {
        let mut stage = Stage::start(&subject).await;
        for fixture in all(&subject) {
            let answer = fixture.answer(&subject);
            let read = stage.serve(&answer).await;
            match (read, subject.is_success(fixture.status)) {
                // Where nothing comes, nothing is lost.
                (Ok(_), true) if answer.value.is_null() => {}
                (Ok(again), true) => {
                    let lost = loss::losses(&answer.value, &again);
                    all_faults.extend(
                        lost.into_iter()
                            .map(|lost| format!("{}: {lost}", answer.name)),
                    );
                }
                (Err(error), false) => {
                    let kind = fixture.kind.as_deref();
                    all_faults.extend(refusals::faults(&subject, &answer, kind, &error));
                }
                (Ok(_), false) => all_faults.push(format!("{}: is read as a success", answer.name)),
                (Err(error), true) => all_faults.push(format!("{}: {error}", answer.name)),
            }
        }
    }
    crate::none(&all_faults, CURE);
}

#[test]
fn coverage_names_what_is_missing_and_what_does_not_belong() {
    for subject in subjects() {
        let operation = &subject.document.operations()[0];
        let folder = tempfile::tempdir().expect("a folder");
        let empty = coverage(&subject.document, folder.path()).expect("an empty folder");
        assert_eq!((empty.covered(), empty.strays.len()), (0, 0));
        let of_operation = folder.path().join(&operation.id);
        std::fs::create_dir(&of_operation).expect("a folder");
        std::fs::create_dir(folder.path().join("noSuchOperation")).expect("a folder");
        for file in ["400-minimal.json", "400-maximal.json", "418-minimal.json"] {
            std::fs::write(of_operation.join(file), "{}").expect("a file");
        }
        let some = coverage(&subject.document, folder.path()).expect("a folder of fixtures");
        assert_eq!(some.covered(), 1, "{some}");
        let stray = format!("{}/418-minimal.json", operation.id);
        assert!(
            some.strays.contains(&stray) && some.strays.contains(&"noSuchOperation".to_owned())
        );
        assert!(!some.is_complete() && some.to_string().contains("no minimal, no maximal fixture"));
    }
}
