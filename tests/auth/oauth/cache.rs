//! How long a token is kept, and when it is replaced.

use super::*;

#[tokio::test]
async fn the_request_is_a_form_with_all_fields() -> Outcome {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/oauth/token"))
        .and(header("content-type", "application/x-www-form-urlencoded"))
        .and(header("accept", "application/json"))
        .and(body_string(
            "grant_type=client_credentials&client_id=my-client\
             &client_secret=the+client%27s+secret%2F%2B\
             &audience=https%3A%2F%2Fapi.example.com&scope=read+write",
        ))
        .respond_with(Tokens::lasting(1800))
        .expect(1)
        .mount(&server)
        .await;
    let credentials = credentials(&server)?
        .with_audience("https://api.example.com")
        .with_scope("read write");
    assert_eq!(
        TokenCache::new(credentials).token(&http()?).await?,
        token(1)
    );
    Ok(())
}

#[tokio::test]
async fn audience_and_scope_are_left_out_when_there_are_none() -> Outcome {
    let server = MockServer::start().await;
    Mock::given(body_string(
        "grant_type=client_credentials&client_id=my-client\
         &client_secret=the+client%27s+secret%2F%2B",
    ))
    .respond_with(Tokens::lasting(1800))
    .expect(1)
    .mount(&server)
    .await;
    TokenCache::new(credentials(&server)?)
        .token(&http()?)
        .await?;
    Ok(())
}

/// (`expires_in`, when the token is still kept, when it is replaced), in seconds. The margin is the
/// smaller of 60 s and a tenth of the life.
#[tokio::test]
async fn a_token_is_kept_until_shortly_before_it_ends() -> Outcome {
    use serde_json::json;
    for (expires_in, kept, replaced) in [
        (json!(1800), 1730, 1741),
        (json!("1800"), 1730, 1741),
        (json!(1800.0), 1730, 1741),
        (json!(100), 85, 91),
        (json!(7200), 7130, 7141),
        (json!(null), 265, 271),
        (json!("soon"), 265, 271),
        (json!("NaN"), 265, 271),
        (json!([1]), 265, 271),
        // A year in milliseconds is taken for 30 days.
        (json!(31_536_000_000_u64), 2_591_930, 2_591_941),
    ] {
        let server = serve(Tokens::lasting(expires_in.clone())).await;
        let (cache, http) = (TokenCache::new(credentials(&server)?), http()?);
        assert_eq!(cache.token(&http).await?, token(1));
        pass(Duration::from_secs(kept)).await;
        assert_eq!(
            cache.token(&http).await?,
            token(1),
            "{expires_in} after {kept} s"
        );
        pass(Duration::from_secs(replaced - kept)).await;
        assert_eq!(
            cache.token(&http).await?,
            token(2),
            "{expires_in} after {replaced} s"
        );
        assert_eq!(requests(&server).await, 2);
    }
    Ok(())
}

#[tokio::test]
async fn a_token_without_a_life_serves_the_call_that_asked() -> Outcome {
    for expires_in in [0, -5] {
        let server = serve(Tokens::lasting(expires_in)).await;
        let (cache, http) = (TokenCache::new(credentials(&server)?), http()?);
        assert_eq!(cache.token(&http).await?, token(1));
        assert_eq!(cache.token(&http).await?, token(2));
    }
    Ok(())
}

#[tokio::test]
async fn clones_share_the_token() -> Outcome {
    let server = serve(Tokens::lasting(1800)).await;
    let (cache, http) = (TokenCache::new(credentials(&server)?), http()?);
    cache.clone().token(&http).await?;
    assert_eq!(cache.token(&http).await?, token(1));
    Ok(())
}

#[tokio::test]
async fn a_refused_token_is_replaced_once() -> Outcome {
    let server = serve(Tokens::lasting(1800)).await;
    let (cache, http) = (TokenCache::new(credentials(&server)?), http()?);
    let first = cache.token(&http).await?;
    cache.invalidate(&first);
    assert_eq!(cache.token(&http).await?, token(2));
    // Another caller was refused with the first token too; the second is not touched by that.
    cache.invalidate(&first);
    assert_eq!(cache.token(&http).await?, token(2));
    assert_eq!(requests(&server).await, 2);
    Ok(())
}
