//! What the sandbox answers, before it becomes bytes on a connection.

use std::time::Duration;

use http::header::HeaderMap;
use http::{HeaderName, HeaderValue};
use serde_json::Value;

/// One answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answer {
    pub status: u16,
    /// Boxed, so that a refusal is a small error.
    pub headers: Box<HeaderMap>,
    pub body: Vec<u8>,
    /// Held back for so long, in real time.
    pub delay: Option<Duration>,
}

impl Answer {
    /// An answer without a body.
    pub fn empty(status: u16) -> Self {
        Answer {
            status,
            ..Answer::default()
        }
    }

    /// An answer with a body of some type.
    pub fn typed(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let mut answer = Answer::empty(status).with("content-type", content_type);
        answer.body = body.into();
        answer
    }

    /// An answer in JSON.
    pub fn json(status: u16, body: &Value) -> Self {
        Answer::typed(status, "application/json", body.to_string())
    }

    /// Sets a header. A text that no header can carry leaves it out.
    pub fn with(mut self, name: &str, value: impl AsRef<str>) -> Self {
        self.set(name, value);
        self
    }

    /// Sets a header, as [`Answer::with`].
    pub fn set(&mut self, name: &str, value: impl AsRef<str>) {
        let name = HeaderName::from_bytes(name.as_bytes());
        let value = HeaderValue::from_str(value.as_ref());
        if let (Ok(name), Ok(value)) = (name, value) {
            self.headers.insert(name, value);
        }
    }
}
