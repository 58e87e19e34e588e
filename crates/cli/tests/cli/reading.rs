//! Steps, logs, lists and pages of runs; and what a stop came to.

use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer};

use crate::program::{EXECUTIONS, answer, buddy, execution, reading};
use crate::watching::{action, failed, with_actions};

#[tokio::test]
async fn steps_are_listed_with_their_states() {
    let server = MockServer::start().await;
    failed(&server).await;
    let steps = "steps buddy/acme/site/2/31";
    let ended = buddy(&server, steps).ends_with(0).await;
    let expected = "succeeded\t2026-11-21 09:00:00 UTC\t12s\tBuild\t\n\
                    failed\t\t\tDeploy\tExit code 3\n";
    assert_eq!(ended.stdout, expected);
    let told = buddy(&server, steps)
        .words(["--json"])
        .ends_with(0)
        .await
        .json();
    assert_eq!(told["ref"], "buddy/acme/site/2/31");
    assert_eq!(told["steps"][1]["name"], "Deploy");
    assert_eq!(told["steps"][1]["status"], "failed");
    assert_eq!(told["steps"][1]["message"], "Exit code 3");
}

#[tokio::test]
async fn the_logs_of_the_failed_steps_alone() {
    let server = MockServer::start().await;
    failed(&server).await;
    action(&server, "a1", json!({ "log": ["built"] })).await;
    let logs = "logs buddy/acme/site/2/31";
    let ended = buddy(&server, logs).words(["--failed"]).ends_with(0).await;
    assert!(
        ended.stdout.starts_with("== Deploy ==\nline 1\n"),
        "{}",
        ended.stdout
    );
    assert!(!ended.stdout.contains("Build"), "{}", ended.stdout);
    // A name that no step has is reported, with the names of the steps.
    for words in ["--step nothing", "--failed --step build"] {
        let refused = buddy(&server, logs)
            .words(words.split(' '))
            .ends_with(2)
            .await;
        assert_eq!(refused.stdout, "");
        refused.tells("Deploy");
        assert!(!refused.stderr.contains("nothing"), "{}", refused.stderr);
    }
}

#[tokio::test]
async fn logs_are_followed_as_a_result() {
    let server = MockServer::start().await;
    reading(
        &server,
        answer(200, with_actions("SUCCESSFUL", "SUCCESSFUL")),
    )
    .await;
    action(&server, "a1", json!({ "log": ["one", "two"] })).await;
    action(&server, "a2", json!({ "log": ["three"] })).await;
    let logs = "logs buddy/acme/site/2/31 --follow";
    let ended = buddy(&server, logs).ends_with(0).await;
    assert_eq!(ended.stdout, "Build | one\nBuild | two\nDeploy | three\n");
    assert_eq!(ended.stderr, "");
    let one = buddy(&server, logs)
        .words(["--step", "dep", "--json"])
        .ends_with(0)
        .await
        .json();
    let expected = json!({
        "kind": "log",
        "ref": "buddy/acme/site/2/31",
        "step": "Deploy",
        "line": "three",
    });
    assert_eq!(one, expected);
    buddy(&server, logs)
        .words(["--step", "none"])
        .ends_with(2)
        .await;
}

#[tokio::test]
async fn the_page_of_a_run_is_printed() {
    let server = MockServer::start().await;
    reading(&server, answer(200, execution("SUCCESSFUL"))).await;
    let open = buddy(&server, "open buddy/acme/site/2/31")
        .ends_with(0)
        .await;
    let page = execution("SUCCESSFUL")["html_url"]
        .as_str()
        .expect("a page")
        .to_owned();
    assert_eq!(open.stdout, page + "\n");
    let mut without = execution("SUCCESSFUL");
    without["html_url"] = Value::Null;
    let server = MockServer::start().await;
    reading(&server, answer(200, without)).await;
    let open = buddy(&server, "open buddy/acme/site/2/31")
        .ends_with(2)
        .await;
    open.tells("Buddy names no page");
}

