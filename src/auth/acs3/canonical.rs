//! The canonical request: the one text that both sides make of the same request.

use std::fmt;

use reqwest::header::HeaderMap;
use sha2::{Digest as _, Sha256};

use super::encode::{canonical_path, canonical_query};
use super::request::SigningRequest;
use super::sign::SigningError;

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
        sha256_hex(self.text.as_bytes())
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
    sha256_hex(body)
}

/// Which headers must be signed when they are present: `host`, `content-type` and every `x-acs-*`.
/// Other headers are better left out, because proxies and HTTP clients change them on the way.
///
/// Small letters, sorted. `host` is always among them.
#[must_use]
pub fn names_to_sign(headers: &HeaderMap) -> Vec<String> {
    let mut names: Vec<String> = headers
        .keys()
        .map(|name| name.as_str())
        .filter(|name| *name == "content-type" || name.starts_with("x-acs-"))
        .map(str::to_owned)
        .collect();
    names.push("host".to_owned());
    names.sort();
    names
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

    let mut lines = String::new();
    for name in &names {
        lines.push_str(name);
        lines.push(':');
        lines.push_str(&header_value(request, name)?);
        lines.push('\n');
    }
    let signed_headers = names.join(";");
    // The header lines end with a line end of their own, so an empty line follows them.
    let text = [
        request.method,
        &canonical_path(request.path),
        &canonical_query(request.query),
        &lines,
        &signed_headers,
        &body_sha256(request.body),
    ]
    .join("\n");
    Ok(CanonicalRequest {
        text,
        signed_headers,
    })
}

/// The trimmed value of a header; the values of a repeated one sorted and joined with commas.
fn header_value(request: &SigningRequest<'_>, name: &str) -> Result<String, SigningError> {
    if name == "host" {
        return Ok(request.host.trim().to_owned());
    }
    let mut values = Vec::new();
    for value in request.headers.get_all(name) {
        let text =
            std::str::from_utf8(value.as_bytes()).map_err(|_| SigningError::InvalidHeader {
                name: name.to_owned(),
            })?;
        values.push(text.trim());
    }
    if values.is_empty() {
        return Err(SigningError::MissingHeader {
            name: name.to_owned(),
        });
    }
    values.sort_unstable();
    Ok(values.join(","))
}

fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}
