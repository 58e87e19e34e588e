//! The outcome of an attempt without a usable answer, and what may be done then.

use std::time::Duration;

use super::call::{Attempt, Failure};
use super::credential::Used;
use super::pace::TooLate;
use super::{Again, Answer, Effect, Refusal, retry_after};
use crate::error::{Error, ErrorKind};
use crate::http_client::SendError;
use crate::json;

fn failure(error: Error, again: Again) -> Box<Failure> {
    Box::new(Failure {
        error,
        again,
        used: Used::default(),
        unbegun: false,
    })
}

/// Before anything was sent.
impl Attempt<'_> {
    pub(super) fn too_late(&self, late: TooLate) -> Box<Failure> {
        let error = match late.asked {
            true => self
                .call
                .error(ErrorKind::RateLimited)
                .detail("the service asks for a longer pause than the call has time for")
                .wait(Some(late.wait)),
            false => self
                .call
                .error(ErrorKind::Transport)
                .detail("the call's time ends before the budget of requests allows it")
                .advise(NOT_SENT),
        };
        let mut failure = failure(error, Again::No);
        failure.unbegun = true;
        failure
    }

    pub(super) fn out_of_time_before(&self, when: &str) -> Box<Failure> {
        let error = self.call.error(ErrorKind::Transport);
        let error = error.detail(format!("the call's time was up {when}"));
        failure(error.advise(NOT_SENT), Again::No)
    }

    /// What lets starts leave has not let this one.
    pub(super) fn held_back(&self, error: Error) -> Box<Failure> {
        failure(self.call.locate(error), Again::No)
    }

    /// No credential could be put on the request.
    pub(super) fn not_authorized(&self, error: Error) -> Box<Failure> {
        let again = match error.kind() {
            ErrorKind::Transport | ErrorKind::Unavailable => Again::NotSent,
            ErrorKind::RateLimited => Again::Throttled(error.retry_after()),
            _ => Again::No,
        };
        failure(self.call.locate(error), again)
    }
}

const NOT_SENT: &str = "Nothing was sent. Call again, or set a longer timeout.";
const SENT: &str = "The request was sent; what became of it is not known.";

/// Says what to do where the cause is between this machine and the service. Only the words of the
/// HTTP client tell.
fn advise_of_network(error: Error, cause: &SendError) -> Error {
    let words = cause.to_string().to_lowercase();
    let has = |word: &str| words.contains(word);
    if has("certificate") || has("unknownissuer") {
        return error.advise(ROOTS);
    }
    if has("proxy auth") || has("tunnel") {
        return error.advise(PROXY);
    }
    error
}

const ROOTS: &str = "Nothing was sent. The host's certificate is not trusted here: if a proxy of your \
     company is in between, name its root certificate in SSL_CERT_FILE.";
const PROXY: &str = "Nothing was sent. The proxy in HTTPS_PROXY refused: check its address, and \
                     the user and password in it; hosts in NO_PROXY bypass it.";

/// After the request was sent, or may have been.
impl Attempt<'_> {
    /// No head of an answer came.
    pub(super) fn no_answer(&self, cause: &SendError) -> Box<Failure> {
        let error = self.call.error(ErrorKind::Transport);
        let error = error.detail(format!("{}: {cause}", self.host()));
        match cause.may_have_been_sent() {
            true => failure(error.advise(SENT), Again::Ambiguous),
            false => failure(advise_of_network(error, cause), Again::NotSent),
        }
    }

    /// No head of an answer came in time.
    pub(super) fn silence(&self) -> Box<Failure> {
        let error = self.call.error(ErrorKind::Transport);
        let detail = format!("{} did not answer in time", self.host());
        failure(error.detail(detail).advise(SENT), Again::Ambiguous)
    }

    /// The host that was asked, with its port where it has one of its own.
    fn host(&self) -> String {
        let address = self.call.session().base_url();
        let (_, rest) = address.split_once("://").unwrap_or(("", address));
        let host = rest.split('/').next().unwrap_or_default();
        host.to_owned()
    }

    /// A success whose body did not come whole.
    pub(super) fn cut(&self, answer: &Answer, reason: &str) -> Box<Failure> {
        let error = self
            .unread(answer)
            .detail(format!("the answer broke off: {reason}"));
        failure(error, Again::Ambiguous)
    }

    /// A success that is longer than the limit. Asking again gives the same result.
    pub(super) fn too_long(&self, answer: &Answer) -> Box<Failure> {
        let length = answer.body.len();
        let error = self
            .unread(answer)
            .detail(format!("the answer is longer than {length} bytes"));
        failure(error, self.clear())
    }

    /// A success that would cost too much memory to decode. Asking again gives the same result.
    pub(super) fn too_much(&self, answer: &Answer, what: &json::TooMuch) -> Box<Failure> {
        let error = self.unread(answer).detail(format!("the answer has {what}"));
        failure(error, self.clear())
    }

    /// An answer that refuses, by its status or inside.
    pub(super) fn refused(&self, answer: &Answer) -> Box<Failure> {
        let session = self.call.session();
        let shared = session.shared();
        let now = shared.clocks.now();
        let mut refusal = shared.dialect.read_refusal(answer, now);
        let ahead = shared.dialect.clock_skew(&refusal, answer, now);
        let proven = self.effect != Effect::Start || self.is_proven(answer, &refusal);
        if let Some(there) = ahead.and_then(|ahead| now.checked_add_signed(ahead)) {
            shared.clocks.correct(there);
            refusal.again = Again::NewClock;
        }
        if !proven {
            refusal.again = Again::Ambiguous;
        }
        let again = refusal.again;
        failure(self.explain(answer, refusal), again)
    }

    fn explain(&self, answer: &Answer, mut refusal: Refusal) -> Error {
        if !answer.is_whole() {
            // A sentence that broke off may end in the beginning of a secret.
            refusal.sentences.clear();
        }
        let wait: Option<Duration> = match refusal.again {
            Again::Throttled(wait) => wait,
            _ => retry_after(&answer.headers),
        };
        let dialect = self.call.session().shared().dialect;
        let request_id = || dialect.request_id(&answer.headers).map(str::to_owned);
        let silent = refusal.sentences.is_empty() && refusal.code.is_none();
        let mut error = match silent {
            true => self.unread(answer).kind_of(refusal.kind),
            false => self
                .call
                .error(refusal.kind)
                .status(answer.status.as_u16())
                .code(refusal.code)
                .says(refusal.sentences),
        };
        error = error
            .request(refusal.request_id.or_else(request_id))
            .wait(wait);
        if let Some(detail) = refusal.detail {
            error = error.detail(detail);
        }
        if let Some(advice) = refusal.advice {
            error = error.advise(advice);
        }
        error
    }

    fn unread(&self, answer: &Answer) -> Error {
        self.call
            .unread(answer.status, &answer.headers, &answer.body)
    }

    /// An answer that is clear about itself, and says nothing about whether a run was started.
    fn clear(&self) -> Again {
        match self.effect {
            Effect::Start => Again::Ambiguous,
            Effect::Read | Effect::Set => Again::No,
        }
    }
}
