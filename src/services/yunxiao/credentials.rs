//! What Yunxiao takes as proof.

use crate::auth::Secret;
use crate::client::Credential;
use crate::error::{Error, Result};
use crate::service_client::IntoCredential;

/// A credential for Yunxiao, sent as `x-yunxiao-token`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Credentials {
    /// A personal access token (`pt-…`). To start it needs the permission "pipeline run, read and
    /// write", for logs "pipeline job run, read".
    Token(Secret),
}

impl Credentials {
    /// A personal access token.
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
        let Credentials::Token(token) = self;
        if token.is_empty() {
            let advice = "Copy the personal access token again, on one line.";
            return Err(Error::configuration("the token is empty").advise(advice));
        }
        Credential::token_in(HEADER, &token)
    }
}

/// The vendor's pages know no other place for it.
const HEADER: http::HeaderName = http::HeaderName::from_static("x-yunxiao-token");
