//! What a service's folder tells the loop about its vendor.

use std::fmt;
use std::time::Duration;

use chrono::TimeDelta;
use http::{HeaderMap, StatusCode};
use reqwest::Request;

use super::{Again, Answer, Moment, Operation, retry_after};
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
    /// What a status means by itself.
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

/// One vendor's habits on the wire. Implemented once in each service's folder.
pub(crate) trait Dialect: fmt::Debug + Send + Sync {
    /// Puts the vendor's own headers on a request, before it is authorized.
    fn prepare(&self, _request: &mut Request, _operation: &Operation) {}

    /// Whether an answer with a success status refuses all the same: a page to sign in at, a
    /// refusal inside of it. Asked of whole answers only.
    fn refuses(&self, _answer: &Answer) -> bool {
        false
    }

    /// Reads what a refusal says.
    fn read_refusal(&self, answer: &Answer, now: Moment) -> Refusal;

    /// The id of the run that an answer to a start names, out of whatever came of its body.
    fn run_id(&self, answer: &Answer) -> Option<String>;

    /// The vendor's id of the request, from the headers of any answer.
    fn request_id<'a>(&self, headers: &'a HeaderMap) -> Option<&'a str>;

    /// How long the headers of an answer (any answer) ask not to call again.
    fn pause(&self, headers: &HeaderMap, _now: Moment) -> Option<Duration> {
        retry_after(headers)
    }

    /// How far the service's clock is ahead of ours, when this refusal was about that.
    fn clock_skew(&self, _refusal: &Refusal, _answer: &Answer, _now: Moment) -> Option<TimeDelta> {
        None
    }
}
