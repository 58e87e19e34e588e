//! `--json`: one object, with the same keys whatever happened.

use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer};

use crate::program::{EXECUTIONS, START, answer, buddy, buddy_with, execution, keys, runpipe};
use crate::schemas::holds;

const RUN: [&str; 16] = [
    "created_at",
    "finished_at",
    "id",
    "message",
    "pipeline",
    "pipeline_id",
    "pipeline_name",
    "ref",
    "requested_ref",
    "service",
    "started_at",
    "status",
    "url",
    "vendor_status",
    "waits_for",
    "warnings",
];

const ERROR: [&str; 15] = [
    "advice",
    "candidates",
    "content_type",
    "first_bytes",
    "http_status",
    "kind",
    "message",
    "operation",
    "ref",
    "request_id",
    "retry_after_seconds",
    "sent_at",
    "sentences",
    "service",
    "vendor_code",
];

#[tokio::test]
async fn a_run_has_the_same_keys_in_every_command() {
    let server = buddy_with("SUCCESSFUL").await;
    let watched = START.to_owned() + " --watch";
    let lines = [
        START,
        &watched,
        "status buddy/acme/site/2/31",
        "watch buddy/acme/site/2/31",
    ];
    for words in lines {
        let ended = buddy(&server, words).words(["--json"]).ends_with(0).await;
        if words.starts_with("start") {
            let started = json!({ "kind": "started", "ref": "buddy/acme/site/2/31" });
            assert_eq!(ended.error(), started, "{words}");
        } else {
            assert_eq!(ended.stderr, "", "{words}");
        }
        let run = ended.json();
        assert_eq!(keys(&run), RUN, "{words}");
        assert_eq!(run["service"], "buddy");
        assert_eq!(run["ref"], "buddy/acme/site/2/31");
        assert_eq!(run["id"], "31");
        assert_eq!(run["pipeline"], "2");
        assert_eq!(run["status"], "succeeded");
        assert_eq!(run["vendor_status"], "SUCCESSFUL");
        assert_eq!(run["started_at"], "2026-11-21T09:00:00.000Z");
        assert_eq!(run["finished_at"], "2026-11-21T09:01:03Z");
        assert_eq!(run["requested_ref"], "main");
        assert_eq!(run["warnings"], json!([]));
    }
}

#[tokio::test]
async fn the_flag_may_stand_before_the_command() {
    let server = buddy_with("SUCCESSFUL").await;
    let run = buddy(&server, "--json status buddy/acme/site/2/31")
        .ends_with(0)
        .await
        .json();
    assert_eq!(keys(&run), RUN);
}

#[tokio::test]
async fn an_error_has_the_same_keys_whatever_failed() {
    let server = MockServer::start().await;
    let refusal = answer(404, json!({ "errors": [{ "message": "Not here" }] }));
    Mock::given(method("GET"))
        .respond_with(refusal)
        .mount(&server)
        .await;
    let ended = buddy(&server, "status buddy/acme/site/2/31 --json")
        .ends_with(3)
        .await;
    assert_eq!(ended.stdout, "");
    let error = ended.error();
    assert_eq!(keys(&error), ERROR);
    assert_eq!(error["kind"], "not_found");
    assert_eq!(error["service"], "buddy");
    assert_eq!(error["operation"], "getExecution");
    assert_eq!(error["ref"], "buddy/acme/site/2/31");
    assert_eq!(error["http_status"], 404);
    assert_eq!(error["sentences"], json!(["Not here"]));

    for words in [
        "status",
        "status nonsense",
        "status buddy/a/b/1/2",
        "launch",
    ] {
        let ended = runpipe(words.split_whitespace())
            .words(["--json"])
            .ends_with(2)
            .await;
        assert_eq!(ended.stdout, "");
        assert_eq!(keys(&ended.error()), ERROR, "{words}");
        assert_eq!(ended.error()["kind"], "usage", "{words}");
    }
}

#[tokio::test]
async fn a_list_says_whether_there_is_more() {
    let server = MockServer::start().await;
    let executions = (1..=3).map(|id| {
        let mut execution = execution("SUCCESSFUL");
        execution["id"] = json!(id);
        execution
    });
    let executions: Vec<_> = executions.collect();
    let page = json!({ "executions": executions, "total_page_count": 1 });
    let get = Mock::given(method("GET")).and(path(EXECUTIONS));
    get.respond_with(answer(200, page)).mount(&server).await;
    let list = "list buddy --workspace acme --project site --pipeline 2";
    for (limit, length, more) in [("2", 2, true), ("3", 3, false), ("0", 0, true)] {
        let words = ["--limit", limit, "--json"];
        let listed = buddy(&server, list).words(words).ends_with(0).await.json();
        assert_eq!(keys(&listed), ["more", "runs"]);
        assert_eq!(listed["runs"].as_array().map(Vec::len), Some(length));
        assert_eq!(listed["more"], more, "limit {limit}");
    }
    let listed = buddy(&server, list)
        .words(["--all", "--json"])
        .ends_with(0)
        .await
        .json();
    assert_eq!(keys(&listed["runs"][0]), RUN);
    let plain = buddy(&server, list).ends_with(0).await.stdout;
    assert_eq!(plain.lines().count(), 3);
    for line in plain.lines() {
        let columns: Vec<&str> = line.split('\t').collect();
        assert_eq!(columns.len(), 5, "{line}");
        assert_eq!(columns.first(), Some(&"succeeded"));
    }
}

