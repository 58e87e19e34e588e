//! The promise: a log that is read in parts while it grows has each line once, and none is lost.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use runpipe::{LogMark, RunRef, Runs, ServiceClient, azure_devops, buddy};
use serde_json::json;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

/// How many lines the log has in the end: more than two parts.
const LINES: usize = 4500;

/// The longest answer that is read: shorter than the log.
const LONGEST: usize = 120_000;

/// A log that is longer at each look.
#[derive(Clone, Default)]
struct Growing(Arc<AtomicUsize>);

impl Growing {
    /// How many lines there are now.
    fn look(&self) -> usize {
        let before = self.0.fetch_add(700, Ordering::Relaxed);
        before.min(LINES)
    }

    fn whole() -> Self {
        Growing(Arc::new(AtomicUsize::new(LINES)))
    }

    fn is_whole(&self) -> bool {
        self.0.load(Ordering::Relaxed) >= LINES
    }
}

fn line(number: usize) -> String {
    // The bracket is no JSON, and nothing that is nested.
    format!("2026-11-21T09:00:00.{number:07}Z [line {number}")
}

fn number(request: &Request, name: &str) -> Option<usize> {
    let mut pairs = request.url.query_pairs();
    let value = pairs.find(|(key, _)| key == name)?.1;
    value.parse().ok()
}

async fn serve(
    server: &MockServer,
    at: &str,
    respond: impl Fn(&Request) -> ResponseTemplate + Send + Sync + 'static,
) {
    let get = Mock::given(method("GET")).and(path(at));
    get.respond_with(respond).mount(server).await;
}

/// Reads in parts until the step has ended and nothing is left.
async fn read<C: ServiceClient + Runs>(client: &C, run: &str) -> Vec<String> {
    let run: RunRef = run.parse().expect("a reference");
    let (mut mark, mut lines) = (LogMark::default(), Vec::new());
    loop {
        let steps = Runs::steps(client, &run).await.expect("steps");
        loop {
            let part = client.log_part(&run, &steps[0], mark).await;
            let part = part.expect("a part").expect("parts are served");
            assert!(part.lines.len() <= 2001, "{}", part.lines.len());
            lines.extend(part.lines);
            mark = part.next;
            if !part.more {
                break;
            }
        }
        if steps[0].status.has_ended() {
            let whole = client.step_log(&run, &steps[0]).await;
            assert!(whole.is_err(), "as a whole it is too long");
            return lines;
        }
    }
}

fn expected() -> Vec<String> {
    (0..LINES).map(line).collect()
}

/// An Azure DevOps that counts lines from `base`.
async fn azure(log: &Growing, base: usize) -> (MockServer, azure_devops::Client) {
    let server = MockServer::start().await;
    let (state, log) = (log.clone(), log.clone());
    serve(&server, "/acme/Shop/_apis/build/builds/9/logs", |_| {
        let log = json!({ "id": 7, "lineCount": LINES });
        ResponseTemplate::new(200).set_body_json(json!({ "value": [log] }))
    })
    .await;
    serve(
        &server,
        "/acme/Shop/_apis/build/builds/9/timeline",
        move |_| {
            let state = if state.is_whole() {
                "completed"
            } else {
                "inProgress"
            };
            let record = json!({
                "id": "r", "name": "Build", "type": "Task", "state": state, "result": "succeeded",
                "log": { "id": 7 },
            });
            ResponseTemplate::new(200).set_body_json(json!({ "records": [record] }))
        },
    )
    .await;
    serve(
        &server,
        "/acme/Shop/_apis/build/builds/9/logs/7",
        move |request| {
            let there = log.look();
            let first = number(request, "startLine").map_or(0, |line| line.saturating_sub(base));
            let last = number(request, "endLine").map_or(LINES, |line| line + 1 - base);
            let lines = (first..last.min(there)).map(|number| line(number) + "\n");
            let mut text: String = lines.collect();
            // The line that is being written.
            if last > there && there < LINES {
                text.push_str("2026-11-21T09:");
            }
            ResponseTemplate::new(200).set_body_raw(text, "text/plain")
        },
    )
    .await;
    let client = azure_devops::Client::builder().base_url(server.uri());
    let client = client.requests_per_second(10_000.0).longest_answer(LONGEST);
    let client = client.credentials(azure_devops::Credentials::pat("pat"));
    let client = client.build().expect("a client");
    (server, client)
}

#[tokio::test]
async fn whether_azure_devops_counts_lines_from_0_or_from_1() {
    for base in [0, 1] {
        let (_server, client) = azure(&Growing::default(), base).await;
        let lines = read(&client, "azure-devops/acme/Shop/3/9").await;
        assert_eq!(lines, expected(), "counted from {base}");
    }
}

