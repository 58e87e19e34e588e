//! A way to a server on which answers to writes are lost: each write takes effect, and who asked for
//! it does not hear of it.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// Which answers to writes are lost.
#[derive(Clone, Copy, Debug)]
pub enum Lost {
    /// The first to each write: the connection ends. A second try is answered.
    First,
    /// All: a gateway says that it does not know.
    All,
}

/// The address of the way to a server.
pub async fn way_to(server: String, lost: Lost) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let seen = Arc::new(Mutex::new(HashSet::new()));
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            let (server, seen) = (server.clone(), Arc::clone(&seen));
            tokio::spawn(async move { pass_on(connection, &server, lost, &seen).await });
        }
    });
    format!("http://{address}")
}

/// One request of a connection, and its answer.
async fn pass_on(
    connection: TcpStream,
    server: &str,
    lost: Lost,
    seen: &Mutex<HashSet<Vec<u8>>>,
) -> Option<()> {
    let mut connection = BufReader::new(connection);
    let mut line = String::new();
    connection.read_line(&mut line).await.ok()?;
    let mut words = line.split(' ');
    let (method, path) = (words.next()?.parse().ok()?, words.next()?);
    let mut request = reqwest::Client::new().request(method, format!("{server}{path}"));
    let mut length = 0;
    loop {
        let mut line = String::new();
        connection.read_line(&mut line).await.ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            break;
        };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.parse().ok()?;
        } else if !name.eq_ignore_ascii_case("host") {
            request = request.header(name, value);
        }
    }
    let mut body = vec![0; length];
    connection.read_exact(&mut body).await.ok()?;
    let answer = request.body(body.clone()).send().await.ok()?;
    let mut head = format!("HTTP/1.1 {}\r\nconnection: close\r\n", answer.status());
    if line.starts_with("PUT ") {
        let first = seen.lock().expect("no panic").insert(body);
        match lost {
            Lost::First if first => return None,
            Lost::First => {}
            Lost::All => head = "HTTP/1.1 502 Bad Gateway\r\nconnection: close\r\n".to_owned(),
        }
    }
    for (name, value) in answer.headers() {
        if ["etag", "last-modified", "content-length"].contains(&name.as_str()) {
            head += &format!("{name}: {}\r\n", value.to_str().ok()?);
        }
    }
    let body = answer.bytes().await.ok()?;
    connection
        .write_all(format!("{head}\r\n").as_bytes())
        .await
        .ok()?;
    connection.write_all(&body).await.ok()?;
    connection.shutdown().await.ok()
}
