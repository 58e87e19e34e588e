//! `start --reconcile`: the service's list says what became of a start; nothing is started twice.

use chrono::{SecondsFormat, Utc};
use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::program::{EXECUTIONS, START, answer, buddy, execution, reading, received, starting};

/// A Buddy whose starts get no clear answer, and which lists these executions.
async fn unclear(executions: Vec<Value>) -> MockServer {
    let server = starting(ResponseTemplate::new(502)).await;
    let list = answer(
        200,
        json!({ "executions": executions, "total_page_count": 1 }),
    );
    let get = Mock::given(method("GET")).and(path(EXECUTIONS));
    get.respond_with(list).mount(&server).await;
    server
}

fn begun_now(id: i64, comment: &str) -> Value {
    let now = Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true);
    json!({ "id": id, "status": "INPROGRESS", "start_date": now, "comment": comment })
}

#[tokio::test]
async fn the_one_run_that_fits_is_the_result() {
    let server = unclear(vec![begun_now(31, "mine"), begun_now(30, "somebody's")]).await;
    let start = buddy(&server, START).words(["--comment", "mine", "--reconcile"]);
    let ended = start.ends_with(0).await;
    assert!(
        ended.stdout.starts_with("buddy/acme/site/2/31\n"),
        "{}",
        ended.stdout
    );
    assert!(ended.stderr.contains("warning: "), "{}", ended.stderr);
    assert_eq!(received(&server, "POST").await, 1);
}

#[tokio::test]
async fn a_run_that_was_found_is_watched() {
    let server = unclear(vec![begun_now(31, "mine")]).await;
    reading(&server, answer(200, execution("SUCCESSFUL"))).await;
    let words = ["--comment", "mine", "--reconcile", "--watch", "--json"];
    let run = buddy(&server, START).words(words).ends_with(0).await.json();
    assert_eq!(run["status"], "succeeded");
    assert_eq!(received(&server, "POST").await, 1);
}

#[tokio::test]
async fn several_runs_that_fit_are_named() {
    let server = unclear(vec![begun_now(31, "x"), begun_now(30, "x")]).await;
    let start = buddy(&server, START).words(["--reconcile", "--json"]);
    let error = start.ends_with(6).await.error();
    assert_eq!(error["kind"], "outcome_unknown");
    assert_eq!(error["http_status"], 502);
    assert_eq!(
        error["candidates"],
        json!(["buddy/acme/site/2/31", "buddy/acme/site/2/30"])
    );
    assert_eq!(received(&server, "POST").await, 1);
}

#[tokio::test]
async fn none_is_said_after_several_looks() {
    let old = json!({ "id": 29, "status": "SUCCESSFUL", "start_date": "2026-01-01T00:00:00Z" });
    let server = unclear(vec![old]).await;
    let ended = buddy(&server, START)
        .words(["--reconcile=1s"])
        .ends_with(6)
        .await;
    assert!(
        ended.stderr.contains("lists no run that fits"),
        "{}",
        ended.stderr
    );
    assert!(received(&server, "GET").await >= 2);
    assert_eq!(received(&server, "POST").await, 1);
}

#[tokio::test]
async fn a_list_that_cannot_be_read_leaves_the_outcome_unknown() {
    let server = starting(ResponseTemplate::new(502)).await;
    let ended = buddy(&server, START)
        .words(["--reconcile=1s"])
        .ends_with(6)
        .await;
    assert!(
        ended.stderr.contains("could not be read either"),
        "{}",
        ended.stderr
    );
    assert_eq!(received(&server, "POST").await, 1);
}

#[tokio::test]
async fn a_clear_refusal_is_not_looked_into() {
    let server = starting(answer(400, json!({ "errors": [] }))).await;
    buddy(&server, START)
        .words(["--reconcile"])
        .ends_with(3)
        .await;
    assert_eq!(received(&server, "GET").await, 0);
}
