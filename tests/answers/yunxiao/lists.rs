//! Runs and pipelines, page after page; names.

use futures_util::TryStreamExt;
use runpipe::{ErrorKind, RunStatus};
use serde_json::{Value, json};
use wiremock::matchers::query_param;

use super::*;

async fn page(server: &MockServer, at: &str, number: usize, items: Vec<Value>) {
    Mock::given(method("GET"))
        .and(path(at))
        .and(query_param("page", number.to_string()))
        .and(query_param("perPage", "30"))
        .respond_with(json_answer(&Value::Array(items)))
        .mount(server)
        .await;
}

#[tokio::test]
async fn runs_come_page_after_page_when_they_are_asked_for() {
    let server = MockServer::start().await;
    let mut first: Vec<_> = (0..30)
        .map(|older| json!({ "pipelineRunId": 70 - older, "status": "SUCCESS" }))
        .collect();
    first[0] = json!({ "pipelineRunId": 70, "status": "RUNNING", "creatorAccountId": null,
        "startTime": 1_795_162_500_000_i64, "endTime": null, "triggerMode": 4 });
    // One without a number counts for the page, and is nobody's run.
    first[29] = json!({ "status": "SUCCESS" });
    page(&server, RUNS, 1, first).await;
    page(&server, RUNS, 2, vec![json!({ "pipelineRunId": 40 })]).await;
    let client = client(&server);
    let mut list = client.list(&pipeline());
    let newest = list.try_next().await.unwrap().unwrap();
    assert_eq!(
        (newest.id.as_str(), newest.status),
        ("70", RunStatus::Running)
    );
    let began = newest.started_at.as_ref().unwrap();
    assert_eq!(began.as_str(), "2026-11-20T08:15:00Z");
    assert!(newest.vendor::<types::PipelineRunSummary>().is_some());
    assert_eq!(
        received(&server).await.len(),
        1,
        "one page was needed so far"
    );
    let rest: Vec<_> = list.try_collect().await.unwrap();
    assert_eq!(rest.len(), 29);
    assert_eq!(rest.last().unwrap().id, "40");
    assert_eq!(received(&server).await.len(), 2, "the second is not full");
}

#[tokio::test]
async fn a_pipeline_is_found_by_its_name_over_all_pages() {
    let server = MockServer::start().await;
    let mut first: Vec<_> = (1..=28)
        .map(|id| json!({ "pipelineId": id, "pipelineName": format!("job-{id}") }))
        .collect();
    first.push(json!({ "pipelineId": 90, "pipelineName": "job-1" }));
    first.push(json!({ "pipelineName": "no number" }));
    page(&server, PIPELINES, 1, first).await;
    let site = json!({ "pipelineId": 4, "pipelineName": "网站 site" });
    page(&server, PIPELINES, 2, vec![site]).await;
    let client = client(&server);
    let found = client.pipeline_named(Some("5ebbc"), "网站 site").await;
    assert_eq!(found.unwrap(), PipelineRef::new("5ebbc", 4));
    let several = client.pipeline_named(Some("5ebbc"), "job-1").await;
    let several = several.unwrap_err();
    assert_eq!(several.kind(), ErrorKind::UnknownName);
    assert!(several.to_string().contains("1, 90"), "{several}");
    let none = client.pipeline_named(Some("5ebbc"), "no number").await;
    assert_eq!(none.unwrap_err().kind(), ErrorKind::UnknownName);
}
