//! What a service's folder tells the loop about its vendor.

use std::fmt;
use std::time::Duration;

use chrono::TimeDelta;
use http::HeaderMap;
use reqwest::Request;

use super::{Answer, Moment, Operation, Proof, Refusal, retry_after};

/// What is special about one vendor's HTTP. Implemented once in each service's folder.
pub(crate) trait Dialect: fmt::Debug + Send + Sync {
    /// Puts the vendor's own headers on a request, before it is authorized.
    fn prepare(&self, _request: &mut Request, _operation: &Operation) {}

    /// How many headers [`prepare`](Dialect::prepare) and a signature put on a request, at most.
    fn most_headers(&self) -> usize {
        0
    }

    /// Whether an answer with a success status refuses anyway: a sign-in page, a refusal inside it.
    /// Asked of whole answers only.
    fn refuses(&self, _answer: &Answer) -> bool {
        false
    }

    /// The vendor's own answers that prove that nothing was done.
    fn proofs(&self) -> &'static [Proof] {
        &[]
    }

    /// Whether what a refusal says can only be said after work has begun: then it proves nothing,
    /// whatever its status is.
    fn comes_too_late(&self, _refusal: &Refusal, _operation: &Operation) -> bool {
        false
    }

    /// Reads what a refusal says.
    fn read_refusal(&self, answer: &Answer, now: Moment) -> Refusal;

    /// The id of the run that an answer to a start names, from whatever arrived of its body.
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
