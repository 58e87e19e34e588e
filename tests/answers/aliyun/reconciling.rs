//! Looking for the run of a lost start: certain where the run shows what it was given, by pipeline and
//! time where it does not.

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
    let told = |body: &Value| json_answer(body).insert_header("date", DATE);
    let item =
        |run: &Value| json!({ "pipelineRunId": run["id"], "startTime": at(&run["created"]) });
    let list = runs.iter().map(item).collect::<Vec<_>>();
    let list = json!({ "success": true, "pipelineRuns": list });
    on(&server, "GET", RUNS, told(&list)).await;
    for run in runs {
        let whole = json!({ "success": true, "pipelineRun": {
            "pipelineRunId": run["id"], "triggerMode": run["trigger"], "createTime": at(&run["created"]),
            "comment": run["comment"], "globalParams": run["params"],
            "stages": [{ "stageInfo": { "jobs": [{ "params": run["job"] }] } }],
        } });
        let place = format!("{RUNS}/{}", run["id"]);
        on(&server, "GET", &place, told(&whole)).await;
    }
    let since: DateTime<Utc> = SINCE.parse().unwrap();
    let client = builder(&server.uri()).clock(move || since).build().unwrap();
    let params = serde_json::from_value(case["start"].clone()).unwrap();
    client.reconcile(&pipeline(), &params, since).await.unwrap()
}

#[tokio::test]
async fn what_a_run_shows_decides_and_what_it_does_not_show_rules_nothing_out() {
    let ids = |runs: &[runpipe::Run]| runs.iter().map(|run| run.id.clone()).collect::<Vec<_>>();
    for case in rows::<Value>("aliyun/reconcile") {
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

/// What a listed run was given is read of the run itself.
#[tokio::test]
async fn a_run_that_cannot_be_read_makes_no_candidate_and_one_that_is_gone_does() {
    for (status, code, told) in [
        (404, "InvalidPipelineRun.NotFound", true),
        (500, "Odd", false),
    ] {
        let server = MockServer::start().await;
        let list = json!({ "success": true, "pipelineRuns": [
            { "pipelineRunId": 41, "startTime": 1_795_162_505_000_i64 }, { "pipelineRunId": 0 }] });
        on(
            &server,
            "GET",
            RUNS,
            json_answer(&list).insert_header("date", DATE),
        )
        .await;
        let gone = ResponseTemplate::new(status).set_body_json(json!({ "Code": code }));
        on(&server, "GET", &format!("{RUNS}/41"), gone).await;
        let since: DateTime<Utc> = SINCE.parse().unwrap();
        let client = builder(&server.uri()).clock(move || since).build().unwrap();
        for params in [json!({}), json!({ "comment": "mark" })] {
            let params = serde_json::from_value(params).unwrap();
            let found = client.reconcile(&pipeline(), &params, since).await;
            assert_eq!(found.is_ok(), told, "{status}: {found:?}");
        }
    }
}
