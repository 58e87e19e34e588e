//! Who comes second gets the first one's run.

use runpipe::ledger::{Stage, Started, forget};
use runpipe::{ErrorKind, Result};
use runpipe_testing::{Rule, Script, ScriptedAnswer};

use crate::subject::{AzureDevops, Buddy, Site, Subject, Yunxiao, on_each_service};

#[tokio::test]
async fn the_second_call_is_given_the_run_of_the_first() {
    async fn test<S: Subject>() {
        let site = Site::open().await;
        let first = site.start::<S>(&site.once()).await.expect("a run");
        let second = site.start::<S>(&site.once()).await.expect("the run");
        assert!(!first.attached, "{}", S::SERVICE);
        assert!(second.attached, "{}", S::SERVICE);
        assert_eq!(first.run.reference, second.run.reference);
        assert_ne!(second.run.vendor_status, None, "it was read");
        assert_eq!((site.started::<S>(), site.asked::<S>()), (1, 1));
    }
    on_each_service!(test);
}

#[tokio::test]
async fn a_run_that_cannot_be_read_is_returned_all_the_same() {
    let site = Site::open().await;
    let first = site.start::<Buddy>(&site.once()).await.expect("a run");
    for status in [404, 500] {
        let rule = ScriptedAnswer::status(status).body("gone");
        site.sandbox.next_answer(Buddy::SERVICE, rule);
        let second = site.start::<Buddy>(&site.once()).await.expect("the run");
        assert_eq!(first.run.reference, second.run.reference);
        let warning = second.run.warnings.first().expect("a warning");
        assert!(warning.contains("cannot be read now"), "{warning}");
    }
}

#[tokio::test]
async fn many_at_once_start_one_run() {
    async fn test<S: Subject>() {
        let site = Site::open().await;
        let once = site.once();
        let calls = (0..8).map(|_| site.start::<S>(&once));
        let ended = futures_util::future::join_all(calls).await;
        let runs: Vec<_> = ended.into_iter().map(|one| one.expect("a run")).collect();
        let first = &runs[0].run.reference;
        assert!(runs.iter().all(|one| one.run.reference == *first));
        assert_eq!(runs.iter().filter(|one| !one.attached).count(), 1);
        assert_eq!(
            (site.started::<S>(), site.asked::<S>()),
            (1, 1),
            "{}",
            S::SERVICE
        );
    }
    on_each_service!(test);
}

#[tokio::test]
async fn another_request_is_refused_and_what_differs_is_named() {
    async fn test<S: Subject>() {
        let site = Site::open().await;
        site.start::<S>(&site.once()).await.expect("a run");
        let (other, place) = S::other();
        let refused = site.ask::<S>(&site.once(), &other).await;
        let error = refused.expect_err("another request");
        assert_eq!(error.kind(), ErrorKind::KeyInUse);
        let words = error.to_string();
        assert!(words.ends_with("for the same start."), "{words}");
        assert!(words.contains(place), "{words}");
        assert_eq!(site.asked::<S>(), 1);
    }
    on_each_service!(test);
}

#[tokio::test]
async fn another_pipeline_is_another_request() {
    let site = Site::open().await;
    site.start::<Buddy>(&site.once()).await.expect("a run");
    let other = runpipe::buddy::PipelineRef::new("acme", "website", 1);
    let client = Buddy::client(&site.sandbox);
    let refused = site.once().start(&client, &other, &Buddy::request()).await;
    let error = refused.expect_err("another pipeline");
    assert_eq!(error.kind(), ErrorKind::KeyInUse);
    assert!(
        error.to_string().contains("differences: pipeline"),
        "{error}"
    );
    let refused = site.start::<AzureDevops>(&site.once()).await;
    let words = refused.expect_err("another service").to_string();
    assert!(
        words.contains("differences: service, server, pipeline"),
        "{words}"
    );
    let elsewhere = Site::open().await;
    let client = Buddy::client(&elsewhere.sandbox);
    let pipeline = Buddy::pipeline(&site.sandbox);
    let refused = site
        .once()
        .start(&client, &pipeline, &Buddy::request())
        .await;
    let error = refused.expect_err("another server");
    assert!(error.to_string().contains("differences: server"), "{error}");
    assert_eq!(elsewhere.asked::<Buddy>(), 0);
}

