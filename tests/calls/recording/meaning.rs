//! What is left is enough to learn from: words, times, and ids that refer to each other.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use runpipe::buddy::types::RunExecutionRequest;
use runpipe::buddy::{self, PipelineRef};
use runpipe::recording::{Exchange, Recorder, Replacement};
use runpipe::{ErrorKind, HttpClient, ResponseBody, Service, ServiceClient};
use runpipe_testing::Sandbox;
use serde_json::Value;
use tempfile::TempDir;

use super::{Answers, exchange, exchanges, texts};

fn listed(exchange: &Exchange, place: &str) -> Option<Replacement> {
    let mut replaced = exchange.replaced.iter();
    replaced.find(|one| one.place == place).map(|one| one.what)
}

/// A client of a sandbox that records into a folder.
async fn recorded() -> (Sandbox, TempDir, buddy::Client) {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    let folder = tempfile::tempdir().expect("a folder");
    let builder = sandbox.client_builder::<buddy::Client>();
    let client = builder.record(folder.path()).build().expect("a client");
    (sandbox, folder, client)
}

/// A folder on a network file system may stand still.
#[test]
fn a_folder_that_takes_nothing_in_keeps_no_answer_back() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(1)
        .enable_all()
        .build()
        .expect("a runtime");
    let (free, wait) = std::sync::mpsc::channel::<()>();
    runtime.block_on(async {
        let (_sandbox, _folder, client) = recorded().await;
        // The only thread that writes files is busy.
        tokio::task::spawn_blocking(move || wait.recv());
        let (pipeline, request) = (PipelineRef::new("acme", "website", 2), Default::default());
        let client = client.with_timeout(Duration::from_secs(10));
        let run = client.start(&pipeline, &request).await.expect("a run");
        assert!(run.warnings.is_empty(), "{:?}", run.warnings);
    });
    drop(free);
}

#[tokio::test]
async fn answers_still_refer_to_each_other() {
    let (_sandbox, folder, client) = recorded().await;
    let pipeline = PipelineRef::new("acme", "website", 2);
    let started = client
        .start(&pipeline, &RunExecutionRequest::default())
        .await;
    let run = client
        .get(&started.expect("a run").reference)
        .await
        .expect("the run");

    let recorded = exchanges(folder.path());
    let [start, get] = recorded.as_slice() else {
        panic!("{recorded:#?}");
    };
    assert_eq!(start.operation.as_deref(), Some("runExecution"));
    assert_eq!(get.operation.as_deref(), Some("getExecution"));
    assert_eq!(
        (start.service, start.response.status),
        (Some(Service::Buddy), 200)
    );
    // The id is another one, and the same in both answers and in the address.
    let id = &start.response.body["id"];
    assert!(id.is_u64(), "{id}");
    let reference = run.reference.to_string();
    assert!(!reference.ends_with(&format!("/{id}")), "{reference}");
    assert_eq!(&get.response.body["id"], id);
    assert!(
        get.request.path.ends_with(&format!("/executions/{id}")),
        "{}",
        get.request.path
    );
    assert!(
        get.request.path.starts_with("/workspaces/"),
        "{}",
        get.request.path
    );
    assert!(!texts(folder.path()).concat().contains("acme"));
    // Words and times are as they were.
    let vendor = run.vendor::<buddy::types::Execution>();
    let sent = serde_json::to_value(vendor.expect("the vendor's answer")).expect("JSON");
    for field in ["status", "start_date"] {
        assert_eq!(get.response.body[field], sent[field], "{field}");
    }
    assert_eq!(
        listed(get, "/request/headers/authorization"),
        Some(Replacement::LeftOut)
    );
    assert_eq!(
        listed(get, "/response/body/id"),
        Some(Replacement::LookAlike)
    );
    assert_eq!(get.response.headers["content-type"], "application/json");
}

