//! What each answer about a run becomes.

use serde_json::{Value, json};

use super::*;

#[tokio::test]
async fn a_run_is_read_whatever_is_missing() {
    for case in rows::<Value>("yunxiao/runs") {
        let name = case["name"].as_str().unwrap();
        let server = MockServer::start().await;
        on(&server, "GET", RUN, json_answer(&case["answer"])).await;
        let read = client(&server).get(&run()).await;
        let read = read.unwrap_or_else(|error| panic!("{name}: {error}"));
        let facts = serde_json::to_value(&read).unwrap();
        assert_eq!(facts["ref"], "yunxiao/5ebbc/123/41", "{name}");
        assert_eq!(facts["id"], "41", "{name}");
        assert_eq!(facts["pipeline_id"], "123", "{name}");
        for (key, expected) in case["run"].as_object().unwrap() {
            assert_eq!(&facts[key], expected, "{name}: {key}");
        }
        assert!(read.vendor::<types::PipelineRun>().is_some(), "{name}");
    }
}

#[tokio::test]
async fn only_documented_words_mean_something() {
    for (word, expected) in [
        (json!("SUCCESS"), "succeeded"),
        (json!("FAIL"), "failed"),
        (json!("RUNNING"), "running"),
        (json!("CANCELED"), "canceled"),
        (json!("WAITING"), "waiting"),
        (json!("CANCELLED"), "unknown"),
        (json!("INIT"), "unknown"),
        (json!("success"), "unknown"),
        (Value::Null, "unknown"),
    ] {
        let server = MockServer::start().await;
        let body = json!({ "status": word, "pipelineRunId": 41 });
        on(&server, "GET", RUN, json_answer(&body)).await;
        let read = client(&server).get(&run()).await.unwrap();
        assert_eq!(read.status.as_str(), expected, "{word}");
        assert_eq!(read.vendor_status.as_deref(), word.as_str());
        let ended = ["succeeded", "failed", "canceled"].contains(&expected);
        assert_eq!(read.status.has_ended(), ended, "{word}");
    }
}

#[tokio::test]
async fn an_answer_about_another_run_is_refused() {
    let server = always(json_answer(&json!({ "pipelineRunId": 42 }))).await;
    let error = client(&server).get(&run()).await.unwrap_err();
    assert_eq!(error.kind(), runpipe::ErrorKind::Undecodable, "{error}");
    let latest = client(&server).latest(&pipeline()).await.unwrap();
    assert_eq!(latest.reference.to_string(), "yunxiao/5ebbc/123/42");
    let nobody = always(json_answer(&json!({}))).await;
    let error = client(&nobody).latest(&pipeline()).await.unwrap_err();
    assert_eq!(error.kind(), runpipe::ErrorKind::Undecodable, "{error}");
}

/// Encrypted variables come back with the run; none of them is in what a program prints of it.
#[tokio::test]
async fn an_encrypted_variable_is_not_shown() {
    let secret = "hunter2-of-the-pipeline";
    let params = json!([{ "key": "K", "value": secret, "encrypted": true }]);
    let body = json!({ "pipelineRunId": 41, "globalParams": params });
    let server = always(json_answer(&body)).await;
    let read = client(&server).get(&run()).await.unwrap();
    let whole = read.vendor::<types::PipelineRun>().unwrap();
    let shown = format!(
        "{read:?} {whole:?} {}",
        serde_json::to_string(&read).unwrap()
    );
    assert!(!shown.contains(secret), "{shown}");
}
