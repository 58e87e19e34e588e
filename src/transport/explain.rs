//! From what the generated client says to the one error, and to what may be done again.

use bytes::Bytes;

use super::{Answer, Call, Refusal};
use crate::error::{Error, ErrorKind};
use crate::retry::Again;

type Failure = progenitor_client::Error<()>;

impl Call {
    /// Says what a failure was. Everything it needs was kept by the hooks.
    pub(super) async fn explain(&self, failure: Failure) -> (Error, Again) {
        if let Some(error) = self.seen().take_not_sent() {
            return self.explain_not_sent(error);
        }
        let seen_answer = self.seen().answer.clone();
        match (failure, seen_answer) {
            (Failure::InvalidRequest(detail), _) => (
                self.error(ErrorKind::Configuration).detail(detail),
                Again::No,
            ),
            (Failure::CommunicationError(cause), None) => self.explain_silence(cause),
            (Failure::CommunicationError(cause), Some(answer)) => self.explain_cut(cause, &answer),
            (Failure::InvalidResponsePayload(_, cause), Some(answer)) => {
                self.explain_undecodable(cause, answer)
            }
            (_, Some(answer)) => self.explain_answer(&answer),
            (failure, None) => {
                let detail = crate::error::one_line(&failure.to_string());
                (
                    self.error(ErrorKind::Undecodable).detail(detail),
                    Again::Ambiguous,
                )
            }
        }
    }

    /// A refusal that was read from a decoded answer.
    pub(super) fn explain_refusal(&self, answer: &Answer, refusal: Refusal) -> (Error, Again) {
        let session = self.session();
        let dialect = session.0.dialect;
        let mut refusal = refusal;
        let now = session.now();
        if let Some(skew) = dialect.clock_skew(&refusal, answer, now) {
            session.learn_clock(now.checked_add_signed(skew).unwrap_or(now));
            refusal.again = Again::NewClock;
        }
        let wait = match refusal.again {
            Again::Throttled(wait) => wait,
            _ => super::retry_after(&answer.headers),
        };
        let request_id = dialect.request_id(&answer.headers).map(str::to_owned);
        let silent = refusal.sentences.is_empty() && refusal.code.is_none();
        let mut error = self
            .error(refusal.kind)
            .status(answer.status.as_u16())
            .code(refusal.code)
            .says(refusal.sentences)
            .request(refusal.request_id)
            .wait(wait);
        if error.request_id().is_none() {
            error = error.request(request_id);
        }
        if let Some(detail) = refusal.detail {
            error = error.detail(detail);
        }
        if let Some(advice) = refusal.advice {
            error = error.advise(advice);
        }
        if silent {
            error = error.unread(answer.content_type(), &answer.body);
        }
        (error, refusal.again)
    }

    fn explain_not_sent(&self, error: Error) -> (Error, Again) {
        let again = match error.kind() {
            ErrorKind::Transport | ErrorKind::Unavailable => Again::NotSent,
            ErrorKind::RateLimited => Again::Throttled(error.retry_after()),
            _ => Again::No,
        };
        let operation = self.operation();
        let error = error
            .to(self.session().service(), operation.id)
            .about(operation.subject())
            .about_run(operation.run.clone());
        (error, again)
    }

    /// No status ever came.
    fn explain_silence(&self, cause: reqwest::Error) -> (Error, Again) {
        let cause = cause.without_url();
        let error = self.error(ErrorKind::Transport).detail(reasons(&cause));
        if cause.is_builder() {
            return (
                self.error(ErrorKind::Configuration).detail(reasons(&cause)),
                Again::No,
            );
        }
        if cause.is_connect() {
            return (error.caused_by(cause), Again::NotSent);
        }
        let advice = "The request was sent; what became of it is not known.";
        (error.advise(advice).caused_by(cause), Again::Ambiguous)
    }

    /// Status and headers came, the body did not, or not whole.
    fn explain_cut(&self, cause: reqwest::Error, answer: &Answer) -> (Error, Again) {
        if !answer.status.is_success() {
            return self.explain_answer(answer);
        }
        let detail = format!("the answer broke off: {}", reasons(&cause.without_url()));
        let error = self.unreadable(answer).detail(detail);
        (error, Again::Ambiguous)
    }

    /// A success whose body is not what it should be.
    fn explain_undecodable(&self, cause: serde_json::Error, answer: Answer) -> (Error, Again) {
        let detail = match answer.body.is_empty() {
            true => "the answer is empty".to_owned(),
            false => crate::error::one_line(&cause.to_string()),
        };
        let error = self.unreadable(&answer).detail(detail).caused_by(cause);
        (error.keep_body(answer.body), Again::Ambiguous)
    }

    /// A whole answer that the document does not call a success.
    fn explain_answer(&self, answer: &Answer) -> (Error, Again) {
        if self.seen().too_long {
            let limit = self.session().0.longest_answer;
            let detail = format!("the answer is longer than {limit} bytes");
            let start = answer.body.slice(..answer.body.len().min(1024));
            let answer = Answer {
                body: start,
                ..answer.clone()
            };
            return (self.unreadable(&answer).detail(detail), Again::Ambiguous);
        }
        let refusal = self
            .session()
            .0
            .dialect
            .read_refusal(answer, self.session().now());
        self.explain_refusal(answer, refusal)
    }

    fn unreadable(&self, answer: &Answer) -> Error {
        let request_id = self
            .session()
            .0
            .dialect
            .request_id(&answer.headers)
            .map(str::to_owned);
        let body: &Bytes = &answer.body;
        self.error(ErrorKind::Undecodable)
            .status(answer.status.as_u16())
            .request(request_id)
            .unread(answer.content_type(), body)
    }
}

/// An error and its causes in one line: reqwest keeps the reason (`connection refused`) inside.
pub(super) fn reasons(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text.push_str(": ");
            text.push_str(&inner_text);
        }
        cause = inner.source();
    }
    crate::error::one_line(&text)
}
