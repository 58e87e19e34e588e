//! A second request is sent, and "nothing was started" is said, only where an answer proves it.

use chrono::Utc;
use runpipe::auth::Expiring;
use runpipe::{Error, ErrorKind};
use serde_json::json;
use wiremock::matchers::{any, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::server::{Manner, Server};
use super::*;

/// A server that gives tokens to whoever asks, and answers everything else with one thing.
async fn serving(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    let token = json!({ "token_type": "Bearer", "expires_in": 3599, "access_token": "jwt-of-now" });
    Mock::given(path("/token"))
        .respond_with(ResponseTemplate::new(200).set_body_json(token))
        .mount(&server)
        .await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
}

async fn starts_sent(server: &MockServer) -> usize {
    let requests = server.received_requests().await.expect("recorded");
    let is_start = |request: &&wiremock::Request| request.url.path() != "/token";
    requests.iter().filter(is_start).count()
}

fn page(body: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(body.to_owned(), "text/html")
}

async fn told(server: &MockServer, principal: bool) -> Error {
    let credentials = match principal {
        true => super::principal(&server.uri()),
        false => azure_devops::Credentials::pat(SECRET),
    };
    let client = azure_with(&server.uri(), credentials);
    start_azure(&client).await.expect_err("no run was named")
}

#[tokio::test]
async fn a_page_that_proves_nothing_is_not_answered_with_a_second_start() {
    let redirect =
        |status: u16, to: &str| ResponseTemplate::new(status).insert_header("location", to);
    let proves_nothing = [
        page("<p>assigning an agent</p>"),
        page("<title>Assigning an agent</title>"),
        page("<title>Azure DevOps Services | Sign In</title>"),
        page("<a href='https://login.microsoftonline.com/'>sign in</a>"),
        redirect(301, "https://dev.azure.com/_signin"),
        redirect(302, "https://elsewhere.example.com/"),
        redirect(302, "/acme/_signin_later"),
        redirect(
            307,
            "https://spsprod.vssps.visualstudio.com/_signin?realm=x",
        ),
        redirect(308, "https://dev.azure.com/other"),
        ResponseTemplate::new(203).set_body_raw("<title>Welcome</title>", "text/html"),
        // Not a page, whatever it looks like.
        ResponseTemplate::new(203).set_body_raw("<title>Sign In</title>", "application/json"),
        ResponseTemplate::new(499),
        ResponseTemplate::new(408),
        ResponseTemplate::new(460),
        ResponseTemplate::new(500),
        ResponseTemplate::new(503),
    ];
    for answer in proves_nothing {
        let server = serving(answer).await;
        for principal in [false, true] {
            let before = starts_sent(&server).await;
            let error = told(&server, principal).await;
            assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error}");
            assert!(error.may_have_started());
            assert!(!error.to_string().contains("Nothing was"), "{error}");
            assert_eq!(starts_sent(&server).await, before + 1, "{error}");
        }
    }
}

#[tokio::test]
async fn what_proves_it_is_believed() {
    let sign_in = "https://spsprod.vssps.visualstudio.com/_signin?realm=dev.azure.com";
    for answer in [
        ResponseTemplate::new(401),
        ResponseTemplate::new(203).set_body_raw(
            "<title>Azure DevOps Services | Sign In</title>",
            "text/html",
        ),
        ResponseTemplate::new(302).insert_header("location", sign_in),
    ] {
        let server = serving(answer).await;
        for (principal, sent) in [(false, 1), (true, 2)] {
            let before = starts_sent(&server).await;
            let error = told(&server, principal).await;
            assert_eq!(error.kind(), ErrorKind::Authentication, "{error}");
            assert_eq!(starts_sent(&server).await, before + sent, "{error}");
        }
    }
}

#[tokio::test]
async fn a_refusal_inside_a_success_is_believed_for_codes_that_are_on_the_list() {
    for (body, kind) in [
        (json!({ "success": false }), ErrorKind::OutcomeUnknown),
        (
            json!({ "success": false, "errorCode": "SystemError" }),
            ErrorKind::OutcomeUnknown,
        ),
        (
            json!({ "success": false, "errorCode": "Timeout" }),
            ErrorKind::OutcomeUnknown,
        ),
        (
            json!({ "success": false, "errorCode": "InternalError.Timeout" }),
            ErrorKind::OutcomeUnknown,
        ),
        (
            json!({ "success": false, "errorCode": "UnknownError" }),
            ErrorKind::OutcomeUnknown,
        ),
        (
            json!({ "success": false, "errorCode": "Missing.Timeout" }),
            ErrorKind::OutcomeUnknown,
        ),
        (
            json!({ "success": false, "errorCode": "InvalidPipeline.NotFound" }),
            ErrorKind::NotFound,
        ),
        (
            json!({ "success": false, "errorCode": "InvalidParam.ParamNotPresent" }),
            ErrorKind::InvalidRequest,
        ),
    ] {
        let server = serving(ResponseTemplate::new(200).set_body_json(&body)).await;
        let error = start_aliyun(&aliyun(&server.uri()))
            .await
            .expect_err("no run");
        assert_eq!(error.kind(), kind, "{body}: {error}");
        assert_eq!(starts_sent(&server).await, 1, "{body}");
    }
}

