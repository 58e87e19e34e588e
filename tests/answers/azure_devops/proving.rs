//! Credentials.

use runpipe::{ErrorKind, Service};
use serde_json::json;
use wiremock::matchers::{body_string_contains, header, method, path};

use super::*;

fn principal(server: &MockServer) -> Credentials {
    let url = format!("{}/tenant/oauth2/v2.0/token", server.uri())
        .parse()
        .unwrap();
    let client = runpipe::auth::ClientCredentials::new(url, "my-client", "s3cret-of-mine".into());
    Credentials::ClientCredentials(client)
}

#[tokio::test]
async fn a_token_that_ended_early_is_fetched_again_once() {
    for refusal in [
        ResponseTemplate::new(401),
        ResponseTemplate::new(203).set_body_raw("<title>Sign In</title>", "text/html"),
    ] {
        let server = MockServer::start().await;
        let token = json!({ "token_type": "Bearer", "expires_in": 3599, "access_token": "jwt" });
        Mock::given(path("/tenant/oauth2/v2.0/token"))
            .and(body_string_contains("grant_type=client_credentials"))
            .and(body_string_contains(
                "499b84ac-1321-427f-aa17-267ca6975798%2F.default",
            ))
            .respond_with(ResponseTemplate::new(200).set_body_json(token))
            .expect(2)
            .mount(&server)
            .await;
        Mock::given(method("POST"))
            .and(path(RUNS))
            .and(header("authorization", "Bearer jwt"))
            .respond_with(refusal)
            .up_to_n_times(1)
            .mount(&server)
            .await;
        on(&server, "POST", RUNS, json_answer(&json!({ "id": 7001 }))).await;
        let client = client_with(&server.uri(), principal(&server));
        client.start(&pipeline(), &no_parameters()).await.unwrap();
    }
}

#[tokio::test]
async fn a_token_at_hand_is_sent_as_bearer() {
    let server = always(json_answer(&json!({ "state": "inProgress" }))).await;
    let client = client_with(&server.uri(), Credentials::token("jwt\n"));
    client.get(&run()).await.unwrap();
    assert_eq!(
        received(&server).await[0].headers["authorization"],
        "Bearer jwt"
    );
}

#[test]
fn a_service_principal_asks_its_own_tenant() {
    let Ok(Credentials::ClientCredentials(client)) =
        Credentials::service_principal("contoso.example", "id", "s3cret-of-mine")
    else {
        panic!("a tenant by its domain");
    };
    let expected = "https://login.microsoftonline.com/contoso.example/oauth2/v2.0/token";
    assert_eq!(client.token_url.as_str(), expected);
    for tenant in ["", " ", "..", "a\\b"] {
        let error = Credentials::service_principal(tenant, "id", "s").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{tenant:?}");
    }
}

#[tokio::test]
async fn secrets_are_in_no_text() {
    let server = always(ResponseTemplate::new(401)).await;
    for credentials in [
        Credentials::pat("s3cret-of-mine"),
        Credentials::token("s3cret-of-mine"),
        principal(&server),
    ] {
        let mut text = format!("{credentials:?}");
        let builder = Client::builder()
            .base_url(server.uri())
            .credentials(credentials);
        text += &format!("{builder:?}");
        let client = builder.build().unwrap();
        text += &format!("{client:?}");
        let body = request(json!({ "variables": { "v": { "value": "s3cret-of-mine" } } }));
        let error = client.start(&pipeline(), &body).await.unwrap_err();
        text += &format!(
            "{error} {error:?} {}",
            serde_json::to_string(&error).unwrap()
        );
        assert!(
            !text.contains("s3cret") && !text.contains("czNjcmV0"),
            "{text}"
        );
    }
    for empty in [Credentials::pat("\n"), Credentials::token("")] {
        let error = Client::builder().credentials(empty).build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert_eq!(error.service(), Some(Service::AzureDevops));
    }
}