#[tokio::test]
async fn what_a_stop_came_to_is_said() {
    for (status, said) in [
        (
            "SUCCESSFUL",
            "ended before it could be stopped: it has succeeded",
        ),
        ("TERMINATED", "The run has stopped."),
        ("TERMINATING", "runpipe watch buddy/acme/site/2/31"),
    ] {
        let server = MockServer::start().await;
        let patch = Mock::given(method("PATCH")).and(path(format!("{EXECUTIONS}/31")));
        patch
            .respond_with(answer(200, execution(status)))
            .mount(&server)
            .await;
        let ended = buddy(&server, "cancel buddy/acme/site/2/31")
            .ends_with(0)
            .await;
        ended.tells(said);
    }
}

#[tokio::test]
async fn a_list_is_narrowed() {
    let server = MockServer::start().await;
    let mut runs = Vec::new();
    for (id, status, branch, day) in [
        (5, "SUCCESSFUL", "main", 20),
        (4, "FAILED", "main", 19),
        (3, "FAILED", "other", 18),
        (2, "FAILED", "main", 2),
    ] {
        let mut run = execution(status);
        run["id"] = json!(id);
        run["branch"]["name"] = json!(branch);
        run["start_date"] = json!(format!("2026-11-{day:02}T09:00:00Z"));
        runs.push(run);
    }
    let page = json!({ "executions": runs, "total_page_count": 1 });
    let get = Mock::given(method("GET")).and(path(EXECUTIONS));
    get.respond_with(answer(200, page)).mount(&server).await;
    for (flags, ids) in [
        ("--status failed", vec!["4", "3", "2"]),
        (
            "--status failed --status succeeded --branch main",
            vec!["5", "4", "2"],
        ),
        ("--branch refs/heads/other", vec!["3"]),
        ("--since 2026-11-18T00:00:00Z", vec!["5", "4", "3"]),
        ("--status failed --limit 1", vec!["4"]),
    ] {
        let list = buddy(
            &server,
            "list buddy --workspace acme --project site --pipeline 2",
        );
        let list = list.words(flags.split(' ')).words(["--json"]);
        let listed = list.ends_with(0).await.json();
        let listed: Vec<_> = listed["runs"]
            .as_array()
            .expect("runs")
            .iter()
            .map(|run| run["id"].as_str())
            .collect();
        assert_eq!(
            listed,
            ids.into_iter().map(Some).collect::<Vec<_>>(),
            "{flags}"
        );
    }
}

/// It comes in parts, each with the next thousand lines.
#[tokio::test]
async fn a_log_of_any_length_is_followed() {
    let server = MockServer::start().await;
    let mut run = execution("SUCCESSFUL");
    let build = json!({ "name": "Build" });
    run["action_executions"] =
        json!([{ "action_execution_id": "a1", "action": build, "status": "SUCCESSFUL" }]);
    reading(&server, answer(200, run)).await;
    let (total, filler) = (4_500_usize, "x");
    let line = move |number: usize| format!("{number} {filler}");
    let logs =
        Mock::given(method("GET")).and(path(format!("{EXECUTIONS}/31/action_executions/a1/logs")));
    logs.respond_with(move |request: &wiremock::Request| {
        let mut pairs = request.url.query_pairs();
        let offset = pairs.find(|(key, _)| key == "offset").expect("an offset").1;
        let offset: usize = offset.parse().expect("a number");
        let lines: Vec<String> = (offset..total).take(1000).map(line).collect();
        answer(
            200,
            json!({ "offset": offset, "total_element_count": total, "logs": lines }),
        )
    })
    .mount(&server)
    .await;
    let followed = buddy(&server, "logs buddy/acme/site/2/31 --follow")
        .ends_with(0)
        .await;
    let mut lines = followed.stdout.lines();
    for number in 0..total {
        let expected = format!("Build | {}", line(number));
        assert_eq!(lines.next(), Some(expected.as_str()));
    }
    assert_eq!(lines.next(), None);
}
