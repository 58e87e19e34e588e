//! `start --reconcile`: the service's list says what became of a start; nothing is started twice.

use std::time::Duration;

use chrono::{SecondsFormat, TimeDelta, Utc};
use runpipe::Service;
use runpipe_testing::{Rule, Sandbox, Script, ScriptedAnswer, SeededRun};
use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::program::{
    EXECUTIONS, START, answer, at, buddy, execution, reading, received, starting,
};

/// How to look for a run by hand.
const LOOK: &str = "runpipe list buddy --workspace acme --project site --pipeline 2";

/// A Buddy whose starts get no clear answer, and which lists these executions.
async fn unclear(executions: Vec<Value>) -> MockServer {
    listing(ResponseTemplate::new(502), executions).await
}

async fn listing(unclear: ResponseTemplate, executions: Vec<Value>) -> MockServer {
    let server = starting(unclear).await;
    let list = answer(
        200,
        json!({ "executions": executions, "total_page_count": 1 }),
    );
    let get = Mock::given(method("GET")).and(path(EXECUTIONS));
    get.respond_with(list).mount(&server).await;
    server
}

/// An execution that began after the start that the test is about to make.
fn begun_now(id: i64, comment: &str) -> Value {
    let now = Utc::now() + TimeDelta::minutes(1);
    let now = now.to_rfc3339_opts(SecondsFormat::Millis, true);
    json!({ "id": id, "status": "INPROGRESS", "start_date": now, "comment": comment })
}

#[tokio::test]
async fn the_one_run_that_fits_is_the_result() {
    let server = unclear(vec![begun_now(31, "mine"), begun_now(30, "somebody's")]).await;
    let start = buddy(&server, START).words(["--comment", "mine", "--reconcile"]);
    let ended = start.ends_with(0).await;
    assert_eq!(ended.stdout, "buddy/acme/site/2/31\n");
    ended.tells("warning: ");
    assert_eq!(received(&server, "POST").await, 1);
}

/// Which of them the start has begun, nothing tells.
#[tokio::test]
async fn a_run_that_the_answer_names_is_not_given_up_for_another() {
    for (named, code) in [(31, 0), (30, 6)] {
        let unclear = ResponseTemplate::new(500).set_body_json(json!({ "id": named }));
        let server = listing(unclear, vec![begun_now(31, "mine")]).await;
        let start = buddy(&server, START).words(["--comment", "mine", "--reconcile", "--json"]);
        let ended = start.ends_with(code).await;
        if code == 6 {
            let error = ended.error();
            assert_eq!(error["ref"], "buddy/acme/site/2/30");
            let both = ["buddy/acme/site/2/30", "buddy/acme/site/2/31"];
            assert_eq!(error["candidates"], json!(both));
        }
        assert_eq!(received(&server, "POST").await, 1);
    }
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
    let server = unclear(vec![begun_now(31, "mine"), begun_now(30, "mine")]).await;
    let start = buddy(&server, START).words(["--comment", "mine", "--reconcile", "--json"]);
    let error = start.ends_with(6).await.error();
    assert_eq!(error["kind"], "outcome_unknown");
    assert_eq!(error["http_status"], 502);
    assert_eq!(
        error["candidates"],
        json!(["buddy/acme/site/2/31", "buddy/acme/site/2/30"])
    );
    let message = error["message"].as_str().expect("a message");
    assert!(message.contains("tells them apart"), "{message}");
    assert!(message.contains("buddy/acme/site/2/30"), "{message}");
    assert!(message.contains(LOOK), "{message}");
    assert_eq!(received(&server, "POST").await, 1);
}

#[tokio::test]
async fn a_run_that_may_be_an_older_one_is_not_found_for_certain() {
    // It fits, and nobody says since when it has been there.
    let server = unclear(vec![begun_now(31, "")]).await;
    let start = buddy(&server, START).words(["--reconcile=1s", "--watch", "--json"]);
    let error = start.ends_with(6).await.error();
    assert_eq!(error["kind"], "outcome_unknown");
    assert_eq!(error["candidates"], json!(["buddy/acme/site/2/31"]));
    let message = error["message"].as_str().expect("a message");
    for sentence in [
        "not certain",
        "does not say when",
        "a unique mark (Buddy's comment)",
        "buddy/acme/site/2/31",
        LOOK,
    ] {
        assert!(message.contains(sentence), "{message}");
    }
    assert_eq!(received(&server, "POST").await, 1);
}

