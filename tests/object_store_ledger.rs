//! A ledger in an object store keeps to the contract of ledgers: shown against a real server, which
//! these tests start. `RUNPIPE_MOTO` names the Python that has it; `.ci/object-store` installs it.

#[path = "ledger/conformance.rs"]
mod conformance;
#[path = "ledger/lossy.rs"]
mod lossy;
#[path = "ledger/moto.rs"]
mod moto;

use std::sync::Arc;

use runpipe::buddy::{PipelineRef, types::RunExecutionRequest};
use runpipe::ledger::{Key, Ledger, ObjectStoreLedger, StartOnce, Started, entry, forget};
use runpipe::{ErrorKind, Result, RetryPolicy, Service};
use runpipe_testing::Sandbox;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

use lossy::{Lost, way_to};
use moto::{Moto, ledger};

fn key() -> Key {
    "deploy-4711".parse().expect("a key")
}

/// A sandbox that many start runs on, with one key.
struct Site {
    sandbox: Sandbox,
    ledger: Arc<dyn Ledger>,
}

impl Site {
    async fn with(ledger: ObjectStoreLedger) -> Site {
        let sandbox = Sandbox::start().await.expect("loopback has free ports");
        let ledger = Arc::new(ledger);
        Site { sandbox, ledger }
    }

    async fn start(&self) -> Result<Started> {
        let client = self.sandbox.buddy_builder().retry(RetryPolicy::none());
        let client = client.build().expect("a client");
        let pipeline = PipelineRef::new("acme", "website", 2);
        let request = RunExecutionRequest::default();
        let once = StartOnce::new(Arc::clone(&self.ledger), key());
        once.start(&client, &pipeline, &request).await
    }

    fn started(&self) -> usize {
        self.sandbox.started(Service::Buddy)
    }
}

#[tokio::test]
async fn an_object_store_keeps_to_the_contract() {
    let moto = Moto::start().await;
    conformance::check(Arc::new(ledger(&moto.address, "contract"))).await;
}

#[tokio::test]
async fn many_with_one_key_start_one_run_and_another_once_it_is_forgotten() {
    let moto = Moto::start().await;
    let site = Site::with(ledger(&moto.address, "starts")).await;
    for round in 1..=2 {
        let calls = (0..8).map(|_| site.start());
        for call in futures_util::future::join_all(calls).await {
            call.expect("a run");
        }
        assert_eq!(site.started(), round);
        let entry = entry(&*site.ledger, &key()).await.expect("a ledger");
        let entry = entry.expect("an entry");
        assert!(forget(&*site.ledger, &entry).await.expect("a ledger"));
    }
}

/// The store's client asks again by itself, and is refused, because the first write took effect.
#[tokio::test]
async fn a_write_whose_answer_is_lost_loses_neither_the_key_nor_the_run() {
    let moto = Moto::start().await;
    for lost in [Lost::First, Lost::All] {
        let way = way_to(moto.address.clone(), lost).await;
        let site = Site::with(ledger(&way, &format!("{lost:?}"))).await;
        let started = site.start().await.expect("a run");
        assert!(!started.attached, "{lost:?}");
        assert!(
            started.run.warnings.is_empty(),
            "{lost:?}: {:?}",
            started.run.warnings
        );
        assert_eq!(site.started(), 1, "{lost:?}");
        let entry = entry(&*site.ledger, &key()).await.expect("a ledger");
        let entry = entry.expect("an entry");
        assert_eq!(entry.run(), Some(&started.run.reference), "{lost:?}");
        assert_eq!(entry.attempt, 1, "{lost:?}");
        assert!(
            forget(&*site.ledger, &entry).await.expect("a ledger"),
            "{lost:?}"
        );
    }
}

#[tokio::test]
async fn a_store_that_is_gone_lets_nothing_be_sent() {
    let moto = Moto::start().await;
    let site = Site::with(ledger(&moto.address, "gone")).await;
    drop(moto);
    let error = site.start().await.expect_err("gone");
    assert_eq!(error.kind(), ErrorKind::Ledger);
    assert!(error.to_string().contains("onnection refused"), "{error}");
    assert_eq!(site.started(), 0);
}

#[tokio::test]
async fn a_bucket_that_is_not_there_lets_nothing_be_sent() {
    let moto = Moto::start().await;
    let way = format!("{}/no", moto.address);
    let site = Site::with(ledger(&way, "starts")).await;
    let error = site.start().await.expect_err("no bucket");
    assert_eq!(error.kind(), ErrorKind::Ledger);
    assert_eq!(site.started(), 0);
}

#[tokio::test]
async fn of_a_refusal_the_code_is_told_and_nothing_that_was_sent() {
    for body in [
        "<Error><Code>SignatureDoesNotMatch</Code><Sent>5ecret</Sent></Error>",
        r#"{"sent": "5ecret"}"#,
        "you sent: 5ecret",
    ] {
        let refusing = MockServer::start().await;
        let refusal = ResponseTemplate::new(403).set_body_string(body);
        Mock::given(any())
            .respond_with(refusal)
            .mount(&refusing)
            .await;
        let site = Site::with(ledger(&refusing.uri(), "refused")).await;
        let error = site.start().await.expect_err("refused");
        let words = error.to_string();
        assert_eq!(error.kind(), ErrorKind::Ledger);
        assert!(words.contains("403 Forbidden"), "{words}");
        assert_eq!(
            words.contains("SignatureDoesNotMatch"),
            body.contains("Code"),
            "{words}"
        );
        assert!(!format!("{error:?} {words}").contains("5ecret"), "{words}");
    }
}

#[test]
fn what_opens_a_store_is_not_shown() {
    let stores = [
        (
            "s3://bucket/x",
            "aws_secret_access_key",
            "pa55word",
            "bucket",
        ),
        (
            "az://container/x",
            "azure_storage_sas_key",
            "sig=pa55word",
            "container",
        ),
        // Bytes are shown as numbers.
        (
            "az://container/x",
            "azure_storage_account_key",
            "cGE1NXdvcmQ=",
            "container",
        ),
    ];
    for (address, name, secret, tells) in stores {
        let more = [
            ("aws_region", "eu"),
            ("aws_access_key_id", "id"),
            ("azure_storage_account_name", "acme"),
        ];
        let options = more.into_iter().chain([(name, secret)]);
        let options = options.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let ledger = ObjectStoreLedger::open(address, options).expect("a ledger");
        let shown = format!(
            "{ledger:?} {:?}",
            StartOnce::new(Arc::new(ledger.clone()), key())
        );
        for secret in ["pa55word", "cGE1NXdvcmQ", "112, 97, 53, 53"] {
            assert!(!shown.contains(secret), "{shown}");
        }
        assert!(shown.contains(tells), "{shown}");
    }
}

#[test]
fn an_address_that_is_none_is_refused_without_repeating_it() {
    for address in [
        "no address",
        "ftp://user:pa55word@host/x",
        "s3://user:pa55word@bucket/x",
        "az://container/x?sig=pa55word",
        "http://host/pa55word",
        "file:///pa55word",
        "memory:///pa55word",
    ] {
        let refused = ObjectStoreLedger::open(address, []).expect_err("none");
        assert!(!refused.to_string().contains("pa55word"), "{refused}");
        assert!(refused.to_string().contains("s3://bucket"), "{refused}");
    }
}
