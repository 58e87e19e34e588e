//! Ctrl-C and its like: 128 and the signal's number, and a sentence about what is left behind.

#![cfg(unix)]

use std::process::Stdio;
use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::{Child, Command};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer};

use crate::program::{
    EXECUTIONS, Ending, START, answer, buddy, buddy_with, execution, received, runpipe, starting,
};

/// What ends the program, and the exit code that it ends with.
const SIGNALS: [(&str, i32); 4] = [("-HUP", 129), ("-INT", 130), ("-QUIT", 131), ("-TERM", 143)];

/// Sends a signal as a shell does.
pub async fn send(signal: &str, to: &Child) {
    let id = to.id().expect("it runs").to_string();
    let sent = Command::new("kill").args([signal, &id]).status().await;
    assert!(sent.expect("kill runs").success());
}

/// Comes once the server has got a request.
async fn asked(server: &MockServer, method: &str) {
    let asked = async {
        while received(server, method).await == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), asked)
        .await
        .expect("a request comes");
}

#[tokio::test]
async fn during_a_watch_the_run_goes_on() {
    for (signal, code) in SIGNALS {
        let server = buddy_with("INPROGRESS").await;
        let watch = buddy(&server, "watch buddy/acme/site/2/31").with_default_signals();
        let mut child = watch.stdout(Stdio::piped()).spawn().await;
        let mut stderr = BufReader::new(child.stderr.take().expect("stderr"));
        let mut line = String::new();
        stderr
            .read_line(&mut line)
            .await
            .expect("a line of progress");
        assert!(line.contains("running"), "{line}");
        send(signal, &child).await;
        let mut rest = String::new();
        stderr.read_to_string(&mut rest).await.expect("the rest");
        assert_eq!(child.ended().await.status.code(), Some(code));
        assert!(
            rest.contains("the run buddy/acme/site/2/31 goes on"),
            "{rest}"
        );
        assert!(
            rest.contains("runpipe watch buddy/acme/site/2/31"),
            "{rest}"
        );
    }
}

#[tokio::test]
async fn during_a_start_a_run_may_have_been_started() {
    for (signal, code) in SIGNALS {
        let late = answer(200, execution("INPROGRESS")).set_delay(Duration::from_secs(60));
        let server = starting(late).await;
        let start = buddy(&server, START).words(["--json"]);
        let start = start.with_default_signals().stdout(Stdio::piped());
        let child = start.spawn().await;
        asked(&server, "POST").await;
        send(signal, &child).await;
        let ended = child.ended().await;
        assert_eq!(ended.status.code(), Some(code), "{signal}");
        assert_eq!(ended.stdout, "");
        let error = ended.error();
        assert_eq!(error["kind"], "interrupted");
        assert_eq!(error["service"], "buddy");
        let message = error["message"].as_str().expect("a message");
        assert!(
            message.contains("outcome of the start is unknown"),
            "{message}"
        );
        assert!(message.contains("a run may have been started"), "{message}");
        let look = "runpipe list buddy --workspace acme --project site --pipeline 2";
        assert!(message.contains(look), "{message}");
    }
}

#[tokio::test]
async fn a_second_signal_does_not_cut_the_sentence_off() {
    let late = answer(200, execution("INPROGRESS")).set_delay(Duration::from_secs(60));
    let server = starting(late).await;
    let start = buddy(&server, START).with_default_signals();
    let child = start.stdout(Stdio::piped()).spawn().await;
    asked(&server, "POST").await;
    let id = child.id().expect("it runs").to_string();
    // Both of them, and as fast as can be: the second may find that the process has ended.
    let script = "kill -INT $0; kill -TERM $0; kill -HUP $0; kill -QUIT $0; true";
    let mut kill = Command::new("/bin/sh");
    kill.args(["-c", script, &id]).stderr(Stdio::null());
    assert!(kill.status().await.expect("kill runs").success());
    let ended = child.ended().await;
    let codes = SIGNALS.map(|(_, code)| Some(code));
    assert!(codes.contains(&ended.status.code()), "{:?}", ended.status);
    ended.tells("a run may have been started");
}

