//! What each refusal becomes, for a read and for a start.

use serde_json::json;

use super::*;

#[tokio::test]
async fn every_refusal_has_its_kind_and_the_vendors_own_words() {
    for case in rows::<Value>("aliyun/refusals") {
        let name = case["name"].as_str().unwrap();
        let server = always(answer(&case["answer"])).await;
        let read = client(&server).get(&run()).await.unwrap_err();
        let reads = received(&server).await.len();
        assert_eq!(json!(read.kind()), case["read"], "{name}: {read}");
        let expected = case["read_requests"].as_u64().unwrap_or(1);
        assert_eq!(reads as u64, expected, "{name}: reads: {read}");
        // A client of its own: the first may have been asked for patience.
        let start = client(&server).start(&pipeline(), &no_parameters()).await;
        let start = start.unwrap_err();
        assert_eq!(json!(start.kind()), case["start"], "{name}: {start}");
        let starts = received(&server).await.len() - reads;
        let expected = case["start_requests"].as_u64().unwrap_or(1);
        assert_eq!(starts as u64, expected, "{name}: starts: {start}");
        for error in [&read, &start] {
            let facts = serde_json::to_value(error).unwrap();
            let status = case["answer"]["status"].as_u64().unwrap_or(200);
            assert_eq!(facts["http_status"], status, "{name}");
            assert_eq!(facts["vendor_code"], case["code"], "{name}");
            let sentences = case.get("sentences").cloned().unwrap_or(json!([]));
            assert_eq!(facts["sentences"], sentences, "{name}");
            assert_eq!(facts["request_id"], case["request_id"], "{name}");
            assert_eq!(facts["retry_after_seconds"], case["retry_after"], "{name}");
            if let Some(part) = case["message"].as_str() {
                assert!(error.to_string().contains(part), "{name}: {error}");
            }
            let shown = format!("{error} {error:?} {facts}");
            for secret in case["hidden"].as_array().into_iter().flatten() {
                let secret = secret.as_str().unwrap();
                assert!(!shown.contains(secret), "{name} shows {secret}: {shown}");
            }
        }
        if let Some(advice) = case["advice"].as_str() {
            assert!(read.advice().contains(advice), "{name}: {}", read.advice());
        }
        assert_eq!(read.run(), Some(&run()), "{name}");
        assert_eq!(read.operation(), Some("getPipelineRun"), "{name}");
        assert_eq!(start.operation(), Some("startPipelineRun"), "{name}");
    }
}

#[tokio::test]
async fn a_refusal_inside_a_success_is_one_for_every_operation() {
    use futures_util::TryStreamExt;
    use runpipe::{ErrorKind, Runs};
    let body = json!({
        "success": false, "errorCode": "Forbidden.RAM", "errorMessage": "No.", "requestId": "r-1"
    });
    let server = always(json_answer(&body)).await;
    let client = client(&server);
    let errors = [
        client
            .start(&pipeline(), &no_parameters())
            .await
            .unwrap_err(),
        client.get(&run()).await.unwrap_err(),
        client.cancel(&run()).await.unwrap_err(),
        client.logs(&run()).try_next().await.unwrap_err(),
        client
            .list(&pipeline())
            .try_collect::<Vec<_>>()
            .await
            .unwrap_err(),
        client
            .pipelines("5ebbc")
            .try_collect::<Vec<_>>()
            .await
            .unwrap_err(),
        client.pipeline(&pipeline()).await.unwrap_err(),
        client.pipeline_named("5ebbc", "site").await.unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.kind(), ErrorKind::Authentication, "{error}");
        assert_eq!(error.vendor_code(), Some("Forbidden.RAM"));
        assert_eq!(error.sentences(), ["No."]);
        assert_eq!(error.request_id(), Some("r-1"));
    }
}
