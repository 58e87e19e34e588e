//! Credentials for Aliyun.

use std::sync::Arc;

use crate::auth::{Provided, Secret, TokenProvider, acs3};
use crate::client::{Credential, required};
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
    /// Temporary (STS) access keys, renewed by a provider before they end.
    Provider(Arc<dyn TokenProvider<acs3::Credentials>>),
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
    /// within hours: [`Credentials::provider`] renews it.
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

    /// Temporary access keys, asked for when they are needed and renewed before they end.
    ///
    /// ```
    /// use runpipe::aliyun::Credentials;
    /// use runpipe::auth::{Expiring, ProviderError, Secret, acs3};
    ///
    /// async fn assume_role() -> Result<Expiring<acs3::Credentials>, ProviderError> {
    ///     // Ask STS here. What it answers:
    ///     let key = acs3::Credentials::new("STS.NUgY…", Secret::from("…"))
    ///         .with_security_token(Secret::from("CAIS…"));
    ///     let expiration = "2026-05-01T11:00:00Z".parse();
    ///     let expiration = expiration.map_err(|_| ProviderError::refused("STS gives no time"))?;
    ///     Ok(Expiring::at(key, expiration))
    /// }
    ///
    /// let credentials = Credentials::provider(assume_role);
    /// ```
    pub fn provider(provider: impl TokenProvider<acs3::Credentials> + 'static) -> Self {
        Credentials::Provider(Arc::new(provider))
    }
}

impl IntoCredential for Credentials {
    #[cfg(feature = "contract")]
    fn made_up() -> Self {
        Credentials::access_key("contract-test", "contract-test-secret")
    }

    fn into_credential(self) -> Result<Credential> {
        let (id, secret, security_token) = match self {
            Credentials::AccessKey {
                id,
                secret,
                security_token,
            } => (id, secret, security_token),
            Credentials::Provider(provider) => {
                return Ok(Credential::ProvidedAcs3(Provided::new(provider)));
            }
        };
        let required = |what: &str, secret: &Secret| {
            required(what, secret).map_err(|error| error.advise(COPY))
        };
        required("access key's secret", &secret)?;
        let mut key = acs3::Credentials::new(id, secret);
        if let Some(token) = security_token {
            required("security token", &token)?;
            key = key.with_security_token(token);
        }
        let probe = acs3::SigningRequest::new("GET", "localhost", "/");
        acs3::sign(&probe, &key, chrono::DateTime::UNIX_EPOCH, "probe")
            .map_err(|fault| Error::configuration(fault.to_string()).advise(COPY))?;
        Ok(Credential::Acs3(key))
    }
}

const COPY: &str = "Copy the access key again, each part on one line.";
