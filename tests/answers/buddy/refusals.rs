//! What each refusal becomes, for a read and for a start.

use super::*;

#[tokio::test]
async fn every_refusal_has_its_kind_and_the_vendors_own_words() {
    for case in rows::<Value>("buddy/refusals") {
        let name = case["name"].as_str().unwrap();
        let server = always(answer(&case["answer"])).await;
        let read = client(&server).get(&run()).await.unwrap_err();
        let reads = received(&server).await.len();
        assert_eq!(json!(read.kind()), case["read"], "{name}: {read}");
        let expected = case["read_requests"].as_u64().unwrap_or(1);
        assert_eq!(reads as u64, expected, "{name}: reads: {read}");
        // A client of its own: the first may have been asked for patience.
        let start = client(&server).start(&pipeline(), &nothing_asked()).await;
        let start = start.unwrap_err();
        assert_eq!(json!(start.kind()), case["start"], "{name}: {start}");
        let starts = received(&server).await.len() - reads;
        let expected = case["start_requests"].as_u64().unwrap_or(1);
        assert_eq!(starts as u64, expected, "{name}: starts: {start}");
        for error in [&read, &start] {
            let facts = serde_json::to_value(error).unwrap();
            assert_eq!(facts["http_status"], case["answer"]["status"], "{name}");
            assert_eq!(facts["vendor_code"], Value::Null, "{name}");
            let sentences = case.get("sentences").cloned().unwrap_or(json!([]));
            assert_eq!(facts["sentences"], sentences, "{name}");
            assert_eq!(facts["request_id"], case["request_id"], "{name}");
            assert_eq!(facts["retry_after_seconds"], case["retry_after"], "{name}");
            if let Some(first) = case["first_bytes"].as_str() {
                let shown = error.first_bytes().unwrap_or_default();
                assert!(shown.contains(first), "{name}: {error}");
            }
            let shown = format!("{error} {error:?} {facts}");
            assert!(!shown.contains(TOKEN), "{name}: {shown}");
        }
        if let Some(advice) = case["advice"].as_str() {
            assert!(read.advice().contains(advice), "{name}: {}", read.advice());
        }
        assert_eq!(read.run(), Some(&run()), "{name}");
        assert_eq!(read.operation(), Some("getExecution"), "{name}");
        assert_eq!(start.operation(), Some("runExecution"), "{name}");
    }
}

#[tokio::test]
async fn a_refusal_is_one_for_every_operation() {
    use futures_util::TryStreamExt;
    use runpipe::{ErrorKind, Runs};
    let refusal = json!({
        "status": 403, "headers": { "x-request-id": "r-1" },
        "json": { "errors": [{ "message": "API is disabled in this workspace" }] },
    });
    let server = always(answer(&refusal)).await;
    let client = client(&server);
    let run = run();
    let errors = [
        client
            .start(&pipeline(), &nothing_asked())
            .await
            .unwrap_err(),
        client.get(&run).await.unwrap_err(),
        client.cancel(&run).await.unwrap_err(),
        client.retry(&run, None).await.unwrap_err(),
        client.logs(&run).try_next().await.unwrap_err(),
        client
            .list(&pipeline())
            .try_collect::<Vec<_>>()
            .await
            .unwrap_err(),
        client
            .pipelines("acme", "site")
            .try_collect::<Vec<_>>()
            .await
            .unwrap_err(),
        client
            .pipeline_named("acme", "site", "deploy")
            .await
            .unwrap_err(),
    ];
    for error in &errors {
        assert_eq!(error.kind(), ErrorKind::Authentication, "{error}");
        assert_eq!(error.sentences(), ["API is disabled in this workspace"]);
        assert_eq!(error.request_id(), Some("r-1"));
    }
    assert_eq!(
        received(&server).await.len(),
        errors.len() + 1,
        "each was sent once; a name is asked for as an identifier and looked up in the list"
    );
}

/// A variable that is set to nothing is noticed before anything is sent.
#[test]
fn an_empty_token_makes_no_client() {
    for empty in ["", " \n"] {
        let client = Client::builder().credentials(Credentials::token(empty));
        let error = client.build().unwrap_err();
        assert_eq!(error.kind(), runpipe::ErrorKind::Configuration);
        assert!(error.to_string().contains("the token is empty"), "{error}");
    }
}
