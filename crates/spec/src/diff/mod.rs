//! What changed between two versions of a document, and for whom it breaks something.
//!
//! Each change is judged twice. For **the wire**: does a caller, of whatever kind, that follows the
//! old document still work with a service that follows the new one? For **Rust**: does code that
//! was written against the client generated from the old document still compile, and still find
//! what it read, with the client generated from the new one? Such code calls methods and setters by
//! name, makes requests with builders and reads fields; it does not write struct literals, so that
//! a new field breaks nothing.
//!
//! The two often differ. A renamed `operationId` is a renamed method, and nothing on the wire. A changed format of
//! a string changes the wire, but no generated type: string formats do not reach the generator, and neither do
//! servers, security, and the bodies of refusals.
//!
//! Requests and answers are opposites: what narrows a request (fewer words, a smaller maximum) breaks old callers,
//! and what widens an answer (a field that may now be absent) breaks old readers. A new word in an enum of an
//! answer is safe all the same: readers have to be ready for words that they do not know.
//!
//! ```
//! use runpipe_spec::diff::{Impact, diff};
//! use runpipe_spec::document::Document;
//!
//! let text = |id: &str| format!(r#"{{
//!   "openapi": "3.0.3", "info": {{ "title": "Hello", "version": "1" }},
//!   "paths": {{ "/greeting": {{ "get": {{
//!     "operationId": "{id}", "responses": {{ "204": {{ "description": "Nothing" }} }} }} }} }}
//! }}"#);
//! let old = Document::parse("old.json", &text("greet")).expect("a document that can be used");
//! let new = Document::parse("new.json", &text("sayHello")).expect("a document that can be used");
//!
//! let changes = diff(&old, &new);
//! assert_eq!(changes.len(), 1);
//! assert_eq!(changes[0].what, "the operation `greet` is called `sayHello` now");
//! assert_eq!((changes[0].wire, changes[0].rust), (Impact::Safe, Impact::Breaking));
//! ```

mod answers;
mod bodies;
mod bounds;
mod combinations;
mod comparison;
mod objects;
mod operations;
mod pairs;
mod parameters;
mod reach;
mod schemas;
mod security;
mod servers;

use std::fmt;

use serde::Serialize;

use self::comparison::{Comparison, Place};
use super::document::Document;

/// Whether a change breaks something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Impact {
    /// Only what people read has changed: descriptions, examples, extensions.
    DocOnly,
    /// Something has changed, but a caller that follows the old document is not affected.
    Safe,
    /// A caller that follows the old document may fail.
    Breaking,
}

impl fmt::Display for Impact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::DocOnly => "doc only",
            Self::Safe => "safe",
            Self::Breaking => "breaking",
        })
    }
}

/// One change between two versions of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What it belongs to, under its old and its new name: an operationId, the name of a component, or else the
    /// part of the document (`info`, `servers`). At least one.
    pub names: Vec<String>,
    /// JSON pointer into the old document; `None` for what is new.
    pub old: Option<String>,
    /// JSON pointer into the new document; `None` for what is gone.
    pub new: Option<String>,
    /// What has changed, as a sentence without a full stop.
    pub what: String,
    /// What it means for callers on the wire.
    pub wire: Impact,
    /// What it means for users of the generated client.
    pub rust: Impact,
}

impl Change {
    /// Whether it breaks anything for anybody.
    #[must_use]
    pub fn is_breaking(&self) -> bool {
        self.wire == Impact::Breaking || self.rust == Impact::Breaking
    }

    /// Whether it concerns only people: nothing changes for programs.
    #[must_use]
    pub fn is_documentation(&self) -> bool {
        self.wire == Impact::DocOnly && self.rust == Impact::DocOnly
    }

    /// Its place: in the new document, or in the old one for what is gone.
    #[must_use]
    pub fn pointer(&self) -> &str {
        self.new
            .as_deref()
            .or(self.old.as_deref())
            .unwrap_or_default()
    }
}

/// One line for a person, for example
/// `wire breaking, rust safe: runPipeline /paths/~1runs/post: the answer 201 is gone`.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (names, pointer) = (self.names.join(" -> "), self.pointer());
        write!(f, "wire {}, rust {}: ", self.wire, self.rust)?;
        write!(f, "{names} {pointer}: {}", self.what)
    }
}

/// Lists what has changed from `old` to `new`: operation by operation, then the rest. Two equal documents, and
/// documents that only order their keys differently, have no changes.
///
/// Operations are the same when method and path are (whatever the path parameters are called), or
/// else when their operationId is. Schemas are the same when their name is; a schema whose name is
/// gone is searched for among the new ones: one of the same structure, or the one that is used
/// where the old one was.
#[must_use]
pub fn diff(old: &Document, new: &Document) -> Vec<Change> {
    let mut comparison = Comparison::new(old, new);
    comparison.operations();
    comparison.component_schemas();
    comparison.security();
    comparison.servers(&Place::same(""));
    comparison.document_notes();
    comparison.finish()
}
