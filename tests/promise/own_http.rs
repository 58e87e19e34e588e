//! A caller's own HTTP client is used for everything, tokens included, and may say that nothing left.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use futures_util::future::{BoxFuture, FutureExt};
use runpipe::{ErrorKind, HttpClient, ResponseBody, SendError};

use super::server::Server;
use super::*;

/// Answers everything itself, and keeps what it was asked.
#[derive(Default)]
struct Own {
    asked: Mutex<Vec<String>>,
    fails: Option<SendError>,
}

impl HttpClient for Own {
    fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> BoxFuture<'_, Result<http::Response<ResponseBody>, SendError>> {
        let token = request.uri().path() == "/token";
        self.asked.lock().expect("not poisoned").push(format!(
            "{} {}",
            request.method(),
            request.uri()
        ));
        let body = match token {
            true => r#"{"access_token": "jwt", "token_type": "Bearer"}"#,
            false => r#"{"id": 7001}"#,
        };
        async move {
            match &self.fails {
                Some(error) => Err(error.clone()),
                None => Ok(http::Response::new(ResponseBody::from(Bytes::from(body)))),
            }
        }
        .boxed()
    }
}

fn client(own: Arc<Own>, credentials: azure_devops::Credentials) -> azure_devops::Client {
    azure_devops::Client::builder()
        .credentials(credentials)
        .http_client(own)
        .retry(quick())
        .build()
        .expect("a client")
}

#[tokio::test]
async fn everything_goes_through_the_callers_own_client() {
    let own = Arc::new(Own::default());
    let client = client(own.clone(), principal("http://localhost:1"));
    let run = start_azure(&client).await.expect("a run");
    assert_eq!(run.id, "7001");
    let asked = own.asked.lock().expect("not poisoned").clone();
    assert_eq!(
        asked,
        [
            "POST http://localhost:1/token",
            "POST https://dev.azure.com/acme/site/_apis/pipelines/42/runs?api-version=7.1"
        ]
    );
}

#[tokio::test]
async fn what_the_client_says_of_a_failure_decides() {
    for (fails, kind, sent) in [
        (SendError::not_sent("no route"), ErrorKind::Transport, 5),
        (
            SendError::perhaps_sent("reset"),
            ErrorKind::OutcomeUnknown,
            1,
        ),
    ] {
        let own = Arc::new(Own {
            fails: Some(fails),
            ..Own::default()
        });
        let client = client(own.clone(), azure_devops::Credentials::pat(SECRET));
        let error = start_azure(&client).await.expect_err("no answer");
        assert_eq!(error.kind(), kind, "{error}");
        assert_eq!(
            own.asked.lock().expect("not poisoned").len(),
            sent,
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_failure_says_whom_was_asked_and_what_came() {
    let error = start_buddy(&buddy("http://127.0.0.1:1")).await;
    let error = error.expect_err("nobody listens there");
    assert!(error.to_string().contains("127.0.0.1:1: "), "{error}");
    assert_eq!(format!("{:>11}", error.kind()), "  transport");
    let json = [("content-type", "application/json")];
    let server = Server::answering("200 OK", &json, b"{oops").await;
    let run = "buddy/acme/site/2/31".parse().expect("a reference");
    let error = buddy(&server.url).get(&run).await.expect_err("no JSON");
    assert_eq!(error.content_type(), Some("application/json"));
    assert_eq!(error.first_bytes(), Some("{oops"));
    let place = "the answer is not JSON (line 1, column 2)";
    assert!(error.to_string().contains(place), "{error}");
    let page = "流".repeat(300);
    let server = Server::answering("200 OK", &json, page.as_bytes()).await;
    let error = buddy(&server.url).get(&run).await.expect_err("no JSON");
    assert_eq!(error.first_bytes().map(str::len), Some(3 * 200));
}

#[tokio::test]
async fn what_is_between_here_and_the_service_is_told_by_the_words_of_the_failure() {
    for (words, advice) in [
        ("invalid peer certificate", "SSL_CERT_FILE"),
        ("UnknownIssuer", "SSL_CERT_FILE"),
        ("proxy authentication required", "HTTPS_PROXY"),
        ("unsuccessful tunnel", "HTTPS_PROXY"),
        ("no route to host", "Nothing was sent"),
    ] {
        let fails = Some(SendError::not_sent(words));
        let own = Own {
            fails,
            ..Own::default()
        };
        let client = client(Arc::new(own), azure_devops::Credentials::pat(SECRET));
        let error = start_azure(&client).await.expect_err(words);
        assert!(error.advice().contains(advice), "{words}: {error}");
    }
}
