//! One call: the loop of its attempts, inside the generated client's `exec` hook.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, StatusCode};
use progenitor_client::ResponseValue;
use reqwest::{Request, Response, ResponseBuilderExt, Url};
use tokio::time::sleep;
use tracing::{Instrument, field};

use super::answer::{Answer, Ending};
use super::failure::Failure;
use super::{Again, Deadline, Effect, Named, Operation, Session, proof, read};
use crate::error::{Error, ErrorKind, Result};
use crate::json;
use crate::run::{Log, Run, RunRef};
use crate::secrets::Cleaner;

/// progenitor puts the document's `info.version` into this header of each request; no vendor
/// wants it.
const GENERATORS_VERSION: HeaderName = HeaderName::from_static("api-version");
/// A service that asks for more than this is asked again all the same: headers can be wrong.
const LONGEST_PAUSE: Duration = Duration::from_secs(120);
/// No vendor's token or key is shorter.
const SHORTEST_CREDENTIAL: usize = 12;
/// Shorter answers cannot cost much, whatever they hold.
const CHEAP: usize = 32 << 10;
/// How many values an answer may hold: an empty text costs 24 bytes, a map's entry about 100.
const MOST_VALUES: usize = 1_000_000;
/// How deep an answer may be nested. The JSON decoder gives up a little later.
const DEEPEST: usize = 100;

/// What the generated client of an operation answers.
pub(crate) type Generated<T> = std::result::Result<ResponseValue<T>, progenitor_client::Error<()>>;

/// One call of one operation: the state inside the generated client that makes it.
#[derive(Clone, Debug)]
pub struct Call(Arc<State>);

#[derive(Debug)]
struct State {
    session: Session,
    operation: &'static Operation,
    deadline: Deadline,
    /// The values that go into the path, with what they are.
    path: Vec<(&'static str, String)>,
    run: Option<RunRef>,
    told: Mutex<Told>,
}

/// What the loop found out.
#[derive(Debug, Default)]
struct Told {
    /// Why the call failed.
    error: Option<Error>,
    /// What the answer to a start names, however the rest of it reads.
    named: Option<Named>,
    effect: Option<Effect>,
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    /// What was secret in the request.
    secrets: Vec<String>,
}

/// Building a call up, before it is made.
impl Call {
    pub(super) fn new(session: Session, operation: &'static Operation) -> Self {
        let deadline = session.deadline();
        Call(Arc::new(State {
            session,
            operation,
            deadline,
            path: Vec::new(),
            run: None,
            told: Mutex::default(),
        }))
    }

    /// Names a value of the path. It is checked before anything is sent.
    pub(crate) fn at(mut self, name: &'static str, value: impl ToString) -> Self {
        if let Some(state) = Arc::get_mut(&mut self.0) {
            state.path.push((name, value.to_string()));
        }
        self
    }

    /// Names the run that the call is about.
    pub(crate) fn of(mut self, run: &RunRef) -> Self {
        if let Some(state) = Arc::get_mut(&mut self.0) {
            state.run = Some(run.clone());
        }
        self
    }

