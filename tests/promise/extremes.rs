//! Extreme headers and durations stop nobody.

use runpipe::{ErrorKind, Runs};

use super::server::Server;
use super::*;

const RESETS: [&str; 6] = [
    "1e19",
    "-1e19",
    "-9223372036854775808",
    "9223372036854775807",
    "18446744073709551616",
    "NaN",
];

#[tokio::test]
async fn a_refusal_with_any_wait_is_told() {
    for wait in RESETS {
        for header in ["retry-after", "x-acs-retry-after", "x-rate-limit-reset"] {
            let headers = [(header, wait), ("x-rate-limit-remaining", "0")];
            let server = Server::answering("429 Too Many Requests", &headers, b"").await;
            let once = buddy(&server.url).with_timeout(Duration::from_secs(1));
            let error = start_buddy(&once).await.expect_err("refused");
            assert_eq!(
                error.kind(),
                ErrorKind::RateLimited,
                "{header}: {wait}: {error}"
            );
        }
    }
}

#[tokio::test]
async fn an_id_beside_extreme_headers_is_not_lost() {
    for wait in RESETS {
        let headers = [
            ("content-type", "application/json"),
            ("retry-after", wait),
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", wait),
            ("x-ratelimit-delay", wait),
            ("x-rate-limit-remaining", "0"),
            ("x-rate-limit-reset", wait),
            ("date", wait),
        ];
        let body =
            br#"{"id": 31, "pipelineRunId": 31, "pipelineExecutionId": "31", "success": true}"#;
        let server = Server::answering("200 OK", &headers, body).await;
        for started in [
            start_azure(&azure(&server.url)).await,
            start_aliyun(&aliyun(&server.url)).await,
            start_buddy(&buddy(&server.url)).await,
            start_matillion(&matillion(&server.url)).await,
            start_yunxiao(&yunxiao(&server.url)).await,
        ] {
            assert_eq!(started.expect("a run").id, "31", "{wait}");
        }
    }
}

#[tokio::test]
async fn no_duration_is_too_long() {
    let server = Server::answering(
        "201 Created",
        &[("content-type", "application/json")],
        br#"{"id": 31}"#,
    )
    .await;
    let client = runpipe::buddy::Client::builder()
        .base_url(&server.url)
        .credentials(runpipe::buddy::Credentials::token(SECRET))
        .timeout(Duration::MAX)
        .attempt_timeout(Duration::MAX)
        .connect_timeout(Duration::MAX)
        .build()
        .expect("a client");
    let run = start_buddy(&client).await.expect("a run");
    let options = runpipe::WaitOptions::default()
        .deadline(Duration::MAX)
        .patience(Duration::MAX);
    let server = Server::answering(
        "200 OK",
        &[("content-type", "application/json")],
        br#"{"id": 31, "status": "SUCCESSFUL"}"#,
    )
    .await;
    let ended = runpipe::wait(&buddy(&server.url), &run.reference, &options).await;
    assert!(ended.expect("an end").status.is_success());
}

#[tokio::test]
async fn an_answer_may_be_as_long_as_the_limit_says() {
    let body = br#"{"id": 31}"#;
    for (limit, fits) in [(body.len(), true), (body.len() - 1, false)] {
        let server = Server::answering("200 OK", &[], body).await;
        let credentials = buddy::Credentials::token(SECRET);
        let client = buddy::Client::builder()
            .base_url(&server.url)
            .credentials(credentials);
        let client = client.longest_answer(limit).build().expect("a client");
        let read = client.get(&run("buddy/acme/site/42/31")).await;
        assert_eq!(read.is_ok(), fits, "{read:?}");
    }
}

#[tokio::test]
async fn a_wait_that_a_success_asks_for_holds_back_the_next_call() {
    let server = Server::answering("200 OK", &[("retry-after", "3600")], b"{}").await;
    let url = server.url.as_str();
    let clients: [(Box<dyn Runs>, &str); 5] = [
        (Box::new(azure(url)), "azure-devops/acme/site/42/7001"),
        (Box::new(matillion(url)), "matillion/p1/e1"),
        (Box::new(aliyun(url)), "aliyun/5ebbc/123/41"),
        (Box::new(yunxiao(url)), "yunxiao/5ebbc/123/41"),
        (Box::new(buddy(url)), "buddy/acme/site/42/31"),
    ];
    for (number, (client, run)) in (1..).zip(clients) {
        let run = super::run(run);
        let _ = client.get(&run).await;
        client.get(&run).await.expect_err("it would come too late");
        assert_eq!(server.requests(), number, "{run}");
    }
}
