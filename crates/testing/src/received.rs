//! What the sandbox received, kept for assertions. Bounded: the newest requests are kept.

use std::collections::VecDeque;
use std::fmt;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::HeaderMap;
use serde_json::Value;

use runpipe::Service;

/// How many requests are kept of each service.
const MOST_REQUESTS: usize = 2_000;
/// How many bytes of them are kept of each service.
const MOST_BYTES: usize = 16 << 20;

/// A request that the sandbox received, and what it answered.
///
/// `Debug` leaves out header values and body: they hold credentials and the values of variables.
#[derive(Clone)]
#[non_exhaustive]
pub struct Received {
    /// The service that was asked.
    pub service: Service,
    /// When, by the sandbox's clock.
    pub at: DateTime<Utc>,
    /// The method, in capitals.
    pub method: String,
    /// The path, percent-encoded as it came.
    pub path: String,
    /// The query, percent-encoded as it came; empty without one.
    pub query: String,
    /// All headers.
    pub headers: HeaderMap,
    /// The body; empty without one.
    pub body: Bytes,
    /// The `operationId` that the request belongs to, `token` for Matillion's token endpoint;
    /// `None` when it belongs to none.
    pub operation: Option<String>,
    /// The status that was answered.
    pub status: u16,
}

impl Received {
    fn size(&self) -> usize {
        let headers = self.headers.iter();
        let headers = headers.map(|(name, value)| name.as_str().len() + value.len());
        let texts = [&self.method, &self.path, &self.query].map(String::len);
        self.body.len() + texts.into_iter().chain(headers).sum::<usize>()
    }

    /// The first value of a header; case does not matter.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as JSON. `None` when it is not JSON.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The fields of a form body, decoded, in their order.
    pub fn form(&self) -> Vec<(String, String)> {
        let body = String::from_utf8_lossy(&self.body);
        pairs(&body)
    }

    /// The parameters of the query, decoded, in their order.
    pub fn query_pairs(&self) -> Vec<(String, String)> {
        pairs(&self.query)
    }
}

impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Received")
            .field("service", &self.service)
            .field("method", &self.method)
            .field("path", &self.path)
            .field("operation", &self.operation)
            .field("status", &self.status)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// Reads `a=1&b=2`, where `+` and `%20` are spaces.
pub(crate) fn pairs(text: &str) -> Vec<(String, String)> {
    let decoded = |text: &str| {
        let spaced = text.replace('+', " ");
        let bytes = percent_encoding::percent_decode_str(&spaced);
        bytes.decode_utf8_lossy().into_owned()
    };
    text.split('&')
        .filter(|part| !part.is_empty())
        .map(|part| part.split_once('=').unwrap_or((part, "")))
        .map(|(name, value)| (decoded(name), decoded(value)))
        .collect()
}

/// The newest requests of one service.
#[derive(Debug, Default)]
pub(super) struct Log {
    requests: VecDeque<Received>,
    bytes: usize,
    total: u64,
}

impl Log {
    pub fn push(&mut self, received: Received) {
        self.total += 1;
        self.bytes += received.size();
        self.requests.push_back(received);
        while self.requests.len() > MOST_REQUESTS || self.bytes > MOST_BYTES {
            let Some(oldest) = self.requests.pop_front() else {
                return;
            };
            self.bytes = self.bytes.saturating_sub(oldest.size());
        }
    }

    /// The oldest first.
    pub fn all(&self) -> Vec<Received> {
        self.requests.iter().cloned().collect()
    }

    /// How many there were, forgotten ones too.
    pub fn total(&self) -> u64 {
        self.total
    }
}
