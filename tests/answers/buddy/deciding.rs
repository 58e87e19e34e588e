//! What an execution waits for, and what is sent to give it.

use runpipe::{Decision, ErrorKind, Runs};
use serde::Deserialize;
use wiremock::matchers::body_json;

use super::*;

#[derive(Deserialize)]
struct Case {
    name: String,
    answer: Value,
    run: Map<String, Value>,
    /// What approving sends, with the gate and the values that are given for it.
    sends: Option<Sends>,
}

#[derive(Deserialize)]
struct Sends {
    #[serde(default)]
    gate: Option<String>,
    #[serde(default)]
    values: Map<String, Value>,
    body: Value,
}

#[tokio::test]
async fn every_gate_is_read_and_given_what_it_waits_for() {
    for case in rows::<Case>("buddy/gates") {
        let name = &case.name;
        let server = MockServer::start().await;
        on(&server, "GET", EXECUTION, json_answer(case.answer.clone())).await;
        let read = client(&server).get(&run()).await.unwrap();
        assert_holds(&serde_json::to_value(&read).unwrap(), &case.run, name);
        let Some(sends) = case.sends else {
            let none = client(&server).decide(&run(), &Decision::approve()).await;
            assert_eq!(none.unwrap_err().kind(), ErrorKind::NothingToDo, "{name}");
            continue;
        };
        let taken = json_answer(json!({ "id": 31, "status": "INPROGRESS" }));
        let change = Mock::given(method("PATCH")).and(path(EXECUTION));
        let change = change.and(body_json(sends.body));
        change.respond_with(taken).mount(&server).await;
        let mut decision = Decision::approve();
        if let Some(gate) = sends.gate {
            decision = decision.gate(gate);
        }
        for (key, value) in &sends.values {
            let value = value.as_str().unwrap();
            decision = match key.starts_with("SECRET_") {
                true => decision.secret(key, value),
                false => decision.variable(key, value),
            };
        }
        let decided = client(&server).decide(&run(), &decision).await;
        let decided = decided.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(decided.reference, run(), "{name}");
        assert!(decided.waits_for.is_empty(), "{name}");
    }
}

#[tokio::test]
async fn values_are_given_where_they_are_waited_for_and_nowhere_else() {
    for (word, values, said) in [
        ("WAITING_FOR_VARIABLES", false, "is waiting for values"),
        ("WAITING_FOR_APPLY", true, "is not waiting for values"),
        ("WAITING_FOR_VT_SESSION", true, "is not waiting for values"),
    ] {
        let server = always(json_answer(json!({ "id": 31, "status": word }))).await;
        let decision = match values {
            true => Decision::approve().variable("REGION", "eu"),
            false => Decision::approve(),
        };
        let error = client(&server).decide(&run(), &decision).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{error}");
        assert!(error.to_string().contains(said), "{error}");
        assert_eq!(methods(&server).await, ["GET"], "{word}");
    }
}

/// Without an id the service approves whatever waits.
#[tokio::test]
async fn an_action_without_an_id_is_not_approved_beside_another_that_waits() {
    let actions = json!([
        { "status": "WAITING_FOR_APPLY", "action": { "name": "EU" } },
        { "status": "WAITING_FOR_APPLY", "action": { "name": "US" } },
    ]);
    let execution = json!({ "id": 31, "status": "INPROGRESS", "action_executions": actions });
    let server = always(json_answer(execution)).await;
    let decision = Decision::approve().gate("US");
    let error = client(&server).decide(&run(), &decision).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
    assert_eq!(methods(&server).await, ["GET"]);
}

#[tokio::test]
async fn several_actions_that_wait_are_named() {
    let actions = json!([
        { "action_execution_id": "65a1", "status": "WAITING_FOR_APPLY", "action": { "name": "EU" } },
        { "action_execution_id": "65a2", "status": "WAITING_FOR_APPLY", "action": { "name": "US" } },
    ]);
    let execution = json!({ "id": 31, "status": "INPROGRESS", "action_executions": actions });
    let server = always(json_answer(execution)).await;
    let error = client(&server).decide(&run(), &Decision::approve()).await;
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnknownName, "{error}");
    assert!(
        error.to_string().contains("\"EU\" (65a1), \"US\" (65a2)"),
        "{error}"
    );
    assert_eq!(methods(&server).await, ["GET"]);
}

/// A secret value that the service repeats in its refusal is shown nowhere.
#[tokio::test]
async fn a_secret_value_stays_hidden_where_a_refusal_repeats_it() {
    let server = MockServer::start().await;
    let waiting = json!({ "id": 31, "status": "WAITING_FOR_SETTABLE_VARIABLES" });
    on(&server, "GET", EXECUTION, json_answer(waiting)).await;
    let refusal = json!({
        "status": 400, "json": { "errors": [{ "message": "correct-horse is too short, so is eu-1" }] },
    });
    on(&server, "PATCH", EXECUTION, answer(&refusal)).await;
    let decision = Decision::approve().secret("PASSWORD", "correct-horse");
    let decision = decision.variable("REGION", "eu-1");
    let error = client(&server).decide(&run(), &decision).await.unwrap_err();
    let shown = format!("{error} {error:?} {decision:?}");
    assert!(!shown.contains("correct-horse"), "{shown}");
    assert!(
        error.to_string().contains("eu-1"),
        "what is no secret stays: {error}"
    );
}

#[tokio::test]
async fn the_whole_execution_is_run_again_and_no_action_by_itself() {
    let server = always(json_answer(json!({ "id": 31 }))).await;
    let error = client(&server)
        .retry(&run(), Some("Test"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
    assert!(received(&server).await.is_empty());
}
