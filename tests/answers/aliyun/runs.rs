//! What each answer about a run becomes.

use serde_json::{Value, json};

use super::*;

#[tokio::test]
async fn a_run_is_read_whatever_is_missing() {
    for case in rows::<Value>("aliyun/runs") {
        let name = case["name"].as_str().unwrap();
        let server = MockServer::start().await;
        on(&server, "GET", RUN, json_answer(&case["answer"])).await;
        let read = client(&server).get(&run()).await;
        let read = read.unwrap_or_else(|error| panic!("{name}: {error}"));
        let facts = serde_json::to_value(&read).unwrap();
        assert_eq!(facts["ref"], "aliyun/5ebbc/123/41", "{name}");
        assert_eq!(facts["id"], "41", "{name}");
        assert_eq!(facts["pipeline_id"], "123", "{name}");
        for (key, expected) in case["run"].as_object().unwrap() {
            assert_eq!(&facts[key], expected, "{name}: {key}");
        }
        let told = !case["answer"]["pipelineRun"].is_null();
        assert_eq!(
            read.vendor::<types::PipelineRun>().is_some(),
            told,
            "{name}"
        );
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
        (json!("FAILED"), "unknown"),
        (json!("STOPPED"), "unknown"),
        (json!("success"), "unknown"),
        (json!("NOVEL"), "unknown"),
        (json!(""), "unknown"),
        (Value::Null, "unknown"),
    ] {
        let server = MockServer::start().await;
        let body = json!({ "success": true, "pipelineRun": { "status": word } });
        on(&server, "GET", RUN, json_answer(&body)).await;
        let read = client(&server).get(&run()).await.unwrap();
        assert_eq!(read.status.as_str(), expected, "{word}");
        assert_eq!(read.vendor_status.as_deref(), word.as_str());
        let ended = ["succeeded", "failed", "canceled"].contains(&expected);
        assert_eq!(read.status.has_ended(), ended, "{word}");
    }
}
