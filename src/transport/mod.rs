//! The session inside every generated client: authorize, send, classify, send again where allowed.

mod call;
mod credential;
mod dialect;
mod explain;
mod operation;
mod pace;
mod start;

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use progenitor_client::ResponseValue;
use tokio::time::{Instant, sleep};

use crate::error::Result;
use crate::retry::{Again, Repeat, RetryPolicy};
use crate::service::Service;

pub(crate) use crate::retry_after::retry_after;
pub use call::Call;
pub(crate) use credential::Credential;
pub(crate) use dialect::{Answer, Dialect, Refusal, header_text};
pub(crate) use operation::Operation;
pub(crate) use pace::Pace;
pub(crate) use start::Reading;

/// A point in time on the wall clock, as the session's clock tells it.
pub(crate) type Moment = DateTime<Utc>;

/// Where the wall clock comes from. Signatures and HTTP dates need it; waiting does not.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// What the generated client of an operation answers.
pub(crate) type Generated<T> = std::result::Result<ResponseValue<T>, progenitor_client::Error<()>>;

/// Everything that the calls to one service share. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Session(Arc<Shared>);

pub(crate) struct Shared {
    pub service: Service,
    pub base_url: String,
    pub http: reqwest::Client,
    pub credential: Credential,
    pub dialect: &'static dyn Dialect,
    pub retry: RetryPolicy,
    pub pace: Pace,
    /// The longest answer that is read, in bytes.
    pub longest_answer: usize,
    pub clock: Clock,
    /// How far the service's clock was found to be ahead of ours, in milliseconds.
    pub skew: AtomicI64,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("service", &self.0.service)
            .field("base_url", &self.0.base_url)
            .finish_non_exhaustive()
    }
}

impl Session {
    pub fn new(shared: Shared) -> Self {
        Session(Arc::new(shared))
    }

    pub fn service(&self) -> Service {
        self.0.service
    }

    pub fn base_url(&self) -> &str {
        &self.0.base_url
    }

    pub fn http(&self) -> &reqwest::Client {
        &self.0.http
    }

    /// The wall clock, corrected by what the service was found to think.
    pub fn now(&self) -> Moment {
        self.at_service((self.0.clock)())
    }

    /// Makes a call: as often as the operation and the policy allow, each attempt authorized anew.
    ///
    /// `send` gets the hooks' state for one attempt and makes a generated client with it.
    pub async fn call<T, F, Fut>(&self, operation: &Operation, send: F) -> Result<ResponseValue<T>>
    where
        F: Fn(Call) -> Fut,
        Fut: Future<Output = Generated<T>>,
    {
        self.call_checked(operation, send, |_| None).await
    }

    /// The same, for a vendor that refuses inside answers that look like success: `refusal` reads
    /// it from the decoded answer.
    pub async fn call_checked<T, F, Fut>(
        &self,
        operation: &Operation,
        send: F,
        refusal: impl Fn(&T) -> Option<Refusal>,
    ) -> Result<ResponseValue<T>>
    where
        F: Fn(Call) -> Fut,
        Fut: Future<Output = Generated<T>>,
    {
        operation.check(self.service())?;
        let end = Instant::now() + self.0.retry.within();
        let mut delays = self.0.retry.delays();
        let (mut new_token, mut new_clock) = (true, true);
        loop {
            self.0.pace.turn().await;
            let call = Call::new(self.clone(), operation);
            let (error, again) = match send(call.clone()).await {
                Ok(answer) => match refusal(&answer) {
                    None => return Ok(answer),
                    Some(refusal) => {
                        let (status, headers) = (answer.status(), answer.headers().clone());
                        let body = bytes::Bytes::new();
                        call.explain_refusal(
                            &Answer {
                                status,
                                headers,
                                body,
                            },
                            refusal,
                        )
                    }
                },
                Err(failure) => call.explain(failure).await,
            };
            let error = call.without_credential(error);
            let delay = match again {
                Again::No => None,
                Again::NewToken if std::mem::take(&mut new_token) && call.forget_token() => {
                    Some(Duration::ZERO)
                }
                Again::NewClock if std::mem::take(&mut new_clock) => Some(Duration::ZERO),
                Again::NewToken | Again::NewClock => None,
                Again::Throttled(asked) => delays.next().map(|delay| asked.unwrap_or(delay)),
                Again::NotSent => delays.next(),
                Again::Ambiguous if operation.repeat == Repeat::Freely => delays.next(),
                Again::Ambiguous => return Err(error.into_outcome_unknown()),
            };
            match delay {
                Some(delay) if Instant::now() + delay <= end => sleep(delay).await,
                _ => return Err(error),
            }
        }
    }

    /// A moment of the caller's clock, as the service's clock shows it.
    pub fn at_service(&self, moment: Moment) -> Moment {
        let skew = TimeDelta::milliseconds(self.0.skew.load(Ordering::Relaxed));
        moment.checked_add_signed(skew).unwrap_or(moment)
    }

    /// Takes over what the service's clock shows. It is kept as the distance from our own clock as
    /// it is, so that calls that learn it at the same time do not add up.
    fn learn_clock(&self, service: Moment) {
        let skew = service - (self.0.clock)();
        self.0
            .skew
            .store(skew.num_milliseconds(), Ordering::Relaxed);
    }
}
