//! The documented answers of an operation, as they go over the wire.

use runpipe::contract::Caller;
use runpipe_spec::operation::{Operation, Response};
use serde_json::{Map, Value};

use super::calls::cases;
use super::subject::Subject;
use super::traffic::as_text;
use super::wire::Wire;

/// One answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Operation, status and example, for a person.
    pub name: String,
    /// The example's own name; empty for an answer without a body.
    pub example: String,
    pub operation_id: String,
    pub status: u16,
    pub headers: Map<String, Value>,
    pub content_type: Option<String>,
    pub value: Value,
    /// JSON pointer of the body's schema.
    pub schema: Option<String>,
}

impl Answer {
    /// The headers as a server writes them.
    pub fn header_texts(&self) -> Vec<(String, String)> {
        self.headers
            .iter()
            .map(|(name, value)| (name.clone(), as_text(value)))
            .collect()
    }

    /// The body as a server writes it.
    pub fn body(&self) -> Vec<u8> {
        match (&self.content_type, &self.value) {
            (None, _) => Vec::new(),
            (Some(kind), Value::String(text)) if !kind.ends_with("json") => {
                text.clone().into_bytes()
            }
            (Some(_), value) => value.to_string().into_bytes(),
        }
    }
}

/// Every example of every answer; one without a body for an answer that has none.
pub fn examples(subject: &Subject, operation: &Operation) -> Vec<Answer> {
    let mut found = Vec::new();
    let examples = subject.document.response_examples(operation);
    for (status, response) in subject.answers(operation) {
        let place = format!("specs/{}.json {}", subject.service, response.pointer);
        let name = |example: &str| format!("{place} ({} {status} {example})", operation.id);
        let headers = headers(subject, response);
        if response.content.is_empty() {
            found.push(Answer {
                name: name(""),
                example: String::new(),
                operation_id: operation.id.clone(),
                status,
                headers,
                content_type: None,
                value: Value::Null,
                schema: None,
            });
            continue;
        }
        for media_type in &response.content {
            let of_type = |example: &&runpipe_spec::example::ResponseExample<'_>| {
                example.status == response.status && example.media_type == media_type.range
            };
            let before = found.len();
            found.extend(examples.iter().filter(of_type).map(|example| Answer {
                name: name(&format!("{} {}", media_type.range, example.name)),
                example: example.name.to_owned(),
                operation_id: operation.id.clone(),
                status,
                headers: headers.clone(),
                content_type: Some(media_type.range.clone()),
                value: example.value.clone(),
                schema: media_type.schema.clone(),
            }));
            assert!(
                found.len() > before,
                "{} has no example",
                name(&media_type.range)
            );
        }
    }
    found
}

/// An example of each documented header.
pub fn headers(subject: &Subject, response: &Response) -> Map<String, Value> {
    let example = |header: &runpipe_spec::operation::Parameter| {
        let value = subject.document.parameter_example(header)?;
        Some((header.name.clone(), value.clone()))
    };
    response.headers.iter().filter_map(example).collect()
}

/// A server of one service's answers, with the client that reads them.
pub struct Stage<'s> {
    subject: &'s Subject,
    wire: Wire,
    caller: Caller,
}

impl<'s> Stage<'s> {
    pub async fn start(subject: &'s Subject) -> Self {
        let wire = Wire::start().await;
        let caller = Caller::new(subject.service, &wire.url()).expect("a client");
        Stage {
            subject,
            wire,
            caller,
        }
    }

    /// Serves an answer to a call of its operation.
    pub async fn serve(&mut self, answer: &Answer) -> runpipe::Result<Value> {
        let headers = answer.header_texts();
        let headers: Vec<(&str, &str)> = headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        self.wire.answer(
            answer.status,
            &headers,
            answer.content_type.as_deref(),
            &answer.body(),
        );
        let operation = self
            .subject
            .document
            .operation(&answer.operation_id)
            .expect("the operation");
        let case = cases(&self.subject.document, operation).remove(0);
        let read = self
            .caller
            .call(&case.operation_id, &case.parameters, case.body.as_ref())
            .await;
        // These headers ask for a pause, which would hold back the next call of the same client.
        let asks = |name: &str| {
            ["retry", "limit"]
                .iter()
                .any(|word| name.to_lowercase().contains(word))
        };
        if headers.iter().any(|(name, _)| asks(name)) {
            self.caller = Caller::new(self.subject.service, &self.wire.url()).expect("a client");
        }
        read
    }
}
