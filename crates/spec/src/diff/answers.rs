//! Answers: statuses, types, headers.

use serde_json::json;

use super::super::media_type::is_json;
use super::super::operation::{MediaType, Operation, Response, StatusPattern};
use super::comparison::{Comparison, Entry, Place, paired};
use super::reach::{Impacts, Reach, success_of};

impl Comparison<'_> {
    /// Compares what two operations answer.
    pub fn answers(&mut self, old: &Operation, new: &Operation) {
        self.method_answer(old, new);
        let place =
            |operation: &Operation, status| format!("{}/responses/{status}", operation.pointer);
        // A refusal may have any status. An unknown success is treated as a failure.
        let hurts = |status: StatusPattern, other| {
            Impacts::of(status.is_success() && !is_covered(other, status), false)
        };
        let same = |was: &Response, is: &Response| was.status == is.status;
        for entry in paired(&old.responses, &new.responses, &[&same]) {
            match entry {
                Entry::Both(was, is) => self.answer(old, new, was, is),
                Entry::Gone(Response { status, .. }) => {
                    let what = format!("the answer {status} is gone");
                    self.removed(&place(old, status), what, hurts(*status, new));
                }
                Entry::New(Response { status, .. }) => {
                    let what = format!("the answer {status} is new");
                    self.added(&place(new, status), what, hurts(*status, old));
                }
            }
        }
    }

    /// Compares what the generated methods return, where that is not the same answer's same body.
    fn method_answer(&mut self, old: &Operation, new: &Operation) {
        let (was, is) = (success_of(old), success_of(new));
        let status = |found: Option<(&Response, _)>| found.map(|(response, _)| response.status);
        let (before, after) = (
            was.and_then(|(_, body)| body),
            is.and_then(|(_, body)| body),
        );
        let schema = |body: Option<&MediaType>| {
            let pointer = body?.schema.as_deref()?;
            Some(json!({ "$ref": format!("#{pointer}") }))
        };
        // What the generator makes of a type: a decoded value, or bytes.
        let decoded = |body: Option<&MediaType>| body.map(|body| is_json(&body.range));
        let same = decoded(before) == decoded(after)
            && (status(was) == status(is)
                || match (schema(before), schema(after)) {
                    (Some(before), Some(after)) => self.pairs.are_same(&before, &after),
                    (before, after) => before.is_some() == after.is_some(),
                });
        if !same {
            let what = "the generated method returns a different type";
            let place = Place::new(&old.pointer, &new.pointer).child("responses");
            self.changed(&place, what, Impacts::RUST);
        }
    }

    fn answer(&mut self, old: &Operation, new: &Operation, was: &Response, is: &Response) {
        let is_body = |operation: &Operation, media: &MediaType| {
            let body = success_of(operation).and_then(|(_, body)| body);
            body.is_some_and(|body| body.pointer == media.pointer)
        };
        let place = Place::new(&was.pointer, &is.pointer);
        self.notes(&place, &["description", "links"]);
        self.answer_headers(&was.headers, &is.headers);
        let status = was.status;
        let same = |was: &MediaType, is: &MediaType| was.range == is.range;
        for entry in paired(&was.content, &is.content, &[&same]) {
            match entry {
                Entry::Both(was, is) => {
                    let typed = is_body(old, was) && is_body(new, is);
                    self.media_type(was, is, Reach::of_answer(typed));
                }
                Entry::Gone(MediaType { range, pointer, .. }) => {
                    let what =
                        format!("the answer {status} has no body of type `{range}` any more");
                    self.removed(pointer, what, Impacts::WIRE);
                }
                Entry::New(MediaType { range, pointer, .. }) => {
                    let what = format!("the answer {status} may have a body of type `{range}` now");
                    self.added(pointer, what, Impacts::SAFE);
                }
            }
        }
    }
}

/// Whether the operation has an answer for the status under another key: a range, or `default`.
fn is_covered(operation: &Operation, status: StatusPattern) -> bool {
    match status {
        StatusPattern::Code(code) => operation.response(code).is_some(),
        StatusPattern::Range(_) | StatusPattern::Default => {
            let mut responses = operation.responses.iter();
            responses.any(|response| response.status == StatusPattern::Default)
        }
    }
}
