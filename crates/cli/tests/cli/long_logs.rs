//! A log that is far longer than what is kept of it.

use std::process::Stdio;

use serde_json::json;
use tokio::io::{AsyncBufReadExt, BufReader};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use crate::program::{Ending, answer, runpipe};

const BUILD: &str = "/acme/Shop/_apis/build/builds/9";
/// In KiB, so that the program may hold a few parts of 2,000 lines, and far less than a long log.
const MEMORY: usize = 400 << 10;

/// A line of 1 KiB that tells its place.
fn line(number: usize) -> String {
    format!("{number:09} {}", "x".repeat(1013))
}

fn asked(request: &Request, name: &str) -> Option<usize> {
    let mut pairs = request.url.query_pairs();
    pairs.find(|(key, _)| key == name)?.1.parse().ok()
}

/// A build with one step that failed, whose log has so many lines.
async fn with_a_log(lines: usize) -> MockServer {
    let server = MockServer::start().await;
    let record = json!({
        "id": "r", "name": "Build", "type": "Task", "state": "completed", "result": "failed",
        "log": { "id": 7 },
    });
    let log = json!({ "id": 7, "lineCount": lines });
    for (place, told) in [
        ("timeline", json!({ "records": [record] })),
        ("logs", json!({ "value": [log] })),
    ] {
        let get = Mock::given(method("GET")).and(path(format!("{BUILD}/{place}")));
        get.respond_with(answer(200, told)).mount(&server).await;
    }
    let get = Mock::given(method("GET")).and(path(format!("{BUILD}/logs/7")));
    get.respond_with(move |request: &Request| {
        let first = asked(request, "startLine").unwrap_or(1).max(1);
        let last = asked(request, "endLine").unwrap_or(lines).min(lines);
        let text: String = (first..=last).map(|number| line(number) + "\n").collect();
        ResponseTemplate::new(200).set_body_raw(text, "text/plain")
    })
    .mount(&server)
    .await;
    server
}

/// 17 MiB are more than one answer may have; `RUNPIPE_LOG_MIB` makes the log longer.
#[tokio::test]
async fn a_log_of_any_length_is_printed_in_the_memory_of_a_few_parts() {
    let mib = std::env::var("RUNPIPE_LOG_MIB").ok();
    let lines = mib.map_or(17, |mib| mib.parse().expect("a number")) << 10;
    let server = with_a_log(lines).await;
    let program = runpipe(["logs", "azure-devops/acme/Shop/3/9"])
        .env("AZURE_DEVOPS_EXT_PAT", "pat")
        .env("RUNPIPE_AZURE_DEVOPS_URL", &server.uri())
        .env("MALLOC_ARENA_MAX", "1")
        .within(&format!("ulimit -v {MEMORY}; exec \"$0\" \"$@\""));
    let mut child = program.stdout(Stdio::piped()).spawn().await;
    let mut stdout = BufReader::new(child.stdout.take().expect("stdout")).lines();
    let head = stdout.next_line().await.expect("text");
    assert_eq!(head.as_deref(), Some("== Build =="));
    let mut read = 0;
    while let Some(next) = stdout.next_line().await.expect("text") {
        read += 1;
        assert!(next == line(read), "line {read} is {next}");
    }
    let ended = child.ended().await;
    assert_eq!(
        (ended.status.code(), read),
        (Some(0), lines),
        "{}",
        ended.stderr
    );
}
