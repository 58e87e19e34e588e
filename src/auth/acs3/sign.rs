//! The sender's side: from a canonical request to the headers to send.

use std::ops::Range;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName, HeaderValue};
use sha2::Sha256;
use smallvec::SmallVec;

use super::ALGORITHM;
use super::canonical::{
    CanonicalRequest, HOST, Line, must_be_signed, push_joined, push_request, value_text,
};
use super::credentials::Credentials;
use super::error::SigningError;
use super::request::SigningRequest;
use super::text::{HexDigest, Text};
use crate::auth::{InvalidSecret, Secret};
use crate::date_text::DateText;

static DATE: HeaderName = HeaderName::from_static("x-acs-date");
static NONCE: HeaderName = HeaderName::from_static("x-acs-signature-nonce");
pub(super) static BODY_SHA256: HeaderName = HeaderName::from_static("x-acs-content-sha256");
static SECURITY_TOKEN: HeaderName = HeaderName::from_static("x-acs-security-token");

/// The headers that sign a request: the date, the nonce, the hash of the body, the
/// security token when there is one, and `Authorization`.
///
/// The token and `Authorization` are marked as sensitive, so `Debug` does not show them.
#[derive(Debug, Clone)]
pub struct SignedHeaders {
    date: HeaderValue,
    nonce: HeaderValue,
    body_sha256: HeaderValue,
    security_token: Option<HeaderValue>,
    authorization: HeaderValue,
}

impl SignedHeaders {
    /// Puts them on a request. Each replaces what was there under its name, so that a request can
    /// be signed again for another attempt.
    pub fn put_on(&self, headers: &mut HeaderMap) {
        for (name, value) in self.iter() {
            headers.insert(name, value.clone());
        }
    }

