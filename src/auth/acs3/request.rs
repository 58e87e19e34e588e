//! The parts of a request that a signature covers.

use std::fmt;
use std::sync::LazyLock;

use http::HeaderMap;

static NO_HEADERS: LazyLock<HeaderMap> = LazyLock::new(HeaderMap::new);

/// A request as its sender is about to send it, or as its receiver got it.
///
/// `Debug` shows the names of the headers but no values, and neither query nor body: those carry
/// tokens and the values of variables.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct SigningRequest<'a> {
    /// The method in capital letters.
    pub method: &'a str,
    /// What the `Host` header says: the host, and `:port` unless it is the scheme's own.
    pub host: &'a str,
    /// The path, percent-encoded, as in the URL.
    pub path: &'a str,
    /// The raw query without its `?`; empty when there is none.
    pub query: &'a str,
    /// All headers. `Host` is taken from [`SigningRequest::host`], not from here.
    pub headers: &'a HeaderMap,
    /// The exact bytes of the body; empty when there is none.
    pub body: &'a [u8],
}

impl<'a> SigningRequest<'a> {
    /// A request without query, headers and body.
    #[must_use]
    pub fn new(method: &'a str, host: &'a str, path: &'a str) -> Self {
        Self {
            method,
            host,
            path,
            query: "",
            headers: &NO_HEADERS,
            body: b"",
        }
    }

    /// Sets the raw query, without its `?`.
    #[must_use]
    pub fn with_query(mut self, query: &'a str) -> Self {
        self.query = query;
        self
    }

    /// Sets the headers.
    #[must_use]
    pub fn with_headers(mut self, headers: &'a HeaderMap) -> Self {
        self.headers = headers;
        self
    }

    /// Sets the body.
    #[must_use]
    pub fn with_body(mut self, body: &'a [u8]) -> Self {
        self.body = body;
        self
    }
}

impl fmt::Debug for SigningRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningRequest")
            .field("method", &self.method)
            .field("host", &self.host)
            .field("path", &self.path)
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("body_length", &self.body.len())
            .finish_non_exhaustive()
    }
}
