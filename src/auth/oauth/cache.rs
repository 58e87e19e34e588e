//! A token that many callers share.

use std::sync::Arc;
use std::time::Duration;

use super::credentials::ClientCredentials;
use super::request::fetch;
use crate::auth::Secret;
use crate::auth::cache::Cache;
use crate::auth::error::TokenError;
use crate::http_client::HttpClient;

/// How long one token request may take unless the caller says otherwise.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

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
#[derive(Clone, Debug)]
pub struct TokenCache {
    credentials: Arc<ClientCredentials>,
    timeout: Duration,
    cache: Cache<Secret>,
}

impl TokenCache {
    /// A cache that holds no token yet. Nothing is sent before [`TokenCache::token`] is called.
    #[must_use]
    pub fn new(credentials: ClientCredentials) -> Self {
        Self {
            credentials: Arc::new(credentials),
            timeout: DEFAULT_TIMEOUT,
            cache: Cache::default(),
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
    /// `http` sends the request: [`crate::ReqwestClient`], or a client of your own.
    ///
    /// # Errors
    ///
    /// A [`TokenError`] when the endpoint gives no token. It is not kept: the next call asks again.
    /// While the token held is about to end but has not ended, a *temporary* failure to replace it
    /// is not an error; the old token is returned.
    pub async fn token(&self, http: &Arc<dyn HttpClient>) -> Result<Secret, TokenError> {
        let fetch = || {
            let (http, credentials) = (http.clone(), self.credentials.clone());
            let timeout = self.timeout;
            async move { fetch(&*http, &credentials, timeout).await }
        };
        self.cache.get(fetch).await
    }

    /// Forgets the token if it is still the one that was `used`. To be called when a service
    /// answered 401 to it; the next [`TokenCache::token`] asks for a new one.
    ///
    /// When another caller has already replaced the token, nothing happens: the new token has not
    /// been refused by anybody.
    pub fn invalidate(&self, used: &Secret) {
        self.cache.invalidate(used);
    }
}
