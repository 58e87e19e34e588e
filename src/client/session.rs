//! What the calls to one service share.

use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use futures_util::future::{Either, ready};
use http::header::HOST;
use http::{HeaderMap, HeaderName, HeaderValue};
use reqwest::Url;

use super::clock::{Clocks, Span};
use super::{
    Credential, Deadline, Dialect, Gate, Moment, Operation, Pace, RetryPolicy, header_text,
};
use crate::http_client::{HttpClient, ReqwestClient, ResponseBody, SendError};
use crate::secrets::Cleaner;
use crate::service::Service;

/// Everything that the calls to one service share. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Session {
    shared: Arc<Shared>,
    options: Arc<Options>,
}

/// What a caller sets for some calls only.
#[derive(Clone, Default)]
struct Options {
    timeout: Option<Duration>,
    /// The deadline of the whole that the next calls are parts of.
    deadline: Option<Deadline>,
    headers: HeaderMap,
    /// What the query of each request says.
    query: Option<(&'static str, Cow<'static, str>)>,
    /// What lets a start leave.
    gate: Option<Arc<dyn Gate>>,
    /// Whether it is concluded from lists that something is not there.
    lists_prove: bool,
}

pub(crate) struct Shared {
    pub service: Service,
    pub base_url: Url,
    /// What sends them, unless the caller has an HTTP client.
    pub reqwest: ReqwestClient,
    /// What tokens are asked for with, and what sends requests where it is the caller's own.
    pub http: Arc<dyn HttpClient>,
    pub http_is_callers: bool,
    pub credential: Credential,
    pub dialect: &'static dyn Dialect,
    pub retry: RetryPolicy,
    /// Whether nothing but reads is sent.
    pub read_only: bool,
    pub pace: Pace,
    /// How long one call may take, with everything in it.
    pub timeout: Duration,
    /// How long one attempt may take.
    pub attempt_timeout: Duration,
    /// The longest answer that is read, in bytes.
    pub longest_answer: usize,
    pub clocks: Clocks,
    /// Knows the credential, and every token that was used.
    pub cleaner: RwLock<Cleaner>,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("service", &self.shared.service)
            .field("base_url", &self.base_url())
            .finish_non_exhaustive()
    }
}

impl Session {
    pub fn new(shared: Shared, query: Option<(&'static str, &'static str)>) -> Self {
        let query = query.map(|(name, value)| (name, value.into()));
        let options = Options {
            query,
            ..Options::default()
        };
        Session {
            shared: Arc::new(shared),
            options: Arc::new(options),
        }
    }

    /// The same session, without the settings of its caller, or of its service for each call.
    #[cfg(feature = "contract")]
    pub fn bare(&self) -> Self {
        Session {
            shared: Arc::clone(&self.shared),
            options: Arc::default(),
        }
    }

    pub fn service(&self) -> Service {
        self.shared.service
    }

    pub(super) fn shared(&self) -> &Shared {
        &self.shared
    }

    /// Without a slash at its end.
    pub fn base_url(&self) -> &str {
        self.shared.base_url.as_str().trim_end_matches('/')
    }

    /// What is called: the address, and the host that requests name if it is another.
    pub fn server(&self) -> String {
        let host = header_text(&self.options.headers, HOST);
        let host = host.map_or(String::new(), |host| format!(" ({host})"));
        format!("{}{host}", self.base_url())
    }

    pub(super) fn base(&self) -> &Url {
        &self.shared.base_url
    }

