//! Building a client of any service: address, credentials, timeouts.

use std::fmt;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use chrono::{DateTime, Utc};
use url::Url;

use crate::auth::origin;
use crate::client::{Clock, Clocks, Credential, Dialect, Pace, RetryPolicy, Session, Shared};
#[cfg(feature = "recording")]
use crate::document::Document;
use crate::error::{Error, Result};
use crate::http_client::{HttpClient, ReqwestClient, TLS_COMPILED_IN};
#[cfg(feature = "recording")]
use crate::recording::Recorder;
use crate::secrets::Cleaner;
use crate::service::Service;
use crate::service_client::{IntoCredential, ServiceClient};

/// The longest connect timeout: the clock below it cannot add every duration.
const LONGEST_CONNECTING: Duration = Duration::from_secs(24 * 3600);

/// Builds the client `C` of a service; `C::builder()` begins.
///
/// Only the credentials have no default.
pub struct Builder<C: ServiceClient> {
    credentials: Option<C::Credentials>,
    settings: Settings,
}

/// The part that is the same for every service, so that it is compiled once.
struct Settings {
    base_url: String,
    retry: RetryPolicy,
    timeout: Duration,
    attempt_timeout: Duration,
    connect_timeout: Duration,
    longest_answer: usize,
    requests_per_second: f64,
    read_only: bool,
    clock: Clock,
    http: Option<Arc<dyn HttpClient>>,
    #[cfg(feature = "recording")]
    recorder: Option<Recorder>,
}

impl<C: ServiceClient> Builder<C> {
    /// Begins with the vendor's own address and no credentials, as `C::builder()` does.
    pub fn new() -> Self {
        let settings = Settings {
            base_url: C::BASE_URL.to_owned(),
            retry: RetryPolicy::default(),
            timeout: Duration::from_secs(60),
            attempt_timeout: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(10),
            longest_answer: 16 << 20,
            requests_per_second: C::REQUESTS_PER_SECOND,
            read_only: false,
            clock: Arc::new(Utc::now),
            http: None,
            #[cfg(feature = "recording")]
            recorder: None,
        };
        Builder {
            credentials: None,
            settings,
        }
    }

    /// Sets the address of the service: another region, a server of your own, a sandbox.
    /// Scheme, host, port and a path before the documented paths.
    #[must_use]
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.settings.base_url = base_url.into();
        self
    }

    /// Sets the credentials.
    #[must_use]
    pub fn credentials(mut self, credentials: C::Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// Sets how temporary failures are retried.
    #[must_use]
    pub fn retry(mut self, retry: RetryPolicy) -> Self {
        self.settings.retry = retry;
        self
    }

    /// Sets how long one call may take: 60 s unless set. This covers everything: waiting for the
    /// budget of requests, fetching a token first, every attempt, and the pauses between attempts.
    /// A method that makes several requests, such as looking up a pipeline by its name or
    /// `reconcile`, takes no longer either.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.settings.timeout = timeout;
        self
    }

    /// Sets how long one attempt may take, from the first byte to the last: 30 s unless set, and
    /// never longer than the call.
    #[must_use]
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.settings.attempt_timeout = timeout;
        self
    }

    /// Sets how long connecting may take. It always ends before the attempt as a whole does, so
    /// that a failure to connect is known to be one.
    #[must_use]
    pub fn connect_timeout(mut self, connect_timeout: Duration) -> Self {
        self.settings.connect_timeout = connect_timeout;
        self
    }

    /// Sets the longest answer that is read, in bytes after decompression: 16 MiB unless set.
    #[must_use]
    pub fn longest_answer(mut self, bytes: usize) -> Self {
        self.settings.longest_answer = bytes;
        self
    }

    /// Sets the budget of requests that all calls of this client and its clones share. After a quiet
    /// second, as many may be made at once. The lowest rate is one request a day.
    #[must_use]
    pub fn requests_per_second(mut self, requests: f64) -> Self {
        self.settings.requests_per_second = requests;
        self
    }

    /// Builds a client that only reads, for a dashboard or a watcher. What would start, stop or decide
    /// anything fails with [`crate::ErrorKind::Configuration`] before it is sent.
    ///
    /// Its connections carry no start, so the client uses each as soon as it is made. Other clients first
    /// wait two milliseconds for bytes that nobody asked for.
    #[must_use]
    pub fn read_only(mut self) -> Self {
        self.settings.read_only = true;
        self
    }

    /// Sets where the wall clock comes from, for signatures and HTTP dates.
    #[must_use]
    pub fn clock(mut self, clock: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        self.settings.clock = Arc::new(clock);
        self
    }

    /// Sets the client that sends the requests, instead of reqwest: one with your own proxy, root
    /// certificates or layers. [`HttpClient`] has the rules for it. It sets its own connect
    /// timeout.
    #[must_use]
    pub fn http_client(mut self, http: Arc<dyn HttpClient>) -> Self {
        self.settings.http = Some(http);
        self
    }

    /// Writes each exchange with the service into a file of this folder, redacted: see
    /// [`recording`](crate::recording). Builders that are given one [`Recorder`] have look-alikes in
    /// common.
    ///
    /// ```no_run
    /// # fn main() -> runpipe::Result<()> {
    /// let buddy = runpipe::buddy::Client::builder()
    ///     .credentials(runpipe::buddy::Credentials::token("token"))
    ///     .record("recorded")
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "recording")]
    #[must_use]
    pub fn record(mut self, recorder: impl Into<Recorder>) -> Self {
        self.settings.recorder = Some(recorder.into());
        self
    }

    /// Builds the client. Nothing is sent.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::Configuration`] when there are no credentials, when they hold characters
    /// that no header can carry, when the address is not a URL or is plain `http` to another
    /// machine, or when there is no TLS: no feature for it, or none of its providers in this
    /// process. Also when the folder of a recording cannot be created.
    pub fn build(self) -> Result<C> {
        self.session()
            .map(C::from_session)
            .map_err(|error| error.on_service(C::SERVICE))
    }

    fn session(self) -> Result<Session> {
        let base_url = self.settings.checked_base_url()?;
        let credentials = self.credentials;
        let credentials =
            credentials.ok_or_else(|| Error::configuration("no credentials were given"))?;
        let credential = credentials.into_credential()?;
        let shared = self
            .settings
            .shared(base_url, credential, C::SERVICE, C::DIALECT)?;
        Ok(Session::new(shared, C::QUERY))
    }
}

