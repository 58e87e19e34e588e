//! What the sandbox answers, before it becomes bytes on a connection.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::header::HeaderMap;
use http::{HeaderName, HeaderValue};
use hyper::body::{Body, Frame, SizeHint};
use serde_json::Value;

/// One answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answer {
    pub status: u16,
    /// Boxed, so that a refusal is a small error.
    pub headers: Box<HeaderMap>,
    pub body: Vec<u8>,
    /// Held back for this long, in real time.
    pub delay: Option<Duration>,
    /// The connection is closed after this many bytes of the body.
    pub closes_after: Option<usize>,
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

    /// Headers and body, as they are sent.
    pub fn into_parts(self) -> (HeaderMap, AnswerBody) {
        let length = self.body.len();
        let mut bytes = Bytes::from(self.body);
        let closes = self.closes_after.is_some_and(|after| after < length);
        bytes.truncate(self.closes_after.unwrap_or(length));
        let body = AnswerBody {
            bytes: Some(bytes).filter(|bytes| !bytes.is_empty()),
            length: length as u64,
            end: if closes { End::Flush } else { End::Reached },
        };
        (*self.headers, body)
    }
}

/// The body of an answer: whole, or broken off.
pub(crate) struct AnswerBody {
    bytes: Option<Bytes>,
    /// What `Content-Length` says.
    length: u64,
    end: End,
}

/// What follows the bytes.
enum End {
    Reached,
    /// The connection is closed, once the bytes have left.
    Flush,
    Close,
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if let Some(bytes) = self.bytes.take() {
            return Poll::Ready(Some(Ok(Frame::data(bytes))));
        }
        match self.end {
            End::Reached => Poll::Ready(None),
            End::Flush => {
                self.end = End::Close;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            End::Close => Poll::Ready(Some(Err(io::ErrorKind::ConnectionAborted.into()))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_none() && matches!(self.end, End::Reached)
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.length)
    }
}
