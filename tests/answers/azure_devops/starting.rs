//! Starting: exactly once, and the id is never lost.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use runpipe::{ErrorKind, RunRef};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use wiremock::matchers::{body_string_contains, method, path};

use super::*;

#[tokio::test]
async fn a_start_that_carries_the_id_is_a_started_run() {
    for case in rows::<Value>("azure-devops/starts") {
        let name = case["name"].as_str().unwrap();
        let status = case["http_status"].as_u64().unwrap_or(200);
        let answer = ResponseTemplate::new(u16::try_from(status).unwrap());
        let answer = answer.set_body_raw(case["body"].to_string(), "application/json");
        let server = always(answer).await;
        let started = client(&server).start(&pipeline(), &no_parameters()).await;
        match case["error"].as_str() {
            Some(kind) => assert_eq!(started.unwrap_err().kind().as_str(), kind, "{name}"),
            None => {
                let started = started.unwrap();
                assert_eq!(started.reference, run(), "{name}");
                assert_eq!(json!(started.status), case["status"], "{name}");
                assert_eq!(json!(started.warnings.len()), case["warnings"], "{name}");
            }
        }
        assert_eq!(received(&server).await.len(), 1, "{name}");
    }
}

/// Answers every connection with some bytes, then closes it.
async fn cut_off(bytes: &'static [u8]) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let count = Arc::new(AtomicUsize::new(0));
    let counted = count.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut buffer = vec![0; 64 << 10];
            if stream.read(&mut buffer).await.is_ok_and(|read| read > 0) {
                counted.fetch_add(1, Ordering::SeqCst);
            }
            let _ = stream.write_all(bytes).await;
        }
    });
    (address, count)
}

#[tokio::test]
async fn a_start_whose_answer_is_cut_is_sent_once_and_its_outcome_is_unknown() {
    for bytes in [
        b"".as_slice(),
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-le",
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{\"id\": 7",
    ] {
        let (address, count) = cut_off(bytes).await;
        let client = client_with(&address, Credentials::pat("p"));
        let error = client.start(&pipeline(), &no_parameters()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error}");
        assert_eq!(count.load(Ordering::SeqCst), 1, "{error}");
    }
}

#[tokio::test]
async fn a_refused_connection_promises_that_nothing_was_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let client = client_with(&address, Credentials::pat("p"));
    let error = client
        .start(&pipeline(), &no_parameters())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport, "{error}");
}

#[tokio::test]
async fn too_many_requests_and_then_a_success_is_one_run() {
    let server = MockServer::start().await;
    let busy = ResponseTemplate::new(429).insert_header("retry-after", "0");
    Mock::given(method("POST"))
        .respond_with(busy)
        .up_to_n_times(1)
        .mount(&server)
        .await;
    on(
        &server,
        "POST",
        RUNS,
        json_answer(&json!({ "id": 7001, "state": "inProgress" })),
    )
    .await;
    let started = client(&server)
        .start(&pipeline(), &no_parameters())
        .await
        .unwrap();
    assert_eq!(started.reference, run());
    assert_eq!(received(&server).await.len(), 2);
}

#[tokio::test]
async fn a_start_is_sent_as_the_service_wants_it() {
    let server = always(json_answer(&json!({ "id": 7001 }))).await;
    let body = json!({
        "resources": { "repositories": { "self": { "refName": "refs/heads/main" } } },
        "stagesToSkip": ["Deploy"],
        "templateParameters": { "env": "prod" },
        "variables": { "v": { "isSecret": true, "value": "s" } }
    });
    let client = client(&server).with_api_version("7.1-preview.1");
    let started = client
        .start(&pipeline().at_version(3), &request(body.clone()))
        .await
        .unwrap();
    assert_eq!(
        started.requested_ref.as_deref(),
        Some("refs/heads/main"),
        "from the request"
    );
    client.start(&pipeline(), &no_parameters()).await.unwrap();
    let [first, second] = &received(&server).await[..] else {
        panic!("two were sent")
    };
    assert_eq!(first.url.path(), RUNS);
    assert_eq!(
        first.url.query(),
        Some("api-version=7.1-preview.1&pipelineVersion=3")
    );
    assert_eq!(first.body_json::<Value>().unwrap(), body);
    assert_eq!(second.url.query(), Some("api-version=7.1-preview.1"));
    assert_eq!(second.body, b"{}", "the body may not be left out");
    for (name, value) in [
        ("authorization", "Basic OmR1bW15LXBhdA=="),
        ("content-type", "application/json"),
        ("x-tfs-fedauthredirect", "Suppress"),
        ("x-vss-forcemsapassthrough", "true"),
    ] {
        assert_eq!(first.headers[name], value);
    }
    assert!(first.headers.get("api-version").is_none());
}

