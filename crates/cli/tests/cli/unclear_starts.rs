//! Exit code 6: a start that may have happened. It is never sent a second time.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use wiremock::ResponseTemplate;

use crate::program::{START, answer, buddy, execution, received, runpipe, starting};

#[tokio::test]
async fn anything_but_a_clear_answer_is_unknown() {
    let html = || ResponseTemplate::new(200).set_body_raw("<html>proxy</html>", "text/html");
    let answers = [
        ("500", ResponseTemplate::new(500)),
        (
            "502 HTML",
            ResponseTemplate::new(502).set_body_raw("<html></html>", "text/html"),
        ),
        (
            "503",
            ResponseTemplate::new(503).insert_header("retry-after", "1"),
        ),
        ("200 HTML", html()),
        (
            "200 half of a JSON text",
            ResponseTemplate::new(200).set_body_string("{\"id\":"),
        ),
        (
            "200 without the id",
            answer(200, serde_json::json!({ "status": "INPROGRESS" })),
        ),
        (
            "slow",
            answer(200, execution("INPROGRESS")).set_delay(Duration::from_secs(20)),
        ),
    ];
    for (name, answer) in answers {
        let server = starting(answer).await;
        // Retries are allowed: a start that may have happened is not one of their cases.
        let words = START.replace("--retries 0", "--retries 3 --timeout 1s");
        let ended = buddy(&server, &words).ends_with(6).await;
        assert!(
            ended.stderr.contains("not known whether this took effect"),
            "{name}: {}",
            ended.stderr
        );
        let look = "runpipe list buddy --workspace acme --project site --pipeline 2";
        assert!(ended.stderr.contains(look), "{name}: {}", ended.stderr);
        assert_eq!(ended.stdout, "", "{name}");
        assert_eq!(received(&server, "POST").await, 1, "{name}");
    }
}

#[tokio::test]
async fn a_connection_that_breaks_after_the_request_is_unknown() {
    for answer in [
        "",
        "HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"id\": 3",
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let server = tokio::spawn(async move {
            let mut requests = 0;
            loop {
                let Ok((mut stream, _)) = listener.accept().await else {
                    return requests;
                };
                let mut request = [0; 16 * 1024];
                if stream.read(&mut request).await.unwrap_or(0) > 0 {
                    requests += 1;
                }
                let _ = stream.write_all(answer.as_bytes()).await;
                if requests > 0 {
                    drop(stream);
                    // A second start would come at once.
                    let more =
                        tokio::time::timeout(Duration::from_secs(2), listener.accept()).await;
                    return requests + usize::from(more.is_ok());
                }
            }
        });
        // The first request is the start: nothing is looked up.
        let words = START.replace("--pipeline 2", "--pipeline id:2");
        let start = runpipe(words.split_whitespace()).env("BUDDY_TOKEN", "t");
        let ended = start
            .words(["--base-url", &url, "--json"])
            .ends_with(6)
            .await;
        assert_eq!(ended.error()["kind"], "outcome_unknown");
        assert_eq!(server.await.expect("the server ends"), 1);
    }
}

#[tokio::test]
async fn an_answer_with_the_id_and_garbage_around_it_is_a_started_run() {
    let garbage = serde_json::json!({ "id": 31, "status": ["of", "another", "type"] });
    let server = starting(answer(200, garbage)).await;
    let ended = buddy(&server, START).ends_with(0).await;
    assert!(
        ended.stdout.starts_with("buddy/acme/site/2/31\n"),
        "{}",
        ended.stdout
    );
    ended.tells("\nwarning: ");
    let run = buddy(&server, START).words(["--json"]).ends_with(0).await;
    assert_eq!(run.error()["kind"], "started");
    assert_eq!(run.json()["ref"], "buddy/acme/site/2/31");
    assert!(run.json()["warnings"][0].is_string());
}