    /// The names and values, in the order in which they are put on.
    pub fn iter(&self) -> impl Iterator<Item = (&HeaderName, &HeaderValue)> {
        let token = self.security_token.as_ref();
        [
            (&DATE, Some(&self.date)),
            (&NONCE, Some(&self.nonce)),
            (&BODY_SHA256, Some(&self.body_sha256)),
            (&SECURITY_TOKEN, token),
            (&AUTHORIZATION, Some(&self.authorization)),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
    }
}

/// Signs a request: `host`, `content-type` and every `x-acs-*` header it has, together with those
/// that signing adds.
///
/// Every attempt needs a new `nonce` and the `time` of its sending: a service refuses a nonce it
/// has seen, and a time that is more than 15 minutes off.
///
/// The signature covers the canonical path and query. A sender that gives its URL to
/// [`canonicalize_url`](super::canonicalize_url) first sends them in exactly that form.
///
/// # Errors
///
/// [`SigningError`] when a header or the credentials hold characters that cannot be sent or signed.
pub fn sign(
    request: &SigningRequest<'_>,
    credentials: &Credentials,
    time: DateTime<Utc>,
    nonce: &str,
) -> Result<SignedHeaders, SigningError> {
    if !is_one_word(&credentials.access_key_id) {
        return Err(InvalidSecret::new("access key id").into());
    }
    let token = credentials.security_token.as_ref().map(Secret::expose);
    if !token.is_none_or(is_sendable) {
        return Err(InvalidSecret::new("security token").into());
    }
    if !is_sendable(nonce) {
        return Err(SigningError::InvalidHeader {
            name: NONCE.to_string(),
        });
    }
    let (date, body_sha256) = (DateText::of(time), HexDigest::of(request.body));
    let (date, body_sha256) = (date.as_str(), body_sha256.as_str());

    // Those that the request has, and those that signing adds, in place of older ones.
    let added = [
        (HOST, Some(request.host.trim())),
        (BODY_SHA256.as_str(), Some(body_sha256)),
        (DATE.as_str(), Some(date)),
        (SECURITY_TOKEN.as_str(), token.map(str::trim)),
        (NONCE.as_str(), Some(nonce.trim())),
    ];
    let is_added = |name: &str| {
        added
            .iter()
            .any(|(added, value)| *added == name && value.is_some())
    };
    let mut lines: SmallVec<[Line<'_>; 12]> = SmallVec::new();
    for (name, value) in request.headers {
        let name = name.as_str();
        if must_be_signed(name) && !is_added(name) {
            let value = value_text(name, value)?;
            match lines.last_mut() {
                // The values of one name follow one another.
                Some(line) if line.name == name => line.add(value),
                _ => lines.push(Line::new(name, value)),
            }
        }
    }
    let added = added.into_iter();
    lines.extend(added.filter_map(|(name, value)| Some(Line::new(name, value?))));
    lines.sort_unstable_by_key(|line| line.name);

    // All values stand in one piece of memory, where the text that is hashed has stood before.
    let mut values = Values(Vec::with_capacity(768));
    push_request(request, &lines, body_sha256, &mut values.0);
    let canonical = HexDigest::of(&values.0);
    values.0.clear();
    let mut mac = keyed(&credentials.access_key_secret);
    push_string_to_sign(canonical.as_str(), |piece| mac.update(piece.as_bytes()));
    let signature = HexDigest::from(<[u8; 32]>::from(mac.finalize().into_bytes()));

    let spans = (
        values.span(|text| text.add(date)),
        values.span(|text| text.add(nonce)),
        values.span(|text| text.add(body_sha256)),
        token.map(|token| values.span(|text| text.add(token))),
        values.span(|text| {
            let names = lines.iter().map(|line| line.name);
            push_authorization(&credentials.access_key_id, names, signature.as_str(), text);
        }),
    );
    let values = Bytes::from(values.0);
    let value = |name: &HeaderName, span: Range<usize>| {
        HeaderValue::from_maybe_shared(values.slice(span)).map_err(|_| {
            SigningError::InvalidHeader {
                name: name.to_string(),
            }
        })
    };
    let token = spans.3.map(|span| value(&SECURITY_TOKEN, span));
    Ok(SignedHeaders {
        date: value(&DATE, spans.0)?,
        nonce: value(&NONCE, spans.1)?,
        body_sha256: value(&BODY_SHA256, spans.2)?,
        security_token: token.transpose()?.map(sensitive),
        authorization: sensitive(value(&AUTHORIZATION, spans.4)?),
    })
}

/// Texts, one after the other.
struct Values(Vec<u8>);

impl Values {
    /// Adds a text, and returns where it stands.
    fn span(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> Range<usize> {
        let start = self.0.len();
        write(&mut self.0);
        start..self.0.len()
    }
}

/// The text that the HMAC is taken of: the algorithm's name and the hash of the canonical request.
#[must_use]
pub fn string_to_sign(canonical: &CanonicalRequest) -> String {
    let mut text = String::new();
    push_string_to_sign(&canonical.sha256(), |piece| text.push_str(piece));
    text
}

fn push_string_to_sign(canonical_sha256: &str, push: impl FnMut(&str)) {
    [ALGORITHM, "\n", canonical_sha256]
        .into_iter()
        .for_each(push);
}

/// The signature in hexadecimal small letters. The secret is the key as it is.
#[must_use]
pub fn signature(string_to_sign: &str, access_key_secret: &Secret) -> String {
    hex::encode(
        mac(string_to_sign, access_key_secret)
            .finalize()
            .into_bytes(),
    )
}

/// The `Authorization` header's text: commas without blanks, as the service reads it.
#[must_use]
pub fn authorization(access_key_id: &str, canonical: &CanonicalRequest, signature: &str) -> String {
    let (mut text, names) = (String::new(), canonical.signed_headers.split(';'));
    push_authorization(access_key_id, names, signature, &mut text);
    text
}

fn push_authorization<'a>(
    access_key_id: &str,
    signed_headers: impl Iterator<Item = &'a str>,
    signature: &str,
    text: &mut impl Text,
) {
    text.add(ALGORITHM);
    text.add(" Credential=");
    text.add(access_key_id);
    text.add(",SignedHeaders=");
    push_joined(signed_headers, ";", text);
    text.add(",Signature=");
    text.add(signature);
}

/// The HMAC with the text in it, for the sender to read and for the receiver to compare.
pub(super) fn mac(string_to_sign: &str, access_key_secret: &Secret) -> Hmac<Sha256> {
    let mut mac = keyed(access_key_secret);
    mac.update(string_to_sign.as_bytes());
    mac
}

fn keyed(access_key_secret: &Secret) -> Hmac<Sha256> {
    #[expect(clippy::expect_used, reason = "an HMAC takes a key of any length")]
    Hmac::<Sha256>::new_from_slice(access_key_secret.expose().as_bytes())
        .expect("an HMAC takes a key of any length")
}

/// Whether the text can stand between `Credential=` and the comma after it.
fn is_one_word(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b',')
}

/// Whether a header can carry the text.
fn is_sendable(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte == b'\t' || matches!(byte, b' '..=b'~'))
}

fn sensitive(mut value: HeaderValue) -> HeaderValue {
    value.set_sensitive(true);
    value
}
