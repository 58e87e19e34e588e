//! Putting a credential on a request.

use http::header::AUTHORIZATION;
use reqwest::Request;

use super::Session;
#[cfg(feature = "aliyun")]
use super::credential::key_secrets;
use super::credential::{Credential, Used, invalid};
#[cfg(feature = "aliyun")]
use crate::auth::acs3;
use crate::auth::{ProviderError, Secret, TokenError, bearer};
use crate::error::{Error, ErrorKind};

impl Session {
    /// Puts the credential on a request. This is the last step: a signature covers what is already
    /// there.
    pub(super) async fn authorize(&self, request: &mut Request) -> Result<Used, Error> {
        match &self.shared().credential {
            Credential::Header { name, value, .. } => {
                request.headers_mut().insert(name, value.clone());
                Ok(Used::Lasting)
            }
            Credential::OAuth(cache) => {
                let token = cache.token(self.http()).await.map_err(no_token)?;
                put_token(token, request, self)
            }
            Credential::Provided(provided) => {
                let now = self.shared().clocks.here();
                let token = provided.get(now).await.map_err(no_token)?;
                if token.is_empty() {
                    provided.invalidate(&token);
                    return Err(no_token(TokenError::Provider(EMPTY)));
                }
                put_token(token, request, self)
            }
            #[cfg(feature = "aliyun")]
            Credential::Acs3(key) => {
                sign(request, key, self)?;
                Ok(Used::Lasting)
            }
            #[cfg(feature = "aliyun")]
            Credential::ProvidedAcs3(provided) => {
                let now = self.shared().clocks.here();
                let key = provided.get(now).await.map_err(no_token)?;
                if key.access_key_secret.is_empty() {
                    provided.invalidate(&key);
                    return Err(no_token(TokenError::Provider(EMPTY)));
                }
                key_secrets(&key).for_each(|secret| self.keep_secret(secret));
                sign(request, &key, self)?;
                Ok(Used::Key(Box::new(key)))
            }
        }
    }
}

const EMPTY: ProviderError = ProviderError::refused("what it gave is empty");

fn put_token(token: Secret, request: &mut Request, session: &Session) -> Result<Used, Error> {
    session.keep_secret(token.expose());
    let value = bearer::header(&token).map_err(invalid)?;
    request.headers_mut().insert(AUTHORIZATION, value);
    Ok(Used::Token(token))
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

/// Signs the request as it now is. Date and nonce are new for each attempt.
#[cfg(feature = "aliyun")]
fn sign(
    request: &mut Request,
    credentials: &acs3::Credentials,
    session: &Session,
) -> Result<(), Error> {
    // The signed text has to equal the sent one: `Url` leaves characters that the signature
    // encodes.
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
