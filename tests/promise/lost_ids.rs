//! The id of a run is taken from whatever came of an answer, and from nothing that is no id.

use runpipe::{ErrorKind, Run};

use super::server::{Manner, Server, answer};
use super::*;

const JSON: (&str, &str) = ("content-type", "application/json");

async fn started(body: &[u8]) -> Result<Run, runpipe::Error> {
    let server = Server::answering("201 Created", &[JSON], body).await;
    let told = start_buddy(&buddy(&server.url)).await;
    assert_eq!(server.requests(), 1);
    told
}

#[tokio::test]
async fn an_id_that_came_is_never_lost() {
    let whole: &[&[u8]] = &[
        br#"{"id": 31} trailing"#,
        b"{\"id\": 31}\0\0",
        br#"{"id": 31, "priority": NaN}"#,
        br#"{"id": 31, "comment": "\ud800"}"#,
        b"{\"id\": 31, \"comment\": \"\xff\xfe\"}",
        br#"{"id": 31.0}"#,
        br#"{"id": 3.1e1}"#,
        br#"{"id": "31"}"#,
        br#"{"status": {"novel": []}, "id": 31}"#,
        b"\xef\xbb\xbf{\"id\": 31}",
        br#"{"id": 31, "status": "INPROG"#,
    ];
    for body in whole {
        let run = started(body)
            .await
            .unwrap_or_else(|error| panic!("{body:?}: {error}"));
        assert_eq!(
            run.reference,
            super::run("buddy/acme/site/42/31"),
            "{body:?}"
        );
    }
}

#[tokio::test]
async fn an_id_before_the_break_is_kept() {
    let head =
        "HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n";
    let cut = format!("{head}{{\"id\": 31, \"status\":");
    let server = Server::start(Manner::Answer(cut.clone().into_bytes())).await;
    let run = start_buddy(&buddy(&server.url)).await.expect("the id came");
    assert_eq!(run.id, "31");
    assert_eq!(run.warnings.len(), 1, "{:?}", run.warnings);
    // The same when the rest never comes.
    let server = Server::start(Manner::Hang(cut.into_bytes())).await;
    let client = buddy(&server.url).with_timeout(Duration::from_millis(500));
    let run = start_buddy(&client).await.expect("the id came");
    assert_eq!(run.id, "31");
}

#[tokio::test]
async fn an_id_at_the_head_of_a_body_without_an_end_is_kept() {
    let mut body = br#"{"id": 31, "comment": ""#.to_vec();
    body.resize(17 << 20, b'x');
    let run = started(&body).await.expect("the id came");
    assert_eq!(run.id, "31");
}

#[tokio::test]
async fn an_id_beside_what_is_too_much_to_decode_is_kept() {
    let deep = "[".repeat(20_000) + &"]".repeat(20_000);
    let body = format!(r#"{{"id": 31, "actions": {deep}}}"#);
    let run = started(body.as_bytes()).await.expect("the id came");
    assert_eq!(run.id, "31");
}

#[tokio::test]
async fn what_is_no_id_is_none() {
    for body in [
        r#"{"id": 0}"#,
        r#"{"id": -31}"#,
        r#"{"id": "  "}"#,
        r#"{"id": 31.5}"#,
        r#"{"id": 3"#,
        r#"{"comment": "{\"id\": 31}"}"#,
        r#"{"branch": {"id": 31}}"#,
        r#"{"id": 31, "id": 32}"#,
        r#"[31]"#,
        "31",
    ] {
        let error = started(body.as_bytes()).await.expect_err(body);
        assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{body}: {error}");
    }
    for id in ["  ", "0", "-31"] {
        let body = format!(r#"{{"pipelineExecutionId": "{id}"}}"#);
        let server = Server::answering("201 Created", &[JSON], body.as_bytes()).await;
        let error = start_matillion(&matillion(&server.url)).await;
        let error = error.expect_err(id);
        assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{id}: {error}");
    }
}

/// Somebody has to look for the run: what the service said of it is shown.
#[tokio::test]
async fn an_id_that_no_reference_can_carry_is_shown() {
    let odd = answer(
        "201 Created",
        &[JSON],
        br#"{"pipelineExecutionId": "e2a4\\c9b1"}"#,
    );
    let server = Server::start(Manner::Answer(odd)).await;
    let error = start_matillion(&matillion(&server.url)).await;
    let error = error.expect_err("no path can have it");
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error}");
    let shown = error.first_bytes().unwrap_or_default();
    assert!(shown.contains("e2a4") && shown.contains("c9b1"), "{error}");
}

/// Yunxiao answers with the number alone.
#[tokio::test]
async fn a_number_alone_is_an_id_when_it_came_whole() {
    for (body, is_id) in [
        ("31", true),
        (" \"31\"\n", true),
        ("0", false),
        ("-31", false),
        ("31.5", false),
        ("[31]", false),
        ("true", false),
        ("\"31", false),
    ] {
        let server = Server::answering("200 OK", &[JSON], body.as_bytes()).await;
        let told = start_yunxiao(&yunxiao(&server.url)).await;
        assert_eq!(server.requests(), 1, "{body}");
        match told {
            Ok(run) => assert!(is_id && run.id == "31", "{body}: {run:?}"),
            Err(error) => {
                assert!(!is_id, "{body}: {error}");
                assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{body}: {error}");
            }
        }
    }
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n";
    let cut = Server::start(Manner::Answer(format!("{head}3").into_bytes())).await;
    let error = start_yunxiao(&yunxiao(&cut.url)).await.expect_err("cut");
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error}");
}

/// A gateway may write the status once more, in place of a page. Any other number may be a run's.
#[tokio::test]
async fn a_status_that_a_refusal_repeats_is_no_id() {
    for (status, body, unknown) in [
        ("403 Forbidden", "403", false),
        ("404 Not Found", "\"404\"", false),
        ("503 Service Unavailable", "503", true),
    ] {
        let server = Server::answering(status, &[JSON], body.as_bytes()).await;
        let error = start_yunxiao(&yunxiao(&server.url)).await;
        let error = error.expect_err(status);
        assert_eq!(error.may_have_started(), unknown, "{error}");
        assert_eq!(error.run(), None, "{error}");
    }
    let server = Server::answering("403 Forbidden", &[JSON], b"7").await;
    let error = start_yunxiao(&yunxiao(&server.url)).await;
    let error = error.expect_err("a refusal that names a run");
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error}");
    assert!(error.run().is_some(), "{error}");
}

#[test]
fn a_reference_needs_an_id() {
    for text in ["matillion/p1/", "matillion/p1/%20%20", "matillion/%20/e1"] {
        assert!(text.parse::<RunRef>().is_err(), "{text}");
    }
}
