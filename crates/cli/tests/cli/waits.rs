//! Why it waits, and what is sent: told on stderr, without a secret.

use serde_json::Value;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::program::{EXECUTIONS, TOKEN, answer, buddy, execution, reading, runpipe};

#[tokio::test]
async fn waits_are_told_with_their_reason() {
    let server = MockServer::start().await;
    let place = || Mock::given(method("GET")).and(path(format!("{EXECUTIONS}/31")));
    let throttled = ResponseTemplate::new(429).insert_header("Retry-After", "1");
    place()
        .respond_with(throttled)
        .up_to_n_times(1)
        .mount(&server)
        .await;
    reading(&server, answer(200, execution("SUCCESSFUL"))).await;
    let status = "status buddy/acme/site/2/31";
    let ended = buddy(&server, status).ends_with(0).await;
    let expected = "Buddy asks for fewer requests; trying again in 1.0s\n";
    assert_eq!(ended.stderr, expected);
}

#[tokio::test]
async fn a_service_that_is_gone_is_told_during_the_wait_and_at_its_end() {
    let gone = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", gone.local_addr().expect("an address"));
    drop(gone);
    let watch = runpipe(["watch", "buddy/acme/site/2/31", "--deadline", "3s"]);
    let ended = watch
        .words(["--retries", "0"])
        .env("BUDDY_TOKEN", "t")
        .env("RUNPIPE_BUDDY_URL", &address)
        .ends_with(7)
        .await;
    let stderr = &ended.stderr;
    assert!(
        stderr.starts_with("no answer from Buddy; trying again"),
        "{stderr}"
    );
    assert!(
        stderr.contains("the run could not be read even once (transport)"),
        "{stderr}"
    );
}

#[tokio::test]
async fn what_is_sent_is_told_where_it_is_asked_for_and_holds_no_secret() {
    let server = MockServer::start().await;
    reading(&server, answer(200, execution("SUCCESSFUL"))).await;
    let status = "status buddy/acme/site/2/31";
    let verbose = buddy(&server, status).words(["-v"]).ends_with(0).await;
    verbose.tells("getExecution");
    verbose.tells("status=200");
    let json = buddy(&server, status)
        .words(["-vv", "--log", "json"])
        .ends_with(0)
        .await;
    for line in json.stderr.lines() {
        let event: Value = serde_json::from_str(line).expect("an object on each line");
        assert!(event["level"].is_string(), "{line}");
    }
    assert!(!json.stderr.is_empty());
    let all = buddy(&server, status)
        .env("RUST_LOG", "trace")
        .ends_with(0)
        .await;
    for text in [&verbose.stderr, &json.stderr, &all.stderr] {
        assert!(!text.contains(TOKEN), "{text}");
    }
    let wrong = buddy(&server, status)
        .env("RUST_LOG", "runpipe=loud")
        .ends_with(2)
        .await;
    wrong.tells("RUST_LOG");
}
