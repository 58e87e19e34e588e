//! What each refusal becomes, for a read and for a start.

use serde_json::json;

use super::*;

#[tokio::test]
async fn every_refusal_has_its_kind_and_the_vendors_own_words() {
    for case in rows::<Value>("yunxiao/refusals") {
        let name = case["name"].as_str().unwrap();
        let server = always(answer(&case["answer"])).await;
        let now = "2026-11-20T08:15:00Z".parse().unwrap();
        let client = || builder(&server.uri()).clock(move || now).build().unwrap();
        let read = client().get(&run()).await.unwrap_err();
        let reads = received(&server).await.len();
        assert_eq!(json!(read.kind()), case["read"], "{name}: {read}");
        let expected = case["read_requests"].as_u64().unwrap_or(1);
        assert_eq!(reads as u64, expected, "{name}: reads: {read}");
        // A client of its own: the first may have been asked for patience.
        let start = client().start(&pipeline(), &no_parameters()).await;
        let start = start.unwrap_err();
        assert_eq!(json!(start.kind()), case["start"], "{name}: {start}");
        let starts = received(&server).await.len() - reads;
        let expected = case["start_requests"].as_u64().unwrap_or(1);
        assert_eq!(starts as u64, expected, "{name}: starts: {start}");
        for error in [&read, &start] {
            let facts = serde_json::to_value(error).unwrap();
            let status = case["answer"]["status"].as_u64().unwrap_or(200);
            assert_eq!(facts["http_status"], status, "{name}");
            let known = format!("[HTTP {status}");
            assert!(error.to_string().contains(&known), "{name}: {error}");
            assert_eq!(facts["vendor_code"], case["code"], "{name}");
            let sentences = case.get("sentences").cloned().unwrap_or(json!([]));
            assert_eq!(facts["sentences"], sentences, "{name}");
            assert_eq!(facts["request_id"], case["request_id"], "{name}");
            assert_eq!(facts["retry_after_seconds"], case["retry_after"], "{name}");
            let wait = error.retry_after().map(|wait| wait.as_secs());
            assert_eq!(json!(wait), case["retry_after"], "{name}");
            let shown = format!("{error} {error:?} {facts}");
            assert!(!shown.contains(TOKEN), "{name}: {shown}");
        }
        match case["advice"].as_str() {
            Some(advice) => assert!(read.advice().contains(advice), "{name}: {read}"),
            None => {
                let place = read.advice().contains("Check each number");
                assert_eq!(place, case["read"] == "not_found", "{name}: {read}");
            }
        }
        if read.sentences().len() > 1 {
            let said: Vec<_> = read
                .sentences()
                .iter()
                .map(|said| format!("\"{said}\""))
                .collect();
            let said = format!(": {} [", said.join("; "));
            assert!(read.to_string().contains(&said), "{name}: {read}");
        }
        assert_eq!(read.run(), Some(&run()), "{name}");
        assert_eq!(read.operation(), Some("getPipelineRun"), "{name}");
        assert_eq!(start.operation(), Some("createPipelineRun"), "{name}");
    }
}
