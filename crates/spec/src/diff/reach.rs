//! Where a schema is used: a change means something else in a request than in an answer.

use std::collections::BTreeMap;

use super::super::document::Document;
use super::super::operation::{MediaType, Operation, Response};
use super::super::pointer::references;
use super::Impact;

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
    /// Some values that were invalid are valid now.
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
    /// A header of an answer, or the body of any but the success.
    pub const UNTYPED_ANSWER: Self = Self::of_answer(false);

    /// An answer; the one of success is `typed`.
    pub const fn of_answer(typed: bool) -> Self {
        Self {
            request: false,
            answer: true,
            typed,
        }
    }

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
    pub fn hurt_by(self, shift: Shift) -> bool {
        (self.request && shift != Shift::Wider) || (self.answer && shift != Shift::Narrower)
    }

    /// What a shift of the right values means; `other_type` says whether the Rust type is another one, if there is one.
    pub fn shifted(self, shift: Shift, other_type: bool) -> Impacts {
        Impacts::of(self.hurt_by(shift), self.typed && other_type)
    }

    /// What it means when the Rust type is another one, if there is one, for the same values.
    pub fn retyped(self, other_type: bool) -> Impacts {
        Impacts::of(false, self.typed && other_type)
    }
}

/// What a change means for both kinds of users.
#[derive(Clone, Copy)]
pub(super) struct Impacts {
    pub wire: Impact,
    pub rust: Impact,
}

impl Impacts {
    pub const DOC_ONLY: Self = Self {
        wire: Impact::DocOnly,
        rust: Impact::DocOnly,
    };
    pub const SAFE: Self = Self::of(false, false);
    /// Breaking on the wire alone.
    pub const WIRE: Self = Self::of(true, false);
    /// Breaking in Rust alone.
    pub const RUST: Self = Self::of(false, true);
    pub const BREAKING: Self = Self::of(true, true);

    /// Whether it is breaking for the one and for the other.
    pub const fn of(wire: bool, rust: bool) -> Self {
        const fn breaking_if(breaks: bool) -> Impact {
            match breaks {
                true => Impact::Breaking,
                false => Impact::Safe,
            }
        }
        Self {
            wire: breaking_if(wire),
            rust: breaking_if(rust),
        }
    }
}

/// The body that the generated method answers with: the first success that is no web page.
pub(super) fn success_of(operation: &Operation) -> Option<(&Response, Option<&MediaType>)> {
    let all = operation.responses.iter();
    let successes = all.filter(|response| response.status.is_success());
    let mut with_body = successes.map(|response| {
        let mut content = response.content.iter();
        let body = content.find(|media| !media.range.starts_with("text/html"));
        (response, body)
    });
    with_body.find(|(response, body)| body.is_some() || response.content.is_empty())
}

/// Where each schema is used that something refers to, by its pointer.
pub(super) fn reaches(document: &Document) -> BTreeMap<String, Reach> {
    let mut found: BTreeMap<String, Reach> = BTreeMap::new();
    let mut open: Vec<(String, Reach)> = Vec::new();
    for operation in document.operations() {
        let bodies = operation.request_body.iter().flat_map(|body| &body.content);
        let bodies = bodies.filter_map(|media| media.schema.clone());
        let parameters = operation.parameters.iter().map(|one| one.schema.clone());
        let sent = parameters.chain(bodies);
        open.extend(sent.map(|schema| (schema, Reach::REQUEST)));
        let success = success_of(operation).and_then(|(_, body)| body);
        for response in &operation.responses {
            let headers = response.headers.iter().map(|header| header.schema.clone());
            open.extend(headers.map(|schema| (schema, Reach::UNTYPED_ANSWER)));
            for media in &response.content {
                let typed = success.is_some_and(|success| success.pointer == media.pointer);
                let reach = Reach::of_answer(typed);
                open.extend(media.schema.clone().map(|schema| (schema, reach)));
            }
        }
    }
    while let Some((pointer, reach)) = open.pop() {
        let known = found.entry(pointer.clone()).or_default();
        let both = known.or(reach);
        if both == *known {
            continue;
        }
        *known = both;
        if let Some(schema) = document.root().pointer(&pointer) {
            references(schema, &mut |target| {
                open.push((target.trim_start_matches('#').to_owned(), reach));
            });
        }
    }
    found
}
