//! A token that many callers share.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared, WeakShared};
use tokio::time::Instant;

use super::answer::Grant;
use super::credentials::ClientCredentials;
use super::error::TokenError;
use super::request::fetch;
use crate::auth::Secret;
use crate::client::HttpClient;

/// The longest time by which a token is replaced early.
const LARGEST_MARGIN: Duration = Duration::from_secs(60);

/// How long one token request may take unless the caller says otherwise.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

type Refresh = BoxFuture<'static, Result<Secret, TokenError>>;

/// A token of the client credentials grant, asked for when it is first needed and replaced before
/// it ends.
///
/// A token is replaced when less than a margin of its life is left: 60 seconds or a tenth of its
/// life, whichever is smaller. Callers that come while a request for a token is under way wait for
/// that request instead of sending their own. The request goes on as long as one of them waits; a
/// caller that is dropped takes nothing from the others. When the last one is dropped, the request
/// is given up, and the next caller sends a new one.
///
/// Clones share one token. The clock is [`tokio::time::Instant`], so tests can pause it.
#[derive(Clone)]
pub struct TokenCache {
    credentials: Arc<ClientCredentials>,
    timeout: Duration,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    current: Option<Held>,
    /// The request under way. Weak: only the callers that wait keep it alive, so one that nobody
    /// waits for any more does not linger half done.
    refresh: Option<WeakShared<Refresh>>,
}

#[derive(Clone)]
struct Held {
    token: Secret,
    /// From here on the token is replaced.
    stale_at: Instant,
    /// From here on the token is worthless.
    ends_at: Instant,
}

impl Held {
    fn new(grant: Grant, asked_at: Instant) -> Self {
        let margin = LARGEST_MARGIN.min(grant.life.div_f64(10.0));
        Self {
            token: grant.token,
            stale_at: later(asked_at, grant.life.saturating_sub(margin)),
            ends_at: later(asked_at, grant.life),
        }
    }
}

/// A token's life is bounded when it is read; a clock that cannot add it has ended the token.
fn later(moment: Instant, life: Duration) -> Instant {
    moment.checked_add(life).unwrap_or(moment)
}

impl TokenCache {
    /// A cache that holds no token yet. Nothing is sent before [`TokenCache::token`] is called.
    #[must_use]
    pub fn new(credentials: ClientCredentials) -> Self {
        Self {
            credentials: Arc::new(credentials),
            timeout: DEFAULT_TIMEOUT,
            state: Arc::default(),
        }
    }

    pub(crate) fn client_secret(&self) -> &Secret {
        &self.credentials.client_secret
    }

    /// Limits the time that one token request may take, from connecting to the last byte of the
    /// answer. 30 seconds unless set.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// A token that is good now: the one held, or a new one when there is none or when it is about
    /// to end.
    ///
    /// `http` sends the request: [`crate::ReqwestClient`], or what the caller has.
    ///
    /// # Errors
    ///
    /// A [`TokenError`] when the endpoint gives no token. It is not kept: the next call asks again.
    /// While the token held is about to end but has not ended, a *temporary* failure to replace it
    /// is no error; the old token is returned.
    pub async fn token(&self, http: &Arc<dyn HttpClient>) -> Result<Secret, TokenError> {
        let refresh = {
            let mut state = lock(&self.state);
            if let Some(held) = &state.current
                && Instant::now() < held.stale_at
            {
                return Ok(held.token.clone());
            }
            match state.refresh.as_ref().and_then(WeakShared::upgrade) {
                Some(under_way) => under_way,
                None => {
                    let refresh = self.refresh(http.clone());
                    state.refresh = refresh.downgrade();
                    refresh
                }
            }
        };
        refresh.await
    }

    /// Forgets the token if it is still the one that was `used`. To be called when a service
    /// answered 401 to it; the next [`TokenCache::token`] asks for a new one.
    ///
    /// When another caller has already replaced the token, nothing happens: the new token has not
    /// been refused by anybody.
    pub fn invalidate(&self, used: &Secret) {
        let mut state = lock(&self.state);
        if state
            .current
            .as_ref()
            .is_some_and(|held| held.token == *used)
        {
            state.current = None;
        }
    }

    /// The request for the next token, which any number of callers can wait for. It puts the token
    /// into the cache itself, so it does not matter which of the callers sees its end.
    fn refresh(&self, http: Arc<dyn HttpClient>) -> Shared<Refresh> {
        let cache = self.clone();
        async move {
            // Measured from before the request: the endpoint counts from when it answers.
            let asked_at = Instant::now();
            let outcome = fetch(&*http, &cache.credentials, cache.timeout).await;
            let mut state = lock(&cache.state);
            state.refresh = None;
            match outcome {
                Ok(grant) => {
                    let held = Held::new(grant, asked_at);
                    let token = held.token.clone();
                    state.current = Some(held);
                    Ok(token)
                }
                Err(error) => match &state.current {
                    Some(held) if error.is_temporary() && Instant::now() < held.ends_at => {
                        Ok(held.token.clone())
                    }
                    _ => Err(error),
                },
            }
        }
        .boxed()
        .shared()
    }
}

/// A panic while the lock was held leaves the state whole: each change is a single assignment.
fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for TokenCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenCache")
            .field("credentials", &self.credentials)
            .field("holds_token", &lock(&self.state).current.is_some())
            .finish_non_exhaustive()
    }
}