#[tokio::test]
async fn a_log_is_an_object_for_each_line() {
    let server = MockServer::start().await;
    let mut run = execution("SUCCESSFUL");
    run["action_executions"] =
        json!([{ "action_execution_id": "a1", "action": { "name": "Compile" } }]);
    let log = json!({ "log": ["compiling", "compiled"] });
    for (at, body) in [("/31", run), ("/31/action_executions/a1", log)] {
        let get = Mock::given(method("GET")).and(path(format!("{EXECUTIONS}{at}")));
        get.respond_with(answer(200, body)).mount(&server).await;
    }
    let ended = buddy(&server, "logs buddy/acme/site/2/31 --json").ends_with(0);
    let lines = ended.await.stdout;
    let line = |line: &str| {
        let run = "buddy/acme/site/2/31";
        json!({ "kind": "log", "ref": run, "step": "Compile", "line": line }).to_string()
    };
    let lines: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).expect("an object"))
        .collect();
    let lines: Vec<String> = lines.iter().map(Value::to_string).collect();
    assert_eq!(lines, [line("compiling"), line("compiled")]);
}

/// The keys in the row of README's table that begins with this.
fn in_readme(command: &str) -> Vec<String> {
    let readme = include_str!("../../../../README.md");
    let row = readme
        .lines()
        .find_map(|line| line.strip_prefix("| ")?.strip_prefix(command));
    let (_, keys) = row.and_then(|row| row.split_once('|')).expect("a row");
    let mut keys: Vec<String> = keys
        .split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect();
    keys.sort();
    keys
}

#[test]
fn readme_names_every_key() {
    assert_eq!(in_readme("`start`, `status`"), RUN);
    assert_eq!(in_readme("an error"), ERROR);
    assert_eq!(in_readme("`list`"), ["more", "runs"]);
    assert_eq!(in_readme("`logs`, a line"), ["kind", "line", "ref", "step"]);
    assert_eq!(in_readme("`open`"), ["ref", "url"]);
}

#[tokio::test]
async fn what_start_prints_is_what_the_other_commands_take() {
    let server = MockServer::start().await;
    // A name that needs encoding in a reference, and again in a URL.
    let place = "/workspaces/acme/projects/my%20site%2Fmain/pipelines/2/executions";
    for (verb, suffix) in [("POST", ""), ("GET", "/31"), ("PATCH", "/31")] {
        let given = Mock::given(method(verb)).and(path(format!("{place}{suffix}")));
        given
            .respond_with(answer(200, execution("SUCCESSFUL")))
            .expect(1..)
            .mount(&server)
            .await;
    }
    let words = "start buddy --workspace acme --pipeline 2 --json --project";
    let run = buddy(&server, words)
        .words(["my site/main"])
        .ends_with(0)
        .await
        .json();
    let reference = run["ref"].as_str().expect("a reference").to_owned();
    assert_eq!(reference, "buddy/acme/my%20site%2Fmain/2/31");
    for command in ["status", "watch", "cancel"] {
        let again = buddy(&server, command)
            .words([&*reference, "--json"])
            .ends_with(0)
            .await;
        assert_eq!(again.json()["ref"], run["ref"], "{command}");
    }
}

#[tokio::test]
async fn a_preview_holds_the_yaml() {
    let server = MockServer::start().await;
    let preview = answer(200, json!({ "finalYaml": "stages:\n- stage: build\n" }));
    let post = Mock::given(method("POST")).and(path("/acme/site/_apis/pipelines/42/preview"));
    post.respond_with(preview).mount(&server).await;
    let words = "preview azure-devops --organization acme --project site --pipeline 42";
    let program = || {
        runpipe(words.split_whitespace())
            .env("AZURE_DEVOPS_EXT_PAT", "pat")
            .env("RUNPIPE_AZURE_DEVOPS_URL", &server.uri())
    };
    let plain = program().ends_with(0).await;
    assert_eq!(plain.stdout, "stages:\n- stage: build\n");
    let preview = program().words(["--json"]).ends_with(0).await.json();
    holds("preview", &preview.to_string()).await;
    assert_eq!(preview["final_yaml"], "stages:\n- stage: build\n");
}