    pub(crate) fn session(&self) -> &Session {
        &self.0.session
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.0.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An error of this call.
    pub(crate) fn error(&self, kind: ErrorKind) -> Error {
        self.locate(Error::new(kind))
    }

    /// The same error, with the place where it happened.
    pub(super) fn locate(&self, error: Error) -> Error {
        let values: Vec<String> = self
            .0
            .path
            .iter()
            .map(|(name, value)| format!("{name} {value}"))
            .collect();
        error
            .to(self.session().service(), self.0.operation.id)
            .about(crate::error::one_line(&values.join(", ")))
            .about_run(self.0.run.clone())
    }

    /// Refuses what would change the path that is called.
    fn check_path(&self) -> Result<()> {
        for (name, value) in &self.0.path {
            crate::run::check_path_value(value).map_err(|fault| {
                self.locate(Error::configuration(format!("the {name} {fault}")))
            })?;
        }
        Ok(())
    }
}

/// Making it.
impl Call {
    /// What the generated client's `exec` hook does: all attempts, until one is done.
    ///
    /// A failure leaves as an answer that is no success, which the generated client hands on; what
    /// it was is kept here.
    pub(crate) async fn exchange(
        &self,
        mut request: Request,
        method: &str,
    ) -> reqwest::Result<Response> {
        debug_assert_eq!(
            method, self.0.operation.method,
            "the table and the client differ"
        );
        request.headers_mut().remove(GENERATORS_VERSION);
        let url = request.url().clone();
        let outcome = match self.check_path() {
            Ok(()) => {
                let (service, operation) = (self.session().service(), self.0.operation.id);
                let span = tracing::info_span!("call", %service, operation);
                self.attempts(request).instrument(span).await
            }
            Err(error) => Err(error),
        };
        Ok(match outcome {
            Ok(answer) => {
                let mut told = self.told();
                told.status = answer.status;
                told.headers = answer.headers;
                let body = match answer.status {
                    // What has no content has nothing in it, which is an object as well.
                    StatusCode::NO_CONTENT => Bytes::from_static(b"{}"),
                    _ => answer.body,
                };
                told.body = body.clone();
                response(StatusCode::OK, url, body)
            }
            Err(error) => {
                self.told().error = Some(error);
                response(StatusCode::IM_A_TEAPOT, url, Bytes::new())
            }
        })
    }

    /// All attempts, until one is done or none is left.
    async fn attempts(&self, request: Request) -> Result<Answer> {
        let State {
            session, operation, ..
        } = &*self.0;
        let body = request.body().and_then(reqwest::Body::as_bytes);
        let body = body.unwrap_or_default();
        let effect = operation.effect_of(body);
        self.told().effect = Some(effect);
        let secrets = operation.secrets_in(body);
        if !secrets.is_empty() {
            self.told().secrets = secrets;
        }
        let shared = session.shared();
        let mut delays = shared.retry.delays();
        let (mut new_token, mut new_clock) = (true, true);
        let mut last = None;
        for number in 1_u32.. {
            let attempt = Attempt {
                call: self,
                effect,
                number,
            };
            let Failure {
                error,
                again,
                used,
                unbegun,
            } = match attempt.make(&request).instrument(attempt.span()).await {
                Ok(answer) => return Ok(answer),
                Err(failure) => *failure,
            };
            let error = match last.take() {
                Some(before) if unbegun => before,
                _ => self.clean(error),
            };
            let delay = match again {
                Again::No => None,
                Again::NewToken if std::mem::take(&mut new_token) => {
                    shared.credential.forget(&used).then_some(Duration::ZERO)
                }
                Again::NewClock if std::mem::take(&mut new_clock) => Some(Duration::ZERO),
                Again::NewToken | Again::NewClock => None,
                Again::Throttled(asked) => delays.next().map(|delay| asked.unwrap_or(delay)),
                Again::NotSent => delays.next(),
                Again::Ambiguous if effect == Effect::Start => {
                    return Err(error.into_outcome_unknown());
                }
                Again::Ambiguous => delays.next(),
            };
            match delay {
                Some(delay) if delay < self.0.deadline.left() => {
                    let kind = error.kind().as_str();
                    tracing::info!(attempt = number, kind, pause = ?delay, "tries again after a pause");
                    sleep(delay).await;
                }
                _ => return Err(error),
            }
            last = Some(error);
        }
        Err(self.error(ErrorKind::Transport))
    }

    /// What knows every secret of this call.
    fn cleaner(&self) -> Cleaner {
        let known = self.session().cleaner();
        known.with(self.told().secrets.iter().map(String::as_str))
    }

