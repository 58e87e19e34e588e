//! Reading a token endpoint's answer: bytes in, token or error out. Does no I/O.

use std::time::Duration;

use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::Value;

use crate::auth::Secret;
use crate::auth::cache::{DEFAULT_LIFE, Grant, LONGEST_LIFE};
use crate::auth::error::TokenError;
use crate::retry_after::retry_after;
use crate::secrets::Cleaner;
use crate::text::one_line;

/// A sentence of the endpoint is cut after this many characters.
const MESSAGE_LENGTH: usize = 300;

#[derive(Deserialize)]
struct Success {
    access_token: Option<String>,
    token_type: Option<String>,
    expires_in: Option<Value>,
}

/// Reads a whole answer. `secret` is the client's secret, so that a sentence which repeats it is
/// cleaned before it is quoted.
pub(super) fn read(
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
    secret: &Secret,
) -> Result<Grant<Secret>, TokenError> {
    if status == StatusCode::TOO_MANY_REQUESTS {
        return Err(TokenError::RateLimited {
            retry_after: retry_after(headers),
        });
    }
    if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT {
        return Err(TokenError::Unavailable {
            status,
            retry_after: retry_after(headers),
        });
    }
    if status.is_client_error() {
        let (code, message) = refusal(body, secret);
        return Err(TokenError::Refused {
            status,
            code,
            message,
        });
    }
    if !status.is_success() {
        let reason = match status.is_redirection() {
            true => "a redirect, which is not followed",
            false => "a status that brings no token",
        };
        return Err(undecodable(status, headers, reason));
    }
    grant(body).map_err(|reason| match refusal(body, secret) {
        // Some endpoints say no with a 200.
        (Some(code), message) => TokenError::Refused {
            status,
            code: Some(code),
            message,
        },
        (None, _) => undecodable(status, headers, reason),
    })
}

/// An answer that is not a token.
pub(super) fn undecodable(
    status: StatusCode,
    headers: &HeaderMap,
    reason: impl Into<String>,
) -> TokenError {
    let content_type = headers
        .get(CONTENT_TYPE)
        .map(|value| one_line(&String::from_utf8_lossy(value.as_bytes())));
    TokenError::Undecodable {
        status,
        content_type,
        reason: reason.into(),
    }
}

/// The errors are words of our own: serde's would quote the body, which may hold the token.
fn grant(body: &[u8]) -> Result<Grant<Secret>, String> {
    let success: Success = serde_json::from_slice(without_bom(body)).map_err(|error| {
        if error.is_data() {
            "the JSON is not an object with a text access_token".to_owned()
        } else {
            format!(
                "not JSON (line {}, column {})",
                error.line(),
                error.column()
            )
        }
    })?;
    let token = success.access_token.map(Secret::from);
    let Some(token) = token.filter(|token| !token.is_empty()) else {
        return Err("there is no access_token in it".to_owned());
    };
    if success
        .token_type
        .is_some_and(|kind| !kind.eq_ignore_ascii_case("bearer"))
    {
        return Err("the token's type is not Bearer".to_owned());
    }
    Ok(Grant {
        credential: token,
        life: life(success.expires_in.as_ref()),
    })
}

/// `expires_in` is a number of seconds; some endpoints send it as text.
fn life(expires_in: Option<&Value>) -> Duration {
    let seconds = match expires_in {
        Some(Value::Number(number)) => number.as_f64(),
        Some(Value::String(text)) => text.trim().parse().ok(),
        _ => None,
    };
    let seconds = seconds.map(|seconds| seconds.clamp(0.0, LONGEST_LIFE.as_secs_f64()));
    let life = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    life.unwrap_or(DEFAULT_LIFE)
}

/// The error word and the sentence of a refusal, as far as the body has them.
fn refusal(body: &[u8], secret: &Secret) -> (Option<String>, Option<String>) {
    let body = without_bom(body);
    if let Ok(Value::Object(fields)) = serde_json::from_slice(body) {
        let text = |names: &[&str]| {
            names
                .iter()
                .filter_map(|name| fields.get(*name).and_then(Value::as_str))
                .find_map(|text| quotable(text, secret))
        };
        let code = text(&["error", "errorCode", "code"]);
        let message = text(&["error_description", "message", "detail", "title"]);
        return (code, message);
    }
    let message = std::str::from_utf8(body)
        .ok()
        // A page of markup is no sentence, and neither is what is left of a token's JSON.
        .filter(|text| !text.trim_start().starts_with('<') && !text.contains("access_token"))
        .and_then(|text| quotable(text, secret));
    (None, message)
}

/// One line of limited length without the client's secret; `None` when nothing is left.
fn quotable(text: &str, secret: &Secret) -> Option<String> {
    let line = one_line(&Cleaner::new([secret.expose()]).clean(text));
    if line.is_empty() {
        return None;
    }
    match line.char_indices().nth(MESSAGE_LENGTH) {
        Some((end, _)) => Some(format!("{}…", line.get(..end).unwrap_or_default())),
        None => Some(line),
    }
}

fn without_bom(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}
