//! One token request.

use std::time::Duration;

use reqwest::header::{ACCEPT, HeaderValue};
use reqwest::{Client, Response};
use secrecy::zeroize::Zeroizing;

use super::answer::{self, Grant};
use super::credentials::ClientCredentials;
use super::error::TokenError;
use crate::auth::origin::may_carry_credentials;

/// A token answer is a few kilobytes; what is larger is something else.
const LARGEST_ANSWER: usize = 64 * 1024;

/// Asks the endpoint once.
pub(super) async fn fetch(
    http: &Client,
    credentials: &ClientCredentials,
    timeout: Duration,
) -> Result<Grant, TokenError> {
    let url = &credentials.token_url;
    if !may_carry_credentials(url) {
        return Err(TokenError::Insecure {
            host: url.host_str().unwrap_or("a URL without a host").to_owned(),
        });
    }
    let response = http
        .post(url.clone())
        .header(ACCEPT, HeaderValue::from_static("application/json"))
        .timeout(timeout)
        .form(&credentials.form())
        .send()
        .await
        .map_err(TokenError::unreachable)?;
    let (status, headers) = (response.status(), response.headers().clone());
    if super::credentials::bare(response.url()) != super::credentials::bare(url) {
        return Err(answer::undecodable(
            status,
            &headers,
            "it came by a redirect: the HTTP client must not follow any",
        ));
    }
    let Some(body) = read_body(response).await? else {
        // What a status alone says is worth more than the size of the body.
        let too_large = answer::undecodable(status, &headers, "it is larger than 64 KiB");
        return match answer::read(status, &headers, b"", &credentials.client_secret) {
            Err(error) if !status.is_success() => Err(error),
            _ => Err(too_large),
        };
    };
    answer::read(status, &headers, &body, &credentials.client_secret)
}

/// The whole body, wiped when dropped; `None` when it is larger than allowed.
async fn read_body(mut response: Response) -> Result<Option<Zeroizing<Vec<u8>>>, TokenError> {
    let mut body = Zeroizing::new(Vec::with_capacity(8 * 1024));
    while let Some(chunk) = response.chunk().await.map_err(TokenError::unreachable)? {
        if body.len() + chunk.len() > LARGEST_ANSWER {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
}
