//! The sender's side: from a canonical request to the headers to send.

use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use sha2::Sha256;

use super::ALGORITHM;
use super::canonical::{CanonicalRequest, body_sha256, canonical_request, names_to_sign};
use super::credentials::Credentials;
use super::date::date_text;
use super::request::SigningRequest;
use crate::auth::{InvalidSecret, Secret};

const DATE: HeaderName = HeaderName::from_static("x-acs-date");
const NONCE: HeaderName = HeaderName::from_static("x-acs-signature-nonce");
pub(super) const BODY_SHA256: HeaderName = HeaderName::from_static("x-acs-content-sha256");
const SECURITY_TOKEN: HeaderName = HeaderName::from_static("x-acs-security-token");

/// Why a request cannot be signed. Nothing was sent, and nothing secret is in the error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SigningError {
    /// A header that is to be signed is not on the request.
    #[error("the header {name} is to be signed, but the request does not have it")]
    MissingHeader {
        /// The header, in small letters.
        name: String,
    },
    /// A header's value cannot be signed, because it is not UTF-8, or cannot be sent, because it
    /// holds a control character.
    #[error("the header {name} holds characters that cannot be signed")]
    InvalidHeader {
        /// The header, in small letters.
        name: String,
    },
    /// The access key id or the security token cannot stand in a header.
    #[error(transparent)]
    InvalidCredentials(#[from] InvalidSecret),
}

/// The headers that make a request a signed one: the date, the nonce, the hash of the body, the
/// security token when there is one, and `Authorization`.
///
/// The token and `Authorization` are marked as sensitive, so `Debug` does not show them.
#[derive(Debug, Clone)]
pub struct SignedHeaders(Vec<(HeaderName, HeaderValue)>);

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
        self.0.iter().map(|(name, value)| (name, value))
    }
}

/// Signs a request: `host`, `content-type` and every `x-acs-*` header it has, together with those
/// that signing adds.
///
/// Every attempt needs a new `nonce` and the `time` of its sending: a service refuses a nonce it
/// has seen, and a time that is more than 15 minutes off.
///
/// The signature covers the canonical path and query. A sender that gives its URL to
/// [`canonicalize_url`](super::canonicalize_url) first sends them in just that shape.
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
    let mut added = vec![
        (DATE, plain(&DATE, &date_text(time))?),
        (NONCE, plain(&NONCE, nonce)?),
        (
            BODY_SHA256,
            plain(&BODY_SHA256, &body_sha256(request.body))?,
        ),
    ];
    if let Some(token) = &credentials.security_token {
        let value = HeaderValue::from_str(token.expose())
            .map_err(|_| InvalidSecret::new("security token"))?;
        added.push((SECURITY_TOKEN, sensitive(value)));
    }
    let mut headers = request.headers.clone();
    let mut signed = SignedHeaders(added);
    signed.put_on(&mut headers);

    let request = SigningRequest {
        headers: &headers,
        ..*request
    };
    let canonical = canonical_request(&request, &names_to_sign(&headers))?;
    let signature = signature(&string_to_sign(&canonical), &credentials.access_key_secret);
    let text = authorization(&credentials.access_key_id, &canonical, &signature);
    let value = sensitive(plain(&AUTHORIZATION, &text)?);
    signed.0.push((AUTHORIZATION, value));
    Ok(signed)
}

/// The text that the HMAC is taken of: the algorithm's name and the hash of the canonical request.
#[must_use]
pub fn string_to_sign(canonical: &CanonicalRequest) -> String {
    format!("{ALGORITHM}\n{}", canonical.sha256())
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
    format!(
        "{ALGORITHM} Credential={access_key_id},SignedHeaders={},Signature={signature}",
        canonical.signed_headers
    )
}

/// The HMAC with the text in it, for the sender to read and for the receiver to compare.
pub(super) fn mac(string_to_sign: &str, access_key_secret: &Secret) -> Hmac<Sha256> {
    #[expect(clippy::expect_used, reason = "an HMAC takes a key of any length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(access_key_secret.expose().as_bytes())
        .expect("an HMAC takes a key of any length");
    mac.update(string_to_sign.as_bytes());
    mac
}

/// Whether the text can stand between `Credential=` and the comma after it.
fn is_one_word(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b',')
}

fn plain(name: &HeaderName, text: &str) -> Result<HeaderValue, SigningError> {
    HeaderValue::from_str(text).map_err(|_| SigningError::InvalidHeader {
        name: name.to_string(),
    })
}

fn sensitive(mut value: HeaderValue) -> HeaderValue {
    value.set_sensitive(true);
    value
}
