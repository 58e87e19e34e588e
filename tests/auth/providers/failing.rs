//! A provider that gives nothing: nothing is sent, and the error says why.

use runpipe::ErrorKind;

use super::*;

const SIGNED_OUT: ProviderError = ProviderError::refused("nobody is signed in");
const AWAY: ProviderError = ProviderError::unavailable("no answer");

#[tokio::test(start_paused = true)]
async fn a_refusal_ends_the_call() {
    let (wire, tokens) = (Wire::answering([]), Tokens::failing(3600, [SIGNED_OUT]));
    let client = client(&wire, &tokens);
    let error = start(&client).await.expect_err("no token");
    assert_eq!(error.kind(), ErrorKind::Authentication);
    assert!(error.to_string().contains("nobody is signed in"), "{error}");
    assert!(!error.may_have_started());
    assert!(wire.sent("authorization").is_empty());
    // It is not kept: the next call asks again.
    start(&client).await.expect("a run");
}

#[tokio::test(start_paused = true)]
async fn a_failure_that_may_pass_is_tried_again() {
    let (wire, tokens) = (Wire::answering([]), Tokens::failing(3600, [AWAY, AWAY]));
    start(&client(&wire, &tokens)).await.expect("a run");
    assert_eq!(tokens.asked(), 3);
    assert_eq!(wire.sent("authorization"), [bearer(3)]);
}

#[tokio::test(start_paused = true)]
async fn a_failure_that_does_not_pass_says_that_nothing_was_sent() {
    let (wire, tokens) = (Wire::answering([]), Tokens::failing(3600, [AWAY; 100]));
    let error = start(&client(&wire, &tokens)).await.expect_err("no token");
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
    assert!(!error.may_have_started() && error.is_retryable(), "{error}");
    assert!(wire.sent("authorization").is_empty());
}

/// The token that is held lasts a little longer: better that than no call.
#[tokio::test(start_paused = true)]
async fn a_token_that_cannot_be_replaced_yet_is_used_to_its_end() {
    let (wire, tokens) = (Wire::answering([]), Tokens::lasting(3600));
    let client = client(&wire, &tokens);
    start(&client).await.expect("a run");
    tokens
        .failures
        .lock()
        .expect("not poisoned")
        .push_back(AWAY);
    tokio::time::advance(Duration::from_secs(3550)).await;
    start(&client).await.expect("a run");
    assert_eq!(wire.sent("authorization"), [bearer(1), bearer(1)]);
    assert_eq!(tokens.asked(), 2);
    // At the very moment of its end it is worth nothing.
    tokens
        .failures
        .lock()
        .expect("not poisoned")
        .push_back(AWAY);
    tokio::time::advance(Duration::from_secs(50)).await;
    start(&client).await.expect("a run");
    assert_eq!(wire.sent("authorization").last(), Some(&bearer(4)));
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_hangs_takes_no_longer_than_the_call() {
    let wire = Wire::answering([]);
    let hangs = || std::future::pending::<Result<Expiring<Secret>, ProviderError>>();
    let client = with(&wire, azure_devops::Credentials::provider(hangs));
    let began = tokio::time::Instant::now();
    let error = start(&client).await.expect_err("no token");
    assert_eq!(began.elapsed().as_secs(), 60);
    assert!(!error.may_have_started(), "{error}");
    assert!(wire.sent("authorization").is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_empty_token_is_none_and_a_broken_one_is_not_sent() {
    for (token, kind) in [
        (" \n", ErrorKind::Authentication),
        ("two words", ErrorKind::Configuration),
    ] {
        let wire = Wire::answering([]);
        let gives = move || async move { Ok(Expiring::unknown(Secret::from(token))) };
        let client = with(&wire, azure_devops::Credentials::provider(gives));
        let error = start(&client).await.expect_err("no token");
        assert_eq!(error.kind(), kind, "{error}");
        assert!(!error.to_string().contains("two words"), "{error}");
        assert!(wire.sent("authorization").is_empty());
    }
}
