//! A service, or a proxy before it, that repeats in its answer what it was sent: no credential gets
//! into an error.

use runpipe::{Error, RetryPolicy, RunRef, aliyun, azure_devops, buddy};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

const SECRET: &str = "s3cret-0f-the-caller";

/// Answers with all headers of the request, and with the secret itself, as text and as JSON.
async fn echo(status: u16, json: bool) -> MockServer {
    let server = MockServer::start().await;
    let answer = move |request: &Request| {
        let header = request.headers.get("authorization");
        let header = header.and_then(|value| value.to_str().ok());
        // The last one is cut in the middle: only the beginning of an answer is kept.
        let cut = "-".repeat(200 - 2 * SECRET.len() - 4);
        let sent = format!(
            "{SECRET} {cut} {SECRET} {SECRET} {}",
            header.unwrap_or_default()
        );
        let template = ResponseTemplate::new(status).insert_header("activityid", SECRET);
        if json {
            let body = serde_json::json!({ "errors": [{ "message": sent }], "message": sent, "code": sent });
            template.set_body_json(body)
        } else {
            template.set_body_string(sent)
        }
    };
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
}

fn check(error: &Error, encoded: &str) {
    let json = serde_json::to_string(error).expect("an error is JSON");
    let shown = format!("{error} {error:?} {json}");
    assert!(!shown.contains(SECRET), "{shown}");
    assert!(!shown.contains(encoded), "{shown}");
    assert!(!shown.contains(&SECRET[..6]), "a part of it: {shown}");
    assert!(
        shown.contains("[hidden]"),
        "the answer was not quoted at all: {shown}"
    );
}

#[tokio::test]
async fn no_echoed_credential_gets_into_an_error() {
    // base64 of ":" and the secret.
    let basic = "OnMzY3JldC0wZi10aGUtY2FsbGVy";
    for (status, json) in [
        (400, true),
        (400, false),
        (401, true),
        (404, false),
        (500, true),
        (200, false),
    ] {
        let server = echo(status, json).await;
        let azure = azure_devops::Client::builder()
            .base_url(server.uri())
            .credentials(azure_devops::Credentials::pat(SECRET))
            .retry(RetryPolicy::none())
            .build()
            .expect("a client");
        let run: RunRef = "azure-devops/acme/shop/1/2".parse().expect("a reference");
        check(&azure.get(&run).await.expect_err("a refusal"), basic);

        let buddy = buddy::Client::builder()
            .base_url(server.uri())
            .credentials(buddy::Credentials::token(SECRET))
            .retry(RetryPolicy::none())
            .build()
            .expect("a client");
        let run: RunRef = "buddy/acme/shop/1/2".parse().expect("a reference");
        check(&buddy.get(&run).await.expect_err("a refusal"), basic);

        let aliyun = aliyun::Client::builder()
            .base_url(server.uri())
            .credentials(aliyun::Credentials::access_key("LTAI-id", SECRET))
            .retry(RetryPolicy::none())
            .build()
            .expect("a client");
        let run: RunRef = "aliyun/5ebbc/1/2".parse().expect("a reference");
        check(&aliyun.get(&run).await.expect_err("a refusal"), basic);
    }
}
