//! What vendors write cannot command the terminal.

use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer};

use crate::program::{EXECUTIONS, START, answer, buddy, execution, reading, starting};

/// Clears the screen, sets a title, rings, overwrites the line, turns the direction, hides.
const NASTY: &str = "a\u{1b}[2J\u{1b}]0;owned\u{7}b\rc\u{202e}d\u{0}e\u{9b}31mf\u{61c}\u{ad}g\u{2028}h\u{e0041}\u{fe0f}";
/// What of it is no control character.
const HIDING: [char; 6] = [
    '\u{202e}',
    '\u{61c}',
    '\u{ad}',
    '\u{2028}',
    '\u{e0041}',
    '\u{fe0f}',
];

/// Commands to Azure Pipelines, in whose job the program may be.
const COMMANDS: &str = "##vso[task.setvariable variable=a]b##[error]c";

fn is_clean(text: &str) {
    is_harmless(text);
    assert!(!text.contains("owned"), "{text:?}");
}

/// The letters of an escape sequence may be left; what makes it one is not.
fn is_harmless(text: &str) {
    let nasty = |c: char| (c.is_control() && c != '\n' && c != '\t') || HIDING.contains(&c);
    assert!(!text.contains(nasty), "{text:?}");
    assert!(
        !["##vso[", "##["].iter().any(|word| text.contains(word)),
        "{text:?}"
    );
}

fn nasty_execution() -> Value {
    let mut execution = execution("SUCCESSFUL");
    execution["status"] = json!(format!("SUCCESSFUL{NASTY}"));
    execution["branch"]["name"] = json!(format!("{NASTY}{COMMANDS}"));
    execution["pipeline"]["name"] = json!(NASTY);
    execution["html_url"] = json!(format!("https://x.example/{NASTY}"));
    execution
}

#[tokio::test]
async fn in_a_run() {
    let server = starting(answer(200, nasty_execution())).await;
    reading(&server, answer(200, nasty_execution())).await;
    for words in [START, "status buddy/acme/site/2/31"] {
        let ended = buddy(&server, words).ends_with(0).await;
        is_clean(&ended.stdout);
        is_clean(&ended.stderr);
        // Where stdout has the bare reference, stderr has the rest.
        let lines = if words == START {
            &ended.stderr
        } else {
            &ended.stdout
        };
        assert_eq!(lines.lines().count(), 7, "{lines}");
    }
    let read = buddy(&server, "status buddy/acme/site/2/31 --json")
        .ends_with(0)
        .await;
    is_harmless(&read.stdout);
    assert_eq!(read.json()["requested_ref"], format!("{NASTY}{COMMANDS}"));
}

#[tokio::test]
async fn in_progress() {
    let server = MockServer::start().await;
    reading(&server, answer(200, nasty_execution())).await;
    let watch = buddy(&server, "watch buddy/acme/site/2/31 --deadline 1s");
    let ended = watch.ends_with(7).await;
    ended.tells("unknown");
    is_clean(&ended.stderr);
}

#[tokio::test]
async fn in_a_list() {
    let server = MockServer::start().await;
    let page = json!({ "executions": [nasty_execution()], "total_page_count": 1 });
    let get = Mock::given(method("GET")).and(path(EXECUTIONS));
    get.respond_with(answer(200, page)).mount(&server).await;
    let words = "list buddy --workspace acme --project site --pipeline 2";
    let ended = buddy(&server, words).ends_with(0).await;
    is_clean(&ended.stdout);
    assert_eq!(ended.stdout.lines().count(), 1);
}

#[tokio::test]
async fn in_an_error() {
    let errors = json!({ "errors": [{ "message": NASTY }] });
    let server = starting(answer(400, errors)).await;
    let ended = buddy(&server, START).ends_with(3).await;
    is_harmless(&ended.stderr);
}

