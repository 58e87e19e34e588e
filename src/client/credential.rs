//! What a session authenticates with, whichever kind it is.

use http::header::{AUTHORIZATION, HeaderName, HeaderValue};

#[cfg(feature = "aliyun")]
use crate::auth::acs3;
use crate::auth::{ClientCredentials, InvalidSecret, Provided, Secret, TokenCache, basic, bearer};
use crate::error::Error;

/// What a session authenticates with.
pub(crate) enum Credential {
    /// The same header on each request: Basic, a bearer token at hand, a token in a header of the
    /// vendor's own.
    Header {
        name: HeaderName,
        value: HeaderValue,
        secret: Secret,
    },
    /// A bearer token that is fetched and renewed.
    OAuth(TokenCache),
    /// A bearer token that the caller's provider gives.
    Provided(Provided<Secret>),
    /// A signature over each request.
    #[cfg(feature = "aliyun")]
    Acs3(acs3::Credentials),
    /// A signature with the keys that the caller's provider gives.
    #[cfg(feature = "aliyun")]
    ProvidedAcs3(Provided<acs3::Credentials>),
}

/// What was used on one request, so that it can be dropped when it is refused.
#[derive(Debug, Default)]
pub(crate) enum Used {
    /// The credential that the client was built with: there is no other.
    #[default]
    Lasting,
    Token(Secret),
    #[cfg(feature = "aliyun")]
    Key(Box<acs3::Credentials>),
}

impl Credential {
    pub fn basic(user: &str, what: &str, password: &Secret) -> Result<Self, Error> {
        required(what, password)?;
        let value = basic::header(user, password).map_err(invalid)?;
        Ok(Credential::header(AUTHORIZATION, value, password))
    }

    pub fn bearer(token: &Secret) -> Result<Self, Error> {
        required("token", token)?;
        let value = bearer::header(token).map_err(invalid)?;
        Ok(Credential::header(AUTHORIZATION, value, token))
    }

    /// A token that stands alone in a header of this name.
    pub fn token_in(name: HeaderName, token: &Secret) -> Result<Self, Error> {
        let value = bearer::alone(token).map_err(invalid)?;
        Ok(Credential::header(name, value, token))
    }

    fn header(name: HeaderName, value: HeaderValue, secret: &Secret) -> Self {
        let secret = secret.clone();
        Credential::Header {
            name,
            value,
            secret,
        }
    }

    /// Tokens that are fetched with a client's credentials. Nothing is sent for them yet.
    pub fn oauth(client: ClientCredentials) -> Result<Self, Error> {
        required("client secret", &client.client_secret)?;
        Ok(Credential::OAuth(TokenCache::new(client)))
    }

    /// Every secret that is known before the first request.
    pub fn secrets(&self) -> Vec<&str> {
        match self {
            Credential::Header { secret, .. } => vec![secret.expose()],
            Credential::OAuth(cache) => vec![cache.client_secret().expose()],
            Credential::Provided(_) => Vec::new(),
            #[cfg(feature = "aliyun")]
            Credential::Acs3(key) => key_secrets(key).collect(),
            #[cfg(feature = "aliyun")]
            Credential::ProvidedAcs3(_) => Vec::new(),
        }
    }

    /// Drops the refused credential. `false` when there is no other.
    pub fn forget(&self, used: &Used) -> bool {
        match (self, used) {
            (Credential::OAuth(cache), Used::Token(token)) => cache.invalidate(token),
            (Credential::Provided(provided), Used::Token(token)) => provided.invalidate(token),
            #[cfg(feature = "aliyun")]
            (Credential::ProvidedAcs3(provided), Used::Key(key)) => provided.invalidate(key),
            _ => return false,
        }
        true
    }
}

#[cfg(feature = "aliyun")]
pub(super) fn key_secrets(key: &acs3::Credentials) -> impl Iterator<Item = &str> {
    let secrets = [Some(&key.access_key_secret), key.security_token.as_ref()];
    secrets.into_iter().flatten().map(Secret::expose)
}

/// An empty secret is refused before anything is sent: it comes from a variable that is set to
/// nothing, and what a service answers to it may be no clear refusal.
pub(crate) fn required(what: &str, secret: &Secret) -> Result<(), Error> {
    match secret.is_empty() {
        true => Err(Error::configuration(format!("the {what} is empty"))),
        false => Ok(()),
    }
}

pub(super) fn invalid(fault: InvalidSecret) -> Error {
    Error::configuration(fault.to_string()).advise("Copy the credential again, on one line.")
}
