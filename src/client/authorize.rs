//! Putting a credential on a request, whichever kind it is.

use std::fmt;

use http::header::{AUTHORIZATION, HeaderValue};
use reqwest::Request;

use super::Session;
#[cfg(feature = "aliyun")]
use crate::auth::acs3;
use crate::auth::{
    InvalidSecret, Provided, ProviderError, Secret, TokenCache, TokenError, basic, bearer,
};
use crate::error::{Error, ErrorKind};

/// What a session proves itself with.
pub(crate) enum Credential {
    /// The same header on each request: Basic, or a bearer token at hand.
    Header { value: HeaderValue, secret: Secret },
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
    /// What the client was built with: no other can be had.
    #[default]
    Lasting,
    Token(Secret),
    #[cfg(feature = "aliyun")]
    Key(Box<acs3::Credentials>),
}

impl Credential {
    pub fn basic(user: &str, password: &Secret) -> Result<Self, Error> {
        let value = basic::header(user, password).map_err(invalid)?;
        let secret = password.clone();
        Ok(Credential::Header { value, secret })
    }

    pub fn bearer(token: &Secret) -> Result<Self, Error> {
        let value = bearer::header(token).map_err(invalid)?;
        let secret = token.clone();
        Ok(Credential::Header { value, secret })
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

    /// Puts the credential on a request. Last of all: a signature covers what is there before.
    pub async fn authorize(&self, request: &mut Request, session: &Session) -> Result<Used, Error> {
        match self {
            Credential::Header { value, .. } => {
                request.headers_mut().insert(AUTHORIZATION, value.clone());
                Ok(Used::Lasting)
            }
            Credential::OAuth(cache) => {
                let token = cache.token(session.http()).await.map_err(no_token)?;
                put_token(token, request, session)
            }
            Credential::Provided(provided) => {
                let now = session.shared().clocks.here();
                let token = provided.get(now).await.map_err(no_token)?;
                if token.is_empty() {
                    provided.invalidate(&token);
                    return Err(no_token(TokenError::Provider(EMPTY)));
                }
                put_token(token, request, session)
            }
            #[cfg(feature = "aliyun")]
            Credential::Acs3(key) => {
                sign(request, key, session)?;
                Ok(Used::Lasting)
            }
            #[cfg(feature = "aliyun")]
            Credential::ProvidedAcs3(provided) => {
                let now = session.shared().clocks.here();
                let key = provided.get(now).await.map_err(no_token)?;
                if key.access_key_secret.is_empty() {
                    provided.invalidate(&key);
                    return Err(no_token(TokenError::Provider(EMPTY)));
                }
                key_secrets(&key).for_each(|secret| session.keep_secret(secret));
                sign(request, &key, session)?;
                Ok(Used::Key(Box::new(key)))
            }
        }
    }

    /// Drops what was refused. `false` when no other can be had.
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

const EMPTY: ProviderError = ProviderError::refused("what it gave is empty");

fn put_token(token: Secret, request: &mut Request, session: &Session) -> Result<Used, Error> {
    session.keep_secret(token.expose());
    let value = bearer::header(&token).map_err(invalid)?;
    request.headers_mut().insert(AUTHORIZATION, value);
    Ok(Used::Token(token))
}

#[cfg(feature = "aliyun")]
fn key_secrets(key: &acs3::Credentials) -> impl Iterator<Item = &str> {
    let secrets = [Some(&key.access_key_secret), key.security_token.as_ref()];
    secrets.into_iter().flatten().map(Secret::expose)
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[hidden]")
    }
}

fn invalid(fault: InvalidSecret) -> Error {
    Error::configuration(fault.to_string()).advise("Copy the credential again, on one line.")
}

/// Nothing has been sent to the service itself when this happens.
fn no_token(error: TokenError) -> Error {
    let kind = match &error {
        TokenError::Refused { .. } => ErrorKind::Authentication,
        TokenError::RateLimited { .. } => ErrorKind::RateLimited,
        TokenError::Unavailable { .. } => ErrorKind::Unavailable,
        TokenError::Unreachable { .. } => ErrorKind::Transport,
        TokenError::Insecure { .. } => ErrorKind::Configuration,
        TokenError::Undecodable { .. } => ErrorKind::Undecodable,
        TokenError::Provider(error) if error.is_temporary() => ErrorKind::Unavailable,
        TokenError::Provider(_) => ErrorKind::Authentication,
    };
    let mut told = Error::new(kind)
        .detail(error.to_string())
        .wait(error.retry_after());
    if let Some(status) = error.status() {
        told = told.status(status.as_u16());
    }
    if let TokenError::Refused { code, message, .. } = &error {
        told = told.code(code.clone()).says(message.clone());
    }
    told
}

/// Signs what is on the request by now. Date and nonce are new for each attempt.
#[cfg(feature = "aliyun")]
fn sign(
    request: &mut Request,
    credentials: &acs3::Credentials,
    session: &Session,
) -> Result<(), Error> {
    // What is signed has to be what is sent: `Url` leaves characters that the signature encodes.
    acs3::canonicalize_url(request.url_mut());
    let url = request.url();
    // As it is sent: the port only where it is not the scheme's own.
    let host = match (url.host_str(), url.port()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (host, _) => host.unwrap_or_default().to_owned(),
    };
    let nonce = format!("{:032x}", fastrand::u128(..));
    let body = request
        .body()
        .and_then(|body| body.as_bytes())
        .unwrap_or_default();
    let signing = acs3::SigningRequest::new(request.method().as_str(), &host, url.path())
        .with_query(url.query().unwrap_or_default())
        .with_headers(request.headers())
        .with_body(body);
    let signed = acs3::sign(&signing, credentials, session.now(), &nonce)
        .map_err(|fault| Error::configuration(fault.to_string()))?;
    signed.put_on(request.headers_mut());
    Ok(())
}
