//! Which endpoints are asked at all, and endpoints that do not answer.

use super::gate::gated;
use super::*;

#[tokio::test]
async fn a_redirect_is_not_followed() -> Outcome {
    let target = MockServer::start().await;
    Mock::given(wiremock::matchers::any())
        .respond_with(Tokens::lasting(1800))
        .expect(0)
        .mount(&target)
        .await;
    for status in [301, 302, 303, 307, 308] {
        let redirect = ResponseTemplate::new(status).insert_header("location", target.uri());
        let server = serve(redirect).await;
        let cache = TokenCache::new(credentials(&server)?);
        let error = cache.token(&http()?).await.err();
        assert!(
            matches!(error, Some(TokenError::Undecodable { .. })),
            "{error:?}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn without_tls_only_this_machine_is_asked() -> Outcome {
    for url in [
        "http://id.example.com/token",
        "http://192.0.2.1/token",
        "ftp://localhost/token",
    ] {
        let credentials = ClientCredentials::new(url.parse()?, "my-client", Secret::from(SECRET));
        let error = TokenCache::new(credentials).token(&http()?).await.err();
        assert!(
            matches!(error, Some(TokenError::Insecure { .. })),
            "{url}: {error:?}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn nobody_listening_is_unreachable() -> Outcome {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    drop(listener);
    let url = format!("http://user:hidden-word@{address}/token?key=hidden-word").parse()?;
    let credentials = ClientCredentials::new(url, "my-client", Secret::from(SECRET));
    let cache = TokenCache::new(credentials);
    let error = cache
        .token(&http()?)
        .await
        .err()
        .ok_or("there was a token")?;
    assert!(matches!(error, TokenError::Unreachable(_)), "{error:?}");
    assert!(error.is_temporary());
    let shown = format!("{error:?} {error} {cache:?}");
    assert!(!shown.contains("hidden-word"), "{shown}");
    Ok(())
}

#[tokio::test]
async fn an_endpoint_that_never_answers_is_unreachable_in_time() -> Outcome {
    let mut gated = gated().await;
    let cache = TokenCache::new(credentials(&gated.server)?).with_timeout(Duration::from_secs(5));
    let http = http()?;
    let clock = async {
        let arrived = gated.arrived.recv().await;
        pass(Duration::from_secs(6)).await;
        arrived
    };
    let (outcome, arrived) = tokio::join!(cache.token(&http), clock);
    assert!(arrived.is_some());
    match outcome {
        Err(TokenError::Unreachable(cause)) => {
            assert!(cause.to_string().contains("in time"), "{cause:?}");
        }
        other => panic!("{other:?}"),
    }
    Ok(())
}
