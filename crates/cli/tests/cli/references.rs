//! The reference of a run that was started is known before anything can lose it.

#![cfg(unix)]

use std::process::Stdio;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use crate::program::{Ending, START, buddy, buddy_with};

const REFERENCE: &str = "buddy/acme/site/2/31";

#[tokio::test]
async fn a_pipe_gets_the_bare_reference_and_people_the_rest() {
    let server = buddy_with("INPROGRESS").await;
    let ended = buddy(&server, START).ends_with(0).await;
    assert_eq!(ended.stdout, format!("{REFERENCE}\n"));
    let mut lines = ended.stderr.lines();
    assert_eq!(lines.next(), Some("started buddy/acme/site/2/31"));
    assert_eq!(lines.next(), Some("  status    running (INPROGRESS)"));
    assert!(lines.last().is_some_and(|line| line.contains("https://")));

    let server = buddy_with("SUCCESSFUL").await;
    let watched = buddy(&server, START).words(["--watch"]).ends_with(0).await;
    assert_eq!(watched.stdout, format!("{REFERENCE}\n"));
    watched.tells("finished");
}

#[tokio::test]
async fn quiet_leaves_the_reference_alone() {
    let server = buddy_with("SUCCESSFUL").await;
    for words in [
        START,
        "status buddy/acme/site/2/31",
        "watch buddy/acme/site/2/31",
    ] {
        let quiet = buddy(&server, words).words(["--quiet"]).ends_with(0).await;
        assert_eq!(quiet.stdout, format!("{REFERENCE}\n"), "{words}");
        let kept = if words == START {
            "started buddy/acme/site/2/31\n"
        } else {
            ""
        };
        assert_eq!(quiet.stderr, kept, "{words}");
    }
}

#[tokio::test]
async fn a_variable_of_a_shell_holds_it() {
    let server = buddy_with("INPROGRESS").await;
    let script = r#"REF=$("$0" "$@" 2>/dev/null); printf '<%s>' "$REF""#;
    let ended = buddy(&server, START).within(script).ends_with(0).await;
    assert_eq!(ended.stdout, "<buddy/acme/site/2/31>");
}

#[tokio::test]
async fn nothing_that_kills_a_watch_loses_it() {
    for signal in ["-KILL", "-HUP", "-TERM"] {
        for json in [None, Some("--json")] {
            let server = buddy_with("INPROGRESS").await;
            let start = buddy(&server, START).words(["--watch"]).words(json);
            let start = start.with_default_signals();
            let mut child = start.stdout(Stdio::piped()).spawn().await;
            let mut line = String::new();
            let mut stderr = BufReader::new(child.stderr.take().expect("stderr"));
            // It comes while the program still waits for the run.
            stderr.read_line(&mut line).await.expect("a line");
            let id = child.id().expect("it runs").to_string();
            let sent = Command::new("kill").args([signal, &id]).status().await;
            assert!(sent.expect("kill runs").success());
            assert_eq!(child.ended().await.stdout, "", "{signal}");
            if json.is_some() {
                let started: Value = serde_json::from_str(&line).expect("JSON");
                assert_eq!(started, json!({ "kind": "started", "ref": REFERENCE }));
            } else {
                assert_eq!(line, "started buddy/acme/site/2/31\n");
            }
        }
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_person_at_a_terminal_reads_the_run_at_once() {
    // `script` gives a terminal; it is not on every machine.
    let server = buddy_with("INPROGRESS").await;
    if !std::path::Path::new("/usr/bin/script").exists() {
        return;
    }
    let quoted = r#"exec /usr/bin/script -qec "$0 $* 2>/dev/null" /dev/null"#;
    let ended = buddy(&server, START)
        .env("TERM", "dumb")
        .within(quoted)
        .ends_with(0)
        .await;
    assert!(ended.stdout.starts_with(REFERENCE), "{}", ended.stdout);
    ended.prints("pipeline");
}