#[tokio::test]
async fn what_cannot_be_sent_is_not() {
    let server = always(json_answer(&json!({ "id": 7001 }))).await;
    let client = client(&server);
    let preview = request(json!({ "previewRun": true }));
    let error = client.start(&pipeline(), &preview).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.to_string().contains("`preview`"), "{error}");
    for (organization, project) in [("", "p"), ("..", "p"), ("a", "."), ("a", "b\\c")] {
        let place = PipelineRef::new(organization, project, 42);
        let error = client.start(&place, &no_parameters()).await.unwrap_err();
        assert_eq!(
            error.kind(),
            ErrorKind::Configuration,
            "{organization}/{project}"
        );
        assert!(place.run(1).is_err());
    }
    // Of another service, and with what is no number in each place that has to be one.
    for elsewhere in [
        "buddy/a/b/1/2",
        "azure-devops/a/b/x/2",
        "azure-devops/a/b/1/x",
    ] {
        let run: RunRef = elsewhere.parse().unwrap();
        let error = client.get(&run).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{elsewhere}");
    }
    assert!(received(&server).await.is_empty());
}

#[tokio::test]
async fn a_preview_is_yaml_and_starts_nothing() {
    let server = MockServer::start().await;
    let preview = format!("{PIPELINES}/42/preview");
    let yaml = json!({ "finalYaml": "steps: []\n" });
    on(&server, "POST", &preview, json_answer(&yaml)).await;
    Mock::given(path(RUNS))
        .and(body_string_contains("\"previewRun\":true"))
        .respond_with(json_answer(&json!({ "id": -1, "finalYaml": "jobs: []\n" })))
        .mount(&server)
        .await;
    let client = client(&server);
    let place = pipeline().at_version(2);
    assert_eq!(
        client.preview(&place, &no_parameters()).await.unwrap(),
        "steps: []\n"
    );
    assert_eq!(
        client.preview_run(&place, &no_parameters()).await.unwrap(),
        "jobs: []\n"
    );
    for request in received(&server).await {
        assert_eq!(
            request.url.query(),
            Some("api-version=7.1&pipelineVersion=2")
        );
    }
}

#[tokio::test]
async fn a_preview_that_is_none_is_told() {
    let server = always(json_answer(&json!({ "id": 7001, "state": "inProgress" }))).await;
    let client = client(&server);
    let error = client
        .preview(&pipeline(), &no_parameters())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Undecodable);
    let error = client
        .preview_run(&pipeline(), &no_parameters())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
    assert_eq!(
        error.run(),
        Some(&run()),
        "a run that was started by mistake is named"
    );
    // What names neither proves nothing, and an id that came is not lost.
    for (body, named) in [
        ("{}", None),
        ("{\"id\": 0, \"state\": \"inProgress\"}", None),
        ("{\"id\": 7001, \"state\": \"inPro", Some(run())),
        ("{\"id\": 7001, \"pipeline\": 5}", Some(run())),
    ] {
        let answer = ResponseTemplate::new(200).set_body_raw(body, "application/json");
        let server = always(answer).await;
        let client = self::client(&server);
        let preview = client.preview_run(&pipeline(), &no_parameters()).await;
        let error = preview.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{body}: {error}");
        assert_eq!(error.run(), named.as_ref(), "{body}");
    }
}
