//! What is never printed.

use std::sync::Arc;

use super::*;

/// An endpoint that repeats what it was sent, raw or as a form, is quoted without the secret.
struct Echo;

impl Respond for Echo {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let form = String::from_utf8_lossy(&request.body);
        ResponseTemplate::new(400).set_body_json(serde_json::json!({
            "error": format!("bad {SECRET}"),
            "error_description": format!("I was sent {form}, and so {SECRET}."),
        }))
    }
}

#[tokio::test]
async fn no_secret_is_printed() -> Outcome {
    let server = serve(Echo).await;
    let credentials = credentials(&server)?;
    let cache = TokenCache::new(credentials.clone());
    let error = cache
        .token(&http()?)
        .await
        .err()
        .ok_or("there was a token")?;
    let shown = format!("{error:?} {error} {cache:?} {credentials:?}");
    assert!(
        shown.contains("my-client") && shown.contains("[hidden]"),
        "{shown}"
    );
    for secret in [SECRET, "the+client%27s+secret%2F%2B", "s+secret"] {
        assert!(!shown.contains(secret), "{secret} is in {shown}");
    }

    let server = serve(Tokens::lasting(1800)).await;
    let cache = TokenCache::new(self::credentials(&server)?);
    let token = cache.token(&http()?).await?;
    let shown = format!("{cache:?} {token:?}");
    assert!(!shown.contains("token-1"), "{shown}");
    Ok(())
}

#[tokio::test]
async fn a_token_inside_a_refusal_is_not_quoted() -> Outcome {
    for body in [
        r#"{"access_token":"t0ken-of-nobody","#,
        r#"[{"access_token":"t0ken-of-nobody"}]"#,
    ] {
        let server = MockServer::start().await;
        let refusal = ResponseTemplate::new(499).set_body_raw(body, "application/json");
        let tokens = Mock::given(method("POST")).respond_with(refusal);
        tokens.mount(&server).await;
        let cache = TokenCache::new(credentials(&server)?);
        let error = cache.token(&http()?).await.err().ok_or("no token")?;
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("of-nobody"), "{shown}");
    }
    Ok(())
}

#[test]
fn the_parts_are_send_and_the_error_is_an_error() {
    fn shared<T: Send + Sync + Clone + 'static>() {}
    fn error<T: StdError + Send + Sync + 'static>() {}
    shared::<TokenCache>();
    shared::<ClientCredentials>();
    shared::<Arc<Secret>>();
    error::<TokenError>();
}
