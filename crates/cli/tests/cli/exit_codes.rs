//! Each exit code, by what leads to it.

use serde_json::json;
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::program::{
    START, answer, buddy, buddy_with, execution, reading, received, runpipe, starting,
};

#[tokio::test]
async fn zero_for_a_start_that_was_made() {
    let server = buddy_with("INPROGRESS").await;
    let ended = buddy(&server, START).ends_with(0).await;
    assert_eq!(ended.stdout.lines().next(), Some("buddy/acme/site/2/31"));
    assert!(!ended.stderr.contains("error"), "{}", ended.stderr);
}

#[tokio::test]
async fn zero_for_reading_a_run_that_failed() {
    let server = buddy_with("FAILED").await;
    let ended = buddy(&server, "status buddy/acme/site/2/31")
        .ends_with(0)
        .await;
    ended.prints("status    failed\n");
}

#[tokio::test]
async fn zero_or_one_for_a_run_that_was_waited_for() {
    for (word, code) in [
        ("SUCCESSFUL", 0),
        ("FAILED", 1),
        ("TERMINATED", 1),
        ("SKIPPED", 1),
    ] {
        let server = buddy_with(word).await;
        buddy(&server, "watch buddy/acme/site/2/31")
            .ends_with(code)
            .await;
        buddy(&server, START)
            .words(["--watch"])
            .ends_with(code)
            .await;
    }
}

#[tokio::test]
async fn two_for_what_cannot_be_used() {
    let lines = [
        ("", "Usage"),
        ("start", "Usage"),
        ("status", "REF"),
        ("status nonsense", "is not a service"),
        (
            "status buddy/acme/site/2",
            "write buddy/{workspace}/{project}/{pipelineId}/{executionId}",
        ),
        ("status buddy/acme/%2e%2e/2/31", "which a URL cannot carry"),
        ("start buddy --workspace acme --project site", "--pipeline"),
        (
            "start buddy --workspace .. --project site --pipeline 2",
            "which a URL cannot carry",
        ),
        ("status buddy/acme/site/two/31", "is not a number"),
        (
            "status buddy/acme/site/2/31 --base-url nowhere",
            "is not a URL",
        ),
        (
            "status buddy/acme/site/2/31 --base-url http://buddy.example",
            "without TLS",
        ),
        ("status buddy/acme/site/2/31 --region moon", "us, eu, asia"),
        (
            "status buddy/acme/site/2/31 --api-version 7.0",
            "no --api-version",
        ),
        ("status aliyun/o/1/2 --region eu", "no regions"),
        ("status buddy/acme/site/2/31 --timeout never", "--timeout"),
        (
            "watch buddy/acme/site/2/31 --deadline 0",
            "longer than zero",
        ),
        (
            "start buddy --workspace a --project b --pipeline 2 --var nothing",
            "name=value",
        ),
        (
            "start buddy --workspace a --project b --pipeline 2 --var k=1 --var k=2",
            "given twice",
        ),
        (
            "start buddy --workspace a --project b --pipeline 2 --priority urgent",
            "HIGH",
        ),
        (
            "start buddy --workspace a --project b --pipeline 2 --delay-until soon",
            "30m",
        ),
        (
            "start buddy --workspace a --project b --pipeline 2 --body /no/such/file",
            "cannot be read",
        ),
        (
            "start matillion --project-id a --pipeline p",
            "--environment",
        ),
    ];
    for (words, sentence) in lines {
        let program = runpipe(words.split_whitespace()).env("BUDDY_TOKEN", "t");
        let program = program
            .env("ALIBABA_CLOUD_ACCESS_KEY_ID", "id")
            .env("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "secret");
        let ended = program.ends_with(2).await;
        assert!(ended.stderr.contains(sentence), "{words}: {}", ended.stderr);
        assert_eq!(ended.stdout, "", "{words}");
    }
}

#[tokio::test]
async fn two_for_a_missing_credential_with_the_variable_to_set() {
    let lines = [
        ("azure-devops/o/p/1/2", "AZURE_DEVOPS_EXT_PAT"),
        ("matillion/p/e", "MATILLION_CLIENT_ID"),
        ("aliyun/o/1/2", "ALIBABA_CLOUD_ACCESS_KEY_ID"),
        ("yunxiao/o/1/2", "YUNXIAO_ACCESS_TOKEN"),
        ("buddy/w/p/1/2", "BUDDY_TOKEN"),
    ];
    for (reference, variable) in lines {
        let ended = runpipe(["status", reference]).ends_with(2).await;
        ended.tells(variable);
        // A variable that is set to nothing is as good as not set.
        let ended = runpipe(["status", reference])
            .env(variable, " ")
            .ends_with(2)
            .await;
        ended.tells(variable);
    }
    let half = runpipe(["status", "matillion/p/e"]).env("MATILLION_CLIENT_ID", "id");
    let ended = half.ends_with(2).await;
    ended.tells("set MATILLION_CLIENT_SECRET too");
}

#[tokio::test]
async fn three_for_a_refusal_with_the_services_own_sentence() {
    for status in [400, 404, 429] {
        let sentence = json!({ "errors": [{ "message": "The pipeline is resting" }] });
        let server = starting(answer(status, sentence)).await;
        let ended = buddy(&server, START).ends_with(3).await;
        ended.tells("\"The pipeline is resting\"");
        ended.tells(format!("HTTP {status}"));
    }
}

#[tokio::test]
async fn three_for_a_name_that_nothing_has_with_the_nearest_names() {
    let server = MockServer::start().await;
    let pipelines =
        json!({ "pipelines": [{ "id": 2, "name": "deploy" }, { "id": 3, "name": "test" }] });
    Mock::given(method("GET"))
        .respond_with(answer(200, pipelines))
        .mount(&server)
        .await;
    let words = "start buddy --workspace acme --project site --pipeline deplyo";
    let ended = buddy(&server, words).ends_with(3).await;
    ended.tells("\"deploy\", \"test\"");
}

#[tokio::test]
async fn four_for_a_credential_that_is_not_accepted() {
    for status in [401, 403] {
        let server = starting(answer(status, json!({ "errors": [{ "message": "No" }] }))).await;
        buddy(&server, START).ends_with(4).await;
    }
    let page = "<html><head><title>Azure DevOps Services | Sign In</title></head></html>";
    let page = ResponseTemplate::new(203).set_body_raw(page, "text/html");
    let away = ResponseTemplate::new(302).insert_header("location", "https://x.example/_signin");
    for sign_in in [page, away] {
        let server = MockServer::start().await;
        Mock::given(wiremock::matchers::any())
            .respond_with(sign_in)
            .mount(&server)
            .await;
        let azure = |words: &str| {
            runpipe(words.split_whitespace())
                .env("AZURE_DEVOPS_EXT_PAT", "pat")
                .env("RUNPIPE_AZURE_DEVOPS_URL", &server.uri())
        };
        azure("status azure-devops/acme/site/42/7")
            .ends_with(4)
            .await;
        azure("start azure-devops --organization acme --project site --pipeline 42")
            .ends_with(4)
            .await;
    }
}

#[tokio::test]
async fn five_when_nobody_answers() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0")
        .expect("a port")
        .local_addr();
    let url = format!("http://{}", nobody.expect("an address"));
    let program = |words: &str| {
        let program = runpipe(words.split_whitespace()).env("BUDDY_TOKEN", "t");
        program.words(["--base-url", &url])
    };
    let ended = program(START).ends_with(5).await;
    ended.tells("Nothing was sent");
    program("status buddy/acme/site/2/31 --retries 0")
        .ends_with(5)
        .await;
}

