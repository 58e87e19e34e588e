//! A stdout that takes nothing: exit code 74, and the whole result on stderr.

#![cfg(unix)]

use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer};

use crate::program::{
    EXECUTIONS, Ended, Ending, Program, START, answer, buddy, buddy_with, execution, runpipe,
};

/// Runs it with a closed stdout, and with one that is open for reading only.
async fn in_both_ways(program: impl Fn() -> Program) -> [Ended; 2] {
    let closed = program().within(r#"exec "$0" "$@" >&-"#).run().await;
    let source = std::fs::File::open("/dev/null").expect("/dev/null");
    let unwritable = program().stdout(source.into()).spawn().await.ended().await;
    [closed, unwritable]
}

/// A Buddy with a run that has ended, in its list too, and with a log.
async fn with_everything() -> MockServer {
    let server = buddy_with("SUCCESSFUL").await;
    let mut run = execution("SUCCESSFUL");
    run["action_executions"] = json!([
        { "action_execution_id": "a1", "action": { "name": "Build" } },
        { "action_execution_id": "a2", "action": { "name": "Deploy" } },
    ]);
    let given = [
        (
            "GET",
            String::new(),
            json!({ "executions": [execution("SUCCESSFUL")] }),
        ),
        ("PATCH", "/31".to_owned(), execution("TERMINATED")),
        (
            "GET",
            "/31/action_executions/a1".to_owned(),
            json!({ "log": ["first words"] }),
        ),
        (
            "GET",
            "/31/action_executions/a2".to_owned(),
            json!({ "log": ["last words"] }),
        ),
    ];
    for (verb, suffix, body) in given {
        let given = Mock::given(method(verb)).and(path(format!("{EXECUTIONS}{suffix}")));
        given.respond_with(answer(200, body)).mount(&server).await;
    }
    let read = Mock::given(method("GET")).and(path(format!("{EXECUTIONS}/31")));
    let read = read.respond_with(answer(200, run)).with_priority(1);
    read.mount(&server).await;
    server
}

#[tokio::test]
async fn every_result_is_on_stderr_then() {
    let server = with_everything().await;
    let watched = format!("{START} --watch");
    let lines: [(&str, &[&str]); 7] = [
        (START, &["buddy/acme/site/2/31", "pipeline"]),
        (&watched, &["buddy/acme/site/2/31", "finished"]),
        (
            "status buddy/acme/site/2/31",
            &["buddy/acme/site/2/31", "finished"],
        ),
        (
            "watch buddy/acme/site/2/31",
            &["buddy/acme/site/2/31", "finished"],
        ),
        (
            "cancel buddy/acme/site/2/31",
            &["buddy/acme/site/2/31", "status"],
        ),
        (
            "list buddy --workspace acme --project site --pipeline 2",
            &["buddy/acme/site/2/31"],
        ),
        ("logs buddy/acme/site/2/31", &["first words", "last words"]),
    ];
    for (words, result) in lines {
        for ended in in_both_ways(|| buddy(&server, words)).await {
            assert_eq!(ended.status.code(), Some(74), "{words}: {}", ended.stderr);
            for text in result {
                assert!(ended.stderr.contains(text), "{words}: {}", ended.stderr);
            }
        }
        for ended in in_both_ways(|| buddy(&server, words).words(["--json"])).await {
            assert_eq!(ended.status.code(), Some(74), "{words}: {}", ended.stderr);
            let objects = ended.stderr.lines().map(serde_json::from_str);
            let objects: Vec<Value> = objects.collect::<Result<_, _>>().expect("objects");
            let [.., result, error] = objects.as_slice() else {
                panic!("a result and an error: {}", ended.stderr);
            };
            assert!(
                result.to_string().contains("buddy/acme/site/2/31"),
                "{words}: {result}"
            );
            assert_eq!(error["kind"], "output", "{words}");
        }
    }
}

/// One that cannot be written does not keep the others from being followed.
#[tokio::test]
async fn of_several_runs_each_is_on_stderr_then() {
    let server = with_everything().await;
    let mut other = execution("SUCCESSFUL");
    other["id"] = json!(32);
    let get = Mock::given(method("GET")).and(path(format!("{EXECUTIONS}/32")));
    get.respond_with(answer(200, other)).mount(&server).await;
    let words = "watch buddy/acme/site/2/31 buddy/acme/site/2/32 --quiet";
    for ended in in_both_ways(|| buddy(&server, words)).await {
        assert_eq!(ended.status.code(), Some(74), "{}", ended.stderr);
        for run in ["buddy/acme/site/2/31\n", "buddy/acme/site/2/32\n"] {
            assert!(ended.stderr.contains(run), "{}", ended.stderr);
        }
    }
}

/// Whoever shares it may have told the system not to wait for its reader.
#[tokio::test]
async fn a_stdout_that_is_full_for_a_moment_gets_all_of_it() {
    use std::io::Read;
    let server = with_everything().await;
    // More than a pipe holds.
    let long = "x".repeat(1 << 20);
    let log = Mock::given(path(format!("{EXECUTIONS}/31/action_executions/a1")));
    let log = log.respond_with(answer(200, json!({ "log": [long] })));
    log.with_priority(1).mount(&server).await;
    let (mut reader, writer) = std::io::pipe().expect("a pipe");
    rustix::io::ioctl_fionbio(&writer, true).expect("an end");
    let logs = buddy(&server, "logs buddy/acme/site/2/31");
    let child = logs.stdout(writer.into()).spawn().await;
    let read = tokio::task::spawn_blocking(move || {
        let mut text = vec![0];
        // Once the first byte has come, the rest is being written.
        reader.read_exact(&mut text)?;
        std::thread::sleep(std::time::Duration::from_millis(500));
        reader.read_to_end(&mut text)?;
        std::io::Result::Ok(String::from_utf8(text).expect("UTF-8"))
    });
    let ended = child.ended().await;
    assert_eq!(ended.status.code(), Some(0), "{:.200}", ended.stderr);
    let text = read.await.expect("it ends").expect("text");
    assert!(
        text.contains(&long) && text.ends_with("last words\n"),
        "{:.200}",
        text
    );
}

#[tokio::test]
async fn so_are_results_that_no_service_has_a_part_in() {
    for (words, result) in [
        ("--version", "runpipe 0"),
        ("help start buddy", "--pipeline"),
        ("sandbox --port 0", "export RUNPIPE_BUDDY_URL="),
        ("demo", "references"),
    ] {
        for ended in in_both_ways(|| runpipe(words.split_whitespace())).await {
            assert_eq!(ended.status.code(), Some(74), "{words}: {}", ended.stderr);
            assert!(ended.stderr.contains(result), "{words}: {}", ended.stderr);
        }
    }
}

#[tokio::test]
async fn whoever_wants_no_result_gets_none_and_no_error() {
    let server = with_everything().await;
    // The last is how Python and Node open it.
    for redirected in [">/dev/null", "1<>/dev/null"] {
        let script = format!(r#"exec "$0" "$@" {redirected}"#);
        let ended = buddy(&server, "watch buddy/acme/site/2/31").within(&script);
        ended.ends_with(0).await;
    }
}

#[tokio::test]
async fn a_start_with_everything_closed_is_made_once_and_is_no_success() {
    let server = with_everything().await;
    let started = buddy(&server, START).within(r#"exec "$0" "$@" <&- >&- 2>&-"#);
    started.ends_with(74).await;
    assert_eq!(crate::program::received(&server, "POST").await, 1);
}
