//! A request as the sandbox received it.

use http::header::HeaderMap;

/// One request, with the path as it stood in the request line.
#[derive(Clone)]
pub(crate) struct Incoming {
    pub method: String,
    /// Percent-encoded, with the base path of the service.
    pub full_path: String,
    /// Percent-encoded, relative to the base path of the service.
    pub path: String,
    /// Percent-encoded, without the `?`; empty without one.
    pub query: String,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Incoming {
    /// The first value of a header, where it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok().map(str::trim)
    }

    /// Every value of a header; one that is not text is empty.
    pub fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        let values = self.headers.get_all(name).into_iter();
        values.map(|value| value.to_str().unwrap_or_default())
    }

    /// All headers that are text, as the validator takes them.
    pub fn header_pairs(&self) -> Vec<(&str, &str)> {
        let pairs = self.headers.iter();
        pairs
            .filter_map(|(name, value)| {
                // Some clients send UTF-8 in headers; HTTP allows the bytes.
                let value = std::str::from_utf8(value.as_bytes()).ok()?;
                Some((name.as_str(), value))
            })
            .collect()
    }

    /// What follows the scheme in `Authorization`, when the scheme is this one.
    pub fn authorization(&self, scheme: &str) -> Option<&str> {
        let (given, rest) = self.header("authorization")?.split_once(' ')?;
        given.eq_ignore_ascii_case(scheme).then_some(rest.trim())
    }

    /// The body that counts. A body on a read has no meaning in HTTP, and one of the official
    /// clients sends the text `null` with each.
    pub fn meaningful_body(&self) -> &[u8] {
        match self.method.as_str() {
            "GET" | "HEAD" => &[],
            _ => &self.body,
        }
    }
}
