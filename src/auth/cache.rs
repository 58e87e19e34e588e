//! A credential that ends, shared by many callers.

use std::fmt;
use std::future::Future;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared, WeakShared};
use tokio::time::Instant;

use super::error::TokenError;
use crate::lock::{Mutex, MutexGuard};

/// The longest time by which a credential is replaced early.
const LARGEST_MARGIN: Duration = Duration::from_secs(60);

/// How long a credential is taken to last when nobody says.
pub(super) const DEFAULT_LIFE: Duration = Duration::from_secs(5 * 60);

/// Nothing is kept longer than this, whatever its source says: a slip there (say, milliseconds
/// where seconds are meant) should not keep a token for years.
pub(super) const LONGEST_LIFE: Duration = Duration::from_secs(30 * 24 * 60 * 60);

type Refresh<T> = BoxFuture<'static, Result<T, TokenError>>;

/// A credential and how long it lasts, counted from the moment at which it was asked for.
pub(super) struct Grant<T> {
    pub credential: T,
    pub life: Duration,
}

/// Keeps a credential while it lasts, and lets all callers that need the next one wait for the same
/// request. Clones share one.
#[derive(Clone)]
pub(super) struct Cache<T>(Arc<Mutex<Entry<T>>>);

struct Entry<T> {
    current: Option<Held<T>>,
    /// The request under way. Weak: only the callers that wait keep it alive, so one that nobody
    /// waits for any more does not linger half done.
    refresh: Option<WeakShared<Refresh<T>>>,
}

#[derive(Clone)]
struct Held<T> {
    credential: T,
    /// From here on it is replaced.
    stale_at: Instant,
    /// From here on it is worthless.
    ends_at: Instant,
}

impl<T> Held<T> {
    fn new(grant: Grant<T>, asked_at: Instant) -> Self {
        let life = grant.life.min(LONGEST_LIFE);
        let margin = LARGEST_MARGIN.min(life.div_f64(10.0));
        Self {
            credential: grant.credential,
            stale_at: later(asked_at, life.saturating_sub(margin)),
            ends_at: later(asked_at, life),
        }
    }
}

/// A life is bounded; a clock that cannot add it has ended the credential.
fn later(moment: Instant, life: Duration) -> Instant {
    moment.checked_add(life).unwrap_or(moment)
}

impl<T> Default for Cache<T> {
    fn default() -> Self {
        Cache(Arc::new(Mutex::new(Entry {
            current: None,
            refresh: None,
        })))
    }
}

impl<T: Clone + PartialEq + Send + Sync + 'static> Cache<T> {
    /// A credential that is good now: the one held, or a new one when there is none or when it is
    /// about to end.
    ///
    /// A failure is not kept: the next call asks again. While the credential held is about to end
    /// but has not ended, a *temporary* failure to replace it is not an error; the old one is
    /// returned.
    pub async fn get<F>(&self, fetch: impl FnOnce() -> F) -> Result<T, TokenError>
    where
        F: Future<Output = Result<Grant<T>, TokenError>> + Send + 'static,
    {
        let refresh = {
            let mut state = lock(&self.0);
            if let Some(held) = &state.current
                && Instant::now() < held.stale_at
            {
                return Ok(held.credential.clone());
            }
            match state.refresh.as_ref().and_then(WeakShared::upgrade) {
                Some(under_way) => under_way,
                None => {
                    let refresh = self.refresh(fetch());
                    state.refresh = refresh.downgrade();
                    refresh
                }
            }
        };
        refresh.await
    }

    /// Forgets the credential if it is still the one that was `used`. When another caller has
    /// already replaced it, nothing happens: the new one has not been refused by anybody.
    pub fn invalidate(&self, used: &T) {
        let mut state = lock(&self.0);
        let held = state.current.as_ref();
        if held.is_some_and(|held| held.credential == *used) {
            state.current = None;
        }
    }

    /// The request for the next credential, which any number of callers can wait for. It puts the
    /// credential into the cache itself, so it does not matter which of the callers sees its end.
    fn refresh(
        &self,
        fetch: impl Future<Output = Result<Grant<T>, TokenError>> + Send + 'static,
    ) -> Shared<Refresh<T>> {
        let state = self.0.clone();
        async move {
            // Measured from before the request: the source counts from when it answers.
            let asked_at = Instant::now();
            let outcome = fetch.await;
            let mut state = lock(&state);
            state.refresh = None;
            match outcome {
                Ok(grant) => {
                    let held = Held::new(grant, asked_at);
                    let credential = held.credential.clone();
                    state.current = Some(held);
                    Ok(credential)
                }
                Err(error) => match &state.current {
                    Some(held) if error.is_temporary() && Instant::now() < held.ends_at => {
                        Ok(held.credential.clone())
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
fn lock<T>(state: &Mutex<Entry<T>>) -> MutexGuard<'_, Entry<T>> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<T> fmt::Debug for Cache<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache")
            .field("holds_one", &lock(&self.0).current.is_some())
            .finish()
    }
}
