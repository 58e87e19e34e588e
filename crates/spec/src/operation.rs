//! The operations of a document, with every `$ref` followed: messages are checked against them.

use std::collections::BTreeMap;
use std::fmt;

/// One operation: a method on a path.
#[derive(Debug, Clone)]
pub struct Operation {
    /// `operationId`; where the document gives none, method and path (`GET /runs`).
    pub id: String,
    /// The method in capitals, as HTTP writes it.
    pub method: String,
    /// The path template, relative to a server's base path: `/runs/{runId}`.
    pub path: String,
    /// JSON pointer of the operation object.
    pub pointer: String,
    /// The operation's parameters and those of its path, each name once per location.
    pub parameters: Vec<Parameter>,
    /// The body that a request may or must have.
    pub request_body: Option<RequestBody>,
    /// The documented answers, in the order of their keys.
    pub responses: Vec<Response>,
    /// Alternatives, each a set of credentials that are all needed. Without any alternative the operation is
    /// open to everybody; an empty alternative means that credentials are optional.
    pub security: Vec<Vec<Credential>>,
}

impl Operation {
    /// The answer documented for a status: the exact code, else its range (`4XX`), else `default`.
    #[must_use]
    pub fn response(&self, status: u16) -> Option<&Response> {
        let wanted = [
            StatusPattern::Code(status),
            StatusPattern::Range(status / 100),
            StatusPattern::Default,
        ];
        wanted.iter().find_map(|pattern| {
            self.responses
                .iter()
                .find(|response| response.status == *pattern)
        })
    }

    /// The names of the query parameters that carry credentials.
    pub(crate) fn query_credentials(&self) -> impl Iterator<Item = &str> {
        let credentials = self.security.iter().flatten();
        credentials.filter_map(|credential| match &credential.carrier {
            Carrier::Query(name) => Some(name.as_str()),
            Carrier::Authorization(_) | Carrier::Header(_) => None,
        })
    }
}

/// Where a parameter travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Location {
    /// A part of the path.
    Path,
    /// A name in the query.
    Query,
    /// A header of a request, or of a response.
    Header,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
        })
    }
}

/// A parameter of a request, or a header of a response.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Its name. Header names are compared without regard to case.
    pub name: String,
    /// Where it travels.
    pub location: Location,
    /// Whether a message without it is wrong.
    pub required: bool,
    /// JSON pointer of its schema.
    pub schema: String,
    /// A query array as one pair for each item (`a=1&a=2`), not as one list with commas (`a=1,2`).
    pub explode: bool,
    /// The value is JSON text (`content` with `application/json` in place of `schema`).
    pub json: bool,
    /// An empty value is right whatever the schema says.
    pub allow_empty: bool,
    /// JSON pointer of the parameter or header object.
    pub pointer: String,
}

/// The body of a request.
#[derive(Debug, Clone)]
pub struct RequestBody {
    /// Whether a request without a body is wrong.
    pub required: bool,
    /// The documented forms of the body.
    pub content: Vec<MediaType>,
    /// JSON pointer of the request body object.
    pub pointer: String,
}

/// One documented form of a body.
#[derive(Debug, Clone)]
pub struct MediaType {
    /// The media type in lower case and without parameters; may be a range such as `text/*`.
    pub range: String,
    /// JSON pointer of the schema; without one, every body of the type is right.
    pub schema: Option<String>,
    /// How single form fields are written, where the document says so.
    pub encoding: BTreeMap<String, FieldEncoding>,
    /// JSON pointer of the media type object.
    pub pointer: String,
}

/// How one field of a form is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldEncoding {
    /// The field holds JSON text.
    pub json: bool,
    /// An array is one pair for each item, not one list with commas.
    pub explode: bool,
}

/// One documented answer.
#[derive(Debug, Clone)]
pub struct Response {
    /// The statuses that it stands for.
    pub status: StatusPattern,
    /// Headers that the answer has.
    pub headers: Vec<Parameter>,
    /// The documented forms of its body; none means that the body is empty.
    pub content: Vec<MediaType>,
    /// JSON pointer of the response object, behind any `$ref`.
    pub pointer: String,
}

/// The key of an answer in a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StatusPattern {
    /// One status: `404`.
    Code(u16),
    /// A hundred of them: `4XX` is `Range(4)`.
    Range(u16),
    /// Every status that has no answer of its own.
    Default,
}

impl StatusPattern {
    /// Whether it stands for successes alone.
    pub(crate) fn is_success(self) -> bool {
        matches!(self, Self::Code(200..=299) | Self::Range(2))
    }

    /// Reads the key of an answer. `None` when it is none of the three forms.
    #[must_use]
    pub fn parse(key: &str) -> Option<Self> {
        if key == "default" {
            return Some(Self::Default);
        }
        if key.len() != 3 {
            return None;
        }
        if let Some(hundreds) = key.strip_suffix("XX").or_else(|| key.strip_suffix("xx")) {
            let hundreds = hundreds.parse().ok().filter(|one| (1..=5).contains(one));
            return hundreds.map(Self::Range);
        }
        let code = key.parse().ok().filter(|code| (100..=599).contains(code));
        code.map(Self::Code)
    }
}

impl fmt::Display for StatusPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "{code}"),
            Self::Range(hundreds) => write!(f, "{hundreds}XX"),
            Self::Default => f.write_str("default"),
        }
    }
}

/// One credential that a security scheme asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// Name of the scheme under `components/securitySchemes`.
    pub scheme: String,
    /// What has to be on the request.
    pub carrier: Carrier,
    /// The scopes that the operation needs (OAuth 2); not visible on a request.
    pub scopes: Vec<String>,
}

/// Where a credential is on a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Carrier {
    /// `Authorization: <scheme> …`; the scheme is compared without regard to case.
    Authorization(String),
    /// A header of this name.
    Header(String),
    /// A query parameter of this name.
    Query(String),
}

impl fmt::Display for Carrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Authorization(scheme) => write!(f, "the header `Authorization: {scheme} …`"),
            Self::Header(name) => write!(f, "the header `{name}`"),
            Self::Query(name) => write!(f, "the query parameter `{name}`"),
        }
    }
}
