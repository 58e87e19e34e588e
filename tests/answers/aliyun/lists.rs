//! Runs and pipelines, page after page; names; looking for the run of a lost start.

use chrono::{DateTime, Utc};
use futures_util::TryStreamExt;
use runpipe::{ErrorKind, Reconciled, RunStatus};
use serde_json::{Value, json};
use wiremock::matchers::{path_regex, query_param, query_param_is_missing};

use super::*;

async fn page(server: &MockServer, at: &str, token: Option<&str>, body: Value) {
    let mock = Mock::given(method("GET")).and(path(at));
    let mock = match token {
        Some(token) => mock.and(query_param("nextToken", token)),
        None => mock.and(query_param_is_missing("nextToken")),
    };
    mock.respond_with(json_answer(&body)).mount(server).await;
}

#[tokio::test]
async fn runs_come_page_after_page_when_they_are_asked_for() {
    let server = MockServer::start().await;
    let first = json!({ "success": true, "nextToken": "page 2/+", "pipelineRuns": [
        { "pipelineRunId": 41, "pipelineId": 123, "status": "RUNNING", "startTime": 1795162500000_i64, "endTime": null, "triggerMode": 1 }
    ] });
    let second = json!({ "success": true, "nextToken": "”“", "pipelineRuns": [
        { "status": "SUCCESS" },
        { "pipelineRunId": 40, "status": "SUCCESS", "startTime": 1795107731000_i64, "endTime": 1795108124000_i64 }
    ] });
    page(&server, RUNS, None, first).await;
    page(&server, RUNS, Some("page 2/+"), second).await;
    let client = client(&server);
    let mut list = client.list(&pipeline());
    let first = list.try_next().await.unwrap().unwrap();
    assert_eq!(
        (first.id.as_str(), first.status),
        ("41", RunStatus::Running)
    );
    assert_eq!(
        first.started_at.as_ref().unwrap().as_str(),
        "2026-11-20T08:15:00Z"
    );
    assert_eq!(first.finished_at, None);
    assert!(first.vendor::<types::PipelineRunSummary>().is_some());
    assert_eq!(
        received(&server).await.len(),
        1,
        "the second page was not asked for yet"
    );
    let second = list.try_next().await.unwrap().unwrap();
    assert_eq!(
        (second.id.as_str(), second.status),
        ("40", RunStatus::Succeeded)
    );
    assert!(second.finished_at.is_some());
    assert!(list.try_next().await.unwrap().is_none());
    let requests = received(&server).await;
    assert_eq!(requests.len(), 2);
    assert_eq!(
        requests[1].url.query(),
        Some("maxResults=30&nextToken=page%202%2F%2B")
    );
}

#[tokio::test]
async fn a_page_that_names_itself_is_no_end_of_the_list() {
    let server = MockServer::start().await;
    let body =
        json!({ "success": true, "nextToken": "again", "pipelineRuns": [{ "pipelineRunId": 1 }] });
    page(&server, RUNS, None, body.clone()).await;
    page(&server, RUNS, Some("again"), body).await;
    let client = client(&server);
    let mut list = client.list(&pipeline());
    assert!(list.try_next().await.unwrap().is_some());
    assert!(list.try_next().await.unwrap().is_some());
    let error = list.try_next().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Undecodable, "{error}");
    assert_eq!(received(&server).await.len(), 2);
    let since = Utc::now();
    let error = client
        .reconcile(&pipeline(), &no_parameters(), since)
        .await
        .unwrap_err();
    assert_eq!(
        error.kind(),
        ErrorKind::Undecodable,
        "not \"none\": {error}"
    );
}

#[tokio::test]
async fn a_list_ends_with_its_first_error() {
    let server = MockServer::start().await;
    let body =
        json!({ "success": true, "nextToken": "2", "pipelineRuns": [{ "pipelineRunId": 1 }] });
    page(&server, RUNS, None, body).await;
    let refused = json!({ "success": false, "errorCode": "InvalidPipeline.NotFound" });
    page(&server, RUNS, Some("2"), refused).await;
    let client = client(&server);
    let mut list = client.list(&pipeline());
    assert!(list.try_next().await.unwrap().is_some());
    assert_eq!(
        list.try_next().await.unwrap_err().kind(),
        ErrorKind::NotFound
    );
    assert!(list.try_next().await.unwrap().is_none());
}

