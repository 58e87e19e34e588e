//! What an error must have kept of the refusal that it was made of.

use runpipe::Error;
use serde_json::Value;

use super::answers::Answer;
use super::subject::Subject;
use super::traffic::as_text;

/// What is missing or wrong in an error. The kind is the usual one of the status, where the answer
/// names no other.
pub fn faults(
    subject: &Subject,
    answer: &Answer,
    kind: Option<&str>,
    error: &Error,
) -> Vec<String> {
    let expectations = &subject.expectations;
    let mut faults = Vec::new();
    if error.http_status() != Some(answer.status) {
        faults.push(format!("the status is {:?}", error.http_status()));
    }
    match expectations.refusals.get(&answer.status) {
        None => faults.push("there is no expectation for this status".to_owned()),
        Some(refusal) => {
            // A service that broke may have started the run before, and a run that a start says it
            // does not find is its own.
            let late = match answer.example.as_str() {
                "SignatureNonceUsed" => true,
                "InvalidPipelineRun.NotFound" => answer.operation_id == "startPipelineRun",
                _ => false,
            };
            let usual = match refusal.kind_of(&answer.example) {
                kind if kind != "unavailable" && !late => kind,
                _ if subject.starts(&answer.operation_id) => "outcome_unknown",
                kind => kind,
            };
            let (wanted, is) = (kind.unwrap_or(usual), error.kind().as_str());
            if wanted != is {
                faults.push(format!("the kind is {is}, not {wanted}"));
            }
        }
    }
    if error.service() != Some(subject.service) || error.operation() != Some(&answer.operation_id) {
        faults.push(format!(
            "it is about {:?} {:?}",
            error.service(),
            error.operation()
        ));
    }
    let said = error.sentences().join("\n");
    let cut = expectations.cut.get(&answer.example);
    let whole = || sentences(subject, answer);
    for sentence in cut.map_or_else(whole, |kept| vec![kept.clone()]) {
        if !said.contains(&one_line(&sentence)) {
            faults.push(format!(
                "the vendor's sentence is lost: {sentence:?}, kept is {said:?}"
            ));
        }
    }
    if cut.is_some()
        && whole()
            .iter()
            .any(|sentence| said.contains(&one_line(sentence)))
    {
        faults.push(format!("the whole sentence is kept: {said:?}"));
    }
    if let Some(id) = request_id(subject, answer)
        && error.request_id() != Some(&id)
    {
        faults.push(format!(
            "the vendor's request id is lost: {id}, kept is {:?}",
            error.request_id()
        ));
    }
    faults
        .into_iter()
        .map(|fault| format!("{}: {fault}", answer.name))
        .collect()
}

/// What the vendor says in the body. A plain text is its own sentence; a page is none.
fn sentences(subject: &Subject, answer: &Answer) -> Vec<String> {
    match (answer.content_type.as_deref(), &answer.value) {
        (Some("text/plain"), Value::String(text)) => vec![text.clone()],
        (_, value) => {
            let pointers = subject.expectations.sentences.iter();
            let mut found = Vec::new();
            pointers.for_each(|pointer| pick(value, pointer, &mut found));
            found
        }
    }
}

fn request_id(subject: &Subject, answer: &Answer) -> Option<String> {
    let mut in_body = Vec::new();
    subject
        .expectations
        .request_id
        .iter()
        .for_each(|pointer| pick(&answer.value, pointer, &mut in_body));
    let header = subject.expectations.request_id_header.as_deref();
    let in_header = header
        .and_then(|name| answer.headers.get(name))
        .map(as_text);
    in_body.into_iter().next().or(in_header)
}

/// The texts at a JSON pointer in which `*` stands for every item of a list.
fn pick(value: &Value, pointer: &str, found: &mut Vec<String>) {
    match pointer.split_once("/*") {
        Some((list, rest)) => {
            let items = value.pointer(list).and_then(Value::as_array);
            items
                .into_iter()
                .flatten()
                .for_each(|item| pick(item, rest, found));
        }
        None => found.extend(
            value
                .pointer(pointer)
                .and_then(Value::as_str)
                .map(str::to_owned),
        ),
    }
}

/// Errors are one line each: control characters become spaces.
fn one_line(text: &str) -> String {
    text.split(char::is_control)
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}
