//! An endpoint that fails while the old token still lasts.

use super::*;

#[tokio::test]
async fn while_the_old_token_lasts_a_temporary_failure_is_bridged() -> Outcome {
    let server = MockServer::start().await;
    let once = Mock::given(method("POST")).respond_with(Tokens::lasting(1800));
    once.up_to_n_times(1).mount(&server).await;
    let down = Mock::given(method("POST")).respond_with(ResponseTemplate::new(503));
    let down = down.mount_as_scoped(&server).await;
    let (cache, http) = (TokenCache::new(credentials(&server)?), http()?);
    cache.token(&http).await?;

    pass(Duration::from_secs(1750)).await;
    assert_eq!(cache.token(&http).await?, token(1), "50 s are left");
    pass(Duration::from_secs(51)).await;
    let ended = cache.token(&http).await;
    assert!(
        matches!(ended, Err(TokenError::Unavailable { .. })),
        "{ended:?}"
    );

    drop(down);
    Mock::given(method("POST"))
        .respond_with(Tokens::lasting(1800))
        .mount(&server)
        .await;
    cache.token(&http).await?;
    Ok(())
}

#[tokio::test]
async fn while_the_old_token_lasts_a_refusal_is_not_bridged() -> Outcome {
    let server = MockServer::start().await;
    let once = Mock::given(method("POST")).respond_with(Tokens::lasting(1800));
    once.up_to_n_times(1).mount(&server).await;
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(401))
        .mount(&server)
        .await;
    let (cache, http) = (TokenCache::new(credentials(&server)?), http()?);
    cache.token(&http).await?;
    pass(Duration::from_secs(1750)).await;
    let refused = cache.token(&http).await;
    assert!(
        matches!(refused, Err(TokenError::Refused { .. })),
        "{refused:?}"
    );
    Ok(())
}
