//! Compares a document with what its vendor publishes: what is new there, what differs, what is
//! only here.
//!
//! The vendor's description is the whole of its API, ours is the part that somebody needs. So parts
//! that only the vendor has are reported for operations that both have; for the others, only the
//! names are reported. Descriptions, examples, refusals and security are not compared.
//!
//! Each compared thing is a **fact**: an operation, a parameter, a field, a word of a list. A fact
//! is equal or it differs. What differs on purpose is written down with its reason
//! ([`Decision`](super::decisions::Decision)), so that the next comparison reports only what nobody
//! has looked at.
//!
//! ```
//! use runpipe_spec::document::Document;
//! use runpipe_spec::upstream::{Published, compare};
//!
//! let ours = Document::parse("ours.json", r#"{
//!   "openapi": "3.0.3", "info": { "title": "Runs", "version": "1" },
//!   "paths": { "/runs": { "get": { "operationId": "listRuns", "responses": { "200": { "description": "Runs.",
//!     "content": { "application/json": { "schema": { "type": "object",
//!       "properties": { "count": { "type": "integer" } } } } } } } } } }
//! }"#).expect("a document that can be used");
//! let published = Published::parse("published.json", r##"{
//!   "swagger": "2.0", "info": { "title": "Runs", "version": "1" },
//!   "paths": { "/runs": { "get": { "responses": { "200": { "schema": { "$ref": "#/definitions/Runs" } } } } } },
//!   "definitions": { "Runs": { "properties": { "count": { "type": "integer" }, "next": { "type": "string" } } } }
//! }"##).expect("a description of an API");
//!
//! let compared = compare(&ours, &[published]);
//! assert_eq!((compared.facts, compared.equal()), (4, 3));
//! assert_eq!(compared.differences[0].to_string(), "only published: field listRuns answer.next");
//! ```

mod api;
mod published;
mod schemas;
mod walk;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;

use super::document::Document;
use walk::{Found, Walk};

pub use published::{Published, PublishedError};

/// How a fact differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Kind {
    /// The vendor has it and the document does not.
    OnlyPublished,
    /// Both have it, and say different things about it.
    Differs,
    /// The document has it and the vendor does not.
    OnlyHere,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::OnlyPublished => "only published",
            Kind::Differs => "differs",
            Kind::OnlyHere => "only here",
        })
    }
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct Difference {
    /// Who has it.
    pub kind: Kind,
    /// What it is about, in the document's names where it has one: `field Run.createdDate`.
    pub fact: String,
    /// What each of the two says, where both have it: `format none here, date-time published`.
    pub detail: Option<String>,
}

/// `differs: field Run.createdDate: format none here, date-time published`.
impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind, self.fact)?;
        match &self.detail {
            Some(detail) => write!(f, ": {detail}"),
            None => Ok(()),
        }
    }
}

/// The result of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Compared {
    /// How many facts were compared.
    pub facts: usize,
    /// All differences, in order. A fact can have several.
    pub differences: Vec<Difference>,
}

impl Compared {
    /// How many facts are the same on both sides.
    #[must_use]
    pub fn equal(&self) -> usize {
        self.facts.saturating_sub(self.different())
    }

    /// How many facts differ.
    #[must_use]
    pub fn different(&self) -> usize {
        let facts = self.differences.iter().map(|one| one.fact.as_str());
        facts.collect::<BTreeSet<_>>().len()
    }
}

/// Compares a document with everything that is published about the same API: its areas, its versions.
///
/// What one of several descriptions has counts as published. If two of them differ, each is
/// reported.
#[must_use]
pub fn compare(ours: &Document, published: &[Published]) -> Compared {
    let here = api::read(ours.root());
    // Each fact with what was found about it; `None` is "the same on both sides".
    let mut facts: BTreeMap<String, BTreeSet<Found>> = BTreeMap::new();
    for one in published {
        let mut walk = Walk::default();
        walk.operations(&here, &api::read(one.root()));
        for (fact, found) in walk.found {
            facts.entry(fact).or_default().extend(found);
        }
    }
    let count = facts.len();
    let mut differences = Vec::new();
    for (fact, found) in facts {
        let elsewhere = found
            .iter()
            .any(|one| one.as_ref().is_none_or(|(kind, _)| *kind != Kind::OnlyHere));
        for (kind, detail) in found.into_iter().flatten() {
            if kind == Kind::OnlyHere && elsewhere {
                continue;
            }
            differences.push(Difference {
                kind,
                fact: fact.clone(),
                detail,
            });
        }
    }
    differences.sort();
    Compared {
        facts: count,
        differences,
    }
}
