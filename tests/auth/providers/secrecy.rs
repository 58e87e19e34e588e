//! No token is shown, whoever repeats it.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_token_that_an_answer_repeats_is_hidden() {
    let echo = r#"{"message": "not allowed: token-1-of-the-provider"}"#;
    let (wire, tokens) = (Wire::answering([(403, echo)]), Tokens::lasting(3600));
    let client = client(&wire, &tokens);
    let error = start(&client).await.expect_err("refused");
    let shown = format!("{error} {error:?} {client:?}");
    assert!(shown.contains("not allowed: [hidden]"), "{shown}");
    assert!(!shown.contains("token-1"), "{shown}");
}

/// A token that has been replaced is still a secret while it lasts.
#[tokio::test(start_paused = true)]
async fn a_token_is_hidden_after_it_was_replaced() {
    let echo = r#"{"message": "token-1-of-the-provider was used before"}"#;
    let wire = Wire::answering([(401, "{}"), (403, echo)]);
    let tokens = Tokens::lasting(3600);
    let error = start(&client(&wire, &tokens)).await.expect_err("refused");
    assert!(error.to_string().contains("[hidden] was used"), "{error}");
}

#[test]
fn debug_shows_no_token_and_no_provider() {
    let credentials = azure_devops::Credentials::provider(Handle(Tokens::lasting(1)));
    assert_eq!(format!("{credentials:?}"), "Provider(TokenProvider)");
    let token = Expiring::unknown(Secret::from("s3cret"));
    assert!(!format!("{token:?}").contains("s3cret"));
}
