//! What is seen of a run while it is waited for, and of why it failed.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, Request};

use crate::interruption::send;
use crate::program::{EXECUTIONS, answer, buddy, execution, keys, reading};
use crate::terminal::Terminal;

/// An execution in this state, with an action that has succeeded and one in that state.
pub fn with_actions(status: &str, deploy: &str) -> Value {
    let mut run = execution(status);
    // The pauses between two looks grow with a run's age: this one has just begun.
    run["start_date"] = Value::Null;
    run["action_executions"] = json!([
        {
            "action_execution_id": "a1",
            "action": { "name": "Build" },
            "status": "SUCCESSFUL",
            "start_date": "2026-11-21T09:00:00Z",
            "finish_date": "2026-11-21T09:00:12Z",
        },
        { "action_execution_id": "a2", "action": { "name": "Deploy" }, "status": deploy },
    ]);
    run
}

/// A Buddy whose execution 31 takes each of these forms when the stage is turned on.
async fn stages(server: &MockServer, forms: Vec<Value>) -> Arc<AtomicUsize> {
    let stage = Arc::new(AtomicUsize::new(0));
    let now = Arc::clone(&stage);
    let get = Mock::given(method("GET")).and(path(format!("{EXECUTIONS}/31")));
    get.respond_with(move |_: &Request| {
        let form = now.load(Ordering::SeqCst).min(forms.len() - 1);
        answer(200, forms[form].clone())
    })
    .mount(server)
    .await;
    stage
}

/// What an action did.
pub async fn action(server: &MockServer, id: &str, answered: Value) {
    let place = path(format!("{EXECUTIONS}/31/action_executions/{id}"));
    let get = Mock::given(method("GET")).and(place);
    get.respond_with(answer(200, answered)).mount(server).await;
}

pub async fn failed(server: &MockServer) {
    reading(server, answer(200, with_actions("FAILED", "FAILED"))).await;
    let log: Vec<String> = (1..=30).map(|line| format!("line {line}")).collect();
    let told = json!({ "error_message": "Exit code 3", "log": log });
    action(server, "a2", told).await;
}

#[tokio::test]
async fn a_failed_run_shows_the_step_its_message_and_the_end_of_its_log() {
    let server = MockServer::start().await;
    failed(&server).await;
    let ended = buddy(&server, "watch buddy/acme/site/2/31")
        .ends_with(1)
        .await;
    let stderr = &ended.stderr;
    assert!(stderr.contains("succeeded  Build  12s\n"), "{stderr}");
    assert!(stderr.contains("failed     Deploy\n"), "{stderr}");
    assert!(
        stderr.contains("failed: Deploy: Exit code 3\n  | line 11\n"),
        "{stderr}"
    );
    let rest = "  | line 30\n  all of it: runpipe logs buddy/acme/site/2/31 --step Deploy\n";
    assert!(stderr.ends_with(rest), "{stderr}");
    for flag in ["--quiet", "--json"] {
        let ended = buddy(&server, "watch buddy/acme/site/2/31")
            .words([flag])
            .ends_with(1)
            .await;
        assert_eq!(ended.stderr, "");
    }
}

#[tokio::test]
async fn several_runs_are_watched_at_once() {
    let server = MockServer::start().await;
    failed(&server).await;
    let mut other = execution("SUCCESSFUL");
    other["id"] = json!(32);
    let get = Mock::given(method("GET")).and(path(format!("{EXECUTIONS}/32")));
    get.respond_with(answer(200, other)).mount(&server).await;
    let get = Mock::given(method("GET")).and(path(format!("{EXECUTIONS}/33")));
    let refusal = answer(403, json!({ "errors": [{ "message": "Not yours" }] }));
    get.respond_with(refusal).mount(&server).await;

    let two = "watch buddy/acme/site/2/31 buddy/acme/site/2/32";
    let ended = buddy(&server, two).words(["--json"]).ends_with(1).await;
    let runs: Vec<Value> = ended
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).expect("an object on each line"))
        .collect();
    let mut seen: Vec<_> = runs
        .iter()
        .map(|run| (run["ref"].as_str(), run["status"].as_str()))
        .collect();
    seen.sort_unstable();
    let expected = [
        (Some("buddy/acme/site/2/31"), Some("failed")),
        (Some("buddy/acme/site/2/32"), Some("succeeded")),
    ];
    assert_eq!(seen, expected);
    assert!(runs.iter().all(|run| keys(run).len() == 16));

    // One that cannot be read does not keep the other from being told.
    let one_of_them = "watch buddy/acme/site/2/33 buddy/acme/site/2/32";
    let ended = buddy(&server, one_of_them).ends_with(4).await;
    ended.prints("buddy/acme/site/2/32");
    ended.tells("Not yours");
    let line = ended.stderr.lines().find(|line| line.contains("succeeded"));
    assert!(
        line.is_some_and(|line| line.contains("buddy/acme/site/2/32")),
        "{}",
        ended.stderr
    );
}

