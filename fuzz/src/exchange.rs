//! Answers as text, and an HTTP client that gives them.
//!
//! ```text
//! buddy start
//! 201 whole
//! content-type: application/json
//!
//! {"id": 31}
//! ~~~
//! 503 cut
//! retry-after: 7
//!
//! ```
//!
//! The last answer is given again to every further request.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use futures_util::future::{BoxFuture, FutureExt};
use futures_util::stream;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode};
use runpipe::{HttpClient, ResponseBody, SendError, Service};

/// Between two answers.
const BETWEEN: &[u8] = b"\n~~~\n";

/// How the body of an answer comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coming {
    Whole,
    /// In pieces of one byte, then a few, then many.
    Pieces,
    /// The connection breaks after it.
    Cut,
}

/// One answer.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub coming: Coming,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// Who is asked for what, and what the answers are.
#[derive(Clone, Debug)]
pub struct Exchange {
    pub service: Service,
    pub operation: String,
    pub answers: Vec<Answer>,
}

impl Exchange {
    /// Reads one; `None` for what is none.
    pub fn parse(data: &[u8]) -> Option<Self> {
        let (first, mut rest) = line(data)?;
        let (service, operation) = std::str::from_utf8(first).ok()?.split_once(' ')?;
        let mut answers = Vec::new();
        loop {
            let end = find(rest, BETWEEN);
            answers.push(Answer::parse(&rest[..end.unwrap_or(rest.len())])?);
            match end {
                Some(end) => rest = &rest[end + BETWEEN.len()..],
                None => break,
            }
        }
        Some(Exchange {
            service: service.parse().ok()?,
            operation: operation.to_owned(),
            answers,
        })
    }
}

impl Answer {
    fn parse(data: &[u8]) -> Option<Self> {
        let (first, mut rest) = line(data)?;
        let (status, coming) = std::str::from_utf8(first).ok()?.split_once(' ')?;
        let coming = match coming {
            "whole" => Coming::Whole,
            "pieces" => Coming::Pieces,
            "cut" => Coming::Cut,
            _ => return None,
        };
        let status = StatusCode::from_bytes(status.as_bytes()).ok()?;
        // No HTTP client hands these on.
        if status.is_informational() {
            return None;
        }
        let mut headers = HeaderMap::new();
        while let Some((header, after)) = line(rest) {
            rest = after;
            if header.is_empty() {
                break;
            }
            let colon = header.iter().position(|byte| *byte == b':')?;
            let name = HeaderName::from_bytes(&header[..colon]).ok()?;
            let value = HeaderValue::from_bytes(header[colon + 1..].trim_ascii()).ok()?;
            headers.append(name, value);
        }
        Some(Answer {
            status,
            coming,
            headers,
            body: Bytes::copy_from_slice(rest),
        })
    }

    fn response(&self) -> Response<ResponseBody> {
        let body = self.body.clone();
        let body = match self.coming {
            Coming::Whole => ResponseBody::from(body),
            Coming::Pieces => {
                let middle = body.len().min(9);
                let pieces = [
                    body.slice(..middle.min(1)),
                    body.slice(middle.min(1)..middle),
                    body.slice(middle..),
                ];
                ResponseBody::from_stream(stream::iter(pieces.map(Ok::<_, String>)))
            }
            Coming::Cut => {
                ResponseBody::from_stream(stream::iter([Ok(body), Err("connection reset")]))
            }
        };
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers.clone();
        response
    }
}

/// Gives the answers in their order, and counts what it was asked.
#[derive(Debug)]
pub struct Canned {
    answers: Vec<Answer>,
    asked: AtomicUsize,
}

impl Canned {
    pub fn new(answers: Vec<Answer>) -> Arc<Self> {
        let asked = AtomicUsize::new(0);
        Arc::new(Canned { answers, asked })
    }

    /// How many requests there were.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }
}

impl HttpClient for Canned {
    fn send(&self, _: Request<Bytes>) -> BoxFuture<'_, Result<Response<ResponseBody>, SendError>> {
        let turn = self.asked.fetch_add(1, Ordering::Relaxed);
        let answer = self.answers.get(turn).or(self.answers.last());
        let answer = match answer {
            Some(answer) => Ok(answer.response()),
            None => Err(SendError::not_sent("no answer was given")),
        };
        async { answer }.boxed()
    }
}

/// The first line, and what is after it.
fn line(data: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = data.iter().position(|byte| *byte == b'\n')?;
    Some((&data[..end], &data[end + 1..]))
}

fn find(data: &[u8], what: &[u8]) -> Option<usize> {
    data.windows(what.len()).position(|window| window == what)
}