    /// The same error without a secret in it.
    pub(crate) fn clean(&self, error: Error) -> Error {
        error.clean(&self.cleaner())
    }
}

/// One attempt of a call.
pub(super) struct Attempt<'c> {
    pub call: &'c Call,
    pub effect: Effect,
    pub number: u32,
}

impl Attempt<'_> {
    /// Waits for its turn, authorizes, sends, reads, and says what came of it.
    async fn make(&self, template: &Request) -> std::result::Result<Answer, Box<Failure>> {
        let call = self.call;
        let (session, deadline) = (call.session(), call.0.deadline);
        let shared = session.shared();
        call.told().named = None;
        if let Err(late) = shared.pace.turn(deadline).await {
            return Err(self.too_late(late));
        }
        let Some(mut request) = template.try_clone() else {
            return Err(self.cannot_be_sent("its body cannot be sent twice"));
        };
        shared.dialect.prepare(&mut request, call.0.operation);
        for (name, value) in session.extra_headers() {
            request.headers_mut().insert(name, value.clone());
        }
        let authorized = shared.credential.authorize(&mut request, session);
        let used = match deadline.bound(authorized).await {
            Some(Ok(used)) => used,
            Some(Err(error)) => return Err(self.not_authorized(error)),
            None => return Err(self.out_of_time_before("while a token was asked for")),
        };
        let deadline = deadline.or_within(shared.attempt_timeout);
        let sent = shared.clocks.here();
        let outcome = match deadline.bound(session.send(request)).await {
            Some(Ok(response)) => {
                self.note(response.status(), response.headers());
                let came = shared.clocks.here();
                let now = shared.clocks.now();
                if let Some(pause) = shared.dialect.pause(response.headers(), now) {
                    shared.pace.pause(pause.min(LONGEST_PAUSE));
                }
                let answer = read::read(response, shared.longest_answer, deadline).await;
                let answer = self.judge(answer);
                if let Ok(answer) = &answer
                    && self.is_services_own(answer)
                {
                    shared.clocks.learn(&answer.headers, sent, came);
                }
                answer
            }
            Some(Err(error)) => Err(self.no_answer(&error)),
            None => Err(self.silence()),
        };
        outcome.map_err(|mut failure| {
            failure.used = used;
            failure
        })
    }

    /// What is told of an attempt. Nothing of the request, which may hold secrets.
    fn span(&self) -> tracing::Span {
        tracing::debug_span!(
            "attempt",
            number = self.number,
            status = field::Empty,
            request_id = field::Empty
        )
    }

    fn note(&self, status: StatusCode, headers: &HeaderMap) {
        let span = tracing::Span::current();
        span.record("status", status.as_u16());
        let session = self.call.session();
        if let Some(id) = session.shared().dialect.request_id(headers) {
            span.record("request_id", &*session.cleaner().clean(id));
        }
        tracing::debug!("answered");
    }

    /// Whether an answer is what was asked for.
    fn judge(&self, answer: Answer) -> std::result::Result<Answer, Box<Failure>> {
        let call = self.call;
        let shared = call.session().shared();
        if self.effect == Effect::Start {
            let id = shared.dialect.run_id(&answer);
            // What repeats the credential is no id.
            let id = id.filter(|id| !call.repeats_credential(id));
            call.told().named = id.map(|id| Named::new(id, &answer));
        }
        if !answer.status.is_success() {
            return Err(self.refused(&answer));
        }
        match &answer.ending {
            Ending::Whole => {}
            Ending::Cut(reason) => return Err(self.cut(&answer, reason)),
            Ending::TooLong => return Err(self.too_long(&answer)),
        }
        let named = call.told().named.is_some();
        if !named && shared.dialect.refuses(&answer) {
            return Err(self.refused(&answer));
        }
        if answer.body.len() > CHEAP && !answer.is_of_type("text/plain") {
            let limits = json::Limits {
                containers: call.0.operation.most_objects,
                values: MOST_VALUES,
                depth: DEEPEST,
            };
            json::check(&answer.body, &limits).map_err(|what| self.too_much(&answer, &what))?;
        }
        Ok(answer)
    }

