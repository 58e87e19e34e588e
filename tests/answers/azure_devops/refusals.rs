//! What the service says no with, and how it asks for patience.

use std::time::{Duration, Instant};

use serde_json::json;

use super::*;

#[tokio::test]
async fn every_refusal_has_its_kind_and_the_vendors_own_words() {
    for case in rows::<Value>("azure-devops/refusals") {
        let name = case["name"].as_str().unwrap();
        let server = always(answer(&case["answer"])).await;
        let read = client(&server).get(&run()).await.unwrap_err();
        let reads = received(&server).await.len();
        assert_eq!(json!(read.kind()), case["read"], "{name}: {read}");
        assert_eq!(json!(reads), case["read_requests"], "{name}: {read}");
        // A client of its own: the first may have been asked for patience.
        let start = client(&server)
            .start(&pipeline(), &no_parameters())
            .await
            .unwrap_err();
        assert_eq!(json!(start.kind()), case["start"], "{name}: {start}");
        assert_eq!(
            received(&server).await.len() - reads,
            1,
            "{name}: started more than once"
        );
        for error in [&read, &start] {
            let facts = serde_json::to_value(error).unwrap();
            assert_eq!(facts["http_status"], case["http_status"], "{name}");
            assert_eq!(facts["vendor_code"], case["code"], "{name}");
            assert_eq!(facts["sentences"], case["sentences"], "{name}");
            assert_eq!(facts["request_id"], case["request_id"], "{name}");
            assert_eq!(facts["retry_after_seconds"], case["retry_after"], "{name}");
            if let Some(first) = case["first_bytes"].as_str() {
                assert!(
                    error.first_bytes().unwrap().contains(first),
                    "{name}: {error}"
                );
            }
        }
        if let Some(advice) = case["advice"].as_str() {
            assert!(read.advice().contains(advice), "{name}: {}", read.advice());
        }
        assert_eq!(read.run(), Some(&run()), "{name}");
        assert_eq!(read.operation(), Some("getRun"), "{name}");
        assert_eq!(start.operation(), Some("runPipeline"), "{name}");
    }
}

#[tokio::test]
async fn headers_of_a_success_slow_the_next_call_down() {
    for (name, value) in [("retry-after", "0.3"), ("x-ratelimit-delay", "0.300")] {
        let slow = json_answer(&json!({ "state": "inProgress" })).insert_header(name, value);
        let server = always(slow).await;
        let client = client(&server);
        let began = Instant::now();
        client.get(&run()).await.unwrap();
        client.get(&run()).await.unwrap();
        assert!(began.elapsed() >= Duration::from_millis(300), "{name}");
    }
}

#[tokio::test]
async fn a_body_of_another_type_is_data_and_no_sentence() {
    for (kind, said) in [
        ("text/plain", vec!["It is closed."]),
        ("application/octet-stream", vec![]),
    ] {
        let server = MockServer::start().await;
        let refused = ResponseTemplate::new(400).set_body_raw("It is closed.", kind);
        on(&server, "GET", RUN, refused).await;
        let error = client(&server).get(&run()).await.unwrap_err();
        assert_eq!(error.sentences(), said, "{kind}: {error}");
    }
}

#[tokio::test]
async fn nobody_has_to_read_more_than_twenty_sentences() {
    for (number, last) in [(20, "No. 19"), (24, "4 more sentences were left out")] {
        let results = (0..number).map(|number| format!("No. {number}"));
        let results = results.collect::<Vec<_>>();
        let body = json!({ "customProperties": { "ValidationResults": results } });
        let server = always(ResponseTemplate::new(400).set_body_json(body)).await;
        let error = client(&server).get(&run()).await.unwrap_err();
        assert_eq!(error.sentences().last().unwrap(), last);
        assert_eq!(error.sentences()[19], "No. 19");
    }
}

/// It may name a run.
#[tokio::test]
async fn what_is_json_is_no_page_whatever_it_is_called() {
    for (status, kind) in [(200, "text/html"), (203, "application/json")] {
        let answer = ResponseTemplate::new(status);
        let answer = answer.set_body_raw(r#" {"state": "inProgress"}"#, kind);
        let read = client(&always(answer).await).get(&run()).await;
        assert!(read.is_ok(), "{status} {kind}: {read:?}");
    }
}