#[tokio::test]
async fn in_steps() {
    let server = MockServer::start().await;
    let mut run = execution("FAILED");
    run["action_executions"] = json!([{
        "action_execution_id": "a1", "action": { "name": NASTY }, "status": "FAILED",
    }]);
    reading(&server, answer(200, run)).await;
    let at = path(format!("{EXECUTIONS}/31/action_executions/a1"));
    let why = answer(200, json!({ "error_message": NASTY }));
    Mock::given(at).respond_with(why).mount(&server).await;
    let ended = buddy(&server, "steps buddy/acme/site/2/31")
        .ends_with(0)
        .await;
    is_clean(&ended.stdout);
    assert_eq!(ended.stdout.lines().count(), 1, "{}", ended.stdout);
    assert_eq!(ended.stdout.split('\t').count(), 5, "{}", ended.stdout);
}

#[tokio::test]
async fn in_logs_where_lines_and_tabs_stay() {
    let server = MockServer::start().await;
    let mut run = execution("SUCCESSFUL");
    run["action_executions"] = json!([
        { "action_execution_id": "a1", "action": { "name": format!("Build{NASTY}") } },
        { "action_execution_id": "a2", "action": { "name": "Deploy" } },
    ]);
    reading(&server, answer(200, run)).await;
    for (id, log) in [
        ("a1", json!([format!("one\t{NASTY}"), "two"])),
        ("a2", json!(["three"])),
    ] {
        let place = path(format!("{EXECUTIONS}/31/action_executions/{id}"));
        let given = Mock::given(method("GET")).and(place);
        given
            .respond_with(answer(200, json!({ "log": log })))
            .mount(&server)
            .await;
    }
    let logs = "logs buddy/acme/site/2/31";
    let ended = buddy(&server, logs).ends_with(0).await;
    is_clean(&ended.stdout);
    ended.prints("one\t");
    assert!(
        ended.stdout.ends_with("two\n== Deploy ==\nthree\n"),
        "{}",
        ended.stdout
    );

    let one = buddy(&server, logs)
        .words(["--step", "deploy"])
        .ends_with(0)
        .await;
    assert_eq!(one.stdout, "== Deploy ==\nthree\n");

    // JSON escapes what a terminal would obey, so nothing has to be taken out.
    let ended = buddy(&server, logs).words(["--json"]).ends_with(0).await;
    is_harmless(&ended.stdout);
    let line = ended.stdout.lines().next().expect("a line");
    let line: Value = serde_json::from_str(line).expect("an object");
    assert_eq!(line["line"], format!("one\t{NASTY}"));
}

/// Elsewhere a log is shown as the step wrote it.
#[tokio::test]
async fn in_logs_that_the_job_of_a_ci_system_shows() {
    let server = MockServer::start().await;
    let mut run = execution("SUCCESSFUL");
    run["action_executions"] = json!([
        { "action_execution_id": "a1", "action": { "name": "Build" }, "status": "SUCCESSFUL" },
    ]);
    reading(&server, answer(200, run)).await;
    let log = [
        COMMANDS,
        "  ::add-mask::a",
        "a\r::stop-commands::b",
        "",
        "c :: d",
    ];
    let place = path(format!("{EXECUTIONS}/31/action_executions/a1"));
    let given = Mock::given(method("GET")).and(place);
    let log = given.respond_with(answer(200, json!({ "log": log })));
    log.mount(&server).await;
    for words in [&[][..], &["--follow"]] {
        let logs = || buddy(&server, "logs buddy/acme/site/2/31").words(words.iter().copied());
        let shown = logs().ends_with(0).await.stdout;
        assert!(shown.contains(COMMANDS), "{shown}");
        for job in ["GITHUB_ACTIONS", "TF_BUILD"] {
            let shown = logs().env(job, "true").ends_with(0).await.stdout;
            is_harmless(&shown);
            let begins = |line: &str| line.trim_start().starts_with("::");
            assert!(!shown.lines().any(begins), "{shown}");
            assert!(shown.contains("stop-commands::b\n"), "{shown}");
            assert!(shown.contains("c :: d\n"), "{shown}");
        }
    }
}
