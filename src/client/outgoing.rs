//! What a generated operation builds: a request that is made anew for each attempt.

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use progenitor_client::Error as Failed;
use reqwest::{Request, Url};
use serde::Serialize;

/// A request as often as it is needed. Sending one consumes it, and a copy costs more than a new one.
///
/// The methods are those of reqwest's builder that the generator uses.
pub(crate) struct Outgoing {
    method: Method,
    url: Url,
    accept: Option<HeaderValue>,
    content_type: Option<&'static str>,
    /// All others. Few operations have any.
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Option<Bytes>,
    /// Whether a parameter or the body cannot be written.
    unwritten: bool,
}

type Built = Result<Outgoing, Failed<()>>;

#[expect(clippy::result_large_err, reason = "the generated code has this error")]
impl Outgoing {
    pub fn new(method: Method, url: Url) -> Self {
        Outgoing {
            method,
            url,
            accept: None,
            content_type: None,
            headers: Vec::new(),
            body: None,
            unwritten: false,
        }
    }

    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        if name == ACCEPT {
            self.accept = Some(value);
        } else {
            self.headers.push((name, value));
        }
        self
    }

    #[expect(dead_code, reason = "no operation has a header yet that a caller sets")]
    pub fn headers(mut self, headers: HeaderMap) -> Self {
        let named = headers.iter();
        let named = named.map(|(name, value)| (name.clone(), value.clone()));
        self.headers.extend(named);
        self
    }

    pub fn query(mut self, query: &impl Serialize) -> Self {
        let mut pairs = self.url.query_pairs_mut();
        let written = query.serialize(serde_urlencoded::Serializer::new(&mut pairs));
        self.unwritten |= written.is_err();
        drop(pairs);
        if self.url.query() == Some("") {
            self.url.set_query(None);
        }
        self
    }

    pub fn json(self, body: &impl Serialize) -> Self {
        self.holding("application/json", serde_json::to_vec(body).ok())
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

    /// The request of an attempt.
    pub(super) fn request(&self) -> Request {
        let mut request = Request::new(self.method.clone(), self.url.clone());
        // With room for what the service, the credential and reqwest put beside them.
        let mut headers = HeaderMap::with_capacity(6);
        let accept = self.accept.clone().map(|value| (ACCEPT, value));
        let content_type = self.content_type.map(HeaderValue::from_static);
        let content_type = content_type.map(|value| (CONTENT_TYPE, value));
        for (name, value) in accept.into_iter().chain(content_type) {
            headers.insert(name, value);
        }
        headers.extend(self.headers.iter().cloned());
        *request.headers_mut() = headers;
        *request.body_mut() = self.body.clone().map(Into::into);
        request
    }
}
