//! The one error: what happened, to which call, and what to do about it.

mod kind;
mod text;

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::run::RunRef;
use crate::secrets::Cleaner;
use crate::service::Service;

pub(crate) use crate::text::one_line;
pub use kind::ErrorKind;
pub(crate) use text::first_bytes;

/// Nobody reads more sentences than this about one request.
const MOST_SENTENCES: usize = 20;

/// The result of every call.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a call failed.
///
/// Its message has three parts: what happened (with the vendor's own sentences), to which service,
/// operation and run, and what to do. It never holds a secret. Act on [`Error::kind`].
#[derive(Clone, Debug)]
pub struct Error {
    kind: ErrorKind,
    facts: Box<Facts>,
}

#[derive(Clone, Debug, Default)]
struct Facts {
    service: Option<Service>,
    operation: Option<&'static str>,
    subject: Option<String>,
    run: Option<RunRef>,
    candidates: Vec<RunRef>,
    detail: Option<String>,
    sentences: Vec<String>,
    http_status: Option<u16>,
    vendor_code: Option<String>,
    request_id: Option<String>,
    retry_after: Option<Duration>,
    sent_at: Option<DateTime<Utc>>,
    content_type: Option<String>,
    first_bytes: Option<String>,
    advice: Option<String>,
}

impl Error {
    /// The kind of error, which says what a caller can do about it.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The service that the call was for.
    pub fn service(&self) -> Option<Service> {
        self.facts.service
    }

    /// The operation, by its `operationId` in the service's document.
    pub fn operation(&self) -> Option<&str> {
        self.facts.operation
    }

    /// The run that the call was about, if it was about one.
    pub fn run(&self) -> Option<&RunRef> {
        self.facts.run.as_ref()
    }

    /// Runs that a start of unknown outcome may have begun, if any are known.
    pub fn candidates(&self) -> &[RunRef] {
        &self.facts.candidates
    }

    /// The HTTP status, when an answer came.
    pub fn http_status(&self) -> Option<u16> {
        self.facts.http_status
    }

    /// The vendor's code for the error: `PipelineValidationException`, `InvalidPipeline.NotFound`.
    pub fn vendor_code(&self) -> Option<&str> {
        self.facts.vendor_code.as_deref()
    }

    /// All of the vendor's own sentences, unchanged except that control characters are removed.
    pub fn sentences(&self) -> &[String] {
        &self.facts.sentences
    }

    /// The vendor's id of the request, which its support asks for.
    pub fn request_id(&self) -> Option<&str> {
        self.facts.request_id.as_deref()
    }

    /// How long the service asks its callers to wait before the next call.
    pub fn retry_after(&self) -> Option<Duration> {
        self.facts.retry_after
    }

    /// When the request was sent, by the clock of [`crate::Builder::clock`]: the last one, of several.
    /// The run of a start of unknown outcome is looked for from here on: what was created before is
    /// somebody else's.
    pub fn sent_at(&self) -> Option<DateTime<Utc>> {
        self.facts.sent_at
    }

    /// The content type of an answer that could not be read.
    pub fn content_type(&self) -> Option<&str> {
        self.facts.content_type.as_deref()
    }

    /// The beginning of an answer that could not be read, control characters removed.
    pub fn first_bytes(&self) -> Option<&str> {
        self.facts.first_bytes.as_deref()
    }

    /// Whether the call may have started something. `false` means that it certainly has not.
    pub fn may_have_started(&self) -> bool {
        self.kind() == ErrorKind::OutcomeUnknown
    }

    /// Whether the same call may succeed later with nothing changed, and does no harm when it is
    /// made again.
    pub fn is_retryable(&self) -> bool {
        matches!(
            self.kind(),
            ErrorKind::Ledger
                | ErrorKind::RateLimited
                | ErrorKind::Transport
                | ErrorKind::Unavailable
        )
    }

    /// What to do about it.
    pub fn advice(&self) -> &str {
        self.facts.advice.as_deref().unwrap_or(self.kind.advice())
    }
}

/// The crate's own layers build an error up with these, from the inside out.
impl Error {
    /// An error with a kind and nothing else: for your own implementations of [`crate::Runs`],
    /// mostly in tests.
    pub fn new(kind: ErrorKind) -> Self {
        let facts = Box::default();
        Error { kind, facts }
    }

    /// A call that is not made because of its input.
    pub(crate) fn configuration(detail: impl Into<String>) -> Self {
        Error::new(ErrorKind::Configuration).detail(detail)
    }

    /// Something that the service does not have, requested for a run.
    pub(crate) fn unsupported(service: Service, run: &RunRef, why: &str) -> Self {
        let error = Error::new(ErrorKind::Unsupported).on_service(service);
        error.about_run(Some(run.clone())).detail(why)
    }

