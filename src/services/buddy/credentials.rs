//! What Buddy takes as proof.

use crate::auth::Secret;
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
}

impl Credentials {
    /// A personal access token or an OAuth access token.
    pub fn token(token: impl Into<Secret>) -> Self {
        Credentials::Token(token.into())
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
        }
    }
}
