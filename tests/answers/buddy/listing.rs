//! Executions and pipelines, page after page, and what is found in them by name.

use futures_util::TryStreamExt;
use runpipe::{ErrorKind, RunStatus};
use wiremock::matchers::query_param;

use super::*;

async fn page(server: &MockServer, at: &str, number: usize, body: Value) {
    let mock = Mock::given(method("GET"))
        .and(path(at))
        .and(query_param("page", number.to_string()))
        .and(query_param("per_page", "50"));
    mock.respond_with(json_answer(body)).mount(server).await;
}

/// So many executions, the first with this id.
fn executions(first: usize, many: usize) -> Vec<Value> {
    let ids = first..first + many;
    ids.map(|id| json!({ "id": id, "status": "SUCCESSFUL" }))
        .collect()
}

#[tokio::test]
async fn executions_come_page_after_page_when_they_are_asked_for() {
    let server = MockServer::start().await;
    let total = json!(2);
    let first = json!({ "total_page_count": total, "executions": [
        { "id": 41, "status": "INPROGRESS", "start_date": "2026-11-20T08:15:00Z",
          "pipeline": { "id": 2, "name": "Deploy" }, "branch": { "name": "main" } },
    ] });
    let second = json!({ "total_page_count": total, "executions": [
        { "status": "FAILED" },
        { "id": 40, "status": "FAILED", "finish_date": "2026-11-20T08:14:00.123456789Z" },
    ] });
    page(&server, EXECUTIONS, 1, first).await;
    page(&server, EXECUTIONS, 2, second).await;
    let client = client(&server);
    let mut list = client.list(&pipeline());
    let first = list.try_next().await.unwrap().unwrap();
    assert_eq!(first.reference.to_string(), "buddy/acme/site/2/41");
    assert_eq!(first.status, RunStatus::Running);
    assert_eq!(first.pipeline_name.as_deref(), Some("Deploy"));
    assert_eq!(first.requested_ref.as_deref(), Some("main"));
    assert!(first.vendor::<types::Execution>().is_some());
    assert_eq!(
        received(&server).await.len(),
        1,
        "the second page was not asked for yet"
    );
    // What has no id is no run.
    let second = list.try_next().await.unwrap().unwrap();
    assert_eq!(
        (second.id.as_str(), second.status),
        ("40", RunStatus::Failed)
    );
    assert!(list.try_next().await.unwrap().is_none());
    assert_eq!(received(&server).await.len(), 2);
}

#[tokio::test]
async fn without_totals_a_full_page_has_a_next_one() {
    // Pages of so many executions each, the total where it is told, and how many pages are read.
    let cases: [(&[usize], Option<usize>, usize); 6] = [
        (&[50, 50, 49], None, 3),
        (&[50, 0], None, 2),
        (&[49], None, 1),
        (&[0], None, 1),
        (&[50, 50], Some(2), 2),
        (&[20, 20, 7], Some(3), 3),
    ];
    for (pages, total, read) in cases {
        let server = MockServer::start().await;
        let mut first = 1;
        for (number, many) in pages.iter().enumerate() {
            let body = json!({ "executions": executions(first, *many), "total_page_count": total });
            page(&server, EXECUTIONS, number + 1, body).await;
            first += many;
        }
        let list = client(&server).list(&pipeline());
        let runs: Vec<_> = list.try_collect().await.unwrap();
        let ids: Vec<_> = runs.iter().map(|run| run.id.clone()).collect();
        let all: Vec<_> = (1..first).map(|id| id.to_string()).collect();
        assert_eq!(ids, all, "{pages:?} {total:?}");
        assert_eq!(received(&server).await.len(), read, "{pages:?} {total:?}");
    }
}

#[tokio::test]
async fn a_list_that_is_not_there_is_empty_and_one_ends_with_its_first_error() {
    for body in [
        json!({}),
        json!({ "executions": null, "total_page_count": null }),
    ] {
        let server = always(json_answer(body)).await;
        let list = client(&server).list(&pipeline());
        assert!(list.try_collect::<Vec<_>>().await.unwrap().is_empty());
    }
    let server = MockServer::start().await;
    let first = json!({ "total_page_count": 3, "executions": [{ "id": 1 }] });
    page(&server, EXECUTIONS, 1, first).await;
    let client = client(&server);
    let mut list = client.list(&pipeline());
    assert!(list.try_next().await.unwrap().is_some());
    let error = list.try_next().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(list.try_next().await.unwrap().is_none());
}

#[tokio::test]
async fn a_pipeline_is_found_by_its_name_or_its_identifier_over_all_pages() {
    let server = MockServer::start().await;
    let mut first = vec![
        json!({ "id": 1, "name": "nightly", "identifier": "night-one" }),
        json!({ "id": 2, "name": "nightly" }),
        json!({ "id": 3 }),
        json!({ "name": "no number" }),
    ];
    first.resize(50, json!({ "name": "filler", "identifier": null }));
    let second = json!([{ "id": 4, "name": "Deploy site", "identifier": "deploy" }]);
    page(&server, PIPELINES, 1, json!({ "pipelines": first })).await;
    page(&server, PIPELINES, 2, json!({ "pipelines": second })).await;
    let client = client(&server);
    let named = |name: &'static str| client.pipeline_named("acme", "site", name);
    for (name, id) in [("Deploy site", 4), ("deploy", 4), ("night-one", 1)] {
        let found = named(name).await.unwrap();
        assert_eq!(found, PipelineRef::new("acme", "site", id), "{name}");
    }
    let several = named("nightly").await.unwrap_err();
    assert_eq!(several.kind(), ErrorKind::UnknownName);
    assert!(several.to_string().contains("1, 2"), "{several}");
    for name in ["nightl", "NIGHTLY", "no number", ""] {
        let none = named(name).await.unwrap_err();
        assert_eq!(none.kind(), ErrorKind::UnknownName, "{name}");
    }
    let near = named("nightl").await.unwrap_err();
    assert!(near.to_string().contains("\"nightly\""), "{near}");
}

#[tokio::test]
async fn all_pipelines_come_with_what_the_vendor_says_of_them() {
    let server = MockServer::start().await;
    let pipelines = json!([{ "id": 4, "name": "Deploy", "disabled": true }, { "id": 5 }]);
    page(&server, PIPELINES, 1, json!({ "pipelines": pipelines })).await;
    let list = client(&server).pipelines("acme", "site");
    let found: Vec<types::Pipeline> = list.try_collect().await.unwrap();
    let ids: Vec<_> = found.iter().map(|pipeline| pipeline.id).collect();
    assert_eq!(ids, [Some(4), Some(5)]);
    assert_eq!(found[0].name.as_deref(), Some("Deploy"));
}
