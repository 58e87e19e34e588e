//! Why there is no token.

use std::fmt;
use std::time::Duration;

use http::StatusCode;

use crate::http_client::SendError;

/// Why a [`TokenProvider`](crate::auth::TokenProvider) has no credential.
///
/// The reason is a sentence of your own program and not made at run time, so that it cannot hold a
/// secret: an error of a token service may quote the request. Log such details where you know them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the token provider gave no token: {reason}")]
pub struct ProviderError {
    reason: &'static str,
    temporary: bool,
}

impl ProviderError {
    /// Asking again gives the same result: nobody is signed in, or the identity is not allowed to.
    /// The call ends with [`crate::ErrorKind::Authentication`].
    pub const fn refused(reason: &'static str) -> Self {
        let temporary = false;
        ProviderError { reason, temporary }
    }

    /// Asking again later may help: there was no answer, or one that asks for patience. The call
    /// asks again, and ends with [`crate::ErrorKind::Unavailable`] when that does not help.
    pub const fn unavailable(reason: &'static str) -> Self {
        let temporary = true;
        ProviderError { reason, temporary }
    }

    /// Whether asking again later may give a token.
    #[must_use]
    pub const fn is_temporary(&self) -> bool {
        self.temporary
    }
}

/// Why there is no token: a token endpoint, or the caller's own provider, gave none.
///
/// No variant holds a secret: a token endpoint that repeats the client's secret in its answer is
/// quoted with the secret replaced by `[hidden]`. The error is `Clone`, because all callers that
/// waited for one request get the same answer.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// The endpoint said no (a 4xx other than 408 and 429). Asking again with the same credentials
    /// gives the same answer: check client id, secret, audience and scope.
    #[error(
        "the token endpoint refused the credentials ({}{}){}",
        .status.as_u16(), after(", ", .code.as_ref()), after(": ", .message.as_ref())
    )]
    Refused {
        /// The HTTP status.
        status: StatusCode,
        /// The `error` word of the answer, such as `invalid_client`, when it had one.
        code: Option<String>,
        /// The endpoint's own sentence, shortened, when the answer held one.
        message: Option<String>,
    },
    /// Too many requests (429). Ask again after the wait.
    #[error("the token endpoint got too many requests{}", asked(.retry_after))]
    RateLimited {
        /// The wait that the answer named, when it named one.
        retry_after: Option<Duration>,
    },
    /// The endpoint cannot answer just now (408 or 5xx). Ask again later.
    #[error("the token endpoint is not available ({}){}", .status.as_u16(), asked(.retry_after))]
    Unavailable {
        /// The HTTP status.
        status: StatusCode,
        /// The wait that the answer named, when it named one.
        retry_after: Option<Duration>,
    },
    /// No answer came: no connection, no answer in time, or the connection broke while the answer
    /// was read. Asking for a token has no side effects, so asking again is safe.
    #[error("the token endpoint gave no answer: {0}")]
    Unreachable(SendError),
    /// An answer came, but it is not a token: another shape than documented, larger than 64 KiB, or
    /// a redirect. Redirects are not followed, because the client's secret would travel along.
    /// Check the URL.
    #[error(
        "the token endpoint's answer is not a token ({}, {}): {reason}",
        .status.as_u16(), .content_type.as_deref().unwrap_or("no content type")
    )]
    Undecodable {
        /// The HTTP status.
        status: StatusCode,
        /// The `Content-Type` of the answer, when it had one.
        content_type: Option<String>,
        /// What is wrong with the answer, in words.
        reason: String,
    },
    /// The URL is plain `http` (or another scheme) and the host is not this machine. Nothing was
    /// sent. Use `https`.
    #[error("the client's secret is not sent to {host} without TLS: use an https URL")]
    Insecure {
        /// The host of the token URL.
        host: String,
    },
    /// The [`TokenProvider`](crate::auth::TokenProvider) of the caller has none.
    #[error("{0}")]
    Provider(ProviderError),
}

impl TokenError {
    /// Whether asking again later, with the same credentials, may give a token.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::RateLimited { .. } | Self::Unavailable { .. } | Self::Unreachable(_) => true,
            Self::Provider(error) => error.is_temporary(),
            Self::Refused { .. } | Self::Undecodable { .. } | Self::Insecure { .. } => false,
        }
    }

    /// The wait that the endpoint asked for, when it did.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after } | Self::Unavailable { retry_after, .. } => {
                *retry_after
            }
            _ => None,
        }
    }

    /// The HTTP status of the endpoint's answer; `None` when there was no answer.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Refused { status, .. }
            | Self::Unavailable { status, .. }
            | Self::Undecodable { status, .. } => Some(*status),
            Self::RateLimited { .. } => Some(StatusCode::TOO_MANY_REQUESTS),
            Self::Unreachable(_) | Self::Insecure { .. } | Self::Provider(_) => None,
        }
    }
}

/// A text behind what leads up to it, where there is one.
fn after(lead: &str, text: Option<impl fmt::Display>) -> String {
    text.map(|text| format!("{lead}{text}")).unwrap_or_default()
}

fn asked(wait: &Option<Duration>) -> String {
    match wait {
        Some(wait) => format!("; it asks to wait {} s", wait.as_secs()),
        None => String::new(),
    }
}

impl From<SendError> for TokenError {
    fn from(cause: SendError) -> Self {
        TokenError::Unreachable(cause)
    }
}
