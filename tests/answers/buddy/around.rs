//! What can be done around an execution: cancel, retry, logs.

use futures_util::TryStreamExt;
use runpipe::{ErrorKind, RunStatus, Runs, Service};
use wiremock::matchers::path_regex;

use super::*;

async fn asked(server: &MockServer) -> Vec<Value> {
    let requests = received(server).await;
    let changes = requests
        .iter()
        .filter(|request| request.method.as_str() == "PATCH");
    changes
        .map(|request| request.body_json().unwrap())
        .collect()
}

#[tokio::test]
async fn each_change_is_asked_for_in_its_own_word() {
    let server = MockServer::start().await;
    let changed = json!({ "id": 31, "status": "TERMINATING" });
    on(&server, "PATCH", EXECUTION, json_answer(changed)).await;
    let client = client(&server);
    let runs: &dyn Runs = &client;
    assert_eq!(runs.service(), Service::Buddy);
    let canceled = runs.cancel(&run()).await.unwrap();
    let retried = client.retry(&run(), None).await.unwrap();
    for changed in [canceled, retried] {
        assert_eq!(changed.reference, run());
        assert_eq!(changed.status, RunStatus::Canceling);
    }
    let words = ["CANCEL", "RETRY"];
    assert_eq!(
        asked(&server).await,
        words.map(|word| json!({ "operation": word }))
    );
}

#[tokio::test]
async fn a_run_that_was_begun_again_keeps_the_reference_that_it_is_answered_with() {
    let server = MockServer::start().await;
    let other = json!({ "id": 32, "status": "ENQUEUED" });
    on(&server, "PATCH", EXECUTION, json_answer(other)).await;
    let again = client(&server).retry(&run(), None).await.unwrap();
    assert_eq!(again.reference.to_string(), "buddy/acme/site/2/32");
}

/// The run that was begun may be another.
#[tokio::test]
async fn a_run_that_was_begun_again_and_is_not_named_is_unknown() {
    for unnamed in [
        json!({ "status": "ENQUEUED" }),
        json!({ "id": null, "status": "ENQUEUED" }),
        json!({ "id": 0, "status": "ENQUEUED" }),
    ] {
        let server = MockServer::start().await;
        on(&server, "PATCH", EXECUTION, json_answer(unnamed)).await;
        let error = client(&server).retry(&run(), None).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error}");
        assert_eq!(error.run(), Some(&run()));
    }
}

#[tokio::test]
async fn a_cancel_may_be_asked_for_again_and_what_starts_work_may_not() {
    for (start, requests) in [("cancel", 2), ("retry", 1)] {
        let server = MockServer::start().await;
        let broken = Mock::given(method("PATCH")).respond_with(ResponseTemplate::new(502));
        broken.up_to_n_times(1).mount(&server).await;
        let canceled = json!({ "id": 31, "status": "TERMINATED" });
        on(&server, "PATCH", EXECUTION, json_answer(canceled)).await;
        let (client, run) = (client(&server), run());
        let ended = match start {
            "cancel" => client.cancel(&run).await,
            _ => client.retry(&run, None).await,
        };
        match ended {
            Ok(canceled) => assert_eq!((start, canceled.status), ("cancel", RunStatus::Canceled)),
            Err(error) => {
                assert_ne!(start, "cancel", "{error}");
                assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error}");
                assert_eq!(error.run(), Some(&run));
            }
        }
        assert_eq!(received(&server).await.len(), requests, "{start}");
    }
}

#[tokio::test]
async fn a_change_that_is_refused_is_told() {
    let refusal = json!({
        "status": 400, "json": { "errors": [{ "message": "The execution has ended" }] },
    });
    let server = always(answer(&refusal)).await;
    let (client, run) = (client(&server), run());
    for refused in [client.cancel(&run).await, client.retry(&run, None).await] {
        let error = refused.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert_eq!(error.sentences(), ["The execution has ended"]);
        assert_eq!(error.operation(), Some("updateExecution"));
        assert_eq!(error.run(), Some(&run));
    }
}

#[tokio::test]
async fn each_action_has_its_log_in_the_order_of_the_pipeline() {
    let server = MockServer::start().await;
    let execution = json!({ "id": 31, "status": "INPROGRESS", "action_executions": [
        { "status": "SUCCESSFUL", "action_execution_id": "65a1", "action": { "id": 5, "name": "Compile" } },
        { "status": "INPROGRESS", "action_execution_id": "65a2", "action": { "id": 6, "name": "Test" } },
        { "status": "INITIAL", "action_execution_id": null, "action": { "id": 7, "name": "Deploy" } },
        { "status": "INITIAL", "action_execution_id": "65a4", "action": null },
    ] });
    on(&server, "GET", EXECUTION, json_answer(execution)).await;
    let logs = [
        ("65a1", json!({ "log": ["compiling", "compiled"] })),
        ("65a2", json!({ "log": [] })),
        ("65a4", json!({ "log": null })),
    ];
    for (id, log) in logs {
        let at = format!("{EXECUTION}/action_executions/{id}");
        on(&server, "GET", &at, json_answer(log)).await;
    }
    let (client, run) = (client(&server), run());
    let logs: Vec<_> = client.logs(&run).try_collect().await.unwrap();
    let logs: Vec<_> = logs
        .iter()
        .map(|log| (log.step.as_str(), log.text.as_str()))
        .collect();
    let expected = [
        ("Compile", "compiling\ncompiled"),
        ("Test", ""),
        ("Deploy", ""),
        ("", ""),
    ];
    assert_eq!(logs, expected);
}

/// Why an action failed costs a request: an execution of many is not asked for each.
#[tokio::test]
async fn of_many_failures_the_first_are_explained() {
    let server = MockServer::start().await;
    let action =
        |number: usize| json!({ "action_execution_id": number.to_string(), "status": "FAILED" });
    let actions: Vec<_> = (0..500).map(action).collect();
    let execution = json!({ "id": 31, "status": "FAILED", "action_executions": actions });
    on(&server, "GET", EXECUTION, json_answer(execution)).await;
    let why = json_answer(json!({ "error_message": "2 tests failed" }));
    let asked = Mock::given(path_regex("/action_executions/")).respond_with(why);
    asked.expect(20).mount(&server).await;
    let steps = client(&server).steps(&run()).await.unwrap();
    assert_eq!(steps.len(), 500);
    let explained = steps.iter().take_while(|step| step.message.is_some());
    assert_eq!(explained.count(), 20);
}

#[tokio::test]
async fn an_execution_without_actions_has_no_logs_and_a_missing_log_is_told() {
    let server = MockServer::start().await;
    on(&server, "GET", EXECUTION, json_answer(json!({ "id": 31 }))).await;
    let logs: Vec<_> = client(&server).logs(&run()).try_collect().await.unwrap();
    assert!(logs.is_empty());

    let server = MockServer::start().await;
    let execution = json!({ "id": 31, "action_executions": [{ "action_execution_id": "65a1" }] });
    on(&server, "GET", EXECUTION, json_answer(execution)).await;
    let error = client(&server).logs(&run()).try_next().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(error.operation(), Some("getActionExecution"));
}
