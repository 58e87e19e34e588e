//! `--timeout`: one call with everything in it.

use std::time::Duration;

use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use wiremock::MockServer;

use crate::program::{
    Ended, Program, START, answer, buddy, execution, received, runpipe, starting,
};

/// Longer than what the tests set, shorter than any default.
const SOON: Duration = Duration::from_secs(25);

/// A server that takes connections and says nothing.
async fn silent() -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let kept = tokio::spawn(async move {
        let mut open: Vec<TcpStream> = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            open.push(stream);
        }
    });
    (url, kept)
}

async fn soon(program: Program) -> Ended {
    let ended = tokio::time::timeout(SOON, program.run()).await;
    ended.expect("it ends long before its defaults")
}

#[tokio::test]
async fn a_token_endpoint_that_says_nothing_is_within_it() {
    let (tokens, _kept) = silent().await;
    let service = MockServer::start().await;
    let words = "start matillion --environment e --pipeline p --timeout 1s --json --project-id";
    for project in ["3f0c9a52-6b1d-4c7e-9a44-2d5e8f7b1c60", "by-its-name"] {
        let start = runpipe(words.split_whitespace()).words([project]);
        let start = start
            .env("MATILLION_CLIENT_ID", "id")
            .env("MATILLION_CLIENT_SECRET", "secret")
            .env("RUNPIPE_MATILLION_URL", &service.uri())
            .env("RUNPIPE_MATILLION_TOKEN_URL", &tokens);
        let ended = soon(start).await;
        assert_eq!(ended.status.code(), Some(5), "{}", ended.stderr);
        let kind = ended.error()["kind"].clone();
        assert!(
            ["transport", "unavailable"]
                .map(|word| json!(word))
                .contains(&kind),
            "{kind}"
        );
        assert_eq!(received(&service, "POST").await, 0);
    }
}

#[tokio::test]
async fn so_are_all_attempts_and_the_pauses_between_them() {
    let (service, _kept) = silent().await;
    let later = answer(503, json!({})).insert_header("retry-after", "20");
    let busy = MockServer::start().await;
    wiremock::Mock::given(wiremock::matchers::any())
        .respond_with(later)
        .mount(&busy)
        .await;
    for address in [&service, &busy.uri()] {
        let words = "status buddy/acme/site/2/31 --retries 100 --timeout 2s --json";
        let status = runpipe(words.split_whitespace()).env("BUDDY_TOKEN", "t");
        let ended = soon(status.words(["--base-url", address])).await;
        assert_eq!(ended.status.code(), Some(5), "{}", ended.stderr);
    }
}

#[tokio::test]
async fn one_attempt_can_be_shorter() {
    let late = answer(200, execution("INPROGRESS")).set_delay(Duration::from_secs(60));
    let server = starting(late).await;
    let start = buddy(&server, START).words(["--attempt-timeout", "1s"]);
    let ended = soon(start).await;
    assert_eq!(ended.status.code(), Some(6), "{}", ended.stderr);
    assert_eq!(received(&server, "POST").await, 1);
}