#[tokio::test]
async fn a_refusal_that_names_a_run_proves_nothing_and_the_run_is_told() {
    let body = json!({ "id": 7001, "message": "no" });
    for status in [400, 401, 409, 429, 500] {
        let server = serving(ResponseTemplate::new(status).set_body_json(&body)).await;
        let error = told(&server, true).await;
        assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error}");
        let named = error.run().expect("the run is named").to_string();
        assert_eq!(named, "azure-devops/acme/site/42/7001");
        assert_eq!(starts_sent(&server).await, 1, "{error}");
    }
}

/// Its words are the same; whether they are all of them is not known.
#[tokio::test]
async fn a_refusal_that_was_cut_off_is_not_believed() {
    let body = r#"{"message":"TF24668: The organization is stopped."}"#;
    for cut in [0, 1] {
        let (head, length) = ("503 Service Unavailable", body.len() + cut);
        let json = "content-type: application/json\r\nconnection: close";
        let answer = format!("HTTP/1.1 {head}\r\n{json}\r\ncontent-length: {length}\r\n\r\n{body}");
        let server = Server::start(Manner::Answer(answer.into_bytes())).await;
        let error = start_azure(&azure(&server.url)).await.expect_err("no run");
        assert_eq!(error.may_have_started(), cut > 0, "{error}");
    }
}

/// What is missing of it may say that the service had begun, or name the run.
#[tokio::test]
async fn a_refusal_that_cannot_be_read_whole_proves_nothing_whatever_its_status() {
    const JSON: &str = "content-type: application/json\r\nconnection: close";
    let cut = "content-length: 99\r\n\r\n{\"message\":\"TF";
    let compressed = "content-encoding: gzip\r\ncontent-length: 4\r\n\r\n\u{1f}\u{b}\u{8}\u{0}";
    for status in [
        "400 Bad Request",
        "401 Unauthorized",
        "429 Too Many Requests",
    ] {
        for rest in [cut, compressed] {
            let answer = format!("HTTP/1.1 {status}\r\n{JSON}\r\n{rest}");
            let server = Server::start(Manner::Answer(answer.into_bytes())).await;
            for outcome in [
                start_azure(&azure(&server.url)).await,
                start_aliyun(&aliyun(&server.url)).await,
            ] {
                let error = outcome.expect_err("no run");
                assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{status}: {error}");
            }
            assert_eq!(server.requests(), 2, "{status}");
        }
    }
}

/// Nothing was sent where there was no token to send it with.
#[tokio::test]
async fn a_token_endpoint_that_is_busy_is_asked_again() {
    for status in [429, 503] {
        let run = json!({ "id": 7001 });
        let server = serving(ResponseTemplate::new(200).set_body_json(run)).await;
        let busy = ResponseTemplate::new(status).insert_header("retry-after", "0");
        let busy = Mock::given(path("/token")).respond_with(busy);
        busy.up_to_n_times(1).with_priority(1).mount(&server).await;
        let client = azure_with(&server.uri(), super::principal(&server.uri()));
        start_azure(&client).await.expect("a run");
        assert_eq!(starts_sent(&server).await, 1);
    }
}

/// What was created while a token was waited for is somebody else's.
#[tokio::test]
async fn an_unclear_start_says_when_its_request_was_sent() {
    const WAITED: Duration = Duration::from_millis(300);
    let token = || async {
        tokio::time::sleep(WAITED).await;
        Ok(Expiring::after("a-token-of-the-test".into(), WAITED))
    };
    for answer in [
        ResponseTemplate::new(502),
        ResponseTemplate::new(200).set_body_string("{"),
        ResponseTemplate::new(200).set_body_string("{}"),
    ] {
        let server = serving(answer).await;
        let client = buddy::Client::builder().base_url(server.uri());
        let client = client.credentials(buddy::Credentials::provider(token));
        let client = client.retry(quick()).build().expect("a client");
        let began = Utc::now();
        let error = start_buddy(&client).await.expect_err("no run was named");
        assert!(error.may_have_started(), "{error}");
        let sent = error.sent_at().expect("it was sent");
        let waited = (sent - began).to_std().expect("after that");
        assert!(waited >= WAITED && sent <= Utc::now(), "{waited:?}");
    }
    let server = Server::start(Manner::Hang(Vec::new())).await;
    let client = buddy(&server.url).with_timeout(Duration::from_millis(300));
    let error = start_buddy(&client).await.expect_err("no answer");
    assert!(error.sent_at().is_some(), "{error}");
    let error = start_buddy(&buddy("http://127.0.0.1:9")).await;
    let error = error.expect_err("nobody listens");
    assert!(!error.may_have_started());
    assert_eq!(error.sent_at(), None, "{error}");
}
