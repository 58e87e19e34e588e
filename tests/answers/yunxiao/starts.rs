//! A start: its run is never lost, and never started twice.

use runpipe::{ErrorKind, RunStatus};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;

#[tokio::test]
async fn an_answer_with_a_number_is_a_started_run_whatever_form_it_has() {
    for case in rows::<Value>("yunxiao/starts") {
        let name = case["name"].as_str().unwrap();
        let server = always(answer(&case["answer"])).await;
        let started = client(&server).start(&pipeline(), &no_parameters()).await;
        assert_eq!(received(&server).await.len(), 1, "{name}");
        let Some(id) = case["id"].as_str() else {
            let error = started.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{name}: {error}");
            continue;
        };
        let started = started.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(started.id, id, "{name}");
        let reference = format!("yunxiao/5ebbc/123/{id}");
        assert_eq!(started.reference.to_string(), reference, "{name}");
        assert_eq!(started.pipeline_id.as_deref(), Some("123"), "{name}");
        assert_eq!(started.status, RunStatus::Queued, "{name}");
        assert_eq!(started.vendor_status, None, "{name}: no state is named");
        match case["warning"].as_str() {
            Some(part) => {
                assert_eq!(started.warnings.len(), 1, "{name}");
                let warning = &started.warnings[0];
                assert!(warning.contains(part), "{name}: {warning}");
            }
            None => assert_eq!(started.warnings, [""; 0], "{name}"),
        }
    }
}

/// A bare number has no end of its own: `4` may be the beginning of `41`.
#[tokio::test]
async fn a_number_that_breaks_off_is_no_number() {
    for text in [
        "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n4",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\n4\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{\"pipelineRunId\": 4",
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let serving = tokio::spawn(async move {
            let mut connections = 0;
            while let Ok((mut stream, _)) = listener.accept().await {
                connections += 1;
                assert_eq!(connections, 1, "started again after {text:?}");
                let mut request = vec![0; 8192];
                assert!(stream.read(&mut request).await.unwrap() > 0);
                stream.write_all(text.as_bytes()).await.unwrap();
            }
        });
        let client = builder(&address).build().unwrap();
        let error = client.start(&pipeline(), &no_parameters()).await;
        let error = error.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{text:?}: {error}");
        assert_eq!(error.run(), None, "{text:?}");
        assert!(!serving.is_finished(), "started again after {text:?}");
        serving.abort();
    }
}

#[tokio::test]
async fn too_many_requests_and_then_a_success_is_one_run() {
    let busy = json!({ "errorCode": "TooManyRequests", "errorMessage": "Slow down." });
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(429).set_body_json(busy))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    on(&server, "POST", RUNS, json_answer(&json!(41))).await;
    let started = client(&server).start(&pipeline(), &no_parameters()).await;
    assert_eq!(started.unwrap().reference, run());
    assert_eq!(received(&server).await.len(), 2);
}

/// Every form of the parameters that the document shows is what the typed parameters write, so that
/// nobody has to write the text by hand.
#[test]
fn the_documents_texts_are_what_the_types_write() {
    let document: Value = serde_json::from_str(&runpipe::yunxiao::DOCUMENT.text()).unwrap();
    let examples = &document["paths"]["/pipelines/{pipelineId}/runs"]["post"]["requestBody"]["content"]
        ["application/json"]["examples"];
    let mut texts = 0;
    for (name, example) in examples.as_object().unwrap() {
        let Some(text) = example["value"]["params"].as_str() else {
            continue;
        };
        texts += 1;
        let params: types::CreatePipelineRunParams = serde_json::from_str(text).unwrap();
        let written = serde_json::to_value(&params).unwrap();
        let shown: Value = serde_json::from_str(text).unwrap();
        assert_eq!(written, shown, "{name}");
    }
    assert!(texts >= 2, "the examples have parameters");
}