#[tokio::test]
async fn logs_are_followed_line_by_line() {
    let server = MockServer::start().await;
    let running = with_actions("INPROGRESS", "INPROGRESS");
    let ended = with_actions("SUCCESSFUL", "SUCCESSFUL");
    let stage = stages(&server, vec![running, ended]).await;
    action(&server, "a1", json!({ "log": ["built"] })).await;
    // It grows with each look; the last look finds that the service has cut its beginning.
    let logs = [
        json!([]),
        json!(["one", "tw"]),
        json!(["one", "two", "three", ""]),
        json!(["four", "five"]),
    ];
    let looks = AtomicUsize::new(0);
    let place = path(format!("{EXECUTIONS}/31/action_executions/a2"));
    let log = Mock::given(method("GET")).and(place);
    log.respond_with(move |_: &Request| {
        let look = looks.fetch_add(1, Ordering::SeqCst);
        if look + 2 >= logs.len() {
            stage.store(1, Ordering::SeqCst);
        }
        let log = logs[look.min(logs.len() - 1)].clone();
        answer(200, json!({ "log": log }))
    })
    .mount(&server)
    .await;
    let ended = buddy(&server, "watch buddy/acme/site/2/31 --logs")
        .ends_with(0)
        .await;
    let lines: Vec<&str> = ended
        .stderr
        .lines()
        .filter(|line| line.contains("  | "))
        .collect();
    let expected = [
        "Build  | built",
        "Deploy  | one",
        "Deploy  | two",
        "Deploy  | three",
        "Deploy  | four",
        "Deploy  | five",
    ];
    assert_eq!(lines, expected, "{}", ended.stderr);
}

#[tokio::test]
async fn an_interruption_stops_the_run_where_that_is_asked_for() {
    let server = MockServer::start().await;
    reading(&server, answer(200, execution("INPROGRESS"))).await;
    let patch = Mock::given(method("PATCH")).and(path(format!("{EXECUTIONS}/31")));
    let told = answer(200, execution("TERMINATING"));
    patch.respond_with(told).expect(1).mount(&server).await;
    let watch = buddy(&server, "watch buddy/acme/site/2/31 --cancel-on-interrupt");
    let watch = watch.with_default_signals();
    let mut child = watch.stdout(std::process::Stdio::piped()).spawn().await;
    let mut line = String::new();
    let mut stderr = tokio::io::BufReader::new(child.stderr.take().expect("stderr"));
    tokio::io::AsyncBufReadExt::read_line(&mut stderr, &mut line)
        .await
        .expect("a line");
    send("-INT", &child).await;
    let mut rest = String::new();
    tokio::io::AsyncReadExt::read_to_string(&mut stderr, &mut rest)
        .await
        .expect("the rest");
    assert_eq!(child.wait().await.expect("ended").code(), Some(130));
    assert!(
        rest.contains("buddy/acme/site/2/31 was told to stop, and is canceling"),
        "{rest}"
    );
    assert!(
        rest.contains("See what became of it with: runpipe watch buddy/acme/site/2/31"),
        "{rest}"
    );
}