    /// Whether the service itself wrote an answer: a proxy dates its own by another clock.
    fn is_services_own(&self, answer: &Answer) -> bool {
        match self.effect {
            Effect::Start => self.call.told().named.is_some(),
            Effect::Read | Effect::Set => !answer.is_html(),
        }
    }

    /// What proves that nothing was done, if anything does. An answer that names a run is no proof.
    pub(super) fn is_proven(&self, answer: &Answer, refusal: &super::Refusal) -> bool {
        let shared = self.call.session().shared();
        if refusal.again == Again::Ambiguous || self.call.told().named.is_some() {
            return false;
        }
        let proof = proof::of(shared.dialect.proofs(), answer, refusal);
        tracing::debug!(proof = proof.map(|proof| proof.evidence), "refused");
        proof.is_some()
    }
}

/// What became of it.
impl Call {
    /// The decoded answer.
    pub(crate) fn decoded<T>(&self, outcome: Generated<T>) -> Result<T> {
        outcome
            .map(ResponseValue::into_inner)
            .map_err(|failure| self.failed(failure))
    }

    /// Refuses an answer about another run than the one that was asked for. An answer that does not
    /// say is taken for what was asked for.
    pub(crate) fn expect_run(
        &self,
        asked: impl ToString,
        told: Option<impl ToString>,
    ) -> Result<()> {
        let (asked, told) = (asked.to_string(), told.map(|told| told.to_string()));
        match told {
            Some(told) if told != asked => {
                let told = crate::error::one_line(&told);
                let detail = format!("the answer is about another run ({told})");
                Err(self.clean(self.error(ErrorKind::Undecodable).detail(detail)))
            }
            _ => Ok(()),
        }
    }

    /// The headers of the answer that the call ended with.
    pub(crate) fn headers(&self) -> HeaderMap {
        std::mem::take(&mut self.told().headers)
    }

    /// The answer as it came, for operations that answer in text.
    pub(crate) fn text<T>(&self, outcome: Generated<T>) -> Result<(Bytes, HeaderMap)> {
        self.decoded(outcome)?;
        let body = std::mem::take(&mut self.told().body);
        Ok((body, self.headers()))
    }

    fn failed(&self, failure: progenitor_client::Error<()>) -> Error {
        use progenitor_client::Error as Failed;
        if let Some(error) = self.told().error.take() {
            return error;
        }
        let error = match failure {
            Failed::InvalidRequest(detail) | Failed::Custom(detail) => {
                self.error(ErrorKind::Configuration).detail(detail)
            }
            Failed::InvalidResponsePayload(body, cause) => self.undecodable(&body, &cause),
            // The loop answers for everything else.
            Failed::CommunicationError(_)
            | Failed::ErrorResponse(_)
            | Failed::InvalidUpgrade(_)
            | Failed::ResponseBodyError(_)
            | Failed::UnexpectedResponse(_) => self.error(ErrorKind::Undecodable),
        };
        let effect = self.told().effect;
        let error = match effect {
            Some(Effect::Start) if error.kind() == ErrorKind::Undecodable => {
                error.into_outcome_unknown()
            }
            _ => error,
        };
        self.clean(error)
    }

    /// A success whose body is not what it should be. The decoder's own words would quote the body.
    fn undecodable(&self, body: &[u8], cause: &serde_json::Error) -> Error {
        use serde_json::error::Category;
        let what = match cause.classify() {
            _ if body.is_empty() => "the answer is empty".to_owned(),
            Category::Data => place("the answer is not of the documented shape", cause),
            Category::Eof => place("the answer ends too early", cause),
            Category::Syntax | Category::Io => place("the answer is not JSON", cause),
        };
        let told = self.told();
        let (status, headers) = (told.status, told.headers.clone());
        drop(told);
        self.unread(status, &headers, body).detail(what)
    }

