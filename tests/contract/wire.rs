//! A server that gives one answer to everything and keeps what it was asked.

use std::sync::{Arc, Mutex, PoisonError};

use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

/// The server.
pub struct Wire {
    server: MockServer,
    state: Arc<Mutex<State>>,
}

struct State {
    answer: ResponseTemplate,
    received: Vec<Captured>,
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct Captured {
    pub method: String,
    /// As in the request line, without the query.
    pub path: String,
    /// Without the `?`; empty without one.
    pub query: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Captured {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(given, _)| given == name)
            .map(|(_, value)| value.as_str())
    }

    pub fn borrowed_headers(&self) -> Vec<(&str, &str)> {
        self.headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect()
    }
}

struct Recorder(Arc<Mutex<State>>);

impl Respond for Recorder {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let headers = request.headers.iter().map(|(name, value)| {
            (
                name.as_str().to_owned(),
                String::from_utf8_lossy(value.as_bytes()).into_owned(),
            )
        });
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.received.push(Captured {
            method: request.method.to_string(),
            path: request.url.path().to_owned(),
            query: request.url.query().unwrap_or_default().to_owned(),
            headers: headers.collect(),
            body: request.body.clone(),
        });
        state.answer.clone()
    }
}

impl Wire {
    pub async fn start() -> Self {
        let server = MockServer::builder()
            .disable_request_recording()
            .start()
            .await;
        let state = State {
            answer: ResponseTemplate::new(500),
            received: Vec::new(),
        };
        let state = Arc::new(Mutex::new(state));
        Mock::given(any())
            .respond_with(Recorder(Arc::clone(&state)))
            .mount(&server)
            .await;
        Wire { server, state }
    }

    pub fn url(&self) -> String {
        self.server.uri()
    }

    /// Sets the answer to all requests from now on.
    pub fn answer(
        &self,
        status: u16,
        headers: &[(&str, &str)],
        content_type: Option<&str>,
        body: &[u8],
    ) {
        let mut answer = ResponseTemplate::new(status);
        for (name, value) in headers {
            answer = answer.append_header(*name, *value);
        }
        if let Some(kind) = content_type {
            answer = answer.set_body_raw(body, kind);
        }
        self.state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .answer = answer;
    }

    /// What was received since the last time.
    pub fn take(&self) -> Vec<Captured> {
        std::mem::take(
            &mut self
                .state
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .received,
        )
    }
}
