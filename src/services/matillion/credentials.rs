//! Credentials for Matillion.

use std::fmt;
use std::sync::Arc;

use url::Url;

use crate::auth::{ClientCredentials, Provided, Secret, TokenProvider, origin};
use crate::client::Credential;
use crate::error::{Error, Result};
use crate::service_client::IntoCredential;

/// Where tokens are given out, for all regions.
pub const TOKEN_URL: &str = "https://id.core.matillion.com/oauth/dpc/token";

/// The API that a token is for. Most public clients send it and some scripts do not, so the
/// endpoint may not need it; sending it is what is known to work.
const AUDIENCE: &str = "https://api.matillion.com";

/// A credential for Matillion. Whatever it is, requests carry `Authorization: Bearer`.
///
/// `Debug` shows no secret.
#[derive(Clone)]
#[non_exhaustive]
pub enum Credentials {
    /// A bearer token that somebody else renews. Matillion's last 30 minutes.
    Token(Secret),
    /// An API credential: exchanged for tokens, each kept until shortly before its end. What the
    /// tokens may do is the role that the credential has in Matillion.
    #[non_exhaustive]
    ClientCredentials {
        /// The client id.
        client_id: String,
        /// The client secret.
        secret: Secret,
        /// Where tokens are asked for: [`TOKEN_URL`] unless set.
        token_url: String,
    },
    /// Bearer tokens from a provider.
    Provider(Arc<dyn TokenProvider>),
}

impl Credentials {
    /// A bearer token. It is not renewed: when it ends, calls fail with
    /// [`crate::ErrorKind::Authentication`].
    pub fn token(token: impl Into<Secret>) -> Self {
        Credentials::Token(token.into())
    }

    /// The id and the secret of an API credential.
    pub fn client(client_id: impl Into<String>, secret: impl Into<Secret>) -> Self {
        Credentials::ClientCredentials {
            client_id: client_id.into(),
            secret: secret.into(),
            token_url: TOKEN_URL.to_owned(),
        }
    }

    /// Bearer tokens from a provider, asked for when they are needed and renewed before they end.
    pub fn provider(provider: impl TokenProvider + 'static) -> Self {
        Credentials::Provider(Arc::new(provider))
    }

    /// Sets where tokens are requested: a sandbox, or your own server. Changes only an API
    /// credential. The address is checked when the client is built.
    #[must_use]
    pub fn token_url(mut self, url: impl Into<String>) -> Self {
        if let Credentials::ClientCredentials { token_url, .. } = &mut self {
            *token_url = url.into();
        }
        self
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Credentials::Token(token) => f.debug_tuple("Token").field(token).finish(),
            Credentials::Provider(provider) => f.debug_tuple("Provider").field(provider).finish(),
            // The address of the endpoint may hold a password.
            Credentials::ClientCredentials {
                client_id, secret, ..
            } => f
                .debug_struct("ClientCredentials")
                .field("client_id", client_id)
                .field("secret", secret)
                .finish_non_exhaustive(),
        }
    }
}

impl IntoCredential for Credentials {
    #[cfg(feature = "contract")]
    fn made_up() -> Self {
        Credentials::token("contract-test")
    }

    fn into_credential(self) -> Result<Credential> {
        match self {
            Credentials::Token(token) => Credential::bearer(&token),
            Credentials::Provider(provider) => Ok(Credential::Provided(Provided::new(provider))),
            Credentials::ClientCredentials {
                client_id,
                secret,
                token_url,
            } => {
                if client_id.trim().is_empty() {
                    return Err(Error::configuration("the client id is empty"));
                }
                let url = Url::parse(&token_url).map_err(|fault| {
                    Error::configuration(format!(
                        "the token endpoint's address is not a URL: {fault}"
                    ))
                })?;
                if !origin::may_carry_credentials(&url) {
                    let host = url.host_str().unwrap_or_default();
                    let detail = format!("the client secret is not sent to {host:?} without TLS");
                    return Err(Error::configuration(detail).advise("Use an https address."));
                }
                let grant = ClientCredentials::new(url, client_id, secret);
                Credential::oauth(grant.with_audience(AUDIENCE))
            }
        }
    }
}