    /// An answer that could not be read, with what is known of it.
    pub(super) fn unread(&self, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Error {
        let dialect = self.session().shared().dialect;
        let content_type = super::header_text(headers, http::header::CONTENT_TYPE.as_str());
        self.error(ErrorKind::Undecodable)
            .status(status.as_u16())
            .request(dialect.request_id(headers).map(str::to_owned))
            .unread(content_type, body, &self.cleaner())
    }

    /// The run that a start began. An answer that names a run is a started run, whatever else in it
    /// cannot be read: the rest becomes a warning.
    ///
    /// `normalize` reads the decoded answer, and gives `None` where the id is not in its place;
    /// `named` makes a run of nothing but its id.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::OutcomeUnknown`] when the request was sent and neither a proven refusal nor an
    /// id came back. Every other kind promises that nothing was started.
    pub(crate) fn started<T>(
        &self,
        outcome: Generated<T>,
        normalize: impl FnOnce(T) -> Option<Result<Run>>,
        named: impl FnOnce(&Named) -> Result<Run>,
    ) -> Result<Run> {
        let decoded = self.decoded(outcome);
        let answer = self.told().named.take();
        // An id that no reference can carry is none.
        let named = || answer.as_ref().and_then(|answer| named(answer).ok());
        let run = match decoded {
            Ok(decoded) => match normalize(decoded) {
                Some(Ok(run)) => Ok(run),
                Some(Err(_)) | None => named()
                    .map(|run| run.warn(ELSEWHERE))
                    .ok_or_else(|| self.names_no_run()),
            },
            Err(error) => match named() {
                Some(run) if error.is_about_a_success() => {
                    let why = error.detail_text().unwrap_or("the answer cannot be read");
                    let rest = "The run was started; the rest of the answer could not be decoded";
                    Ok(run.warn(format!("{rest}: {why}.")))
                }
                // Not a success, and yet it names a run: somebody has to look at that one.
                Some(run) if error.may_have_started() => Err(error.about_run(Some(run.reference))),
                Some(_) | None => Err(error),
            },
        };
        match run {
            // What repeats the credential is no id, and is not shown.
            Ok(run) if self.repeats_credential(&run.id) => Err(self.names_no_run()),
            run => run.map(|run| self.clean_run(run)),
        }
    }

    /// Whether an id is the credential that was sent. A short id is a number, and a number is no
    /// credential: a run is not lost because a password is 7.
    fn repeats_credential(&self, id: &str) -> bool {
        id.len() >= SHORTEST_CREDENTIAL && !self.session().cleaner().is_clean(id)
    }

    fn names_no_run(&self) -> Error {
        let told = self.told();
        let (status, headers) = (told.status, told.headers.clone());
        drop(told);
        let dialect = self.session().shared().dialect;
        let error = self
            .error(ErrorKind::OutcomeUnknown)
            .status(status.as_u16())
            .request(dialect.request_id(&headers).map(str::to_owned))
            .detail("the service accepted the start, and named no run");
        self.clean(error)
    }

    /// The runs of a list's page, without those whose items do not name one.
    pub(crate) fn runs<T>(
        &self,
        items: Option<Vec<T>>,
        listed: impl Fn(T) -> Option<Result<Run>>,
    ) -> Result<Vec<Run>> {
        let runs = items.into_iter().flatten().filter_map(listed);
        runs.map(|run| run.map(|run| self.clean_run(run))).collect()
    }

    /// The same run without a secret in its texts.
    pub(crate) fn clean_run(&self, run: Run) -> Run {
        run.clean(&self.cleaner())
    }

    /// The same log without a secret in it.
    pub(crate) fn clean_log(&self, log: Log) -> Log {
        log.clean(&self.cleaner())
    }
}

const ELSEWHERE: &str =
    "The run was started. Its id was found in the answer, but not where it is documented to be.";

fn place(what: &str, cause: &serde_json::Error) -> String {
    format!("{what} (line {}, column {})", cause.line(), cause.column())
}

fn response(status: StatusCode, url: Url, body: Bytes) -> Response {
    // Without its address reqwest would parse one of its own making.
    let mut response = http::Response::builder()
        .url(url)
        .body(body)
        .unwrap_or_default();
    *response.status_mut() = status;
    response.into()
}
