//! An answer, as far as it came.

use bytes::Bytes;
use http::header::{self, AsHeaderName};
use http::{HeaderMap, StatusCode};
use serde_json::Value;

use crate::json;

/// A refusal longer than this is not looked into: no vendor's own is.
const LONGEST_REFUSAL: usize = 256 << 10;

/// How the body of an answer ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// It came whole.
    Whole,
    /// The connection broke, for this reason.
    Cut(String),
    /// It went on beyond the longest answer that is read.
    TooLong,
}

/// An answer, as far as it came.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    /// Without a leading byte-order mark.
    pub body: Bytes,
    pub ending: Ending,
}

impl Answer {
    /// A header as text.
    pub fn header(&self, name: impl AsHeaderName) -> Option<&str> {
        header_text(&self.headers, name)
    }

    pub fn content_type(&self) -> Option<&str> {
        self.header(header::CONTENT_TYPE)
    }

    /// Whether the content type is this one, whatever its parameters.
    pub fn is_of_type(&self, kind: &str) -> bool {
        self.content_type().is_some_and(|text| {
            let text = text.trim_ascii_start();
            let (essence, rest) = text.split_at_checked(kind.len()).unwrap_or_default();
            let ends = || matches!(rest.trim_ascii_start().bytes().next(), None | Some(b';'));
            essence.eq_ignore_ascii_case(kind) && ends()
        })
    }

    pub fn is_html(&self) -> bool {
        self.is_of_type("text/html")
    }

    pub fn is_whole(&self) -> bool {
        self.ending == Ending::Whole
    }

    /// Whether all that it says can be read here. No compressed answer is asked for, so none is
    /// decompressed.
    pub fn is_readable(&self) -> bool {
        let is_plain = !self.headers.contains_key(header::CONTENT_ENCODING);
        is_plain && self.is_whole() && self.body.len() <= LONGEST_REFUSAL
    }

    /// The body as JSON, where it is whole, JSON, and small enough for a tree. For refusals only: a
    /// successful body is parsed once, by the generated client.
    pub fn json(&self) -> Option<Value> {
        let fits = self.body.len() <= LONGEST_REFUSAL && self.is_whole();
        fits.then(|| json::tree(&self.body))?
    }
}

/// A header's value, where it is text.
pub(crate) fn header_text(headers: &HeaderMap, name: impl AsHeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

/// The id of a run in the answer to a start, and the answer, which may be no whole JSON.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    pub id: String,
    body: Bytes,
}

impl Named {
    pub fn new(id: String, answer: &Answer) -> Self {
        let body = answer.body.clone();
        Named { id, body }
    }

    /// A text in the answer, by the keys that lead to it, if it can be read.
    pub fn text(&self, path: &[&str]) -> Option<String> {
        json::text_at(&self.body, &[path])
    }
}