/// What is drawn fits the terminal, changes with the run, and stays when it has ended.
#[tokio::test]
async fn on_a_terminal_the_view_is_alive() {
    for width in [60, 100, 200] {
        let server = MockServer::start().await;
        let mut running = with_actions("INPROGRESS", "INPROGRESS");
        running["action_executions"][1]["action"]["name"] = json!("Deploy ".repeat(20));
        let mut ended = running.clone();
        ended["status"] = json!("SUCCESSFUL");
        ended["finish_date"] = json!("2026-11-21T09:01:03Z");
        ended["action_executions"][1]["status"] = json!("SUCCESSFUL");
        let stage = stages(&server, vec![running, ended]).await;
        let watch = buddy(&server, "watch buddy/acme/site/2/31");
        let mut terminal = Terminal::run(watch, width).await;
        let screen = terminal.shows("● Deploy").await;
        let lines: Vec<&str> = screen.lines().collect();
        assert!(
            lines[0].contains("running  buddy/acme/site/2/31"),
            "{screen}"
        );
        assert!(lines[1].contains("https://app.buddy.works/"), "{screen}");
        assert!(lines[2].contains("✓ Build  12s"), "{screen}");
        stage.store(1, Ordering::SeqCst);
        assert_eq!(terminal.child.wait().await.expect("ended").code(), Some(0));
        let screen = terminal.shows("finished").await;
        assert!(
            screen.starts_with("✓ succeeded  buddy/acme/site/2/31"),
            "{screen}"
        );
        assert!(screen.contains("✓ Deploy"), "{screen}");
        assert!(!screen.contains('●'), "{screen}");
        assert_eq!(screen.matches("✓ Build").count(), 1, "{screen}");
    }
}

/// Colours where nobody said otherwise, and none where `NO_COLOR` is set.
#[tokio::test]
async fn the_view_has_colours_unless_they_are_refused() {
    let server = MockServer::start().await;
    reading(
        &server,
        answer(200, with_actions("SUCCESSFUL", "SUCCESSFUL")),
    )
    .await;
    for (no_color, coloured) in [("", true), ("1", false)] {
        let watch = buddy(&server, "watch buddy/acme/site/2/31").env("NO_COLOR", no_color);
        let mut terminal = Terminal::run(watch, 100).await;
        terminal.child.wait().await.expect("ended");
        terminal.shows("finished").await;
        assert_eq!(terminal.has_colours(), coloured);
    }
}

/// What another system's step wrote is shown to this one's job as text, never as a command.
#[tokio::test]
async fn what_failed_is_an_error_of_the_job_and_its_log_commands_nothing() {
    let server = MockServer::start().await;
    reading(&server, answer(200, with_actions("FAILED", "FAILED"))).await;
    let log = json!([
        "::add-path::/evil",
        "x ##vso[task.setvariable variable=a]b",
        "##[error]c"
    ]);
    let message = "100% wrong ##vso[task.setvariable variable=a]b";
    let told = json!({ "error_message": message, "log": log });
    action(&server, "a2", told).await;
    let watch = "watch buddy/acme/site/2/31";
    for (system, variable, error, group) in [
        (
            "github",
            "GITHUB_ACTIONS",
            "::error::Deploy: 100%25 wrong # #vso[task.setvariable variable=a]b\n",
            "::group::Deploy\n",
        ),
        (
            "azure",
            "TF_BUILD",
            "##vso[task.logissue type=error]Deploy: 100% wrong # #vso[task.setvariable variable=a]b\n",
            "##[group]Deploy\n",
        ),
        (
            "gitlab",
            "GITLAB_CI",
            "failed: Deploy: 100% wrong # #vso[task.setvariable variable=a]b\n",
            "section_start:",
        ),
    ] {
        let named = format!("--annotations={system}");
        let named = buddy(&server, watch)
            .words([named.as_str()])
            .ends_with(1)
            .await;
        let found = buddy(&server, watch)
            .words(["--annotations"])
            .env(variable, "true");
        for stderr in [named.stderr, found.ends_with(1).await.stderr] {
            assert!(stderr.contains(error), "{stderr}");
            assert!(stderr.contains(group), "{stderr}");
            assert!(!stderr.contains("##vso[task.setvariable"), "{stderr}");
            let rest: Vec<&str> = stderr
                .lines()
                .filter(|line| line.starts_with("  | "))
                .collect();
            let expected = [
                "  | ::add-path::/evil",
                "  | x # #vso[task.setvariable variable=a]b",
                "  | # #[error]c",
            ];
            assert_eq!(rest, expected, "{stderr}");
        }
    }
    let nowhere = buddy(&server, watch)
        .words(["--annotations"])
        .ends_with(2)
        .await;
    nowhere.tells("--annotations=github");
}