    /// Says what happened, in a few words without a full stop.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.facts.detail = Some(detail.into());
        self
    }

    /// Sets the advice, in place of the kind's general advice.
    #[must_use]
    pub fn advise(mut self, advice: impl Into<String>) -> Self {
        self.facts.advice = Some(advice.into());
        self
    }

    pub(crate) fn to(mut self, service: Service, operation: &'static str) -> Self {
        self.facts.service = Some(service);
        self.facts.operation = Some(operation);
        self
    }

    pub(crate) fn on_service(mut self, service: Service) -> Self {
        self.facts.service = Some(service);
        self
    }

    pub(crate) fn about(mut self, subject: impl Into<String>) -> Self {
        self.facts.subject = Some(subject.into());
        self
    }

    pub(crate) fn about_run(mut self, run: Option<RunRef>) -> Self {
        self.facts.run = run.or(self.facts.run);
        self
    }

    pub(crate) fn may_be(mut self, candidates: Vec<RunRef>) -> Self {
        self.facts.candidates = candidates;
        self
    }

    pub(crate) fn status(mut self, status: u16) -> Self {
        self.facts.http_status = Some(status);
        self
    }

    pub(crate) fn code(mut self, code: Option<String>) -> Self {
        self.facts.vendor_code = code.map(|code| one_line(&code));
        self
    }

    pub(crate) fn says(mut self, sentences: impl IntoIterator<Item = String>) -> Self {
        let mut kept = Vec::new();
        let mut left_out = 0_usize;
        for sentence in sentences {
            if kept.len() >= MOST_SENTENCES {
                left_out = left_out.saturating_add(1);
                continue;
            }
            kept.push(one_line(&sentence));
            kept.retain(|sentence| !sentence.is_empty());
        }
        if left_out > 0 {
            kept.push(format!("{left_out} more sentences were left out"));
        }
        self.facts.sentences = kept;
        self
    }

    pub(crate) fn request(mut self, request_id: Option<String>) -> Self {
        self.facts.request_id = request_id.map(|id| one_line(&id)).or(self.facts.request_id);
        self
    }

    pub(crate) fn sent(mut self, sent_at: Option<DateTime<Utc>>) -> Self {
        self.facts.sent_at = sent_at;
        self
    }

    pub(crate) fn wait(mut self, retry_after: Option<Duration>) -> Self {
        self.facts.retry_after = retry_after;
        self
    }

    /// Keeps the beginning of an answer that could not be read. It is cleaned before it is cut: the
    /// cut may go through a secret.
    pub(crate) fn unread(
        mut self,
        content_type: Option<&str>,
        body: &[u8],
        cleaner: &Cleaner,
    ) -> Self {
        self.facts.content_type = content_type.map(one_line);
        self.facts.first_bytes = first_bytes(body, cleaner);
        self
    }

    pub(crate) fn kind_of(mut self, kind: ErrorKind) -> Self {
        self.kind = kind;
        self
    }

    pub(crate) fn detail_text(&self) -> Option<&str> {
        self.facts.detail.as_deref()
    }

    /// Whether the answer that it is about had a success status.
    pub(crate) fn is_about_a_success(&self) -> bool {
        self.facts
            .http_status
            .is_some_and(|status| (200..300).contains(&status))
    }

    /// The same error without a secret in any of its texts. The run stays unchanged: it was checked
    /// when it was read, and is needed unchanged.
    pub(crate) fn clean(mut self, cleaner: &Cleaner) -> Self {
        let facts = &mut *self.facts;
        let texts = [
            &mut facts.subject,
            &mut facts.detail,
            &mut facts.vendor_code,
            &mut facts.request_id,
            &mut facts.content_type,
            &mut facts.first_bytes,
        ];
        for text in texts.into_iter().flatten().chain(&mut facts.sentences) {
            cleaner.clean_in_place(text);
        }
        self
    }

    /// The same facts, for a call that must not be made twice and may have been.
    pub(crate) fn into_outcome_unknown(mut self) -> Self {
        let was = self.kind.headline().to_lowercase();
        self.facts.detail = Some(match self.facts.detail.take() {
            Some(detail) => detail,
            None => was,
        });
        self.kind = ErrorKind::OutcomeUnknown;
        self.facts.advice = None;
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        text::write_message(f, self)
    }
}

impl std::error::Error for Error {}

/// One flat object with every key always there; absent values are `null`.
impl Serialize for Error {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let facts = &*self.facts;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("kind", &self.kind)?;
        map.serialize_entry("message", &self.to_string())?;
        map.serialize_entry("service", &facts.service)?;
        map.serialize_entry("operation", &facts.operation)?;
        map.serialize_entry("ref", &facts.run)?;
        map.serialize_entry("http_status", &facts.http_status)?;
        map.serialize_entry("vendor_code", &facts.vendor_code)?;
        map.serialize_entry("request_id", &facts.request_id)?;
        map.serialize_entry("sent_at", &facts.sent_at)?;
        map.serialize_entry(
            "retry_after_seconds",
            &facts.retry_after.map(|wait| wait.as_secs()),
        )?;
        map.serialize_entry("sentences", &facts.sentences)?;
        map.serialize_entry("content_type", &facts.content_type)?;
        map.serialize_entry("first_bytes", &facts.first_bytes)?;
        map.serialize_entry("advice", self.advice())?;
        map.serialize_entry("candidates", &facts.candidates)?;
        map.end()
    }
}
