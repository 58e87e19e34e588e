//! What a generated operation builds: a request that is made anew for each attempt.

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method};
use progenitor_client::Error as Failed;
use reqwest::{Request, Url};
use serde::Serialize;

/// A request as often as it is needed. Sending one consumes it, and a copy costs more than a new one.
///
/// The methods are those of reqwest's builder that the generator uses.
pub(crate) struct Outgoing {
    method: Method,
    url: Url,
    accepts_json: bool,
    content_type: Option<&'static str>,
    body: Option<Bytes>,
    /// Whether a parameter or the body cannot be written.
    unwritten: bool,
}

const JSON: &str = "application/json";

type Built = Result<Outgoing, Failed<()>>;

#[expect(clippy::result_large_err, reason = "the generated code has this error")]
impl Outgoing {
    pub fn new(method: Method, url: Url) -> Self {
        Outgoing {
            method,
            url,
            accepts_json: false,
            content_type: None,
            body: None,
            unwritten: false,
        }
    }

    pub fn accepting_json(mut self) -> Self {
        self.accepts_json = true;
        self
    }

    pub fn query(mut self, query: &impl Serialize) -> Self {
        match serde_urlencoded::to_string(query) {
            Ok(parameter) if !parameter.is_empty() => {
                let before = self.url.query().filter(|before| !before.is_empty());
                let query = before.map(|before| format!("{before}&{parameter}"));
                self.url.set_query(Some(&query.unwrap_or(parameter)));
            }
            // A parameter that was not given.
            Ok(_) => {}
            Err(_) => self.unwritten = true,
        }
        self
    }

    pub fn json(self, body: &impl Serialize) -> Self {
        self.holding(JSON, serde_json::to_vec(body).ok())
    }

    pub fn form_urlencoded(self, body: &impl Serialize) -> Built {
        let text = serde_urlencoded::to_string(body);
        let body = text.map(String::into_bytes).ok();
        Ok(self.holding("application/x-www-form-urlencoded", body))
    }

    fn holding(mut self, content_type: &'static str, body: Option<Vec<u8>>) -> Self {
        self.content_type = Some(content_type);
        self.unwritten |= body.is_none();
        self.body = body.map(Bytes::from);
        self
    }

    pub fn build(self) -> Built {
        match self.unwritten {
            false => Ok(self),
            true => Err(Failed::InvalidRequest(
                "a parameter or the body cannot be written".to_owned(),
            )),
        }
    }

    /// The body's bytes; none where there is no body.
    pub(super) fn body(&self) -> &[u8] {
        self.body.as_deref().unwrap_or_default()
    }

    /// The request of an attempt, to which the vendor adds so many headers.
    pub(super) fn request(&self, added: usize) -> Request {
        let mut request = Request::new(self.method.clone(), self.url.clone());
        // With room for `Authorization` and what reqwest puts beside them: a map that grows is made anew.
        let of_body = if self.body.is_some() { 2 } else { 0 };
        let room = added.saturating_add(of_body).saturating_add(5);
        let mut headers = HeaderMap::with_capacity(room);
        if self.accepts_json {
            headers.insert(ACCEPT, HeaderValue::from_static(JSON));
        }
        if let Some(content_type) = self.content_type {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        }
        *request.headers_mut() = headers;
        *request.body_mut() = self.body.clone().map(Into::into);
        request
    }
}
