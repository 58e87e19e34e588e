//! Credentials for Buddy.

use std::sync::Arc;

use crate::auth::{Provided, Secret, TokenProvider};
use crate::client::Credential;
use crate::error::Result;
use crate::service_client::IntoCredential;

/// A credential for Buddy, sent as `Authorization: Bearer`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Credentials {
    /// A personal access token, or an OAuth access token that somebody else renews (Buddy's last
    /// eight hours). Needs the scopes `EXECUTION_RUN` to start and `EXECUTION_INFO` to read.
    Token(Secret),
    /// OAuth access tokens from a provider.
    Provider(Arc<dyn TokenProvider>),
}

impl Credentials {
    /// A personal access token or an OAuth access token.
    pub fn token(token: impl Into<Secret>) -> Self {
        Credentials::Token(token.into())
    }

    /// OAuth access tokens from a provider, asked for when they are needed and renewed before they
    /// end.
    pub fn provider(provider: impl TokenProvider + 'static) -> Self {
        Credentials::Provider(Arc::new(provider))
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
        }
    }
}
