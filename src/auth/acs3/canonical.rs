//! The canonical request: the one text that both sides make of the same request.

use std::fmt;

use http::{HeaderMap, HeaderValue};

use super::encode::{push_path, push_query};
use super::error::SigningError;
use super::request::SigningRequest;
use super::text::{HexDigest, Text};

/// The canonical request, and which headers are in it.
///
/// The text holds the values of the signed headers, a security token among them, and must not be
/// logged; `Debug` shows the names of the headers and the hash of the text.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CanonicalRequest {
    /// The text that is hashed.
    pub text: String,
    /// The names of the signed headers, sorted, joined with `;`.
    pub signed_headers: String,
}

impl CanonicalRequest {
    /// The hash of the text, in hexadecimal small letters: the second line of the string to sign.
    #[must_use]
    pub fn sha256(&self) -> String {
        HexDigest::of(self.text.as_bytes()).as_str().to_owned()
    }
}

impl fmt::Debug for CanonicalRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CanonicalRequest")
            .field("signed_headers", &self.signed_headers)
            .field("sha256", &self.sha256())
            .finish_non_exhaustive()
    }
}

/// The hash of a body in hexadecimal small letters: the value of `x-acs-content-sha256` and the last
/// line of the canonical request. An empty body has a hash too.
#[must_use]
pub fn body_sha256(body: &[u8]) -> String {
    HexDigest::of(body).as_str().to_owned()
}

/// Which headers must be signed when they are present: `host`, `content-type` and every `x-acs-*`.
/// Other headers are better left out, because proxies and HTTP clients change them on the way.
///
/// Small letters, sorted. `host` is always among them.
#[must_use]
pub fn names_to_sign(headers: &HeaderMap) -> Vec<String> {
    let names = headers.keys().map(|name| name.as_str());
    let mut names: Vec<String> = names
        .filter(|name| must_be_signed(name))
        .map(str::to_owned)
        .collect();
    names.push(HOST.to_owned());
    names.sort();
    names
}

pub(super) const HOST: &str = "host";

/// Whether a header besides `host` is part of what is signed.
pub(super) fn must_be_signed(name: &str) -> bool {
    name == "content-type" || name.starts_with("x-acs-")
}

/// Puts the canonical request together from a request and the names of the headers that are signed.
/// The names may come in any order and in capital letters.
///
/// # Errors
///
/// [`SigningError::MissingHeader`] when a name has no header, [`SigningError::InvalidHeader`] when
/// the value of one is not UTF-8.
pub fn canonical_request<N: AsRef<str>>(
    request: &SigningRequest<'_>,
    signed_headers: &[N],
) -> Result<CanonicalRequest, SigningError> {
    let mut names: Vec<String> = signed_headers
        .iter()
        .map(|name| name.as_ref().to_ascii_lowercase())
        .collect();
    names.sort();
    names.dedup();

    let lines = names.iter().map(|name| match name.as_str() {
        HOST => Ok(Line::new(HOST, request.host.trim())),
        name => Line::of(request.headers, name),
    });
    let lines = lines.collect::<Result<Vec<_>, _>>()?;
    let mut text = String::with_capacity(512);
    push_request(
        request,
        &lines,
        HexDigest::of(request.body).as_str(),
        &mut text,
    );
    Ok(CanonicalRequest {
        text,
        signed_headers: names.join(";"),
    })
}

/// A header that is signed, with its value.
pub(super) struct Line<'a> {
    pub name: &'a str,
    value: Value<'a>,
}

enum Value<'a> {
    One(&'a str),
    Several(Vec<&'a str>),
}

impl<'a> Line<'a> {
    pub fn new(name: &'a str, value: &'a str) -> Self {
        let value = Value::One(value);
        Line { name, value }
    }

    /// The trimmed value of a header; the values of a repeated one are sorted.
    fn of(headers: &'a HeaderMap, name: &'a str) -> Result<Self, SigningError> {
        let mut values = headers.get_all(name).into_iter();
        let Some(first) = values.next() else {
            return Err(SigningError::MissingHeader {
                name: name.to_owned(),
            });
        };
        let mut line = Line::new(name, value_text(name, first)?);
        for further in values {
            line.add(value_text(name, further)?);
        }
        Ok(line)
    }

    /// Adds a further value of the same header.
    pub fn add(&mut self, further: &'a str) {
        match &mut self.value {
            Value::One(first) => self.value = Value::Several(vec![*first, further]),
            Value::Several(values) => values.push(further),
        }
        if let Value::Several(values) = &mut self.value {
            values.sort_unstable();
        }
    }

    fn push(&self, text: &mut impl Text) {
        text.add(self.name);
        text.add(":");
        match &self.value {
            Value::One(value) => text.add(value),
            Value::Several(values) => push_joined(values.iter().copied(), ",", text),
        }
        text.add("\n");
    }
}

/// A header's value, trimmed.
pub(super) fn value_text<'a>(name: &str, value: &'a HeaderValue) -> Result<&'a str, SigningError> {
    match std::str::from_utf8(value.as_bytes()) {
        Ok(text) => Ok(text.trim()),
        Err(_) => Err(SigningError::InvalidHeader {
            name: name.to_owned(),
        }),
    }
}

/// The text of the canonical request. The lines are sorted by name already.
pub(super) fn push_request(
    request: &SigningRequest<'_>,
    lines: &[Line<'_>],
    body_sha256: &str,
    text: &mut impl Text,
) {
    text.add(request.method);
    text.add("\n");
    push_path(request.path, text);
    text.add("\n");
    push_query(request.query, text);
    text.add("\n");
    lines.iter().for_each(|line| line.push(text));
    // Each line has an end of its own, so an empty one follows them.
    text.add("\n");
    push_joined(lines.iter().map(|line| line.name), ";", text);
    text.add("\n");
    text.add(body_sha256);
}

pub(super) fn push_joined<'a>(
    pieces: impl Iterator<Item = &'a str>,
    between: &str,
    text: &mut impl Text,
) {
    for (index, piece) in pieces.enumerate() {
        if index > 0 {
            text.add(between);
        }
        text.add(piece);
    }
}
