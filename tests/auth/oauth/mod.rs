//! The promise: a token of the client credentials grant is asked for once, kept while it lasts,
//! shared by all callers, and never printed.

mod answers;
mod bridging;
mod cache;
mod gate;
mod reach;
mod secrecy;
mod sharing;
mod storm;

use std::error::Error as StdError;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use reqwest::{StatusCode, Url};
use runpipe::auth::{ClientCredentials, Secret, TokenCache, TokenError};
use runpipe::{HttpClient, ReqwestClient, SendError};
use wiremock::matchers::{body_string, header, method, path};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

type Outcome = Result<(), Box<dyn StdError>>;

const SECRET: &str = "the client's secret/+";

fn http() -> Result<Arc<dyn HttpClient>, SendError> {
    Ok(Arc::new(ReqwestClient::new(Duration::from_secs(10))?))
}

fn credentials(server: &MockServer) -> Result<ClientCredentials, Box<dyn StdError>> {
    let url: Url = format!("{}/oauth/token", server.uri()).parse()?;
    Ok(ClientCredentials::new(
        url,
        "my-client",
        Secret::from(SECRET),
    ))
}

/// Answers with `token-1`, `token-2` and so on.
struct Tokens {
    expires_in: serde_json::Value,
    given: AtomicUsize,
}

impl Tokens {
    fn lasting(expires_in: impl Into<serde_json::Value>) -> Self {
        Self {
            expires_in: expires_in.into(),
            given: AtomicUsize::new(0),
        }
    }
}

impl Respond for Tokens {
    fn respond(&self, _: &Request) -> ResponseTemplate {
        let number = self.given.fetch_add(1, Ordering::SeqCst) + 1;
        let mut body = serde_json::json!({
            "access_token": format!("token-{number}"),
            "token_type": "Bearer",
        });
        if !self.expires_in.is_null() {
            body["expires_in"] = self.expires_in.clone();
        }
        ResponseTemplate::new(200).set_body_json(body)
    }
}

async fn serve(answers: impl Respond + 'static) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/oauth/token"))
        .respond_with(answers)
        .mount(&server)
        .await;
    server
}

async fn requests(server: &MockServer) -> usize {
    server.received_requests().await.unwrap_or_default().len()
}

/// Moves the clock. It stands still only meanwhile: a clock that is paused while a socket is waited
/// for jumps ahead by itself.
async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

fn token(number: usize) -> Secret {
    Secret::from(format!("token-{number}"))
}
