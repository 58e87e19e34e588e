//! What each answer to a start becomes, and what a start sends.

use runpipe::{ErrorKind, RunStatus};
use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
struct Case {
    name: String,
    answer: Value,
    /// The id of the run, where it was started for certain.
    id: Option<String>,
    /// What the run holds besides.
    #[serde(default)]
    run: Map<String, Value>,
    /// A part of the run's one warning.
    warning: Option<String>,
}

#[tokio::test]
async fn an_answer_with_an_id_is_a_run_and_any_other_leaves_it_open() {
    for case in rows::<Case>("buddy/starts") {
        let name = &case.name;
        let server = always(answer(&case.answer)).await;
        let started = client(&server).start(&pipeline(), &nothing_asked()).await;
        match (&case.id, started) {
            (Some(id), Ok(started)) => {
                assert_eq!(&started.id, id, "{name}");
                let reference = format!("buddy/acme/site/2/{id}");
                assert_eq!(started.reference.to_string(), reference, "{name}");
                assert_eq!(started.pipeline_id.as_deref(), Some("2"), "{name}");
                let facts = serde_json::to_value(&started).unwrap();
                assert_holds(&facts, &case.run, name);
                let warned = match &case.warning {
                    None => started.warnings.is_empty(),
                    Some(part) => started.warnings.iter().any(|text| text.contains(part)),
                };
                assert!(warned, "{name}: {:?}", started.warnings);
            }
            (None, Err(error)) => {
                assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{name}: {error}");
                assert_eq!(error.operation(), Some("runExecution"), "{name}");
            }
            (_, other) => panic!("{name}: {other:?}"),
        }
        assert_eq!(methods(&server).await, ["POST"], "{name}: sent once");
    }
}

#[tokio::test]
async fn the_request_goes_out_as_it_was_given() {
    let server = MockServer::start().await;
    let execution = json!({ "id": 31, "status": "ENQUEUED" });
    on(&server, "POST", EXECUTIONS, json_answer(execution)).await;
    let asked = json!({
        "to_revision": { "revision": "HEAD" },
        "branch": { "name": "release/1.8" },
        "comment": "hotfix 4711",
        "refresh": true,
        "priority": "HIGH",
        "variables": [{ "key": "A", "value": "1", "encrypted": true }],
        "actions_to_run": [5, 6],
    });
    let request: types::RunExecutionRequest = serde_json::from_value(asked.clone()).unwrap();
    let started = client(&server).start(&pipeline(), &request).await.unwrap();
    assert_eq!(
        (started.reference, started.status),
        (run(), RunStatus::Queued)
    );
    let [sent] = &received(&server).await[..] else {
        panic!("one request")
    };
    assert_eq!(sent.body_json::<Value>().unwrap(), asked);
    assert_eq!(sent.headers["authorization"], format!("Bearer {TOKEN}"));
    assert_eq!(sent.headers["content-type"], "application/json");
    assert_eq!(sent.headers["accept"], "application/json");
}

#[tokio::test]
async fn a_start_that_was_turned_away_for_its_rate_is_sent_again() {
    let server = MockServer::start().await;
    let busy = Mock::given(method("POST")).respond_with(ResponseTemplate::new(429));
    busy.up_to_n_times(2).mount(&server).await;
    on(
        &server,
        "POST",
        EXECUTIONS,
        json_answer(json!({ "id": 31 })),
    )
    .await;
    let started = client(&server).start(&pipeline(), &nothing_asked()).await;
    assert_eq!(started.unwrap().reference, run());
    assert_eq!(received(&server).await.len(), 3);
}
