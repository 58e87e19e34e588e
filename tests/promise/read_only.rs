//! A client that only reads sends nothing that acts.

use std::sync::Arc;

use runpipe::ledger::{DirectoryLedger, StartOnce};
use runpipe::{Builder, Error, ErrorKind, Result, Run, Runs, ServiceClient};

use tokio::time::Instant;

use super::server::Server;
use super::*;

fn reader<C: ServiceClient>(url: &str, credentials: C::Credentials) -> C {
    let builder = Builder::<C>::new().base_url(url).credentials(credentials);
    builder.read_only().build().expect("a client")
}

fn expect_refused(made: Result<Run>) -> Error {
    let error = made.expect_err("nothing is sent");
    assert_eq!(error.kind(), ErrorKind::Configuration, "{error}");
    assert!(error.to_string().contains("only reads"), "{error}");
    assert!(error.operation().is_some() && !error.may_have_started());
    error
}

#[tokio::test]
async fn starts_and_stops_are_refused_before_anything_is_sent() {
    let server = Server::answering("200 OK", &[], b"{}").await;
    let url = &server.url;
    let azure = reader(url, azure_devops::Credentials::pat(SECRET));
    expect_refused(start_azure(&azure).await);
    let aliyun = reader(url, aliyun::Credentials::access_key("key-id", SECRET));
    expect_refused(start_aliyun(&aliyun).await);
    let buddy = reader(url, buddy::Credentials::token(SECRET));
    expect_refused(start_buddy(&buddy).await);
    let matillion = reader(url, matillion::Credentials::token(SECRET));
    expect_refused(start_matillion(&matillion).await);
    let yunxiao = reader(url, yunxiao::Credentials::token(SECRET));
    expect_refused(start_yunxiao(&yunxiao).await);
    let clients: [(&dyn Runs, &str); 5] = [
        (&azure, "azure-devops/acme/site/42/7"),
        (&aliyun, "aliyun/acme/42/7"),
        (&buddy, "buddy/acme/site/42/7"),
        (&matillion, "matillion/p1/7"),
        (&yunxiao, "yunxiao/acme/42/7"),
    ];
    for (client, reference) in clients {
        let run = run(reference);
        let error = expect_refused(client.cancel(&run).await);
        assert_eq!(error.run(), Some(&run));
    }
    assert_eq!(server.requests(), 0);
}

#[tokio::test]
async fn reads_go_through() {
    let body = br#"{"id": 7, "status": "SUCCESSFUL"}"#;
    let server = Server::answering("200 OK", &[("content-type", "application/json")], body).await;
    let client: buddy::Client = reader(&server.url, buddy::Credentials::token(SECRET));
    let read = Runs::get(&client, &run("buddy/acme/site/42/7")).await;
    assert!(read.expect("a run").status.is_success());
    assert_eq!(server.requests(), 1);
}

/// Others listen for a moment first, so that no start is sent to who speaks unasked.
#[tokio::test(start_paused = true)]
async fn its_connections_are_used_at_once() {
    let body = br#"{"id": 7, "status": "SUCCESSFUL"}"#;
    let server = Server::answering("200 OK", &[("content-type", "application/json")], body).await;
    let took = async |client: &buddy::Client| {
        let began = Instant::now();
        let read = Runs::get(client, &run("buddy/acme/site/42/7")).await;
        read.expect("a run");
        began.elapsed()
    };
    let reader = reader(&server.url, buddy::Credentials::token(SECRET));
    assert_eq!(took(&reader).await, Duration::ZERO);
    assert!(took(&buddy(&server.url)).await >= Duration::from_millis(2));
}

#[tokio::test]
async fn a_key_is_left_to_a_client_that_starts() {
    let body = br#"{"id": 7, "status": "INPROGRESS"}"#;
    let server = Server::answering("200 OK", &[("content-type", "application/json")], body).await;
    let folder = tempfile::tempdir().expect("a folder");
    let ledger = Arc::new(DirectoryLedger::open(folder.path()).expect("a ledger"));
    let once = StartOnce::new(ledger, "nightly".parse().expect("a key"));
    let pipeline = buddy::PipelineRef::new("acme", "site", 42);
    let request = buddy::types::RunExecutionRequest::default();
    let client: buddy::Client = reader(&server.url, buddy::Credentials::token(SECRET));
    let started = once.start(&client, &pipeline, &request).await;
    expect_refused(started.map(|started| started.run));
    let started = once.start(&buddy(&server.url), &pipeline, &request).await;
    assert!(!started.expect("a run").attached);
}
