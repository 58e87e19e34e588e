//! Every documented answer, served over HTTP to the real client: a success is decoded without loss, a
//! refusal becomes an error that keeps what the vendor said, and vendors may add to both.

use crate::answers::{Answer, Stage, examples};
use crate::places::places;
use crate::subject::{Subject, component, subjects};
use crate::{loss, refusals};
use runpipe::contract::recode;
use serde_json::{Value, json};

const CURE: &str = "Correct the schema or the example at that pointer (`cargo run -- spec check specs/*.json` holds examples against schemas), then `cargo build`. What is right there and read wrongly is read in src/services/<service>/.";

/// All successful answers that a type is made of, with the type's component.
fn typed_successes(subject: &Subject) -> Vec<(Answer, String)> {
    let operations = subject.document.operations().iter();
    let answers = operations.flat_map(|operation| examples(subject, operation));
    let successes = answers.filter(|answer| subject.is_success(answer.status));
    successes
        .filter_map(|answer| {
            let component = component(answer.schema.as_deref()?)?.to_owned();
            Some((answer, component))
        })
        .collect()
}

#[tokio::test]
async fn every_success_is_decoded_without_loss() {
    let mut all = Vec::new();
    for subject in subjects() {
        let mut stage = Stage::start(&subject).await;
        for operation in subject.document.operations() {
            let successes = examples(&subject, operation).into_iter();
            for answer in successes.filter(|answer| subject.is_success(answer.status)) {
                match stage.serve(&answer).await {
                    Ok(_) if subject.refuses_inside(&answer.value) => {
                        all.push(format!("{}: a refusal is read as a success", answer.name));
                    }
                    Err(error) if subject.refuses_inside(&answer.value) => {
                        if error.sentences().is_empty() || error.vendor_code().is_none() {
                            all.push(format!("{}: the refusal is lost: {error}", answer.name));
                        }
                    }
                    // No content is read as an object with nothing in it.
                    Ok(_) if answer.status == 204 => {}
                    Ok(again) => {
                        let lost = loss::losses(&answer.value, &again);
                        all.extend(
                            lost.into_iter()
                                .map(|lost| format!("{}: {lost}", answer.name)),
                        );
                    }
                    Err(error) => all.push(format!("{}: {error}", answer.name)),
                }
            }
        }
    }
    crate::none(&all, CURE);
}

#[tokio::test]
async fn every_refusal_becomes_an_error_that_says_what_the_vendor_said() {
    let mut all = Vec::new();
    for subject in subjects() {
        let mut stage = Stage::start(&subject).await;
        for operation in subject.document.operations() {
            let refused = examples(&subject, operation).into_iter();
            for answer in refused.filter(|answer| !subject.is_success(answer.status)) {
                match stage.serve(&answer).await {
                    Ok(_) => all.push(format!("{}: is read as a success", answer.name)),
                    Err(error) => all.extend(refusals::faults(&subject, &answer, None, &error)),
                }
            }
        }
    }
    crate::none(&all, CURE);
}

/// Each allowed change has to happen somewhere: one that does not is no longer needed.
#[test]
fn every_allowed_change_still_occurs() {
    let mut seen = Vec::new();
    for subject in subjects() {
        for (answer, component) in typed_successes(&subject) {
            let again = recode(subject.service, &component, answer.value.clone());
            let again = again.expect("a type").expect("a value that decodes");
            seen.extend(
                loss::changes(&answer.value, &again)
                    .into_iter()
                    .map(|(_, change)| change),
            );
        }
    }
    for allowed in loss::IN_ANSWERS {
        assert!(
            seen.contains(&allowed),
            "{allowed:?} never occurs: forbid it"
        );
    }
}

#[test]
fn fields_that_the_document_does_not_know_are_passed_over() {
    let mut all = Vec::new();
    for subject in subjects() {
        for (answer, component) in typed_successes(&subject) {
            let schema = answer.schema.clone().unwrap_or_default();
            let mut added = answer.value.clone();
            for place in places(&subject.document, &schema, &answer.value) {
                if let Some(Value::Object(fields)) =
                    added.pointer_mut(&place.pointer).filter(|_| place.object)
                {
                    fields.insert("x_new".to_owned(), json!({ "a": [1] }));
                }
            }
            match recode(subject.service, &component, added).expect("a type") {
                Ok(again) => {
                    let lost = loss::losses(&answer.value, &again);
                    all.extend(
                        lost.into_iter()
                            .map(|lost| format!("{}: {lost}", answer.name)),
                    );
                }
                Err(fault) => all.push(format!("{}: {fault}", answer.name)),
            }
        }
    }
    crate::none(&all, CURE);
}

#[test]
fn words_that_the_document_does_not_know_survive() {
    let mut all = Vec::new();
    let mut words = 0;
    for subject in subjects() {
        for (answer, component) in typed_successes(&subject) {
            let schema = answer.schema.clone().unwrap_or_default();
            let mut changed = answer.value.clone();
            for place in places(&subject.document, &schema, &answer.value) {
                if let Some(word) = changed.pointer_mut(&place.pointer).filter(|_| place.word) {
                    *word = json!("brandNew_WORD");
                    words += 1;
                }
            }
            match recode(subject.service, &component, changed.clone()).expect("a type") {
                Ok(again) => {
                    let lost = loss::losses(&changed, &again);
                    all.extend(
                        lost.into_iter()
                            .map(|lost| format!("{}: {lost}", answer.name)),
                    );
                }
                Err(fault) => all.push(format!("{}: {fault}", answer.name)),
            }
        }
    }
    crate::none(&all, CURE);
    assert!(words > 0, "no answer has a word of a documented list");
}

#[test]
fn each_optional_field_may_be_absent_or_null() {
    let mut all = Vec::new();
    for subject in subjects() {
        for (answer, component) in typed_successes(&subject) {
            let schema = answer.schema.clone().unwrap_or_default();
            for place in places(&subject.document, &schema, &answer.value) {
                let Some((parent, name)) =
                    place.pointer.rsplit_once('/').filter(|_| place.optional)
                else {
                    continue;
                };
                let name = name.replace("~1", "/").replace("~0", "~");
                for absent in [true, false] {
                    let mut changed = answer.value.clone();
                    let Some(Value::Object(fields)) = changed.pointer_mut(parent) else {
                        continue;
                    };
                    if absent {
                        fields.remove(&name);
                    } else {
                        fields.insert(name.clone(), Value::Null);
                    }
                    let what = if absent { "absent" } else { "null" };
                    match recode(subject.service, &component, changed.clone()).expect("a type") {
                        Ok(again) => {
                            let lost = loss::losses(&changed, &again);
                            all.extend(lost.into_iter().map(|lost| {
                                format!("{} with {} {what}: {lost}", answer.name, place.pointer)
                            }));
                        }
                        Err(fault) => {
                            all.push(format!(
                                "{} with {} {what}: {fault}",
                                answer.name, place.pointer
                            ));
                        }
                    }
                }
            }
        }
    }
    crate::none(&all, CURE);
}
