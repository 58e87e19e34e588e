//! Looking for the run of a lost start: by what the run itself shows of what it was given.

use chrono::{DateTime, Utc};
use runpipe::Reconciled;
use serde_json::{Value, json};

use super::*;

/// When the start was sent, by both clocks.
const SINCE: &str = "2026-11-20T08:15:00Z";
const DATE: &str = "Fri, 20 Nov 2026 08:15:00 GMT";

async fn reconciled(case: &Value) -> Reconciled {
    let server = MockServer::start().await;
    let runs = case["runs"].as_array().unwrap();
    let at = |millis: &Value| millis.as_i64().map(|at| 1_795_162_500_000 + at);
    let item = |run: &Value| {
        json!({ "pipelineRunId": run["id"], "startTime": at(&run["began"]),
            "triggerMode": run["trigger"] })
    };
    let list = json!(runs.iter().map(item).collect::<Vec<_>>());
    let told = |body: &Value| json_answer(body).insert_header("date", DATE);
    on(&server, "GET", RUNS, told(&list)).await;
    for run in runs {
        let whole = json!({
            "pipelineRunId": run["id"], "triggerMode": run["trigger"],
            "createTime": at(&run["created"]), "globalParams": run["params"],
            "stages": [{ "stageInfo": { "jobs": [{ "params": run["job"] }] } }],
        });
        on(
            &server,
            "GET",
            &format!("{RUNS}/{}", run["id"]),
            told(&whole),
        )
        .await;
    }
    let since: DateTime<Utc> = SINCE.parse().unwrap();
    let client = builder(&server.uri()).clock(move || since).build().unwrap();
    let params = serde_json::from_value(case["start"].clone()).unwrap();
    let found = client.reconcile(&pipeline(), &params, since).await.unwrap();
    // What began before and what no start begins is not even read.
    let read: Vec<_> = received(&server)
        .await
        .iter()
        .filter_map(|request| {
            let id = request.url.path().strip_prefix(RUNS)?.strip_prefix('/')?;
            Some(id.to_owned())
        })
        .collect();
    // The service's clock may be a day behind the sender's.
    let day_before = Some(("startTime".into(), "1795076100000".into()));
    let requests = received(&server).await;
    let lists = requests.iter().filter(|one| one.url.path() == RUNS);
    assert!(
        lists
            .map(|list| list.url.query_pairs().last())
            .all(|last| last == day_before)
    );
    for run in runs {
        let id = run["id"].to_string();
        let expected = run["passed_over"] != true;
        assert_eq!(read.contains(&id), expected, "{}: {id}", case["name"]);
    }
    found
}

#[tokio::test]
async fn the_run_of_a_lost_start_is_found_by_what_it_shows() {
    for case in rows::<Value>("yunxiao/reconcile") {
        let name = case["name"].as_str().unwrap();
        let found = reconciled(&case).await;
        let (kind, runs) = match &found {
            Reconciled::One(run) => ("one", vec![run.id.clone()]),
            Reconciled::Several(runs) => ("several", ids(runs)),
            Reconciled::Uncertain { candidates, .. } => ("uncertain", ids(candidates)),
            Reconciled::None => ("none", Vec::new()),
            _ => panic!("{found:?}"),
        };
        assert_eq!(json!(kind), case["found"], "{name}: {found:?}");
        assert_eq!(json!(runs), case["ids"], "{name}");
    }
}

fn ids(runs: &[runpipe::Run]) -> Vec<String> {
    runs.iter().map(|run| run.id.clone()).collect()
}