#[tokio::test]
async fn a_recorded_answer_is_read_as_the_true_one_was() {
    let (_sandbox, folder, client) = recorded().await;
    let pipeline = PipelineRef::new("acme", "website", 2);
    let nowhere = PipelineRef::new("acme", "website", 999);
    let request = RunExecutionRequest::default();
    let refused = client.start(&nowhere, &request);
    let error = refused.await.expect_err("there is no such pipeline");
    assert_eq!(error.kind(), ErrorKind::NotFound);
    client
        .start(&pipeline, &RunExecutionRequest::default())
        .await
        .expect("a run");
    let recorded = exchanges(folder.path());
    assert_eq!(recorded[0].response.status, 404);
    let body: buddy::types::Execution =
        serde_json::from_value(recorded[1].response.body.clone()).expect("an execution");
    assert!(body.id.is_some());
}

#[tokio::test]
async fn what_breaks_off_and_what_is_asked_elsewhere_is_not_recorded() {
    let folder = tempfile::tempdir().expect("a folder");
    let answers = Arc::new(Answers::default());
    let sender: Arc<dyn HttpClient> = Arc::<Answers>::clone(&answers);
    let recorder = Recorder::new(folder.path());
    let http = recorder.around(
        sender,
        None,
        &buddy::DOCUMENT.text(),
        "https://service.example/api",
    );
    let http = http.expect("a client");
    let broken =
        futures_util::stream::iter([Ok(Bytes::from_static(b"{\"id\"")), Err("it broke off")]);
    for (address, body) in [
        (
            "https://service.example/api/workspaces",
            ResponseBody::from_stream(broken),
        ),
        (
            "https://service.example/workspaces",
            ResponseBody::from(Bytes::from_static(b"{}")),
        ),
        (
            "https://elsewhere.example/api/token",
            ResponseBody::from(Bytes::from_static(b"{}")),
        ),
    ] {
        let request = http::Request::get(address)
            .body(Bytes::new())
            .expect("a request");
        exchange(&http, &answers, request, http::Response::new(body)).await;
    }
    assert_eq!(texts(folder.path()), Vec::<String>::new());
}

#[test]
fn a_folder_that_cannot_be_made_is_told_before_anything_is_sent() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("file");
    std::fs::write(&file, "").expect("a file");
    let built = buddy::Client::builder()
        .credentials(buddy::Credentials::token("a-token-of-somebody"))
        .record(file.join("below"))
        .build();
    let error = built.expect_err("no folder");
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(
        error.to_string().contains("recordings cannot be written"),
        "{error}"
    );
}

#[test]
fn what_somebody_else_recorded_is_redacted_in_the_same_way() {
    let exchange = serde_json::json!({
        "recorded": "2026-11-22T00:00:00Z", "operation": null,
        "request": { "method": "GET", "path": "/workspaces/tidewater/Projects/orders/pipelines/41/executions/118",
            "headers": { "authorization": "Bearer a-token-of-somebody" } },
        "response": { "status": 200, "headers": { "content-type": "application/json" },
            "body": { "id": 118, "status": "A_NEW_WORD", "creator": { "name": "Ann Lee", "type": "Annabel", "title": "a-token-of-somebody" } } },
    });
    let mut exchanges: Vec<Exchange> = vec![serde_json::from_value(exchange).expect("an exchange")];
    let recorder = Recorder::new("unused");
    recorder
        .redact(
            &<buddy::Client as ServiceClient>::DOCUMENT.text(),
            &mut exchanges,
        )
        .expect("a document");
    let one = &exchanges[0];
    assert_eq!(one.operation.as_deref(), Some("getExecution"));
    let body = &one.response.body;
    assert_eq!(body["status"], "A_NEW_WORD");
    assert_eq!(body["creator"]["title"], "[hidden]");
    assert!(
        one.request
            .path
            .ends_with(&format!("/executions/{}", body["id"]))
    );
    assert_ne!(body["id"], Value::from(118));
    assert!(!serde_json::to_string(one).expect("JSON").contains("Ann"));
}
