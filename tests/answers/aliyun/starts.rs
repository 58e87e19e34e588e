//! A start: its run is never lost, and never started twice.

use std::time::Duration;

use runpipe::{ErrorKind, RunStatus};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;

#[tokio::test]
async fn an_answer_with_a_number_is_a_started_run_whatever_else_is_in_it() {
    for case in rows::<Value>("aliyun/starts") {
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
        assert_eq!(
            started.reference.to_string(),
            format!("aliyun/5ebbc/123/{id}")
        );
        assert_eq!(started.pipeline_id.as_deref(), Some("123"));
        assert_eq!(started.status, RunStatus::Queued, "{name}");
        assert_eq!(
            started.vendor_status, None,
            "{name}: the service names no state"
        );
        match case["warning"].as_str() {
            Some(part) => {
                assert_eq!(started.warnings.len(), 1, "{name}");
                assert!(
                    started.warnings[0].contains(part),
                    "{name}: {:?}",
                    started.warnings
                );
            }
            None => {
                assert_eq!(started.warnings, [""; 0], "{name}");
                let answer = started.vendor::<types::StartPipelineRunResponse>().unwrap();
                assert_eq!(answer.pipeline_run_id.unwrap().to_string(), id);
            }
        }
    }
}

#[tokio::test]
async fn too_many_requests_and_then_a_success_is_one_run() {
    for busy in [
        ResponseTemplate::new(429).insert_header("retry-after", "0"),
        ResponseTemplate::new(400)
            .insert_header("x-acs-retry-after", "20")
            .set_body_json(json!({ "Code": "Throttling.User", "Message": "Slow down." })),
        json_answer(&json!({ "success": false, "errorCode": "Throttling" })),
    ] {
        let server = MockServer::start().await;
        Mock::given(method("POST"))
            .respond_with(busy)
            .up_to_n_times(1)
            .mount(&server)
            .await;
        let yes = json_answer(&json!({ "success": true, "pipelineRunId": 41 }));
        on(&server, "POST", START, yes).await;
        let started = client(&server).start(&pipeline(), &no_parameters()).await;
        assert_eq!(started.unwrap().reference, run());
        let requests = received(&server).await;
        let [first, second] = &requests[..] else {
            panic!("two were sent")
        };
        let nonce = |request| header(request, "x-acs-signature-nonce").unwrap();
        assert_ne!(nonce(first), nonce(second), "each attempt has its own");
    }
}

#[tokio::test]
async fn a_start_that_gets_no_clear_answer_is_not_made_again() {
    let slow = json_answer(&json!({ "success": true, "pipelineRunId": 41 }));
    let server = always(slow.set_delay(Duration::from_secs(20))).await;
    let client = builder(&server.uri())
        .timeout(Duration::from_millis(300))
        .build()
        .unwrap();
    let error = client
        .start(&pipeline(), &no_parameters())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error}");
    assert_eq!(received(&server).await.len(), 1);
}

#[tokio::test]
async fn an_answer_that_breaks_off_leaves_the_outcome_unknown() {
    for text in [
        "",
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{\"success\": true, \"pipelineRun",
        "HTTP/1.1 500 Internal Server Error\r\ncontent-length: 99\r\n\r\n{",
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
        let error = client
            .start(&pipeline(), &no_parameters())
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{text:?}: {error}");
        assert!(!serving.is_finished(), "started again after {text:?}");
        serving.abort();
    }
}

#[tokio::test]
async fn a_connection_that_is_refused_promises_that_nothing_was_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let client = builder(&address).build().unwrap();
    let error = client
        .start(&pipeline(), &no_parameters())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport, "{error}");
}
