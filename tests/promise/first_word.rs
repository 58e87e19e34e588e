//! Who speaks before being spoken to is not answering.

use runpipe::{ErrorKind, Runs};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::server::{Manner, Server, answer};
use super::*;

#[tokio::test(start_paused = true)]
async fn an_answer_that_came_before_the_request_is_not_its_answer() {
    for early in [
        answer("401 Unauthorized", &[], b""),
        answer(
            "404 Not Found",
            &[("content-type", "application/json")],
            b"{}",
        ),
        answer(
            "200 OK",
            &[("content-type", "application/json")],
            br#"{"id": 7001}"#,
        ),
    ] {
        let server = Server::start(Manner::SpeakFirst(early)).await;
        let error = start_azure(&azure(&server.url)).await.expect_err("no run");
        assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error}");
    }
}

/// A read made the connection, and its own answer comes once a start has gone over it.
#[tokio::test(start_paused = true)]
async fn no_answer_is_left_behind_for_a_start() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                // Whoever does not wait has sent its request by then.
                for _ in 0..50 {
                    tokio::task::yield_now().await;
                }
                let _ = stream.write_all(&kept("200 OK", "{}")).await;
                let mut request = vec![0; 64 << 10];
                let _ = stream.read(&mut request).await;
                let _ = stream.read(&mut request).await;
                let late = [kept("403 Forbidden", "{}"), kept("200 OK", r#"{"id": 31}"#)];
                let _ = stream.write_all(&late.concat()).await;
            });
        }
    });
    let client = buddy(&url);
    let _ = Runs::get(&client, &run("buddy/acme/site/42/7")).await;
    let error = start_buddy(&client).await.expect_err("no run");
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error}");
}

/// An answer after which the connection stays.
fn kept(status: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    let kind = "content-type: application/json";
    format!("HTTP/1.1 {status}\r\n{kind}\r\ncontent-length: {length}\r\n\r\n{body}").into_bytes()
}
