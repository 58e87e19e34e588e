//! What Aliyun takes as proof.

use crate::auth::{Secret, acs3};
use crate::client::Credential;
use crate::error::{Error, Result};
use crate::service_client::IntoCredential;

/// An access key, which signs every request and is never sent itself.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Credentials {
    /// The access key of a RAM user or of an account, lasting or temporary.
    AccessKey {
        /// The key's id. It travels in every request; it is not a secret.
        id: String,
        /// The key itself.
        secret: Secret,
        /// The token that belongs to a temporary (STS) key. None for a lasting key.
        security_token: Option<Secret>,
    },
}

impl Credentials {
    /// A lasting access key.
    pub fn access_key(id: impl Into<String>, secret: impl Into<Secret>) -> Self {
        Credentials::AccessKey {
            id: id.into(),
            secret: secret.into(),
            security_token: None,
        }
    }

    /// A temporary access key, as STS gives it out, with the token that belongs to it. It ends
    /// within hours: build a new client then.
    pub fn temporary_access_key(
        id: impl Into<String>,
        secret: impl Into<Secret>,
        security_token: impl Into<Secret>,
    ) -> Self {
        Credentials::AccessKey {
            id: id.into(),
            secret: secret.into(),
            security_token: Some(security_token.into()),
        }
    }
}

impl IntoCredential for Credentials {
    #[cfg(feature = "contract")]
    fn made_up() -> Self {
        Credentials::access_key("contract-test", "contract-test-secret")
    }

    fn into_credential(self) -> Result<Credential> {
        let Credentials::AccessKey {
            id,
            secret,
            security_token,
        } = self;
        if secret.is_empty() {
            return Err(Error::configuration("the access key's secret is empty").advise(COPY));
        }
        let mut key = acs3::Credentials::new(id, secret);
        if let Some(token) = security_token {
            if token.is_empty() {
                return Err(Error::configuration("the security token is empty").advise(COPY));
            }
            key = key.with_security_token(token);
        }
        let probe = acs3::SigningRequest::new("GET", "localhost", "/");
        acs3::sign(&probe, &key, chrono::DateTime::UNIX_EPOCH, "probe")
            .map_err(|fault| Error::configuration(fault.to_string()).advise(COPY))?;
        Ok(Credential::Acs3(key))
    }
}

const COPY: &str = "Copy the access key again, each part on one line.";
