//! Every operation of every document, called through the real client: what arrives at the server is
//! what the document says.

use crate::calls::{Case, cases, parameters};
use crate::subject::{Subject, subjects};
use crate::traffic;
use crate::wire::Wire;
use runpipe::ErrorKind;
use runpipe::contract::Caller;
use runpipe_spec::operation::{Location, Operation};
use serde_json::{Value, json};

const CURE: &str = "What was sent is not what the document says: correct the parameter or the body at that pointer and its example, then `cargo build`.";

/// Values that break a path or a query when they are not encoded.
const HOSTILE: [&str; 12] = [
    "two words",
    "a/b",
    "/",
    "what?",
    "a#b",
    "100%",
    "%2F",
    "1+1=2&x;y",
    "~*'!()@:,$[]|^`\"<>{}",
    "ünï/çødé 流水线 🚀",
    "...",
    " x ",
];

/// Calls, and says what is wrong with what arrived.
async fn faults(subject: &Subject, wire: &Wire, caller: &Caller, case: &Case) -> Vec<String> {
    faults_below("", subject, wire, caller, case).await
}

/// The same, for an address with a path before the documented ones.
async fn faults_below(
    prefix: &str,
    subject: &Subject,
    wire: &Wire,
    caller: &Caller,
    case: &Case,
) -> Vec<String> {
    wire.take();
    let answer = caller
        .call(&case.operation_id, &case.parameters, case.body.as_ref())
        .await;
    let mut arrived = wire.take();
    for sent in &mut arrived {
        let Some(path) = sent.path.strip_prefix(prefix) else {
            return vec![format!("{}: not below {prefix}: {}", case.name, sent.path)];
        };
        sent.path = path.to_owned();
    }
    match arrived.as_slice() {
        [sent] => traffic::faults(&subject.document, &subject.expectations, case, sent),
        [] => vec![format!("{}: nothing was sent: {answer:?}", case.name)],
        several => vec![format!(
            "{}: {} requests for one call",
            case.name,
            several.len()
        )],
    }
}

/// A server that answers, and the client that calls it.
async fn connect(subject: &Subject) -> (Wire, Caller) {
    let wire = Wire::start().await;
    wire.answer(404, &[], Some("application/json"), b"{}");
    let caller = Caller::new(subject.service, &wire.url()).expect("a client");
    (wire, caller)
}

#[tokio::test]
async fn every_example_arrives_as_documented() {
    let mut all = Vec::new();
    for subject in subjects() {
        let (wire, caller) = connect(&subject).await;
        for operation in subject.document.operations() {
            for case in cases(&subject.document, operation) {
                let found = faults(&subject, &wire, &caller, &case).await;
                all.extend(
                    found
                        .into_iter()
                        .map(|fault| format!("{} {fault}", subject.service)),
                );
            }
        }
    }
    crate::none(&all, CURE);
}

#[tokio::test]
async fn an_address_with_a_path_stays_before_the_documented_path() {
    let mut all = Vec::new();
    for subject in subjects() {
        let wire = Wire::start().await;
        wire.answer(404, &[], Some("application/json"), b"{}");
        let caller =
            Caller::new(subject.service, &format!("{}/tfs/", wire.url())).expect("a client");
        for operation in subject.document.operations() {
            let case = cases(&subject.document, operation).remove(0);
            all.extend(faults_below("/tfs", &subject, &wire, &caller, &case).await);
        }
    }
    crate::none(&all, CURE);
}

#[tokio::test]
async fn hostile_texts_arrive_as_one_value() {
    let mut all = Vec::new();
    for subject in subjects() {
        let (wire, caller) = connect(&subject).await;
        for operation in subject.document.operations() {
            for parameter in texts(&subject, operation) {
                for hostile in HOSTILE {
                    let mut case = cases(&subject.document, operation).remove(0);
                    case.name = format!("{} ({parameter} = {hostile:?})", operation.id);
                    case.parameters.insert(parameter.clone(), json!(hostile));
                    // A document may forbid such a value; what counts here is where it arrives.
                    let found = faults(&subject, &wire, &caller, &case).await;
                    let format_only = |fault: &String| fault.contains(" is not of format ");
                    all.extend(found.into_iter().filter(|fault| !format_only(fault)));
                }
            }
        }
    }
    crate::none(&all, CURE);
}

/// The parameters that are any text.
fn texts(subject: &Subject, operation: &Operation) -> Vec<String> {
    let plain = |schema: &Value| {
        schema.get("type") == Some(&json!("string")) && schema.get("enum").is_none()
    };
    let parameters = operation
        .parameters
        .iter()
        .filter(|parameter| parameter.location != Location::Header);
    parameters
        .filter(|parameter| subject.document.at(&parameter.schema).is_some_and(plain))
        .map(|parameter| parameter.name.clone())
        .collect()
}

#[tokio::test]
async fn a_path_value_that_changes_the_path_is_refused() {
    let mut all = Vec::new();
    for subject in subjects() {
        let (wire, caller) = connect(&subject).await;
        for operation in subject.document.operations() {
            let in_path = operation
                .parameters
                .iter()
                .filter(|known| known.location == Location::Path);
            for parameter in in_path {
                for value in ["", ".", "..", "a\\b"] {
                    let mut given = parameters(&subject.document, operation, false);
                    given.insert(parameter.name.clone(), json!(value));
                    let error = caller
                        .call(&operation.id, &given, None)
                        .await
                        .expect_err("a refusal");
                    if error.kind() != ErrorKind::Configuration || !wire.take().is_empty() {
                        all.push(format!(
                            "specs/{}.json {}: {} = {value:?}: {error}",
                            subject.service, operation.pointer, parameter.name
                        ));
                    }
                }
            }
        }
    }
    crate::none(&all, CURE);
}

#[tokio::test]
async fn nothing_is_sent_without_a_required_parameter() {
    let mut all = Vec::new();
    for subject in subjects() {
        let (wire, caller) = connect(&subject).await;
        for operation in subject.document.operations() {
            for parameter in &operation.parameters {
                let mut case = cases(&subject.document, operation).pop().expect("a case");
                case.parameters.remove(&parameter.name);
                let _ = caller
                    .call(&case.operation_id, &case.parameters, case.body.as_ref())
                    .await;
                if wire.take().is_empty() != parameter.required {
                    let required = parameter.required;
                    all.push(format!(
                        "specs/{}.json {} without {} (required: {required})",
                        subject.service, operation.pointer, parameter.name
                    ));
                }
            }
        }
    }
    crate::none(&all, CURE);
}
