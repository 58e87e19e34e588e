//! Lists: their pages, and what is found in them by name.

use futures_util::{StreamExt, TryStreamExt};
use runpipe::matillion::{ListFilter, ProjectRef, types};
use runpipe::{ErrorKind, Runs};
use serde_json::{Value, json};
use wiremock::matchers::{path, query_param, query_param_is_missing};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::{EXECUTION, answers, client, execution, moment, project, quick, requests};

#[tokio::test]
async fn steps_are_logs_page_after_page() {
    let server = MockServer::start().await;
    let at = format!("{EXECUTION}/steps");
    let step = |n: usize| {
        json!({ "id": n.to_string(), "name": format!("step {n}"),
        "result": { "status": "FAILED", "message": format!("said {n}") } })
    };
    // The service may serve shorter pages than were asked for.
    let pages = [
        json!({ "page": 0, "size": 2, "total": 5, "results": [step(0), step(1)] }),
        json!({ "page": 1, "size": 2, "total": 5, "results": [step(2), step(3)] }),
        json!({ "page": 2, "size": 2, "total": 5, "results": [{ "name": null, "result": null }] }),
    ];
    for (page, body) in pages.into_iter().enumerate() {
        let list = Mock::given(path(at.as_str())).and(query_param("page", page.to_string()));
        let list = list.and(query_param("size", "100"));
        list.respond_with(ResponseTemplate::new(200).set_body_json(body))
            .expect(2)
            .mount(&server)
            .await;
    }
    let (client, run) = (client(&server, quick()), execution());
    let logs: Vec<_> = client.logs(&run).try_collect().await.unwrap();
    let texts: Vec<_> = logs
        .iter()
        .map(|log| (log.step.as_str(), log.text.as_str()))
        .collect();
    let said = [
        ("step 0", "said 0"),
        ("step 1", "said 1"),
        ("step 2", "said 2"),
        ("step 3", "said 3"),
    ];
    assert_eq!(texts[..4], said);
    assert_eq!(texts[4..], [("", "")]);
    let steps = Runs::steps(&client, &run).await.unwrap();
    let log = client.step_log(&run, &steps[3]).await.unwrap().unwrap();
    assert_eq!((log.step.as_str(), log.text.as_str()), said[3]);
    assert!(client.step_log(&run, &steps[4]).await.unwrap().is_none());
}

/// What the first page says of the list, and whether another page is asked for.
#[tokio::test]
async fn a_list_ends_where_its_total_says_or_at_a_page_that_is_not_full() {
    let told = |size: i64, total: i64| json!({ "page": 0, "size": size, "total": total });
    for (found, says, goes_on) in [
        (2, told(2, 2), false),
        (2, told(2, 3), true),
        // Less than what is here: such a total counts something else.
        (2, told(2, 1), true),
        (1, told(2, 0), false),
        (1, told(2, 3), true),
        (0, told(2, 9), false),
        (2, json!({ "size": 2 }), true),
        (1, json!({ "size": 2 }), false),
        // Not a size: the one that was asked for is meant.
        (1, json!({ "size": 0 }), false),
        (1, json!({ "size": -1 }), false),
        (99, json!({}), false),
        (100, json!({}), true),
    ] {
        let server = MockServer::start().await;
        let mut body = says.clone();
        body["results"] = (0..found)
            .map(|n| json!({ "name": n.to_string() }))
            .collect();
        let at = "/v1/projects/p1/environments";
        let first = Mock::given(path(at)).and(query_param("page", "0"));
        let first = first.respond_with(ResponseTemplate::new(200).set_body_json(body));
        first.mount(&server).await;
        answers(&server, "GET", at, 200, json!({})).await;
        let client = client(&server, quick());
        let list: Vec<_> = client.environments(&project()).try_collect().await.unwrap();
        assert_eq!(list.len(), found, "{says}");
        let asked = requests(&server, "GET").await;
        assert_eq!(asked, 1 + usize::from(goes_on), "{found} {says}");
    }
}