#[tokio::test]
async fn five_for_a_read_that_cannot_be_understood() {
    for answer in [
        ResponseTemplate::new(200).set_body_raw("<html>a proxy</html>", "text/html"),
        ResponseTemplate::new(200).set_body_string("{"),
        ResponseTemplate::new(502).set_body_raw("<html>bad gateway</html>", "text/html"),
    ] {
        let server = MockServer::start().await;
        Mock::given(method("GET"))
            .respond_with(answer)
            .mount(&server)
            .await;
        buddy(&server, "status buddy/acme/site/2/31 --retries 0")
            .ends_with(5)
            .await;
    }
}

#[tokio::test]
async fn seven_when_the_deadline_passes_and_the_run_goes_on() {
    let server = buddy_with("INPROGRESS").await;
    let watch = buddy(&server, "watch buddy/acme/site/2/31 --deadline 1s");
    let ended = watch.ends_with(7).await;
    ended.tells("runpipe watch buddy/acme/site/2/31");
    let start = buddy(&server, START).words(["--watch", "--deadline", "1s", "--json"]);
    let error = start.ends_with(7).await.last_error();
    assert_eq!(error["kind"], "deadline");
    assert_eq!(error["ref"], "buddy/acme/site/2/31");
}

/// After each of 2 to 5 a caller may start again.
#[tokio::test]
async fn seven_for_whatever_fails_once_a_run_was_started() {
    for status in [400, 401, 404] {
        let server = starting(answer(200, execution("INPROGRESS"))).await;
        reading(&server, answer(status, json!({}))).await;
        let start = buddy(&server, START).words(["--watch"]);
        let ended = start.ends_with(7).await;
        ended.tells("started buddy/acme/site/2/31\n");
        ended.tells("runpipe watch buddy/acme/site/2/31");
    }
}

#[tokio::test]
async fn two_for_a_wait_that_cannot_be_shown_before_anything_is_started() {
    let server = buddy_with("SUCCESSFUL").await;
    for words in [
        &["--annotations"][..],
        &["--logs", "--json"],
        &["--logs", "--quiet"],
        &["--annotations=github", "--json"],
    ] {
        let start = buddy(&server, START).words(["--watch"]);
        start.words(words.iter().copied()).ends_with(2).await;
        let watch = buddy(&server, "watch buddy/acme/site/2/31");
        watch.words(words.iter().copied()).ends_with(2).await;
    }
    assert_eq!(received(&server, "POST").await, 0);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn seventy_four_when_stdout_takes_nothing_and_the_reference_is_not_lost() {
    use crate::program::Ending;
    let server = starting(answer(200, execution("INPROGRESS"))).await;
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .expect("/dev/full");
    let child = buddy(&server, START).stdout(full.into()).spawn().await;
    let ended = child.ended().await;
    assert_eq!(ended.status.code(), Some(74), "{}", ended.stderr);
    ended.tells("buddy/acme/site/2/31");
}

#[tokio::test]
async fn zero_when_nobody_reads_stdout_and_the_reference_is_not_lost() {
    use crate::program::Ending;
    let server = starting(answer(200, execution("INPROGRESS"))).await;
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let child = buddy(&server, START).stdout(writer.into()).spawn().await;
    let ended = child.ended().await;
    assert_eq!(ended.status.code(), Some(0), "{}", ended.stderr);
    assert!(
        ended.stderr.starts_with("started buddy/acme/site/2/31\n"),
        "{}",
        ended.stderr
    );
}
