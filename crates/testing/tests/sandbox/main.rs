//! The sandbox behaves like the vendors, says what is wrong, and plays what is scripted.
//!
//! Requests are written by hand, in the shapes that the vendors' own clients send.

mod admission;
mod aliyun;
mod asker;
mod azure_devops;
mod buddy;
mod clock;
mod every_operation;
mod faults;
mod gates;
mod identifiers;
mod matillion;
mod scenarios;
mod seeded_runs;
mod yunxiao;

use std::error::Error;
use std::sync::LazyLock;

use runpipe::Service;
use runpipe_testing::Sandbox;
use serde_json::Value;

pub(crate) type Outcome = Result<(), Box<dyn Error>>;

/// An answer, read to its end.
pub(crate) struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }
}

/// Sends a request with a plain client, which adds nothing of its own.
pub(crate) async fn send(request: reqwest::RequestBuilder) -> Result<Answer, Box<dyn Error>> {
    let answer = request.send().await?;
    Ok(Answer {
        status: answer.status().as_u16(),
        headers: answer.headers().clone(),
        text: answer.text().await?,
    })
}

/// One client for all tests. It keeps no connection: each test has a runtime of its own.
pub(crate) fn http() -> reqwest::Client {
    static CLIENT: LazyLock<reqwest::Client> = LazyLock::new(|| {
        // Where reqwest is built with TLS, it wants to know who would encrypt.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .no_proxy()
            .pool_max_idle_per_host(0);
        let client = client.redirect(reqwest::redirect::Policy::none());
        client.build().unwrap_or_default()
    });
    CLIENT.clone()
}

/// The operations that were asked for, in their order.
pub(crate) fn operations(sandbox: &Sandbox, service: Service) -> Vec<String> {
    let received = sandbox.received(service).into_iter();
    received
        .map(|request| request.operation.unwrap_or_default())
        .collect()
}
