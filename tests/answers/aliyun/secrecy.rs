//! Nothing secret is shown, and what could never sign is refused before a call.

use runpipe::ErrorKind;

use super::*;

const TOKEN: &str = "dummy-security-token";

fn temporary() -> Credentials {
    Credentials::temporary_access_key(KEY_ID, KEY_SECRET, TOKEN)
}

#[tokio::test]
async fn neither_key_nor_token_is_shown() {
    // The service's text holds them all; none of it is a code that is known.
    let echo = format!("Wrong. Server string to sign: {KEY_ID} {KEY_SECRET} {TOKEN}");
    let body = serde_json::json!({ "Code": "SignatureDoesNotMatch", "Message": echo });
    let server = always(ResponseTemplate::new(400).set_body_json(body)).await;
    let builder = builder(&server.uri()).credentials(temporary());
    let mut shown = format!("{builder:?} {:?}", temporary());
    let client = builder.build().unwrap();
    shown += &format!("{client:?} {client:#?}");
    for secret in [KEY_SECRET, TOKEN] {
        assert!(!shown.contains(secret), "{shown}");
    }
    let error = client.get(&run()).await.unwrap_err();
    let error = format!(
        "{error} {error:?} {error:#?} {}",
        serde_json::to_value(&error).unwrap()
    );
    for secret in [KEY_SECRET, TOKEN, KEY_ID] {
        assert!(!error.contains(secret), "{error}");
    }
}

#[test]
fn credentials_that_cannot_sign_are_refused_when_the_client_is_built() {
    for (credentials, what) in [
        (Credentials::access_key("", KEY_SECRET), "access key id"),
        (Credentials::access_key("a,b", KEY_SECRET), "access key id"),
        (Credentials::access_key("a b", KEY_SECRET), "access key id"),
        (Credentials::access_key(KEY_ID, " \n"), "secret is empty"),
        (
            Credentials::temporary_access_key(KEY_ID, KEY_SECRET, ""),
            "token is empty",
        ),
        (
            Credentials::temporary_access_key(KEY_ID, KEY_SECRET, "one\ntwo"),
            "security token",
        ),
    ] {
        let error = Client::builder()
            .credentials(credentials)
            .build()
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.to_string().contains(what), "{error}");
        assert!(!error.to_string().contains("two"), "{error}");
    }
    assert!(Client::builder().build().is_err(), "no credentials");
    let spaces = Credentials::access_key(format!(" {KEY_ID}\n"), format!("{KEY_SECRET}\n"));
    let builder = Client::builder().base_url("http://localhost");
    assert!(builder.credentials(spaces).build().is_ok());
}
