//! Credentials that come from elsewhere and end: from a workload's identity, `az`, STS, a vault.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_core::future::BoxFuture;

use super::cache::{Cache, DEFAULT_LIFE, Grant};
use super::error::{ProviderError, TokenError};
use super::secret::Secret;

/// Gives out credentials that end: bearer tokens (`T` is [`Secret`]), or the temporary access keys
/// of Aliyun (`T` is [`acs3::Credentials`](super::acs3::Credentials)).
///
/// A client keeps the credential, shares it between all its calls, and asks again shortly before it
/// expires, or when the service answers that it is no longer accepted. One request for a credential
/// is under way at a time; it counts towards the timeout of the calls that wait for it, and its
/// future is dropped when none of them is waiting any more.
///
/// A function that returns a future is a provider too:
///
/// ```
/// use std::time::Duration;
///
/// use runpipe::auth::{Expiring, ProviderError, Secret};
/// use runpipe::azure_devops::{Client, Credentials};
///
/// async fn ask_the_vault() -> Result<Expiring<Secret>, ProviderError> {
///     let token = std::fs::read_to_string("/run/secrets/azure-devops")
///         .map_err(|_| ProviderError::unavailable("the secret is not mounted"))?;
///     Ok(Expiring::after(token.into(), Duration::from_secs(600)))
/// }
///
/// # fn main() -> runpipe::Result<()> {
/// let client = Client::builder()
///     .credentials(Credentials::provider(ask_the_vault))
///     .build()?;
/// # Ok(())
/// # }
/// ```
pub trait TokenProvider<T = Secret>: Send + Sync {
    /// Gets a credential that is good now. The client caches it; this need not.
    ///
    /// # Errors
    ///
    /// [`ProviderError`] when there is none. A temporary one is tried again while the call's time
    /// lasts.
    fn token(&self) -> BoxFuture<'_, Result<Expiring<T>, ProviderError>>;
}

impl<T, F, R> TokenProvider<T> for F
where
    F: Fn() -> R + Send + Sync,
    R: Future<Output = Result<Expiring<T>, ProviderError>> + Send + 'static,
{
    fn token(&self) -> BoxFuture<'_, Result<Expiring<T>, ProviderError>> {
        Box::pin(self())
    }
}

impl<T> fmt::Debug for dyn TokenProvider<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenProvider")
    }
}

/// A credential, and when it ends.
#[derive(Clone, Debug)]
pub struct Expiring<T> {
    credential: T,
    end: End,
}

#[derive(Clone, Copy, Debug)]
enum End {
    At(DateTime<Utc>),
    After(Duration),
}

impl<T> Expiring<T> {
    /// A credential that ends at a point in time on the clock of [`crate::Builder::clock`].
    pub fn at(credential: T, end: DateTime<Utc>) -> Self {
        let end = End::At(end);
        Expiring { credential, end }
    }

    /// A credential that lasts this long from when it was requested.
    pub fn after(credential: T, life: Duration) -> Self {
        let end = End::After(life);
        Expiring { credential, end }
    }

    /// A credential whose end is not known. It is replaced after five minutes.
    pub fn unknown(credential: T) -> Self {
        Expiring::after(credential, DEFAULT_LIFE)
    }

    /// What was asked for then.
    fn asked_at(self, asked: DateTime<Utc>) -> Grant<T> {
        let life = match self.end {
            End::After(life) => life,
            // What has ended already serves the call that asked.
            End::At(end) => end
                .signed_duration_since(asked)
                .to_std()
                .unwrap_or_default(),
        };
        let credential = self.credential;
        Grant { credential, life }
    }
}

/// A provider, and what it gave last.
pub(crate) struct Provided<T> {
    provider: Arc<dyn TokenProvider<T>>,
    cache: Cache<T>,
}

impl<T: Clone + PartialEq + Send + Sync + 'static> Provided<T> {
    pub fn new(provider: Arc<dyn TokenProvider<T>>) -> Self {
        let cache = Cache::default();
        Provided { provider, cache }
    }

    /// A credential that is good now.
    pub async fn get(&self, now: DateTime<Utc>) -> Result<T, TokenError> {
        let fetch = || {
            let provider = self.provider.clone();
            async move {
                let given = provider.token().await.map_err(TokenError::Provider)?;
                Ok(given.asked_at(now))
            }
        };
        self.cache.get(fetch).await
    }

    /// Forgets a credential that was refused, unless it has been replaced already.
    pub fn invalidate(&self, used: &T) {
        self.cache.invalidate(used);
    }
}
