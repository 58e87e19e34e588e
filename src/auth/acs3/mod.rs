//! The ACS3-HMAC-SHA256 signature, as pure functions of (request, credentials, time, nonce).
//!
//! Nothing here does I/O or reads a clock. The steps stand alone, so that a signature that a service
//! refuses can be compared step by step:
//!
//! 1. [`canonical_path`], [`canonical_query`] and [`body_sha256`] bring the parts of a request into
//!    the one shape that both sides sign,
//! 2. [`canonical_request`] puts them together,
//! 3. [`string_to_sign`] hashes that,
//! 4. [`signature`] is its HMAC under the secret,
//! 5. [`authorization`] is the header that carries it.
//!
//! [`sign`] does all of them for the sender. [`ParsedAuthorization`], [`recompute`] and [`verify`]
//! are the receiver's side.
//!
//! ```
//! use chrono::{TimeZone, Utc};
//! use http::HeaderMap;
//! use runpipe::auth::Secret;
//! use runpipe::auth::acs3::{Credentials, SigningRequest, sign};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut headers = HeaderMap::new();
//! headers.insert("x-acs-action", "DescribeThing".parse()?);
//! headers.insert("x-acs-version", "2020-01-01".parse()?);
//! let request = SigningRequest::new("GET", "api.example.com", "/things/7").with_headers(&headers);
//! let credentials = Credentials::new("my-key-id", Secret::from("my-key-secret"));
//! let time = Utc.with_ymd_and_hms(2026, 5, 1, 10, 0, 0).single().ok_or("no such time")?;
//!
//! let signed = sign(&request, &credentials, time, "a-new-nonce-each-time")?;
//! signed.put_on(&mut headers);
//! assert_eq!(headers["x-acs-date"], "2026-05-01T10:00:00Z");
//! # Ok(())
//! # }
//! ```

mod canonical;
mod credentials;
mod date;
mod encode;
mod error;
mod request;
mod sign;
mod text;
mod verify;

pub use canonical::{CanonicalRequest, body_sha256, canonical_request, names_to_sign};
pub use credentials::Credentials;
pub use date::{date_text, parse_date};
pub use encode::{canonical_path, canonical_query, canonicalize_url, encode};
pub use error::SigningError;
pub use request::SigningRequest;
pub use sign::{SignedHeaders, authorization, sign, signature, string_to_sign};
pub use verify::{
    MalformedAuthorization, ParsedAuthorization, Recomputed, VerifyError, recompute, verify,
};

/// The name of the algorithm, first word of the `Authorization` header and of the string to sign.
pub const ALGORITHM: &str = "ACS3-HMAC-SHA256";
