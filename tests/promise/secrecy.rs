//! No text shows a secret: not serde's words, not a secret of the request, not an address.

use runpipe::azure_devops::types;
use serde_json::json;

use super::server::{Manner, Server};
use super::*;

/// Everything that an error shows.
fn shown(error: &runpipe::Error) -> String {
    let source = std::error::Error::source(error).map(ToString::to_string);
    let json = serde_json::to_string(error).expect("JSON");
    format!("{error} {error:?} {error:#?} {json} {source:?}")
}

#[tokio::test]
async fn the_decoders_own_words_are_in_no_error_and_no_warning() {
    let echo = json!({ "id": { "token": SECRET }, "status": SECRET, "priority": [SECRET] });
    let server = Server::answering(
        "201 Created",
        &[("content-type", "application/json")],
        echo.to_string().as_bytes(),
    )
    .await;
    let client = buddy(&server.url);
    let error = start_buddy(&client).await.expect_err("no id");
    assert!(!shown(&error).contains("s3cret"), "{}", shown(&error));
    let echo = json!({ "id": 31, "start_date": { SECRET: SECRET } });
    let server = Server::answering(
        "201 Created",
        &[("content-type", "application/json")],
        echo.to_string().as_bytes(),
    )
    .await;
    let run = start_buddy(&buddy(&server.url)).await.expect("the id came");
    let [warning] = run.warnings.as_slice() else {
        panic!("{:?}", run.warnings)
    };
    let why = warning.rsplit_once(": ").expect("a reason").1;
    assert!(
        why.len() > 10 && !why.contains("cannot be read"),
        "{warning}"
    );
    let json = serde_json::to_string(&run).expect("JSON");
    assert!(!format!("{run:?} {json}").contains("s3cret"), "{json}");
}

#[tokio::test]
async fn secrets_of_the_request_are_hidden_where_a_refusal_echoes_them() {
    let mut request = types::RunPipelineParameters::default();
    let secret = types::Variable {
        is_secret: Some(true),
        value: Some("hidden/value of+mine".to_owned()),
    };
    let open = types::Variable {
        is_secret: None,
        value: Some("open-value".to_owned()),
    };
    request.variables.insert("key".to_owned(), secret);
    request.variables.insert("version".to_owned(), open);
    let repository = types::RepositoryResourceParameters {
        token: Some("r3po-token".to_owned()),
        ..Default::default()
    };
    let mut resources = types::RunResourcesParameters::default();
    resources.repositories.insert("self".to_owned(), repository);
    request.resources = Some(resources);
    let debug = format!("{request:?}");
    assert!(
        !debug.contains("of+mine") && !debug.contains("r3po"),
        "{debug}"
    );
    let said = "no: hidden/value of+mine, hidden%2Fvalue+of%2Bmine, r3po-token, aGlkZGVuL3ZhbHVlIG9mK21pbmU=, open-value";
    let body = json!({ "message": said, "typeKey": "hidden/value of+mine" });
    let headers = [
        ("content-type", "application/json"),
        ("activityid", "r3po-token"),
    ];
    let server = Server::answering("400 Bad Request", &headers, body.to_string().as_bytes()).await;
    let pipeline = azure_devops::PipelineRef::new("acme", "site", 42);
    let error = azure(&server.url)
        .start(&pipeline, &request)
        .await
        .expect_err("refused");
    let text = shown(&error);
    for part in ["of+mine", "of%2Bmine", "r3po", "aGlkZGVu"] {
        assert!(!text.contains(part), "{part}: {text}");
    }
    assert!(
        text.contains("open-value"),
        "what is no secret stays: {text}"
    );
}

#[tokio::test]
async fn the_beginning_of_a_secret_is_not_shown_where_a_refusal_breaks_off() {
    let said = format!("no: {}", &SECRET[..9]);
    for kind in ["text/plain", "application/json", "text/xml", "text/html"] {
        let head = "HTTP/1.1 302 Found\r\nlocation: /\r\ncontent-length: 900\r\ncontent-type: ";
        let broken = format!("{head}{kind}\r\n\r\n{said}");
        let server = Server::start(Manner::Answer(broken.into_bytes())).await;
        for error in [
            start_azure(&azure(&server.url)).await,
            start_aliyun(&aliyun(&server.url)).await,
            start_buddy(&buddy(&server.url)).await,
            start_matillion(&matillion(&server.url)).await,
            start_yunxiao(&yunxiao(&server.url)).await,
        ] {
            let text = shown(&error.expect_err("refused"));
            assert!(!text.contains("s3cret"), "{kind}: {text}");
        }
    }
}

