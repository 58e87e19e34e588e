//! HTTP/1.1 as bytes, as far as the proxy has to know it.

use std::io;

use chrono::{DateTime, Utc};
use serde_json::json;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

/// An answer, before it is written.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// How many bytes more the head promises.
    pub promised: usize,
}

impl Default for Answer {
    fn default() -> Self {
        let (headers, body) = (Vec::new(), Vec::new());
        Answer {
            status: 200,
            headers,
            body,
            promised: 0,
        }
    }
}

impl Answer {
    pub fn token(token: &str) -> Self {
        let body = json!({ "access_token": token, "token_type": "Bearer", "expires_in": 3600 });
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        let body = body.to_string().into_bytes();
        Answer {
            headers,
            body,
            ..Answer::default()
        }
    }

    /// From the bytes that a service sent.
    pub fn read(bytes: &[u8]) -> Self {
        let (head, body) = bytes.split_at(head_end(bytes).unwrap_or(bytes.len()));
        let head = String::from_utf8_lossy(head);
        let mut lines = head.lines();
        let status = lines
            .next()
            .and_then(|line| line.split(' ').nth(1)?.parse().ok());
        let headers = lines.filter_map(|line| {
            let (name, value) = line.split_once(':')?;
            Some((name.to_ascii_lowercase(), value.trim().to_owned()))
        });
        // These are written anew.
        let kept = headers.filter(|(name, _)| !["content-length", "connection"].contains(&&**name));
        let headers: Vec<_> = kept.collect();
        assert!(
            headers.iter().all(|(name, _)| name != "transfer-encoding"),
            "{head}"
        );
        Answer {
            status: status.expect("a status"),
            headers,
            body: body.to_vec(),
            promised: 0,
        }
    }

    pub fn set(&mut self, name: &str, value: String) {
        self.headers.retain(|(has, _)| has != name);
        self.headers.push((name.to_owned(), value));
    }

    pub fn bytes(&self) -> Vec<u8> {
        let length = self.body.len() + self.promised;
        let mut head = format!(
            "HTTP/1.1 {} Something\r\nconnection: close\r\ncontent-length: {length}\r\n",
            self.status
        );
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        [head.as_bytes(), &self.body].concat()
    }
}

/// A request as it came, with `Connection: close` put in, so that the answer has an end.
pub struct Request(Vec<u8>);

impl Request {
    pub async fn read(client: &mut TcpStream) -> io::Result<Self> {
        let mut bytes = Vec::new();
        let head = loop {
            if let Some(end) = head_end(&bytes) {
                break end;
            }
            if client.read_buf(&mut bytes).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        };
        let length = header(&bytes, "content-length").and_then(|text| text.parse().ok());
        let whole = head + length.unwrap_or(0);
        while bytes.len() < whole {
            if client.read_buf(&mut bytes).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        let first_line = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(0) + 1;
        let (first, rest) = bytes.split_at(first_line);
        Ok(Request([first, b"connection: close\r\n", rest].concat()))
    }

    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    pub fn is_post(&self) -> bool {
        self.0.starts_with(b"POST")
    }

    pub fn bearer(&self) -> Option<String> {
        let value = header(&self.0, "authorization")?;
        value.strip_prefix("Bearer ").map(str::to_owned)
    }
}

/// Whether a request that begins so asks for a token.
pub fn is_for_a_token(beginning: &[u8]) -> bool {
    let line = beginning
        .split(|byte| *byte == b'\r')
        .next()
        .unwrap_or_default();
    line.windows(6).any(|window| window == b"/token")
}

/// Where the head ends and the body begins.
pub fn head_end(bytes: &[u8]) -> Option<usize> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n");
    end.map(|at| at + 4)
}

fn header(bytes: &[u8], name: &str) -> Option<String> {
    let head = String::from_utf8_lossy(&bytes[..head_end(bytes)?]).into_owned();
    head.lines().find_map(|line| {
        let (has, value) = line.split_once(':')?;
        has.eq_ignore_ascii_case(name)
            .then(|| value.trim().to_owned())
    })
}

pub fn http_date(date: DateTime<Utc>) -> String {
    date.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
