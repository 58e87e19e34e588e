//! Where a schema is used: a change means something else in a request than in an answer.

use std::collections::BTreeMap;

use super::super::document::Document;
use super::super::operation::{MediaType, Operation, Response, StatusPattern};
use super::super::pointer::references;
use super::Impact;
use super::pairs::component_of;

/// Where a schema is used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Reach {
    /// In what callers send.
    pub request: bool,
    /// In what the service answers.
    pub answer: bool,
    /// In something that the generator makes a Rust type of: requests and the answer of success.
    pub typed: bool,
}

/// How the set of right values has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shift {
    /// Some values that were right are wrong now.
    Narrower,
    /// Some values that were wrong are right now.
    Wider,
    /// Both.
    Different,
}

impl Reach {
    /// A parameter or a request body.
    pub const REQUEST: Self = Self {
        request: true,
        answer: false,
        typed: true,
    };
    /// The answer of success.
    pub const SUCCESS: Self = Self {
        request: false,
        answer: true,
        typed: true,
    };
    /// Any other answer, or a header of one.
    pub const UNTYPED_ANSWER: Self = Self {
        request: false,
        answer: true,
        typed: false,
    };

    pub fn and(self, other: Self) -> Self {
        Self {
            request: self.request && other.request,
            answer: self.answer && other.answer,
            typed: self.typed && other.typed,
        }
    }

    fn or(self, other: Self) -> Self {
        Self {
            request: self.request || other.request,
            answer: self.answer || other.answer,
            typed: self.typed || other.typed,
        }
    }

    /// The same place, of which no Rust type is made.
    pub fn untyped(self) -> Self {
        Self {
            typed: false,
            ..self
        }
    }

    /// Old callers send what is no longer right; old readers get what was not right before.
    pub fn wire(self, shift: Shift) -> Impact {
        breaking_if(
            (self.request && shift != Shift::Wider) || (self.answer && shift != Shift::Narrower),
        )
    }

    /// `breaks` is about the Rust type, if there is one.
    pub fn rust(self, breaks: bool) -> Impact {
        breaking_if(self.typed && breaks)
    }
}

pub(super) fn breaking_if(breaks: bool) -> Impact {
    if breaks {
        Impact::Breaking
    } else {
        Impact::Safe
    }
}

/// The body that the generated method answers with: the first success that is no web page.
pub(super) fn success_of(operation: &Operation) -> Option<(&Response, Option<&MediaType>)> {
    let successes = operation.responses.iter().filter(|response| {
        matches!(
            response.status,
            StatusPattern::Code(200..=299) | StatusPattern::Range(2)
        )
    });
    successes
        .map(|response| {
            let body = response
                .content
                .iter()
                .find(|media| !media.range.starts_with("text/html"));
            (response, body)
        })
        .find(|(response, body)| body.is_some() || response.content.is_empty())
}

/// Where each component schema is used, by its name.
pub(super) fn reaches(document: &Document) -> BTreeMap<String, Reach> {
    let mut found = BTreeMap::new();
    let mut open: Vec<(String, Reach)> = Vec::new();
    for operation in document.operations() {
        let bodies = operation.request_body.iter().flat_map(|body| &body.content);
        let bodies = bodies.filter_map(|media| media.schema.clone());
        let parameters = operation
            .parameters
            .iter()
            .map(|parameter| parameter.schema.clone());
        open.extend(
            parameters
                .chain(bodies)
                .map(|schema| (schema, Reach::REQUEST)),
        );
        let success = success_of(operation).and_then(|(_, body)| body);
        for response in &operation.responses {
            let headers = response.headers.iter().map(|header| header.schema.clone());
            open.extend(headers.map(|schema| (schema, Reach::UNTYPED_ANSWER)));
            for media in &response.content {
                let typed = success.is_some_and(|success| success.pointer == media.pointer);
                let reach = if typed {
                    Reach::SUCCESS
                } else {
                    Reach::UNTYPED_ANSWER
                };
                open.extend(media.schema.clone().map(|schema| (schema, reach)));
            }
        }
    }
    while let Some((pointer, reach)) = open.pop() {
        if let Some(name) = component_of(&pointer) {
            let known = found.entry(name.to_owned()).or_insert_with(Reach::default);
            let both = known.or(reach);
            if both == *known {
                continue;
            }
            *known = both;
        }
        if let Some(schema) = document.root().pointer(&pointer) {
            references(schema, &mut |target| {
                open.push((target.trim_start_matches('#').to_owned(), reach));
            });
        }
    }
    found
}
