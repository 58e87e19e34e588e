//! Checks requests and responses against a document.
//!
//! ```
//! use runpipe_spec::document::Document;
//! use runpipe_spec::validate::RequestParts;
//!
//! let document = Document::parse("hello.json", r#"{
//!   "openapi": "3.0.3",
//!   "info": { "title": "Hello", "version": "1" },
//!   "paths": { "/greetings/{name}": { "get": {
//!     "operationId": "greet",
//!     "parameters": [{ "name": "name", "in": "path", "required": true, "schema": { "type": "string" } }],
//!     "responses": { "200": { "description": "A greeting", "content": {
//!       "text/plain": { "schema": { "type": "string" } } } } }
//!   } } }
//! }"#).expect("a document that can be used");
//!
//! let request = RequestParts { method: "GET", path: "/greetings/Ann%20Lee", ..RequestParts::default() };
//! let matched = document.validate_request(&request).expect("a request that fits");
//! assert_eq!(matched.operation_id, "greet");
//! assert_eq!(matched.path_parameters["name"], "Ann Lee");
//!
//! let wrong = RequestParts { query: "loud=true", ..request };
//! let violations = document.validate_request(&wrong).unwrap_err();
//! assert_eq!(violations[0].to_string(), "query parameter `loud`: the operation does not know it");
//! ```

mod body;
mod parameters;
mod request;
mod response;
mod security;
pub(crate) mod text;

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use super::schema::SchemaError;

/// The parts of a request that a document speaks about.
#[derive(Clone, Copy, Default)]
pub struct RequestParts<'r> {
    /// The method; case does not matter.
    pub method: &'r str,
    /// The path as in the request line (percent-encoded), relative to a server's base path, without
    /// the query.
    pub path: &'r str,
    /// The part after the `?`, percent-encoded; empty without one.
    pub query: &'r str,
    /// All headers, in any order and case.
    pub headers: &'r [(&'r str, &'r str)],
    /// The body; empty without one.
    pub body: &'r [u8],
}

/// Headers and body may hold secrets: only their sizes are shown.
impl fmt::Debug for RequestParts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestParts")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("headers", &self.headers.len())
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// A request that fits the document, decoded.
#[derive(Debug, Clone, PartialEq)]
pub struct Matched {
    /// The operation that it belongs to.
    pub operation_id: String,
    /// Value of each path parameter, of the type that its schema gives.
    pub path_parameters: BTreeMap<String, Value>,
    /// Value of each documented query parameter that was sent. Defaults are not filled in.
    pub query: BTreeMap<String, Value>,
    /// Value of each documented header that was sent, under the document's spelling.
    pub headers: BTreeMap<String, Value>,
    /// The body: JSON as it is, a form as an object (fields with JSON text decoded), text as a string. `None`
    /// without a body, and for a body of any other type.
    pub body: Option<Value>,
}

/// What part of a message a violation is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ViolationKind {
    /// The document has no such path (or, for a response, no such operation).
    Path,
    /// The path does not have this method.
    Method,
    /// Credentials that the operation needs are not there. Whether they are valid is not judged.
    Security,
    /// A parameter in path, query or header.
    Parameter,
    /// The type of the body.
    ContentType,
    /// The body itself.
    Body,
    /// The status of a response.
    Status,
    /// A header of a response.
    Header,
}

/// One way in which a message does not fit the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// What it is about.
    pub kind: ViolationKind,
    /// Where it is, for a person: ``query parameter `page` `` or `body /params/comment`.
    pub place: String,
    /// What is wrong there. Long values are not repeated.
    pub message: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

impl Violation {
    fn new(kind: ViolationKind, place: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            kind,
            place: place.into(),
            message: message.into(),
        }
    }

    /// Errors of a schema, below `place`.
    fn from_errors<'e>(
        kind: ViolationKind,
        place: &'e str,
        errors: Vec<SchemaError>,
    ) -> impl Iterator<Item = Self> + use<'e> {
        errors.into_iter().map(move |error| {
            let place = match error.pointer.as_str() {
                "" => place.to_owned(),
                pointer => format!("{place} {pointer}"),
            };
            Self::new(kind, place, error.message)
        })
    }
}

/// All values of a header, joined as HTTP allows. `None` when it is not there.
fn header(headers: &[(&str, &str)], name: &str) -> Option<String> {
    let named = headers
        .iter()
        .filter(|(given, _)| given.eq_ignore_ascii_case(name));
    let values: Vec<&str> = named.map(|(_, value)| value.trim()).collect();
    (!values.is_empty()).then(|| values.join(", "))
}
