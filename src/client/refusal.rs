//! What an answer that is not a success says.

use std::time::Duration;

use http::StatusCode;

use super::Again;
use crate::error::ErrorKind;

/// What an answer that is not a success says.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    pub kind: ErrorKind,
    pub again: Again,
    pub code: Option<String>,
    pub sentences: Vec<String>,
    pub request_id: Option<String>,
    /// What it was, where the status alone does not tell.
    pub detail: Option<&'static str>,
    /// What to do, where the vendor's habits allow a better word than the kind's own.
    pub advice: Option<&'static str>,
}

impl Refusal {
    /// What a status means on its own.
    pub fn by_status(status: StatusCode, retry_after: Option<Duration>) -> Self {
        let (kind, again) = match status.as_u16() {
            400 | 405 | 406 | 411 | 413 | 414 | 415 | 422 => (ErrorKind::InvalidRequest, Again::No),
            401 => (ErrorKind::Authentication, Again::NewToken),
            403 | 407 => (ErrorKind::Authentication, Again::No),
            404 => (ErrorKind::NotFound, Again::No),
            // A proxy gives up on a request that it may have passed on.
            408 => (ErrorKind::Unavailable, Again::Ambiguous),
            409 => (ErrorKind::Conflict, Again::No),
            410 => (ErrorKind::Disabled, Again::No),
            429 => (ErrorKind::RateLimited, Again::Throttled(retry_after)),
            400..=499 => (ErrorKind::Refused, Again::No),
            500..=599 => (ErrorKind::Unavailable, Again::Ambiguous),
            // A redirect is never followed; an undocumented 2xx may have done what was asked.
            _ => (ErrorKind::Undecodable, Again::No),
        };
        Refusal {
            kind,
            again,
            code: None,
            sentences: Vec::new(),
            request_id: None,
            detail: status
                .is_redirection()
                .then_some("the answer is a redirect, and redirects are never followed"),
            advice: None,
        }
    }

    pub fn detail(mut self, detail: &'static str) -> Self {
        self.detail = Some(detail);
        self
    }

    pub fn advise(mut self, advice: &'static str) -> Self {
        self.advice = Some(advice);
        self
    }
}
