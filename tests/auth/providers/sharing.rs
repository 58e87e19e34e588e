//! One token for all calls, replaced in time.

use futures_util::future::join_all;

use super::*;

#[tokio::test(start_paused = true)]
async fn all_calls_share_one_token() {
    let (wire, tokens) = (Wire::answering([]), Tokens::lasting(3600));
    let client = client(&wire, &tokens);
    let calls = (0..100).map(|_| start(&client));
    for outcome in join_all(calls).await {
        outcome.expect("a run");
    }
    assert_eq!(tokens.asked(), 1);
    assert_eq!(wire.sent("authorization"), vec![bearer(1); 100]);
}

/// (life of the token, when it is still used, when it is replaced), in seconds.
#[tokio::test(start_paused = true)]
async fn a_token_is_replaced_shortly_before_it_ends() {
    for (life, used, replaced) in [(3600, 3539, 3540), (100, 89, 90)] {
        let (wire, tokens) = (Wire::answering([]), Tokens::lasting(life));
        let client = client(&wire, &tokens);
        start(&client).await.expect("a run");
        tokio::time::advance(Duration::from_secs(used)).await;
        start(&client).await.expect("a run");
        tokio::time::advance(Duration::from_secs(replaced - used)).await;
        start(&client).await.expect("a run");
        assert_eq!(
            wire.sent("authorization"),
            [bearer(1), bearer(1), bearer(2)]
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_end_of_a_token_is_told_by_the_clock_of_the_client() {
    let noon: chrono::DateTime<chrono::Utc> = "2026-05-01T12:00:00Z".parse().expect("a time");
    let wire = Wire::answering([]);
    let end = noon + Duration::from_secs(1000);
    let token = move || async move { Ok(Expiring::at(Secret::from("until-1000"), end)) };
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = asked.clone();
    let client = azure_devops::Client::builder()
        .credentials(azure_devops::Credentials::provider(move || {
            counted.fetch_add(1, Ordering::SeqCst);
            token()
        }))
        .clock(move || noon)
        .http_client(wire.clone())
        .build()
        .expect("a client");
    for (passed, expected) in [(0, 1), (939, 1), (2, 2)] {
        tokio::time::advance(Duration::from_secs(passed)).await;
        start(&client).await.expect("a run");
        assert_eq!(
            asked.load(Ordering::SeqCst),
            expected,
            "after {passed} s more"
        );
    }
}

/// A 401 proves that nothing was started, so the start is sent again with the next token, once.
#[tokio::test(start_paused = true)]
async fn a_token_that_the_service_refuses_is_replaced_once() {
    let (wire, tokens) = (Wire::answering([(401, "{}")]), Tokens::lasting(3600));
    start(&client(&wire, &tokens)).await.expect("a run");
    assert_eq!(wire.sent("authorization"), [bearer(1), bearer(2)]);

    let wire = Wire::answering([(401, "{}"), (401, "{}")]);
    let tokens = Tokens::lasting(3600);
    let error = start(&client(&wire, &tokens)).await.expect_err("401 twice");
    assert_eq!(error.kind(), runpipe::ErrorKind::Authentication, "{error}");
    assert_eq!(wire.sent("authorization"), [bearer(1), bearer(2)]);
}

/// What says nothing about the credential leaves it where it is.
#[tokio::test(start_paused = true)]
async fn another_refusal_keeps_the_token() {
    let (wire, tokens) = (Wire::answering([(403, "{}")]), Tokens::lasting(3600));
    let client = client(&wire, &tokens);
    start(&client).await.expect_err("403");
    start(&client).await.expect("a run");
    assert_eq!(tokens.asked(), 1);
}

#[tokio::test(start_paused = true)]
async fn every_service_with_bearer_tokens_takes_a_provider() {
    let tokens = Tokens::lasting(3600);
    let (wire, buddy) = (Wire::answering([]), runpipe::buddy::Client::builder());
    let buddy = buddy
        .credentials(runpipe::buddy::Credentials::provider(Handle(
            tokens.clone(),
        )))
        .http_client(wire.clone())
        .build()
        .expect("a client");
    let pipeline = runpipe::buddy::PipelineRef::new("acme", "site", 42);
    buddy
        .start(&pipeline, &Default::default())
        .await
        .expect("a run");
    assert_eq!(wire.sent("authorization"), [bearer(1)]);

    let wire = Wire::answering([(200, r#"{"pipelineExecutionId": "a1b2"}"#)]);
    let matillion = runpipe::matillion::Client::builder()
        .credentials(runpipe::matillion::Credentials::provider(Handle(
            tokens.clone(),
        )))
        .http_client(wire.clone())
        .build()
        .expect("a client");
    let request = runpipe::matillion::types::ExecutePublishedPipelineRequest::builder()
        .environment_name("Production")
        .pipeline_name("load")
        .try_into()
        .expect("a request");
    matillion
        .start(&runpipe::matillion::ProjectRef::new("p1"), &request)
        .await
        .expect("a run");
    assert_eq!(wire.sent("authorization"), [bearer(2)]);
}