    /// The same session, whose calls take no longer than that, each.
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        Arc::make_mut(&mut self.options).timeout = Some(timeout);
        self
    }

    /// The same session, whose calls say `value` in their query.
    #[cfg(feature = "azure-devops")]
    pub fn with_query(mut self, name: &'static str, value: String) -> Self {
        Arc::make_mut(&mut self.options).query = Some((name, value.into()));
        self
    }

    /// The same session, whose calls send a header more.
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        Arc::make_mut(&mut self.options).headers.insert(name, value);
        self
    }

    /// The same session for the parts of one whole: its calls share one deadline, which begins now
    /// unless it has begun already.
    pub fn bounded(&self) -> Self {
        self.until(self.deadline())
    }

    /// The same session, whose calls end then.
    pub(super) fn until(&self, deadline: Deadline) -> Self {
        let mut session = self.clone();
        Arc::make_mut(&mut session.options).deadline = Some(deadline);
        session
    }

    /// When a call that begins now has to end.
    pub fn deadline(&self) -> Deadline {
        let timeout = self.options.timeout.unwrap_or(self.shared.timeout);
        match self.options.deadline {
            Some(deadline) => deadline.or_within(timeout),
            None => Deadline::within(timeout),
        }
    }

    /// Lets no start of the next calls leave without this.
    pub fn pass(&mut self, gate: Arc<dyn Gate>) {
        Arc::make_mut(&mut self.options).gate = Some(gate);
    }

    pub(super) fn gate(&self) -> Option<&dyn Gate> {
        self.options.gate.as_deref()
    }

    /// Lets no list of the next calls leave anything out in silence.
    pub fn conclude_from_lists(&mut self) {
        Arc::make_mut(&mut self.options).lists_prove = true;
    }

    pub fn lists_prove(&self) -> bool {
        self.options.lists_prove
    }

    /// Puts on a request what the service, the client and the caller give each one.
    pub(super) fn prepare(&self, request: &mut reqwest::Request, operation: &Operation) {
        self.shared.dialect.prepare(request, operation);
        for (name, value) in &self.options.headers {
            request.headers_mut().insert(name, value.clone());
        }
    }

    /// Puts into an address what the service wants in the query of each.
    pub(super) fn add_query(&self, url: &mut Url) {
        if let Some((name, value)) = &self.options.query {
            url.query_pairs_mut().append_pair(name, value);
        }
    }

    /// What cleans every text that leaves a call.
    pub fn cleaner(&self) -> Cleaner {
        let cleaner = self.shared.cleaner.read();
        cleaner.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes note of a token, so that it is never shown.
    pub(super) fn keep_secret(&self, token: &str) {
        let cleaner = self.shared.cleaner.write();
        let mut cleaner = cleaner.unwrap_or_else(PoisonError::into_inner);
        // Nothing is made anew for a token that is known.
        *cleaner = cleaner.with_latest(self.shared.credential.secrets().len(), token);
    }

    /// A moment of this machine's clock as the service's clock showed it; `None` while no answer has
    /// told the service's time.
    pub fn at_service(&self, moment: Moment) -> Option<Span> {
        self.shared.clocks.at_service(moment)
    }

    /// What the service's clock shows now, at the earliest; `None` while no answer has told its time.
    pub fn at_service_now(&self) -> Option<Moment> {
        self.shared.clocks.at_service_now()
    }

    /// A moment of this machine's clock that was over when the service's showed this one; `None`
    /// while no answer has told the service's time.
    pub fn before(&self, at_service: Moment) -> Option<Moment> {
        self.shared.clocks.before(at_service)
    }

    /// This machine's time.
    pub fn here(&self) -> Moment {
        self.shared.clocks.here()
    }

    /// This machine's time, corrected by what a refusal told.
    #[cfg(feature = "aliyun")]
    pub fn now(&self) -> Moment {
        self.shared.clocks.now()
    }

    pub(super) fn send(
        &self,
        request: reqwest::Request,
    ) -> impl Future<Output = Result<http::Response<ResponseBody>, SendError>> {
        if !self.shared.http_is_callers {
            return Either::Left(self.shared.reqwest.execute(request));
        }
        Either::Right(match crate::http_client::plain(request) {
            Ok(request) => self.shared.http.send(request),
            Err(error) => Box::pin(ready(Err(error))),
        })
    }

    /// The client that tokens are asked for with.
    pub(super) fn http(&self) -> &Arc<dyn HttpClient> {
        &self.shared.http
    }
}