#[tokio::test]
async fn an_id_that_repeats_the_credential_is_none() {
    let body = json!({ "pipelineExecutionId": SECRET });
    let server = Server::answering(
        "201 Created",
        &[("content-type", "application/json")],
        body.to_string().as_bytes(),
    )
    .await;
    let told = start_matillion(&matillion(&server.url)).await;
    let text = format!("{told:?}");
    assert!(!text.contains("s3cret"), "{text}");
}

/// What `Debug` says of everything that holds, or may hold, a secret.
#[test]
fn debug_tells_what_it_is_and_no_secret() {
    use bytes::Bytes;
    use runpipe::auth::acs3::SigningRequest;
    use runpipe::{Decision, ReqwestClient, ResponseBody, WaitOptions, matillion};

    let url = "https://me:s3cret@login.example/token?key=s3cret#s3cret";
    let client = runpipe::auth::ClientCredentials::new(
        url.parse().expect("a URL"),
        "my-client",
        SECRET.into(),
    );
    let token = [("authorization", SECRET)];
    let headers = token.map(|(name, value)| {
        let name = http::HeaderName::from_static(name);
        (name, value.parse().expect("a value"))
    });
    let headers = headers.into_iter().collect();
    let signing = SigningRequest::new("POST", "devops.example", "/start");
    let signing = signing.with_headers(&headers).with_body(SECRET.as_bytes());
    let decision = Decision::approve().gate("deploy").secret("key", SECRET);
    let api_client = matillion::Credentials::client("my-client", SECRET);
    let builder = runpipe::buddy::Client::builder().base_url(format!("https://{SECRET}/"));
    let reqwest = ReqwestClient::new(Duration::from_secs(1)).expect("a client");
    let shown_builder = format!("{builder:?}");
    let error = builder.build().expect_err("no credential");
    for (debug, tells) in [
        (
            format!("{client:?}"),
            vec!["https://login.example/token", "my-client"],
        ),
        (
            format!("{signing:?}"),
            vec!["POST", "devops.example", "/start", "authorization"],
        ),
        (
            format!("{decision:?}"),
            vec!["deploy", "key", "approves: true"],
        ),
        (
            format!("{api_client:?}"),
            vec!["ClientCredentials", "my-client"],
        ),
        (shown_builder, vec!["Builder", "retry", "timeout"]),
        (
            format!("{:?}", buddy("http://127.0.0.1:1")),
            vec!["Session", "http://127.0.0.1:1"],
        ),
        (format!("{reqwest:?}"), vec!["ReqwestClient"]),
        (
            format!("{:?}", ResponseBody::from(Bytes::from(SECRET))),
            vec!["ResponseBody"],
        ),
        (
            format!("{:?}", WaitOptions::default()),
            vec!["WaitOptions", "deadline", "at_once"],
        ),
        (
            format!("{error:?}"),
            vec!["Error", "Configuration", "detail"],
        ),
    ] {
        assert!(!debug.contains("s3cret"), "{debug}");
        for word in tells {
            assert!(debug.contains(word), "{word}: {debug}");
        }
    }
}

#[test]
fn an_address_that_cannot_be_used_is_not_repeated() {
    for address in [
        "https://user:s3cret@[bad",
        "https://user:s3cret@host/",
        "ht tp://s3cret",
    ] {
        let builder = runpipe::buddy::Client::builder()
            .base_url(address)
            .credentials(runpipe::buddy::Credentials::token(SECRET));
        let debug = format!("{builder:?}");
        let error = builder.build().expect_err("no address");
        assert!(
            !format!("{debug} {}", shown(&error)).contains("s3cret"),
            "{error}"
        );
    }
}
