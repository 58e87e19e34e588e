//! One fault of a document: where it is, what is wrong, and how to cure it.

use std::fmt;

/// A fault that was found in a document.
///
/// Its [`Display`](fmt::Display) form is one line for a person (and for editors that follow `file:line:column`):
///
/// ```text
/// specs/x.json:12:5 /paths/~1runs/get: the operation has no `operationId`. Add one. [operation-id-missing]
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "schemas", derive(serde::Serialize))]
pub struct Finding {
    /// The document, as the caller named it.
    pub file: String,
    /// Line of the faulty value in the text, counted from 1. `None` when the text is not at hand.
    pub line: Option<usize>,
    /// Column of that value in characters, counted from 1.
    pub column: Option<usize>,
    /// JSON pointer (RFC 6901) of that value; empty for the whole document.
    pub pointer: String,
    /// Name of the rule that was broken, for example `ref-dangling`.
    pub rule: &'static str,
    /// What is wrong, without a full stop.
    pub problem: String,
    /// What to do about it, in whole sentences.
    pub cure: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
            if let Some(column) = self.column {
                write!(f, ":{column}")?;
            }
        }
        if !self.pointer.is_empty() {
            write!(f, " {}", self.pointer)?;
        }
        write!(f, ": {}. {} [{}]", self.problem, self.cure, self.rule)
    }
}
