//! Requests and answers that nobody wrote: drawn from the schemas, the same ones on every run. More of
//! them with `PROPTEST_CASES`.

use crate::subject::{Subject, component, subjects};
use crate::wire::Wire;
use crate::{draw, loss, traffic};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use runpipe::contract::{Caller, recode};

const CURE: &str = "The schema allows a value that the generated client loses or refuses: correct the schema at that pointer, then `cargo build`.";

/// Calls or answers for each operation.
const CASES: u32 = 32;

fn runner() -> TestRunner {
    let cases = std::env::var("PROPTEST_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok())
        .unwrap_or(CASES);
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

#[test]
fn the_documents_allow_every_request_that_the_types_allow() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build();
    let runtime = runtime.expect("a runtime");
    let mut all = Vec::new();
    for subject in subjects() {
        let wire = runtime.block_on(Wire::start());
        wire.answer(404, &[], Some("application/json"), b"{}");
        let caller = Caller::new(subject.service, &wire.url()).expect("a client");
        for operation in subject.document.operations() {
            let drawn = draw::case(&subject.document, operation);
            let outcome = runner().run(&drawn, |case| {
                wire.take();
                let call = caller.call(&case.operation_id, &case.parameters, case.body.as_ref());
                let answer = runtime.block_on(call);
                let sent = wire.take();
                let Some(sent) = sent.first() else {
                    return Err(TestCaseError::fail(format!("nothing was sent: {answer:?}")));
                };
                let faults = traffic::faults(&subject.document, &subject.expectations, &case, sent);
                match faults.is_empty() {
                    true => Ok(()),
                    false => Err(TestCaseError::fail(faults.join("\n"))),
                }
            });
            all.extend(
                outcome
                    .err()
                    .map(|fault| format!("{} {}: {fault}", subject.service, operation.id)),
            );
        }
    }
    crate::none(&all, CURE);
}

#[test]
fn the_types_read_every_answer_that_the_documents_allow() {
    let mut all = Vec::new();
    for subject in subjects() {
        for (name, schema) in successes(&subject) {
            let component = component(&schema).unwrap_or_default();
            let outcome = runner().run(&draw::value(&subject.document, &schema), |value| {
                let again = recode(subject.service, component, value.clone());
                match again.expect("a type") {
                    Err(fault) => Err(TestCaseError::fail(fault.to_string())),
                    Ok(again) => match loss::losses(&value, &again).as_slice() {
                        [] => Ok(()),
                        lost => Err(TestCaseError::fail(lost.join("\n"))),
                    },
                }
            });
            all.extend(
                outcome
                    .err()
                    .map(|fault| format!("{} {name}: {fault}", subject.service)),
            );
        }
    }
    crate::none(&all, CURE);
}

/// The schemas of all answers that a type is made of, with the operation.
fn successes(subject: &Subject) -> Vec<(String, String)> {
    let operations = subject.document.operations().iter();
    let answers = operations.flat_map(|operation| {
        subject
            .answers(operation)
            .into_iter()
            .map(|(status, response)| (operation.id.clone(), status, response))
    });
    answers
        .filter(|(_, status, _)| subject.is_success(*status))
        .flat_map(|(id, status, response)| {
            let schemas = response
                .content
                .iter()
                .filter_map(|media_type| media_type.schema.clone());
            let typed = schemas.filter(|schema| component(schema).is_some());
            typed
                .map(|schema| (format!("{id} {status}"), schema))
                .collect::<Vec<_>>()
        })
        .collect()
}
