//! The promise: a request is signed as the vendor signs it, step by step.
//!
//! Each folder of `tests/fixtures/signing` is a vector: `request.json` and, one file a step, what
//! becomes of it. `origin` in `request.json` says where the figures come from.

mod credentials;
mod receiving;
mod vectors;

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use chrono::{TimeZone, Utc};
use reqwest::Url;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use runpipe::auth::Secret;
use runpipe::auth::acs3::{
    Credentials, MalformedAuthorization, ParsedAuthorization, SigningError, SigningRequest,
    VerifyError, authorization, body_sha256, canonical_path, canonical_query, canonical_request,
    canonicalize_url, encode, names_to_sign, parse_date, sign, signature, string_to_sign, verify,
};
use serde_json::Value;

type Outcome = Result<(), Box<dyn Error>>;