impl Settings {
    fn shared(
        self,
        base_url: Url,
        credential: Credential,
        service: Service,
        dialect: &'static dyn Dialect,
    ) -> Result<Shared> {
        // Connecting ends before the attempt does, so that a failure to connect is known as one.
        let attempt_timeout = self.attempt_timeout.min(self.timeout);
        let before = attempt_timeout.min(LONGEST_CONNECTING).mul_f64(0.9);
        let connect_timeout = self.connect_timeout.min(before);
        let http_is_callers = self.http.is_some();
        if !http_is_callers && base_url.scheme() == "https" && !TLS_COMPILED_IN {
            return Err(
                Error::configuration("this build of runpipe has no TLS").advise(
                    "Turn on its feature `rustls`, `rustls-ring` or `rustls-no-provider`, or give \
                     the builder an `http_client` of your own.",
                ),
            );
        }
        // A caller's own client sends for it: this machine's roots need not be read.
        let scheme = match http_is_callers {
            true => "http",
            false => base_url.scheme(),
        };
        let made = ReqwestClient::for_scheme(scheme, connect_timeout, self.read_only);
        let reqwest = made.map_err(|fault| {
            Error::configuration(format!(
                "no HTTP client can be made on this machine: {fault}"
            ))
        })?;
        let cleaner = Cleaner::new(credential.secrets());
        let http = self.http.unwrap_or_else(|| Arc::new(reqwest.clone()));
        #[cfg(feature = "recording")]
        let (http, http_is_callers) = match self.recorder {
            Some(recorder) => {
                let document = service.document().map(Document::text).unwrap_or_default();
                let (base, secrets) = (base_url.as_str(), cleaner.clone());
                let recorded = recorder.client(http, Some(service), &document, base, secrets)?;
                (recorded, true)
            }
            None => (http, http_is_callers),
        };
        Ok(Shared {
            service,
            base_url,
            http,
            reqwest,
            http_is_callers,
            credential,
            dialect,
            retry: self.retry,
            read_only: self.read_only,
            pace: Pace::new(self.requests_per_second),
            timeout: self.timeout,
            attempt_timeout,
            longest_answer: self.longest_answer,
            clocks: Clocks::new(self.clock),
            cleaner: RwLock::new(cleaner),
        })
    }

    fn checked_base_url(&self) -> Result<Url> {
        let url = Url::parse(&self.base_url).map_err(|fault| {
            // The address itself is not repeated: a password may be in it.
            Error::configuration(format!("the address of the service is not a URL: {fault}"))
        })?;
        if url.query().is_some()
            || url.fragment().is_some()
            || !url.username().is_empty()
            || url.password().is_some()
        {
            return Err(Error::configuration(
                "the address has a query, a fragment or a user in it: give scheme, host and path",
            ));
        }
        if !origin::may_carry_credentials(&url) {
            let host = url.host_str().unwrap_or_default();
            return Err(Error::configuration(format!(
                "credentials are not sent to {host} without TLS"
            ))
            .advise("Use an https address."));
        }
        Ok(url)
    }
}

impl<C: ServiceClient> Default for Builder<C> {
    fn default() -> Self {
        Self::new()
    }
}

impl<C: ServiceClient> fmt::Debug for Builder<C> {
    /// Without the address: it may hold a password until it is checked.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("retry", &self.settings.retry)
            .field("timeout", &self.settings.timeout)
            .finish_non_exhaustive()
    }
}
