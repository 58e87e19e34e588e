//! One deadline for a call, which everything inside it shares.

use std::time::Instant;

use runpipe::ErrorKind;
use serde_json::json;
use wiremock::matchers::{any, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::server::{Manner, Server};
use super::*;

/// Far more than the second that each call is given, far less than what is waited for.
const SOON: Duration = Duration::from_secs(15);

#[tokio::test]
async fn a_token_that_never_comes_ends_with_the_call_and_nothing_was_sent() {
    let server = Server::start(Manner::Hang(Vec::new())).await;
    let client =
        azure_with(&server.url, principal(&server.url)).with_timeout(Duration::from_secs(1));
    let began = Instant::now();
    let error = start_azure(&client).await.expect_err("no token");
    assert_eq!(error.kind(), ErrorKind::Transport, "{error}");
    assert!(error.to_string().contains("Nothing was sent"), "{error}");
    assert!(began.elapsed() < SOON);
}

#[tokio::test]
async fn a_pause_beyond_the_deadline_is_not_waited_for() {
    let server = MockServer::start().await;
    let busy = ResponseTemplate::new(503).insert_header("retry-after", "70");
    Mock::given(any()).respond_with(busy).mount(&server).await;
    let client = buddy(&server.uri()).with_timeout(Duration::from_secs(2));
    let began = Instant::now();
    let error = client
        .get(&run("buddy/acme/site/42/7"))
        .await
        .expect_err("busy");
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
    // The pause holds for the calls after it, too.
    let error = client
        .get(&run("buddy/acme/site/42/7"))
        .await
        .expect_err("busy");
    assert_eq!(error.kind(), ErrorKind::RateLimited, "{error}");
    assert!(error.retry_after().is_some());
    assert!(began.elapsed() < SOON);
}

#[tokio::test]
async fn a_list_without_an_end_ends() {
    let server = MockServer::start().await;
    let pages = |request: &wiremock::Request| {
        let asked = request.url.query_pairs().find(|(name, _)| name == "page");
        let page: i64 = asked.and_then(|(_, page)| page.parse().ok()).unwrap_or(1);
        let items: Vec<_> = (0..50)
            .map(|item| json!({ "id": page * 50 + item, "name": format!("p {page} {item}") }))
            .collect();
        ResponseTemplate::new(200).set_body_json(json!({ "pipelines": items }))
    };
    Mock::given(path("/workspaces/acme/projects/site/pipelines"))
        .respond_with(pages)
        .mount(&server)
        .await;
    let client = buddy(&server.uri()).with_timeout(Duration::from_secs(2));
    let began = Instant::now();
    let error = client
        .pipeline_named("acme", "site", "none")
        .await
        .expect_err("no end");
    assert_ne!(error.to_string(), "", "{error}");
    assert!(began.elapsed() < SOON, "{error}");
}

#[tokio::test]
async fn an_undecodable_answer_to_a_read_is_asked_for_once() {
    let server = Server::answering(
        "200 OK",
        &[("content-type", "application/json")],
        b"{\"id\": {}}",
    )
    .await;
    let error = buddy(&server.url)
        .get(&run("buddy/acme/site/42/7"))
        .await
        .expect_err("no run");
    assert_eq!(error.kind(), ErrorKind::Undecodable, "{error}");
    assert_eq!(server.requests(), 1);
}