#[tokio::test]
async fn none_is_said_after_several_looks_and_is_no_proof() {
    let old = json!({ "id": 29, "status": "SUCCESSFUL", "start_date": "2026-01-01T00:00:00Z" });
    let server = unclear(vec![old]).await;
    let ended = buddy(&server, START)
        .words(["--reconcile=2s"])
        .ends_with(6)
        .await;
    for sentence in [
        "lists no run that fits",
        "does not prove that none was started",
        LOOK,
    ] {
        ended.tells(sentence);
    }
    assert!(!ended.stderr.contains("likely"), "{}", ended.stderr);
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
    ended.tells("could not be read either");
    assert_eq!(received(&server, "POST").await, 1);
}

#[tokio::test]
async fn looking_ends_when_it_has_to_whatever_holds_it_up() {
    // A list that never comes, and one whose pages never end.
    let silent = starting(ResponseTemplate::new(502)).await;
    let late = answer(200, json!({ "executions": [] })).set_delay(Duration::from_secs(600));
    let get = Mock::given(method("GET")).and(path(EXECUTIONS));
    get.respond_with(late).mount(&silent).await;
    let endless = starting(ResponseTemplate::new(502)).await;
    let page: Vec<Value> = (1..=100).map(|id| begun_now(id, "somebody's")).collect();
    let page = answer(
        200,
        json!({ "executions": page, "total_page_count": 4_000_000 }),
    );
    let get = Mock::given(method("GET")).and(path(EXECUTIONS));
    get.respond_with(page).mount(&endless).await;
    for server in [silent, endless] {
        let start = buddy(&server, START).words(["--comment", "mine", "--reconcile=1s"]);
        let start = start.words(["--timeout", "500s"]).run();
        let ended = tokio::time::timeout(Duration::from_secs(60), start).await;
        let ended = ended.expect("it ends long before the list does");
        assert_eq!(ended.status.code(), Some(6), "{}", ended.stderr);
        assert_eq!(received(&server, "POST").await, 1);
    }
}

#[tokio::test]
async fn a_clear_refusal_is_not_looked_into() {
    let server = starting(answer(400, json!({ "errors": [] }))).await;
    buddy(&server, &START.replace("--pipeline 2", "--pipeline id:2"))
        .words(["--reconcile"])
        .ends_with(3)
        .await;
    assert_eq!(received(&server, "GET").await, 0);
}

/// The request left three seconds after the command was given: a token came first.
#[tokio::test]
async fn what_began_before_the_request_left_is_not_found() {
    let sandbox = Sandbox::start().await.expect("loopback has free ports");
    let slow = ScriptedAnswer::delayed(Duration::from_secs(3));
    let lost = ScriptedAnswer::status(502);
    let script = Script::new([
        Rule::answer(Service::Matillion, slow).operation("token"),
        Rule::answer(Service::Matillion, lost).operation("executePublishedPipeline"),
    ]);
    sandbox.play(&script).expect("a script");
    let pipelines = sandbox.pipelines(Service::Matillion);
    let same = pipelines.iter().find(|one| one.name == "Load orders");
    let same = same.expect("a pipeline");
    let words = [
        "start",
        "matillion",
        "--project-id",
        &same.place[0],
        "--environment",
        "Production",
        "--pipeline",
        "Load orders",
        "--reconcile=3s",
        "--json",
    ];
    let start = at(&sandbox, &words).ends_with(6);
    let somebodys = async {
        tokio::time::sleep(Duration::from_millis(1200)).await;
        sandbox.seed(&SeededRun::of(same)).expect("seeded");
    };
    let (ended, ()) = tokio::join!(start, somebodys);
    let error = ended.error();
    assert_eq!(error["candidates"], json!([]), "{error}");
    assert_eq!(sandbox.started(Service::Matillion), 0);
}