#[tokio::test]
async fn a_list_follows_its_cursor_and_asks_for_what_the_filter_says() {
    let server = MockServer::start().await;
    let item = |id: &str, name: &str| {
        json!({ "pipelineExecutionId": id, "pipelineName": name,
        "projectId": "p1", "status": "FAILED" })
    };
    let first = json!({ "more": "next", "results": [item("a", "load"), item("b", "reload"), {}] });
    let mut second = json!({ "more": "next", "results": [item("c", "load")] });
    second["results"][0]["projectId"] = Value::Null;
    let list = || {
        Mock::given(path("/v1/pipeline-executions"))
            .and(query_param("limit", "100"))
            .and(query_param("projectId", "p1"))
            .and(query_param("pipelineName", "load"))
            .and(query_param("environmentName", "Production"))
            .and(query_param("status", "FAILED"))
            .and(query_param("startedAfter", "2026-11-20T02:00:00.000Z"))
            .and(query_param("startedBefore", "2026-11-21T02:00:00.000Z"))
            .and(query_param("timeFrame", "P1D"))
            .and(query_param("scheduleId", "s1"))
    };
    let reply = |body| ResponseTemplate::new(200).set_body_json(body);
    list()
        .and(query_param_is_missing("paginationToken"))
        .respond_with(reply(first))
        .expect(1)
        .mount(&server)
        .await;
    // A token that leads to itself is no end of the list.
    list()
        .and(query_param("paginationToken", "next"))
        .respond_with(reply(second))
        .expect(1)
        .mount(&server)
        .await;

    let filter = ListFilter::default()
        .project(&project())
        .pipeline("load")
        .environment("Production")
        .started_after(moment("2026-11-20T02:00:00Z"))
        .started_before(moment("2026-11-21T02:00:00Z"))
        .time_frame("P1D")
        .schedule("s1")
        .status(types::ExecutionStatus::Failed);
    let client = client(&server, quick());
    let mut list = client.list(&filter);
    let first = list.next().await.unwrap().unwrap();
    assert_eq!(first.reference, project().execution("a").unwrap());
    assert_eq!(
        requests(&server, "GET").await,
        1,
        "a page is fetched when it is asked for"
    );
    let second = list.next().await.unwrap().unwrap();
    assert_eq!(second.reference.to_string(), "matillion/p1/c");
    let error = list.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Undecodable, "{error}");
}

#[tokio::test]
async fn a_project_is_found_by_its_name_on_any_page() {
    let server = MockServer::start().await;
    let fill = |from: usize| {
        (from..from + 100).map(|n| json!({ "id": format!("id{n}"), "name": format!("p {n}") }))
    };
    let mut last: Vec<Value> = vec![
        json!({ "id": "x", "name": "Sales" }),
        json!({ "id": null, "name": "Sales" }),
    ];
    last.extend([
        json!({ "id": "y", "name": "Twin" }),
        json!({ "id": "z", "name": "Twin" }),
    ]);
    // Without totals: a full page has a next one.
    for (page, results) in [fill(0).collect(), fill(100).collect(), last]
        .into_iter()
        .enumerate()
    {
        let answer = ResponseTemplate::new(200).set_body_json(json!({ "results": results }));
        let list = Mock::given(path("/v1/projects")).and(query_param("page", page.to_string()));
        list.respond_with(answer).mount(&server).await;
    }
    let client = client(&server, quick());
    assert_eq!(
        client.project_named("Sales").await.unwrap(),
        ProjectRef::new("x")
    );
    let error = client.project_named("sales").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnknownName);
    assert!(error.to_string().contains("\"Sales\""), "{error}");
    let error = client.project_named("Twin").await.unwrap_err();
    assert!(
        error.kind() == ErrorKind::UnknownName && error.to_string().contains("y, z"),
        "{error}"
    );
}

#[tokio::test]
async fn environments_and_published_pipelines_are_listed() {
    let server = MockServer::start().await;
    let found =
        json!({ "total": 1, "results": [{ "name": "Production", "defaultAgentId": null }] });
    answers(&server, "GET", "/v1/projects/p1/environments", 200, found).await;
    let found = json!({ "results": [{ "name": "load", "publishedTime": "2026-11-20T02:00:00Z" }] });
    let list = Mock::given(path("/v1/projects/p1/published-pipelines"));
    let list = list.and(query_param("environmentName", "Production"));
    list.respond_with(ResponseTemplate::new(200).set_body_json(found))
        .mount(&server)
        .await;
    let client = client(&server, quick());
    let environments: Vec<_> = client.environments(&project()).try_collect().await.unwrap();
    assert_eq!(environments[0].name.as_deref(), Some("Production"));
    let pipelines = client.published_pipelines(&project(), "Production");
    let pipelines: Vec<_> = pipelines.try_collect().await.unwrap();
    assert_eq!(pipelines[0].name.as_deref(), Some("load"));
}
