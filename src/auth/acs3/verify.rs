//! The receiver's side: read the `Authorization` header, compute the signature again, compare.

use std::str::FromStr;

use hmac::Mac as _;

use super::ALGORITHM;
use super::canonical::{CanonicalRequest, body_sha256, canonical_request, names_to_sign};
use super::error::SigningError;
use super::request::SigningRequest;
use super::sign::{BODY_SHA256, mac, signature, string_to_sign};
use crate::auth::Secret;

/// What an `Authorization` header says. Read with [`str::parse`].
///
/// ```
/// use runpipe::auth::acs3::ParsedAuthorization;
///
/// let parsed: ParsedAuthorization =
///     "ACS3-HMAC-SHA256 Credential=id,SignedHeaders=host;x-acs-date,Signature=00ff".parse()?;
/// assert_eq!(parsed.signed_headers, ["host", "x-acs-date"]);
/// # Ok::<(), runpipe::auth::acs3::MalformedAuthorization>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ParsedAuthorization {
    /// Whose key it is.
    pub access_key_id: String,
    /// The names of the headers that the sender signed, in small letters and in its order. It may
    /// have signed more than it must.
    pub signed_headers: Vec<String>,
    /// The signature in hexadecimal.
    pub signature: String,
}

/// An `Authorization` header that is not one of this algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MalformedAuthorization {
    /// The first word is not [`ALGORITHM`]: another algorithm, or another kind of credential.
    #[error("the Authorization header does not use the algorithm ACS3-HMAC-SHA256")]
    Algorithm,
    /// The named part is missing, empty or there twice.
    #[error("the Authorization header needs {0}=… exactly once")]
    Part(&'static str),
    /// There is a part besides `Credential`, `SignedHeaders` and `Signature`.
    #[error("the Authorization header has a part that the algorithm does not define")]
    UnknownPart,
}

impl FromStr for ParsedAuthorization {
    type Err = MalformedAuthorization;

    /// Blanks around the parts are accepted, and so are the parts in any order.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let rest = text
            .trim()
            .strip_prefix(ALGORITHM)
            .filter(|rest| rest.starts_with(char::is_whitespace))
            .ok_or(MalformedAuthorization::Algorithm)?;
        let (mut id, mut names, mut signature) = (None, None, None);
        for part in rest.split(',') {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            let (slot, label) = match key.trim() {
                "Credential" => (&mut id, "Credential"),
                "SignedHeaders" => (&mut names, "SignedHeaders"),
                "Signature" => (&mut signature, "Signature"),
                _ => return Err(MalformedAuthorization::UnknownPart),
            };
            let value = value.trim();
            if value.is_empty() || slot.replace(value).is_some() {
                return Err(MalformedAuthorization::Part(label));
            }
        }
        let needed = |slot: Option<&str>, label| {
            slot.map(str::to_owned)
                .ok_or(MalformedAuthorization::Part(label))
        };
        Ok(Self {
            access_key_id: needed(id, "Credential")?,
            signed_headers: needed(names, "SignedHeaders")?
                .split(';')
                .map(|name| name.trim().to_ascii_lowercase())
                .collect(),
            signature: needed(signature, "Signature")?,
        })
    }
}

/// What a receiver computes from a request, step by step.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recomputed {
    /// The canonical request as the receiver sees it.
    pub canonical_request: CanonicalRequest,
    /// The string to sign.
    pub string_to_sign: String,
    /// The signature that the sender should have sent.
    pub signature: String,
}

/// Computes the signature of a received request over the headers that its sender named. The body's
/// hash is that of the body received, whatever the sender's header says.
///
/// # Errors
///
/// [`SigningError`] when a named header is not on the request or is not UTF-8.
pub fn recompute<N: AsRef<str>>(
    request: &SigningRequest<'_>,
    signed_headers: &[N],
    access_key_secret: &Secret,
) -> Result<Recomputed, SigningError> {
    let canonical_request = canonical_request(request, signed_headers)?;
    let string_to_sign = string_to_sign(&canonical_request);
    let signature = signature(&string_to_sign, access_key_secret);
    Ok(Recomputed {
        canonical_request,
        string_to_sign,
        signature,
    })
}

/// Why a received request does not count as signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The request has headers that must be signed and are not.
    #[error("the signature leaves out {}", .names.join(", "))]
    NotSigned {
        /// The headers, in small letters.
        names: Vec<String>,
    },
    /// A header that the sender signed did not arrive, or is not UTF-8.
    #[error(transparent)]
    Header(#[from] SigningError),
    /// `x-acs-content-sha256` is missing or is not the hash of the body that arrived.
    #[error("x-acs-content-sha256 is not the hash of the body")]
    Body,
    /// Everything is there, but the signature is a different one: the secret is wrong, or the request
    /// is not the one that was signed. What the receiver computed shows which step differs.
    #[error("the signature does not match")]
    Mismatch(Box<Recomputed>),
}

/// Checks the signature of a received request. The caller checks who the key belongs to, whether the
/// date is near and whether the nonce is new.
///
/// The signatures are compared in constant time.
///
/// # Errors
///
/// [`VerifyError`], in the order of its variants.
pub fn verify(
    request: &SigningRequest<'_>,
    claimed: &ParsedAuthorization,
    access_key_secret: &Secret,
) -> Result<(), VerifyError> {
    let mut names = names_to_sign(request.headers);
    names.retain(|name| !claimed.signed_headers.contains(name));
    if !names.is_empty() {
        return Err(VerifyError::NotSigned { names });
    }
    let expected = recompute(request, &claimed.signed_headers, access_key_secret)?;
    let body = body_sha256(request.body);
    if request
        .headers
        .get(&BODY_SHA256)
        .is_none_or(|value| !value.as_bytes().eq_ignore_ascii_case(body.as_bytes()))
    {
        return Err(VerifyError::Body);
    }
    let matches = hex::decode(&claimed.signature).is_ok_and(|bytes| {
        mac(&expected.string_to_sign, access_key_secret)
            .verify_slice(&bytes)
            .is_ok()
    });
    if matches {
        Ok(())
    } else {
        Err(VerifyError::Mismatch(Box::new(expected)))
    }
}
