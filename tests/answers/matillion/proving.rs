//! Credentials and regions.

use runpipe::matillion::{Client, Credentials, Region};
use runpipe::{ErrorKind, Result};
use serde_json::json;
use wiremock::matchers::{body_string_contains, header, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::{SECRET, STARTS, answers, execution, project, quick, request, requests};

fn with_client_credentials(server: &MockServer) -> Result<Client> {
    let credentials = Credentials::client("cid", SECRET);
    let credentials = credentials.token_url(format!("{}/oauth/dpc/token", server.uri()));
    Client::builder()
        .base_url(server.uri())
        .retry(quick())
        .credentials(credentials)
        .build()
}

#[tokio::test]
async fn client_credentials_become_a_token_and_a_refused_token_is_replaced() {
    let server = MockServer::start().await;
    for token in ["one", "two"] {
        let grant = json!({ "access_token": token, "token_type": "Bearer", "expires_in": 1800 });
        let form = "grant_type=client_credentials&client_id=cid&client_secret=tell-nobody&\
                    audience=https%3A%2F%2Fapi.matillion.com";
        let tokens = Mock::given(path("/oauth/dpc/token")).and(body_string_contains(form));
        let tokens = tokens.and(header("content-type", "application/x-www-form-urlencoded"));
        tokens
            .respond_with(ResponseTemplate::new(200).set_body_json(grant))
            .up_to_n_times(1)
            .expect(1)
            .mount(&server)
            .await;
    }
    let old = Mock::given(path(STARTS)).and(header("authorization", "Bearer one"));
    old.respond_with(ResponseTemplate::new(401))
        .expect(1)
        .mount(&server)
        .await;
    let new = Mock::given(path(STARTS)).and(header("authorization", "Bearer two"));
    let answer = ResponseTemplate::new(201).set_body_json(json!({ "pipelineExecutionId": "e2a4" }));
    new.respond_with(answer).expect(2).mount(&server).await;
    let client = with_client_credentials(&server).unwrap();
    for _ in 0..2 {
        let run = client.start(&project(), &request("load")).await.unwrap();
        assert_eq!(run.reference, execution());
    }
}

#[tokio::test]
async fn a_refused_client_secret_is_an_authentication_error_and_starts_nothing() {
    let server = MockServer::start().await;
    let body = json!({ "error": "invalid_client", "error_description": "tell-nobody is wrong" });
    answers(&server, "POST", "/oauth/dpc/token", 401, body).await;
    let client = with_client_credentials(&server).unwrap();
    let error = client
        .start(&project(), &request("load"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication);
    assert_eq!(error.vendor_code(), Some("invalid_client"));
    assert!(!format!("{error} {error:?}").contains(SECRET), "{error:?}");
    assert_eq!(requests(&server, "POST").await, 1);
}

#[test]
fn credentials_that_cannot_be_used_are_refused_when_the_client_is_built() {
    let client = || Credentials::client("cid", SECRET);
    for credentials in [
        Credentials::token(" \n"),
        Credentials::token("two words"),
        Credentials::client("", SECRET),
        Credentials::client("cid", ""),
        client().token_url("no address"),
        client().token_url("http://id.example.com/token"),
    ] {
        assert!(!format!("{credentials:?}").contains(SECRET));
        let error = Client::builder()
            .credentials(credentials)
            .build()
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(!format!("{error} {error:?}").contains(SECRET), "{error:?}");
    }
    for credentials in [client(), Credentials::token(SECRET)] {
        // With a client of the caller's own, no TLS is needed.
        let http = runpipe::ReqwestClient::new(std::time::Duration::from_secs(1)).unwrap();
        let builder = Client::builder()
            .http_client(std::sync::Arc::new(http))
            .region(Region::Us1)
            .credentials(credentials);
        let shown = format!("{builder:?}");
        let shown = format!("{shown} {:?}", builder.build().unwrap());
        assert!(
            shown.contains("https://us1.api.matillion.com/dpc"),
            "{shown}"
        );
        assert!(!shown.contains(SECRET), "{shown}");
    }
}

#[test]
fn regions_go_by_their_names() {
    for region in Region::ALL {
        assert_eq!(region.to_string().parse::<Region>().unwrap(), region);
        assert!(region.base_url().contains(region.name()));
    }
    assert_eq!(Region::default(), "EU1".parse().unwrap());
    let error = "mars".parse::<Region>().unwrap_err();
    assert!(error.to_string().contains("eu1, us1, au1"), "{error}");
}