fn expect_difference(started: Result<Started>, differs: Option<&str>) {
    let refused = started.err().map(|error| error.to_string());
    let says = |place: &str| format!("differences: {place}");
    match (&refused, differs.map(says)) {
        (None, None) => {}
        (Some(refused), Some(says)) if refused.contains(&says) => {}
        other => panic!("{other:?}"),
    }
}

/// What is started is another, though both are the same pipeline at the same address.
#[tokio::test]
async fn another_version_of_a_pipeline_or_another_tenant_is_another_request() {
    let site = Site::open().await;
    let client = AzureDevops::client(&site.sandbox);
    let request = AzureDevops::request();
    for (version, differs) in [(3, false), (3, false), (4, true)] {
        let pipeline = AzureDevops::pipeline(&site.sandbox).at_version(version);
        let started = site.once().start(&client, &pipeline, &request).await;
        expect_difference(started, differs.then_some("pipeline"));
    }
    let site = Site::open().await;
    let (pipeline, request) = (Yunxiao::pipeline(&site.sandbox), Yunxiao::request());
    for (host, differs) in [
        ("localhost", false),
        ("localhost", false),
        ("127.0.0.1", true),
    ] {
        let client = Yunxiao::client(&site.sandbox)
            .with_host(host)
            .expect("a host");
        let started = site.once().start(&client, &pipeline, &request).await;
        expect_difference(started, differs.then_some("server"));
    }
    assert_eq!(site.asked::<Yunxiao>(), 1);
}

#[tokio::test]
async fn a_refusal_frees_the_key_and_stays_readable() {
    async fn test<S: Subject>() {
        let site = Site::open().await;
        let refusal = ScriptedAnswer::status(400);
        let rule = Rule::answer(S::SERVICE, refusal).operation(S::START);
        site.sandbox.play(&Script::new([rule])).expect("a script");
        let refused = site.start::<S>(&site.once()).await;
        let error = refused.expect_err("a refusal");
        assert_eq!(error.http_status(), Some(400), "{error}");
        let entry = site.entry().await.expect("an entry");
        assert_eq!(entry.stage, Stage::Free);
        let refusal = entry.refusal.expect("a refusal");
        assert_eq!(refusal.kind, error.kind().as_str());
        // Corrected, it is another request.
        let started = site.ask::<S>(&site.once(), &S::other().0).await;
        assert!(!started.expect("a run").attached);
        assert_eq!(site.started::<S>(), 1);
    }
    on_each_service!(test);
}

#[tokio::test]
async fn a_key_that_was_forgotten_starts_anew_with_another_mark() {
    let site = Site::open().await;
    site.start::<Buddy>(&site.once()).await.expect("a run");
    let first = site.entry().await.expect("an entry");
    assert!(forget(&*site.ledger, &first).await.expect("a ledger"));
    assert!(site.entry().await.is_none());
    let again = site.start::<Buddy>(&site.once()).await.expect("a run");
    assert!(!again.attached);
    assert_ne!(site.entry().await.expect("an entry").mark, first.mark);
    assert!(
        !forget(&*site.ledger, &first).await.expect("a ledger"),
        "it is another entry"
    );
    assert_eq!(site.started::<Buddy>(), 2);
}

#[tokio::test]
async fn the_ledger_holds_no_value_of_the_request() {
    let site = Site::open().await;
    let request: runpipe::buddy::types::RunExecutionRequest =
        serde_json::from_value(serde_json::json!({
            "comment": "an open word",
            "variables": [
                { "key": "TOKEN", "value": "s3cret-of-the-test", "encrypted": true },
                { "key": "PLAIN", "value": "no-secret-of-the-test" },
            ],
        }))
        .expect("a request");
    site.ask::<Buddy>(&site.once(), &request)
        .await
        .expect("a run");
    let folder = site.folder.path().join("ledger");
    for file in std::fs::read_dir(folder).expect("a directory") {
        let text = std::fs::read_to_string(file.expect("a file").path()).expect("text");
        for value in [
            "s3cret-of-the-test",
            "no-secret-of-the-test",
            "an open word",
        ] {
            assert!(!text.contains(value), "{text}");
        }
    }
    let mut other = request.clone();
    other.variables[0].value = "an0ther-secret".to_owned();
    let error = site
        .ask::<Buddy>(&site.once(), &other)
        .await
        .expect_err("another");
    assert_eq!(error.kind(), ErrorKind::KeyInUse);
    let words = error.to_string();
    assert!(words.contains("/variables/0/value"), "{words}");
    assert!(
        !words.contains("secret-of") && !words.contains("an0ther"),
        "{words}"
    );
}
