//! What is found, what it means, and the patch that documents it.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

use super::super::pointer::last;
use super::changes::Change;

/// What is surprising.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Kind {
    /// A call that the document does not have.
    Operation,
    /// A query parameter.
    Parameter,
    /// The status of an answer.
    Status,
    /// The type of a body.
    ContentType,
    /// A field of an object.
    Field,
    /// A word where the document lists the words.
    Word,
    /// A value of another type than the documented one; `null` where it is not allowed.
    Type,
    /// A field that the document requires, and that is not there.
    Missing,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Operation => "undocumented operation",
            Kind::Parameter => "undocumented parameter",
            Kind::Status => "undocumented status",
            Kind::ContentType => "undocumented content type",
            Kind::Field => "undocumented field",
            Kind::Word => "undocumented word",
            Kind::Type => "other type",
            Kind::Missing => "missing field",
        })
    }
}

/// Its effect on callers of the generated client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Meaning {
    /// The answer is read, without this.
    Lost,
    /// It is read as a word of the enum's variant for unknown ones.
    UnknownWord,
    /// The answer cannot be read: the call fails.
    Undecodable,
    /// The answer is read as a success or a refusal by its status alone.
    ByStatus,
    /// No caller can send this.
    Unsendable,
}

impl fmt::Display for Meaning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Meaning::Lost => "lost: the answer is read without it",
            Meaning::UnknownWord => "an unknown word, which is read as such",
            Meaning::Undecodable => "undecodable: the call fails",
            Meaning::ByStatus => "read by its status alone",
            Meaning::Unsendable => "a caller cannot send it",
        })
    }
}

/// Something that the document does not say.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// What is surprising.
    pub kind: Kind,
    /// Where, in the document's names: `Run.priority`, `RunState WAITING`, `getRun 418`.
    pub place: String,
    /// JSON pointer of the part of the document that does not say it.
    pub pointer: String,
    /// How often it came.
    pub count: usize,
    /// Where it came first: operation and status.
    pub first: String,
    /// What came there, in short.
    pub example: Value,
    /// What it means for a caller in Rust.
    pub meaning: Meaning,
    /// The change of the document; empty where only a person can tell.
    pub changes: Vec<Change>,
}

impl Finding {
    /// The edit that a person has to make, if no change can be proposed.
    #[must_use]
    pub fn by_hand(&self) -> Option<String> {
        let place = &self.pointer;
        self.changes.is_empty().then(|| match self.kind {
            Kind::Operation => format!(
                "add it under {place}: the path with its parameters in braces, what is sent, and every answer"
            ),
            Kind::Type => format!(
                "write at {place} what fits all that comes: without `type` it is any JSON in Rust"
            ),
            Kind::ContentType => {
                format!("write at {place} the one content type that the answer has")
            }
            Kind::Parameter | Kind::Status | Kind::Field | Kind::Word | Kind::Missing => {
                format!("describe it at {place}")
            }
        })
    }
}

/// `undocumented field Run.priority`: the text that a decision is about.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.place)
    }
}

/// The changes of all these findings as one patch. What is taken from a list is taken from its end on, so that the places
/// of the others stay.
#[must_use]
pub fn patch(findings: &[Finding]) -> Vec<Change> {
    let mut patch: Vec<Change> = Vec::new();
    for change in findings.iter().flat_map(|finding| &finding.changes) {
        if !patch.contains(change) {
            patch.push(change.clone());
        }
    }
    let from_the_end = |change: &Change| match change {
        Change::Remove { path } => {
            let index: usize = last(path).parse().unwrap_or_default();
            (true, std::cmp::Reverse(index))
        }
        Change::Add { .. } | Change::Replace { .. } => (false, std::cmp::Reverse(0)),
    };
    patch.sort_by_key(from_the_end);
    patch
}
