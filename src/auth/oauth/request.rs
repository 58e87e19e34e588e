//! One token request.

use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use http::{Method, Request, StatusCode};
use secrecy::zeroize::Zeroizing;
use tokio::time::timeout;

use super::answer;
use super::credentials::ClientCredentials;
use crate::auth::Secret;
use crate::auth::cache::Grant;
use crate::auth::error::TokenError;
use crate::auth::origin::may_carry_credentials;
use crate::http_client::{HttpClient, ResponseBody, SendError};

/// A token answer is a few kilobytes; anything larger is something else.
const LARGEST_ANSWER: usize = 64 * 1024;

/// Asks the endpoint once.
pub(super) async fn fetch(
    http: &dyn HttpClient,
    credentials: &ClientCredentials,
    within: Duration,
) -> Result<Grant<Secret>, TokenError> {
    let url = &credentials.token_url;
    if !may_carry_credentials(url) {
        return Err(TokenError::Insecure {
            host: url.host_str().unwrap_or("a URL without a host").to_owned(),
        });
    }
    let exchanged = exchange(http, credentials);
    let Ok(exchanged) = timeout(within, exchanged).await else {
        return Err(TokenError::Unreachable(SendError::perhaps_sent(
            "no answer came in time",
        )));
    };
    exchanged
}

async fn exchange(
    http: &dyn HttpClient,
    credentials: &ClientCredentials,
) -> Result<Grant<Secret>, TokenError> {
    let response = http.send(request(credentials)?).await?;
    let (head, mut body) = response.into_parts();
    let (status, headers) = (head.status, head.headers);
    let secret = &credentials.client_secret;
    let Some(body) = read_body(&mut body).await? else {
        // What a status alone says is worth more than the size of the body.
        let too_large = answer::undecodable(status, &headers, "it is larger than 64 KiB");
        return match answer::read(status, &headers, b"", secret) {
            Err(error) if !StatusCode::is_success(&status) => Err(error),
            _ => Err(too_large),
        };
    };
    answer::read(status, &headers, &body, secret)
}

fn request(credentials: &ClientCredentials) -> Result<Request<Bytes>, TokenError> {
    let form = Zeroizing::new(
        serde_urlencoded::to_string(credentials.form())
            .map_err(|_| unsendable("the form cannot be written"))?,
    );
    let mut request = Request::new(Bytes::copy_from_slice(form.as_bytes()));
    *request.method_mut() = Method::POST;
    *request.uri_mut() = credentials
        .token_url
        .as_str()
        .parse()
        .map_err(|_| unsendable("its address cannot be called"))?;
    let headers = request.headers_mut();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/x-www-form-urlencoded"),
    );
    Ok(request)
}

fn unsendable(reason: &str) -> TokenError {
    TokenError::Unreachable(SendError::not_sent(reason))
}

/// The whole body, wiped when dropped; `None` when it is larger than allowed.
async fn read_body(body: &mut ResponseBody) -> Result<Option<Zeroizing<Vec<u8>>>, TokenError> {
    let mut whole = Zeroizing::new(Vec::with_capacity(8 * 1024));
    while let Some(piece) = body.next().await.map_err(SendError::perhaps_sent)? {
        if whole.len().saturating_add(piece.len()) > LARGEST_ANSWER {
            return Ok(None);
        }
        whole.extend_from_slice(&piece);
    }
    Ok(Some(whole))
}
