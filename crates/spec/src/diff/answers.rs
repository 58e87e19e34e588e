//! Answers: statuses, types, headers.

use super::super::operation::{MediaType, Operation, Response, StatusPattern};
use super::Impact;
use super::comparison::Comparison;
use super::reach::{Reach, breaking_if, success_of};

impl Comparison<'_> {
    /// Compares what two operations answer.
    pub fn answers(&mut self, old: &Operation, new: &Operation) {
        self.method_answer(old, new);
        let place =
            |operation: &Operation, status| format!("{}/responses/{status}", operation.pointer);
        for response in &old.responses {
            let status = response.status;
            match new.responses.iter().find(|found| found.status == status) {
                Some(found) => self.answer(old, new, response, found),
                None => {
                    let what = format!("the answer {status} is gone");
                    let hurts = is_success(status) && !is_covered(new, status);
                    self.removed(&place(old, status), what, breaking_if(hurts), Impact::Safe);
                }
            }
        }
        for response in &new.responses {
            let status = response.status;
            if !old.responses.iter().any(|known| known.status == status) {
                let what = format!("the answer {status} is new");
                // A refusal may have any status. A success that nobody knows is taken for a failure.
                let hurts = is_success(status) && !is_covered(old, status);
                self.added(&place(new, status), what, breaking_if(hurts), Impact::Safe);
            }
        }
    }

    /// Compares what the generated methods return, where that is not the same answer's same body.
    fn method_answer(&mut self, old: &Operation, new: &Operation) {
        let (was, is) = (success_of(old), success_of(new));
        let status = |found: Option<(&Response, Option<&MediaType>)>| {
            found.map(|(response, _)| response.status)
        };
        let body = |found: Option<(&'_ Response, Option<&MediaType>)>| {
            found.and_then(|(_, body)| body.cloned())
        };
        let (body_before, body_after) = (body(was), body(is));
        let kinds = (
            body_before.as_ref().map(form),
            body_after.as_ref().map(form),
        );
        let other = if kinds.0 != kinds.1 {
            true
        } else if status(was) == status(is) {
            false
        } else {
            let schema =
                |body: &Option<MediaType>| body.as_ref().and_then(|body| body.schema.clone());
            match (schema(&body_before), schema(&body_after)) {
                (Some(before), Some(after)) => {
                    let (before, after) = (reference(&before), reference(&after));
                    !self
                        .pairs
                        .are_same((self.old.root, &before), (self.new.root, &after))
                }
                (before, after) => before.is_some() != after.is_some(),
            }
        };
        if other {
            let place = |operation: &Operation| format!("{}/responses", operation.pointer);
            let what = "the generated method returns another type".to_owned();
            self.changed(
                &place(old),
                &place(new),
                what,
                Impact::Safe,
                Impact::Breaking,
            );
        }
    }

    fn answer(&mut self, old: &Operation, new: &Operation, was: &Response, is: &Response) {
        let is_body = |operation: &Operation, media: &MediaType| {
            let body = success_of(operation).and_then(|(_, body)| body);
            body.is_some_and(|body| body.pointer == media.pointer)
        };
        self.notes(&was.pointer, &is.pointer, &["description", "links"]);
        self.answer_headers(&was.headers, &is.headers);
        let status = was.status;
        for media in &was.content {
            let Some(found) = is.content.iter().find(|found| found.range == media.range) else {
                let what = format!(
                    "the answer {status} has no body of type `{}` any more",
                    media.range
                );
                self.removed(&media.pointer, what, Impact::Breaking, Impact::Safe);
                continue;
            };
            let typed = is_body(old, media) && is_body(new, found);
            let reach = if typed {
                Reach::SUCCESS
            } else {
                Reach::UNTYPED_ANSWER
            };
            self.media_type(media, found, reach);
        }
        for media in &is.content {
            if !was.content.iter().any(|known| known.range == media.range) {
                let what = format!(
                    "the answer {status} may have a body of type `{}` now",
                    media.range
                );
                self.added(&media.pointer, what, Impact::Safe, Impact::Safe);
            }
        }
    }
}

fn is_success(status: StatusPattern) -> bool {
    matches!(
        status,
        StatusPattern::Code(200..=299) | StatusPattern::Range(2)
    )
}

/// Whether the operation has an answer for the status under another key: a range, or `default`.
fn is_covered(operation: &Operation, status: StatusPattern) -> bool {
    match status {
        StatusPattern::Code(code) => operation.response(code).is_some(),
        _ => operation
            .responses
            .iter()
            .any(|response| response.status == StatusPattern::Default),
    }
}

/// What the generator makes of a type: a decoded value, or bytes.
fn form(media: &MediaType) -> &str {
    if media.range == "application/json" || media.range.ends_with("+json") {
        "json"
    } else {
        "bytes"
    }
}

fn reference(pointer: &str) -> serde_json::Value {
    serde_json::json!({ "$ref": format!("#{pointer}") })
}
