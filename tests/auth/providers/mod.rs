//! The promise: a credential that a caller's provider gives is asked for once, shared, renewed
//! before it ends and when the service refuses it, and never shown.

mod failing;
mod keys;
mod secrecy;
mod sharing;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use runpipe::auth::{Expiring, ProviderError, Secret, TokenProvider};
use runpipe::{BoxFuture, HttpClient, ResponseBody, RetryPolicy, SendError, azure_devops};

/// A service that answers as it is told, and keeps what was sent. No sockets: the clock may stand.
#[derive(Default)]
struct Wire {
    answers: Mutex<VecDeque<(u16, &'static str)>>,
    sent: Mutex<Vec<http::Request<Bytes>>>,
}

impl Wire {
    /// These answers, and after them runs.
    fn answering(answers: impl IntoIterator<Item = (u16, &'static str)>) -> Arc<Self> {
        Arc::new(Wire {
            answers: Mutex::new(answers.into_iter().collect()),
            sent: Mutex::default(),
        })
    }

    /// The values of a header on the requests so far.
    fn sent(&self, header: &str) -> Vec<String> {
        let sent = self.sent.lock().expect("not poisoned");
        let value = |request: &http::Request<Bytes>| {
            let value = request.headers().get(header);
            value.map_or(String::new(), |value| {
                value.to_str().unwrap_or("?").to_owned()
            })
        };
        sent.iter().map(value).collect()
    }
}

impl HttpClient for Wire {
    fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> BoxFuture<'_, Result<http::Response<ResponseBody>, SendError>> {
        self.sent.lock().expect("not poisoned").push(request);
        let answer = self.answers.lock().expect("not poisoned").pop_front();
        let (status, body) = answer.unwrap_or((200, r#"{"id": 7}"#));
        let answer = http::Response::builder()
            .status(status)
            .header("content-type", "application/json")
            .body(ResponseBody::from(Bytes::from(body)));
        Box::pin(std::future::ready(Ok(answer.expect("a response"))))
    }
}

/// Gives `token-1`, `token-2` and so on, or fails as it is told.
struct Tokens {
    asked: AtomicUsize,
    life: Duration,
    failures: Mutex<VecDeque<ProviderError>>,
}

impl Tokens {
    fn lasting(seconds: u64) -> Arc<Self> {
        Tokens::failing(seconds, [])
    }

    fn failing(seconds: u64, failures: impl IntoIterator<Item = ProviderError>) -> Arc<Self> {
        Arc::new(Tokens {
            asked: AtomicUsize::new(0),
            life: Duration::from_secs(seconds),
            failures: Mutex::new(failures.into_iter().collect()),
        })
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

/// What a client is given; the test keeps the other handle.
struct Handle(Arc<Tokens>);

impl TokenProvider for Handle {
    fn token(&self) -> BoxFuture<'_, Result<Expiring<Secret>, ProviderError>> {
        let number = self.0.asked.fetch_add(1, Ordering::SeqCst) + 1;
        Box::pin(async move {
            // What takes a moment lets others come in meanwhile.
            tokio::task::yield_now().await;
            match self.0.failures.lock().expect("not poisoned").pop_front() {
                Some(failure) => Err(failure),
                None => {
                    let token = Secret::from(format!("token-{number}-of-the-provider"));
                    Ok(Expiring::after(token, self.0.life))
                }
            }
        })
    }
}

fn client(wire: &Arc<Wire>, tokens: &Arc<Tokens>) -> azure_devops::Client {
    with(
        wire,
        azure_devops::Credentials::provider(Handle(tokens.clone())),
    )
}

fn with(wire: &Arc<Wire>, credentials: azure_devops::Credentials) -> azure_devops::Client {
    azure_devops::Client::builder()
        .credentials(credentials)
        .http_client(wire.clone())
        .requests_per_second(1e6)
        .retry(RetryPolicy::default())
        .timeout(Duration::from_secs(60))
        .build()
        .expect("a client")
}

async fn start(client: &azure_devops::Client) -> runpipe::Result<runpipe::Run> {
    let pipeline = azure_devops::PipelineRef::new("acme", "site", 42);
    let parameters = azure_devops::types::RunPipelineParameters::default();
    client.start(&pipeline, &parameters).await
}

fn bearer(number: usize) -> String {
    format!("Bearer token-{number}-of-the-provider")
}
