//! Gates, retries and skips: never sent twice. The steps of a job and their logs.

use std::time::Duration;

use futures_util::TryStreamExt;
use futures_util::future::BoxFuture;
use runpipe::{ErrorKind, Result};
use serde_json::json;
use wiremock::matchers::query_param;

use super::*;

/// What can be decided about a job, with the last word of its path.
type Decision = (&'static str, fn(&Client) -> BoxFuture<'_, Result<()>>);

const DECISIONS: [Decision; 4] = [
    ("pass", |client| {
        Box::pin(async { client.pass(&run(), 7).await })
    }),
    ("refuse", |client| {
        Box::pin(async { client.refuse(&run(), 7).await })
    }),
    ("retry", |client| {
        Box::pin(async { client.retry_job(&run(), 7).await })
    }),
    ("skip", |client| {
        Box::pin(async { client.skip_job(&run(), 7).await })
    }),
];

#[tokio::test]
async fn what_was_decided_is_done_once() {
    for (what, decide) in DECISIONS {
        for done in [json!(true), json!("true")] {
            let server = always(json_answer(&done)).await;
            decide(&client(&server)).await.unwrap();
            let requests = received(&server).await;
            assert_eq!(requests.len(), 1, "{what}");
            assert_eq!(requests[0].url.path(), format!("{JOBS}/7/{what}"));
        }
    }
}

#[tokio::test]
async fn a_decision_without_a_clear_answer_is_not_sent_again() {
    for (what, decide) in DECISIONS {
        for answer in [
            ResponseTemplate::new(502),
            ResponseTemplate::new(500).set_body_json(json!({ "errorCode": "InternalServerError" })),
            ResponseTemplate::new(400).set_body_json(json!({ "errorCode": "InternalServerError" })),
            json_answer(&json!(false)),
            json_answer(&json!("false")),
            json_answer(&json!("the pipeline is locked")),
            json_answer(&json!({ "errorCode": "NotWaiting" })),
            json_answer(&json!([])),
            ResponseTemplate::new(200),
        ] {
            let server = always(answer.clone()).await;
            let error = decide(&client(&server)).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{what}: {error}");
            assert!(error.may_have_started(), "{what}");
            assert!(error.advice().contains("Read the run"), "{error}");
            assert_eq!(error.run(), Some(&run()), "{what}");
            assert_eq!(received(&server).await.len(), 1, "{what}");
        }
        // What proves that nothing was decided.
        let code = json!({ "errorCode": "Forbidden", "errorMessage": "No." });
        let server = always(ResponseTemplate::new(403).set_body_json(code)).await;
        let error = decide(&client(&server)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Authentication, "{what}: {error}");
        assert_eq!(error.sentences(), ["No."]);
    }
}

async fn step_log(server: &MockServer, at: (i64, i64, i64), log: Value) {
    let (build, step, offset) = at;
    Mock::given(path(format!("{JOBS}/7/step/log")))
        .and(query_param("buildId", build.to_string()))
        .and(query_param("stepIndex", step.to_string()))
        .and(query_param("offset", offset.to_string()))
        .respond_with(json_answer(&log))
        .mount(server)
        .await;
}

#[tokio::test]
async fn the_log_of_a_step_is_read_to_its_end() {
    let server = MockServer::start().await;
    let steps = json!([
        { "buildId": 5, "buildProcessNodes": [
            { "stepIndex": 1, "stepName": "Command(331s)" },
            { "stepName": "no number" },
            { "stepIndex": 2, "stepName": null, "nodeName": "Upload" }
        ] },
        { "buildId": null, "buildProcessNodes": [{ "stepIndex": 1 }] },
        { "buildId": 6, "buildProcessNodes": [], "steps": [{ "stepIndex": 1, "stepName": "Old" }] }
    ]);
    on(
        &server,
        "GET",
        &format!("{JOBS}/7/steps"),
        json_answer(&steps),
    )
    .await;
    let more = json!({ "logs": "one\n", "more": true, "last": 20 });
    step_log(&server, (5, 1, 0), more).await;
    // A place that does not lead on is the end, whatever is said.
    let end = json!({ "logs": "two\n", "more": true, "last": 20 });
    step_log(&server, (5, 1, 20), end).await;
    let none = json!({ "logs": "", "more": false, "last": -1 });
    step_log(&server, (5, 2, 0), none).await;
    step_log(&server, (6, 1, 0), json!({ "logs": "old\n" })).await;
    let client = client(&server);
    let run = run();
    let logs: Vec<_> = client.job_step_logs(&run, 7).try_collect().await.unwrap();
    let logs: Vec<_> = logs
        .iter()
        .map(|log| (log.step.as_str(), log.text.as_str()))
        .collect();
    assert_eq!(
        logs,
        [
            ("Command(331s)", "one\ntwo\n"),
            ("Upload", ""),
            ("Old", "old\n")
        ]
    );
}

/// Each piece leads on to another. What is kept of them is bounded, and so are the requests.
/// The service ends it, not the clock, however slow the machine is.
const PATIENT: Duration = Duration::from_secs(600);

#[tokio::test]
async fn a_log_without_an_end_ends() {
    for (piece, most) in [(1, 1_000), (8 << 20, 6)] {
        let server = MockServer::start().await;
        let steps = json!([{ "buildId": 5, "steps": [{ "stepIndex": 1 }] }]);
        let at = format!("{JOBS}/7/steps");
        on(&server, "GET", &at, json_answer(&steps)).await;
        let text = "x".repeat(piece);
        let answer = move |request: &Request| {
            let mut query = request.url.query_pairs();
            let offset = query.find(|(name, _)| name == "offset");
            let offset: i64 = offset.unwrap().1.parse().unwrap();
            json_answer(&json!({ "logs": text, "more": true, "last": offset + 1 }))
        };
        let pieces = Mock::given(path(format!("{JOBS}/7/step/log"))).respond_with(answer);
        pieces.expect(1..=most).mount(&server).await;
        let (client, run) = (client(&server).with_timeout(PATIENT), run());
        let logs = client.job_step_logs(&run, 7).try_collect::<Vec<_>>().await;
        let error = logs.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Undecodable, "{error}");
    }
}