#[tokio::test]
async fn is_heard_while_nobody_reads_stdout() {
    let server = MockServer::start().await;
    // More than a pipe holds.
    let mut run = execution("SUCCESSFUL");
    run["action_executions"] =
        json!([{ "action_execution_id": "a1", "action": { "name": "Build" } }]);
    let log = json!({ "log": ["x".repeat(1 << 20)] });
    for (suffix, body) in [("/31", run), ("/31/action_executions/a1", log)] {
        let get = Mock::given(method("GET")).and(path(format!("{EXECUTIONS}{suffix}")));
        get.respond_with(answer(200, body)).mount(&server).await;
    }
    let logs = buddy(&server, "logs buddy/acme/site/2/31").with_default_signals();
    let mut child = logs.stdout(Stdio::piped()).spawn().await;
    let mut stdout = child.stdout.take().expect("stdout");
    // Once a part has come, the rest is being written.
    stdout.read_exact(&mut [0; 8]).await.expect("a part");
    send("-INT", &child).await;
    let ended = child.ended().await;
    assert_eq!(ended.status.code(), Some(130), "{}", ended.stderr);
    ended.tells("Interrupted");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_terminal_that_is_closed_does_not_end_what_nohup_started() {
    let server = buddy_with("INPROGRESS").await;
    let watch = buddy(&server, "watch buddy/acme/site/2/31");
    let script = r#"exec /usr/bin/env --default-signal --ignore-signal=HUP "$0" "$@""#;
    let mut child = watch.within(script).stdout(Stdio::piped()).spawn().await;
    let mut stderr = BufReader::new(child.stderr.take().expect("stderr"));
    let mut line = String::new();
    stderr.read_line(&mut line).await.expect("progress");
    send("-HUP", &child).await;
    send("-TERM", &child).await;
    let mut rest = String::new();
    stderr.read_to_string(&mut rest).await.expect("the rest");
    assert_eq!(child.ended().await.status.code(), Some(143), "{rest}");
}

#[tokio::test]
async fn while_a_body_is_awaited_nothing_was_started() {
    let server = MockServer::start().await;
    let start = buddy(&server, START).words(["--body", "/dev/tty-that-never-is"]);
    start.ends_with(2).await;
    // stdin stays open and silent.
    let mut command = Command::new("/usr/bin/env");
    command
        .args(["--default-signal", env!("CARGO_BIN_EXE_runpipe")])
        .args(START.split_whitespace())
        .args(["--body", "-", "--base-url", &server.uri()]);
    command
        .env("BUDDY_TOKEN", "t")
        .stdin(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command
        .kill_on_drop(true)
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let stdin = child.stdin.take();
    handlers_are_set(&child).await;
    send("-INT", &child).await;
    let ended = child.ended().await;
    drop(stdin);
    assert_eq!(ended.status.code(), Some(130), "{}", ended.stderr);
    ended.tells("nothing was started");
}

/// Comes once the process catches SIGINT itself.
async fn handlers_are_set(child: &Child) {
    let path = format!("/proc/{}/status", child.id().expect("it runs"));
    let set = async {
        loop {
            let status = std::fs::read_to_string(&path).unwrap_or_default();
            let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
            let caught = caught.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
            // Signal 2 is the second bit.
            if caught.is_some_and(|mask| mask & 2 != 0) || !cfg!(target_os = "linux") {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), set)
        .await
        .expect("the handler is set");
}

#[tokio::test]
async fn ends_the_sandbox_as_it_should() {
    let sandbox = runpipe(["sandbox", "--port", "0"]).with_default_signals();
    let mut child = sandbox.stdout(Stdio::piped()).spawn().await;
    let mut stdout = BufReader::new(child.stdout.take().expect("stdout"));
    let mut line = String::new();
    stdout.read_line(&mut line).await.expect("a line");
    assert!(
        line.starts_with("export RUNPIPE_AZURE_DEVOPS_URL=http://127.0.0.1:"),
        "{line}"
    );
    send("-INT", &child).await;
    assert_eq!(child.ended().await.status.code(), Some(0));
}