#[tokio::test]
async fn a_pipeline_is_found_by_its_name_over_all_pages() {
    let server = MockServer::start().await;
    let first = json!({ "success": true, "nextToken": "2", "pipelines": [
        { "pipelineId": 1, "pipelineName": "nightly" },
        { "pipelineId": 2, "pipelineName": "nightly" },
        { "pipelineId": 3 },
        { "pipelineName": "no number" }
    ] });
    let second =
        json!({ "success": true, "pipelines": [{ "pipelineId": 4, "pipelineName": "网站 site" }] });
    page(&server, PIPELINES, None, first).await;
    page(&server, PIPELINES, Some("2"), second).await;
    let client = client(&server);
    let found = client.pipeline_named("5ebbc", "网站 site").await.unwrap();
    assert_eq!(found, PipelineRef::new("5ebbc", 4));
    let several = client.pipeline_named("5ebbc", "nightly").await.unwrap_err();
    assert_eq!(several.kind(), ErrorKind::UnknownName);
    assert!(several.to_string().contains("1, 2"), "{several}");
    for name in ["nightl", "no number"] {
        let none = client.pipeline_named("5ebbc", name).await.unwrap_err();
        assert_eq!(none.kind(), ErrorKind::UnknownName);
        assert!(none.to_string().contains("\"nightly\""), "{none}");
    }
}

const SINCE: &str = "2026-11-20T08:15:00Z";
const AT: i64 = 1_795_162_500_000;

/// `created` is what the runs themselves say: the list has no such date.
async fn reconciled_with(runs: Value, created: Value) -> Reconciled {
    let server = MockServer::start().await;
    let date = "Fri, 20 Nov 2026 08:15:00 GMT";
    let body = json!({ "success": true, "pipelineRuns": runs });
    Mock::given(path(RUNS))
        .and(query_param("startTime", (AT - 1_800_000).to_string()))
        .respond_with(json_answer(&body).insert_header("date", date))
        .mount(&server)
        .await;
    let body = json!({ "success": true, "pipelineRun": { "createTime": created } });
    Mock::given(path_regex(format!("{RUNS}/[0-9]+")))
        .respond_with(json_answer(&body).insert_header("date", date))
        .mount(&server)
        .await;
    let since: DateTime<Utc> = SINCE.parse().unwrap();
    let client = builder(&server.uri()).clock(move || since).build().unwrap();
    client
        .reconcile(&pipeline(), &no_parameters(), since)
        .await
        .unwrap()
}

async fn reconciled(runs: Value) -> Reconciled {
    reconciled_with(runs, json!(AT + 1_000)).await
}

#[tokio::test]
async fn the_run_of_a_lost_start_is_found() {
    for mine in [
        json!({ "pipelineRunId": 41, "startTime": AT, "triggerMode": 1 }),
        json!({ "pipelineRunId": 41, "startTime": AT + 59_000, "triggerMode": null }),
        json!({ "pipelineRunId": 41, "startTime": null, "triggerMode": 4 }),
    ] {
        let others = [
            json!({ "pipelineRunId": 38, "startTime": AT - 1, "triggerMode": 1 }),
            json!({ "pipelineRunId": 39, "startTime": AT, "triggerMode": 2 }),
            json!({ "pipelineRunId": 40, "startTime": AT, "triggerMode": 3 }),
            json!({ "pipelineRunId": 42, "startTime": AT, "triggerMode": 5 }),
            json!({ "pipelineRunId": 43, "startTime": AT, "triggerMode": 6 }),
        ];
        // The order is not documented: the old one stands first.
        let runs: Vec<_> = others.into_iter().chain([mine.clone()]).collect();
        match reconciled(json!(runs)).await {
            Reconciled::One(found) => assert_eq!(found.reference, run()),
            other => panic!("{mine}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_run_that_was_created_before_and_began_after_is_not_the_one() {
    let runs = json!([{ "pipelineRunId": 41, "startTime": AT + 5_000, "triggerMode": 4 }]);
    let found = reconciled_with(runs.clone(), json!(AT - 1)).await;
    assert!(matches!(found, Reconciled::None), "{found:?}");
    // Where the service does not tell, or not closely enough, nobody knows.
    for created in [Value::Null, json!(AT), json!(AT + 999)] {
        let found = reconciled_with(runs.clone(), created).await;
        let Reconciled::Uncertain { candidates, .. } = found else {
            panic!("{found:?}")
        };
        assert_eq!(candidates.len(), 1);
    }
}

#[tokio::test]
async fn several_runs_that_fit_are_all_told() {
    let runs = json!([
        { "pipelineRunId": 40, "startTime": AT, "triggerMode": 1 },
        { "pipelineRunId": 41, "startTime": AT + 1000, "triggerMode": 1 }
    ]);
    match reconciled(runs).await {
        Reconciled::Several(runs) => assert_eq!(runs.len(), 2),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn no_run_that_fits_is_none() {
    let runs = json!([{ "pipelineRunId": 40, "startTime": AT, "triggerMode": 2 }]);
    assert!(matches!(reconciled(runs).await, Reconciled::None));
    assert!(matches!(reconciled(Value::Null).await, Reconciled::None));
}
