//! What the sandbox lets in: requests for names of this machine, whole ones, and none without end.
//!
//! Bytes are written by hand: no client would send most of them.

mod bounds;
mod broken;
mod hosts;
mod ports;

use std::error::Error;
use std::net::SocketAddr;
use std::time::Duration;

use runpipe::Service;
use runpipe_testing::Sandbox;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub(crate) type Outcome = Result<(), Box<dyn Error>>;

/// Where Buddy's executions are listed and started.
pub(crate) const EXECUTIONS: &str = "/workspaces/acme/projects/website/pipelines/2/executions";

/// The address of a service's port.
pub(crate) fn address(sandbox: &Sandbox, service: Service) -> Result<SocketAddr, Box<dyn Error>> {
    let url = sandbox.url(service);
    let authority = url.trim_start_matches("http://").split('/').next();
    Ok(authority.ok_or("a URL without a host")?.parse()?)
}

/// Writes bytes, and reads all that comes until the sandbox closes.
pub(crate) async fn exchange(
    to: SocketAddr,
    bytes: &[u8],
    and_close: bool,
) -> Result<String, Box<dyn Error>> {
    let mut stream = TcpStream::connect(to).await?;
    // The sandbox may have closed already: what it said first counts.
    let _ = stream.write_all(bytes).await;
    if and_close {
        let _ = stream.shutdown().await;
    }
    let mut answer = Vec::new();
    let reading = stream.read_to_end(&mut answer);
    let _ = tokio::time::timeout(Duration::from_secs(60), reading).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// Sends one request with these headers, and reads the answer.
pub(crate) async fn ask(
    to: SocketAddr,
    request_line: &str,
    headers: &[String],
    body: &str,
) -> Result<Answer, Box<dyn Error>> {
    let headers: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
    let length = body.len();
    let text = format!(
        "{request_line} HTTP/1.1\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    );
    Ok(Answer(exchange(to, text.as_bytes(), false).await?))
}

/// An answer as it came.
pub(crate) struct Answer(pub String);

impl Answer {
    pub fn status(&self) -> u16 {
        let word = self.0.split(' ').nth(1);
        word.and_then(|word| word.parse().ok()).unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let (head, _) = self.0.split_once("\r\n\r\n")?;
        head.lines().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    pub fn body(&self) -> &str {
        self.0.split_once("\r\n\r\n").map_or("", |(_, body)| body)
    }
}
