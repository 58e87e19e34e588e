//! A server that answers with any bytes, and counts what it was sent.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What a server does with a connection.
#[derive(Clone)]
pub enum Manner {
    /// Reads a request, answers with these bytes, and closes.
    Answer(Vec<u8>),
    /// Speaks first, then reads.
    SpeakFirst(Vec<u8>),
    /// Reads, answers with these bytes, and goes silent with the connection open.
    Hang(Vec<u8>),
}

pub struct Server {
    pub url: String,
    requests: Arc<AtomicUsize>,
}

impl Server {
    pub async fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let requests = Arc::new(AtomicUsize::new(0));
        let server = Server {
            url,
            requests: requests.clone(),
        };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (manner, requests) = (manner.clone(), requests.clone());
                tokio::spawn(serve(stream, manner, requests));
            }
        });
        server
    }

    /// Answers with this status line's rest, headers and body, and closes.
    pub async fn answering(status: &str, headers: &[(&str, &str)], body: &[u8]) -> Self {
        Server::start(Manner::Answer(answer(status, headers, body))).await
    }

    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

async fn serve(mut stream: TcpStream, manner: Manner, requests: Arc<AtomicUsize>) {
    if let Manner::SpeakFirst(bytes) = &manner {
        let _ = stream.write_all(bytes).await;
    }
    let mut buffer = vec![0; 64 << 10];
    let read = stream.read(&mut buffer).await.unwrap_or(0);
    if read == 0 {
        return;
    }
    requests.fetch_add(1, Ordering::SeqCst);
    match manner {
        Manner::Answer(bytes) => {
            let _ = stream.write_all(&bytes).await;
        }
        Manner::Hang(bytes) => {
            let _ = stream.write_all(&bytes).await;
            std::future::pending::<()>().await;
        }
        Manner::SpeakFirst(_) => {}
    }
}

pub fn answer(status: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut head = format!(
        "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    [head.as_bytes(), body].concat()
}