/// A Buddy with that log.
async fn buddy(log: &Growing) -> (MockServer, buddy::Client) {
    let server = MockServer::start().await;
    let (state, log) = (log.clone(), log.clone());
    let place = "/workspaces/acme/projects/site/pipelines/2/executions/31";
    serve(&server, place, move |_| {
        let status = if state.is_whole() {
            "SUCCESSFUL"
        } else {
            "INPROGRESS"
        };
        let action = json!({
            "action_execution_id": "a1", "action": { "name": "Build" }, "status": status,
        });
        let run = json!({ "id": 31, "status": status, "action_executions": [action] });
        ResponseTemplate::new(200).set_body_json(run)
    })
    .await;
    serve(
        &server,
        &format!("{place}/action_executions/a1/logs"),
        move |request| {
            let there = log.look();
            let offset = number(request, "offset").expect("an offset");
            let limit = number(request, "limit").expect("a limit");
            assert!(limit <= 1000, "{limit}");
            let lines: Vec<String> = (offset..there).take(limit).map(line).collect();
            let page = json!({ "offset": offset, "total_element_count": there, "logs": lines });
            ResponseTemplate::new(200).set_body_json(page)
        },
    )
    .await;
    serve(&server, &format!("{place}/action_executions/a1"), |_| {
        ResponseTemplate::new(200).set_body_json(json!({ "log": expected() }))
    })
    .await;
    let client = buddy::Client::builder().base_url(server.uri());
    let client = client.requests_per_second(10_000.0).longest_answer(LONGEST);
    let client = client.credentials(buddy::Credentials::token("token"));
    let client = client.build().expect("a client");
    (server, client)
}

#[tokio::test]
async fn buddy_serves_a_thousand_lines_at_once() {
    let (_server, client) = buddy(&Growing::default()).await;
    assert_eq!(read(&client, "buddy/acme/site/2/31").await, expected());
}

/// The last line of a step that goes on may grow; a server of one's own may not serve parts.
#[tokio::test]
async fn a_line_that_may_grow_is_left_for_the_next_time() {
    let server = MockServer::start().await;
    let place = "/workspaces/acme/projects/site/pipelines/2/executions/31";
    let mut later = LogMark::default();
    for (status, action) in [
        ("INPROGRESS", "a1"),
        ("SUCCESSFUL", "a2"),
        ("INPROGRESS", "a3"),
        ("SUCCESSFUL", "a4"),
    ] {
        // The last page of the last one never comes.
        let lines: &[&str] = if action == "a4" { &[] } else { &["one", "tw"] };
        let page = json!({ "total_element_count": 2, "logs": lines });
        let logs = format!("{place}/action_executions/{action}/logs");
        if action != "a3" {
            serve(&server, &logs, move |_| {
                ResponseTemplate::new(200).set_body_json(&page)
            })
            .await;
        }
        let run = json!({ "id": 31, "status": status, "action_executions": [
            { "action_execution_id": action, "action": { "name": "Build" }, "status": status }] });
        let only = Mock::given(method("GET"))
            .and(path(place))
            .respond_with(ResponseTemplate::new(200).set_body_json(run));
        only.up_to_n_times(1).mount(&server).await;
        let client = buddy::Client::builder().base_url(server.uri());
        let client = client.credentials(buddy::Credentials::token("token"));
        let client = client.build().expect("a client");
        let run: RunRef = "buddy/acme/site/2/31".parse().expect("a reference");
        let steps = Runs::steps(&client, &run).await.expect("steps");
        let part = client.log_part(&run, &steps[0], LogMark::default()).await;
        let part = part.expect("an answer");
        match &part {
            Some(part) => {
                assert!(!part.more, "{action}");
                later = part.next;
            }
            // Parts were served before.
            None => assert!(client.log_part(&run, &steps[0], later).await.is_err()),
        }
        let lines = part.map(|part| part.lines);
        let expected: Option<&[&str]> = match action {
            "a1" => Some(&["one"]),
            "a2" => Some(&["one", "tw"]),
            "a4" => Some(&[]),
            _ => None,
        };
        assert_eq!(
            lines
                .as_deref()
                .map(|lines| lines.iter().map(String::as_str).collect()),
            expected.map(<[_]>::to_vec),
            "{action}"
        );
    }
}

/// Reads the last lines of the one log, and then the whole of it in parts, as whoever does not come back.
async fn read_once<C: ServiceClient + Runs>(client: &C, run: &str) {
    let run: RunRef = run.parse().expect("a reference");
    let steps = client.logged_steps(&run).await.expect("steps");
    let [step] = steps.as_deref().expect("parts are served") else {
        panic!("{steps:?}")
    };
    assert_eq!(step.name, "Build");
    let end = client.log_part(&run, step, LogMark::last(20)).await;
    let end = end.expect("a part").expect("parts are served");
    assert_eq!(end.lines, expected()[LINES - 20..]);
    let (mut mark, mut lines, mut more) = (LogMark::once(), Vec::new(), true);
    while more {
        let part = client.log_part(&run, step, mark).await;
        let part = part.expect("a part").expect("parts are served");
        lines.extend(part.lines);
        (mark, more) = (part.next, part.more);
    }
    assert_eq!(lines, expected());
}

#[tokio::test]
async fn of_a_log_that_is_too_long_the_end_and_all_parts_are_read() {
    for base in [0, 1] {
        let (_server, client) = azure(&Growing::whole(), base).await;
        read_once(&client, "azure-devops/acme/Shop/3/9").await;
    }
    let (_server, client) = buddy(&Growing::whole()).await;
    read_once(&client, "buddy/acme/site/2/31").await;
}
