//! Lists, names, and looking for a run that may have been started.

use futures_util::TryStreamExt;
use runpipe::{ErrorKind, Reconciled, RunStatus};
use serde_json::{Value, json};
use wiremock::matchers::{path, query_param, query_param_is_missing};

use super::*;

#[tokio::test]
async fn runs_are_listed_newest_first() {
    let server = MockServer::start().await;
    let runs = json!({ "count": 3, "value": [
        { "id": 7000, "state": "completed", "result": "succeeded", "templateParameters": {} },
        { "id": 7001, "state": "inProgress" },
        { "state": "inProgress" }
    ] });
    on(&server, "GET", RUNS, json_answer(&runs)).await;
    let runs: Vec<_> = client(&server)
        .list(&pipeline())
        .try_collect()
        .await
        .unwrap();
    let ids: Vec<_> = runs.iter().map(|run| run.id.as_str()).collect();
    assert_eq!(ids, ["7001", "7000"]);
    assert_eq!(runs[1].status, RunStatus::Succeeded);
}

#[tokio::test]
async fn builds_come_page_after_page_when_they_are_asked_for() {
    let server = MockServer::start().await;
    let page = |build: Value| json_answer(&json!({ "count": 1, "value": [build] }));
    let queued = json!({ "id": 7003, "status": "notStarted", "sourceBranch": "refs/heads/x", "definition": { "name": "site" } });
    let ended = json!({ "id": 7002, "status": "completed", "result": "partiallySucceeded" });
    Mock::given(path(BUILDS))
        .and(query_param("definitions", "42"))
        .and(query_param("$top", "100"))
        .and(query_param("queryOrder", "queueTimeDescending"))
        .and(query_param("api-version", "7.1"))
        .and(query_param_is_missing("continuationToken"))
        .respond_with(page(queued).insert_header("X-MS-ContinuationToken", "next page"))
        .mount(&server)
        .await;
    // The last page repeats the token: it is not fetched for ever.
    Mock::given(path(BUILDS))
        .and(query_param("continuationToken", "next page"))
        .respond_with(page(ended).insert_header("X-MS-ContinuationToken", "next page"))
        .mount(&server)
        .await;
    let client = client(&server);
    let mut list = client.list_builds(&pipeline());
    let first = list.try_next().await.unwrap().unwrap();
    assert_eq!(
        (first.id.as_str(), first.status),
        ("7003", RunStatus::Queued)
    );
    assert_eq!(first.requested_ref.as_deref(), Some("refs/heads/x"));
    assert_eq!(first.pipeline_name.as_deref(), Some("site"));
    assert_eq!(
        received(&server).await.len(),
        1,
        "the second page was not asked for yet"
    );
    let second = list.try_next().await.unwrap().unwrap();
    assert_eq!(
        (second.id.as_str(), second.status),
        ("7002", RunStatus::Succeeded)
    );
    assert_eq!(
        second.vendor_status.as_deref(),
        Some("completed/partiallySucceeded")
    );
    assert_eq!(second.warnings.len(), 1);
    let error = list.try_next().await.unwrap_err();
    assert_eq!(
        error.kind(),
        ErrorKind::Undecodable,
        "no end was told: {error}"
    );
    assert_eq!(received(&server).await.len(), 2);
}

#[tokio::test]
async fn a_pipeline_is_found_by_its_name_over_all_pages() {
    let server = MockServer::start().await;
    let first = json!({ "value": [
        { "id": 1, "name": "nightly", "folder": "\\" },
        { "id": 2, "name": "nightly", "folder": "\\release\\v2" },
        { "id": 3, "folder": "\\" }
    ] });
    let second =
        json!({ "value": [{ "id": 4, "name": "site", "folder": "\\web", "novel": true }] });
    Mock::given(path(PIPELINES))
        .and(query_param_is_missing("continuationToken"))
        .respond_with(json_answer(&first).insert_header("x-ms-continuationtoken", "p2"))
        .mount(&server)
        .await;
    Mock::given(path(PIPELINES))
        .and(query_param("continuationToken", "p2"))
        .respond_with(json_answer(&second))
        .mount(&server)
        .await;
    let client = client(&server);
    let named = async |name: &str| client.pipeline_named("acme", "My Project", name).await;
    for (name, id) in [
        ("site", 4),
        ("web\\site", 4),
        ("\\web\\site", 4),
        ("\\nightly", 1),
        ("release\\v2\\nightly", 2),
    ] {
        assert_eq!(
            named(name).await.unwrap(),
            PipelineRef::new("acme", "My Project", id),
            "{name}"
        );
    }
    let several = named("nightly").await.unwrap_err();
    assert_eq!(several.kind(), ErrorKind::UnknownName);
    assert!(several.to_string().contains("1, 2"), "{several}");
    let none = named("sites").await.unwrap_err();
    assert!(none.to_string().contains("\"site\""), "{none}");
    let none = named("release\\nightly").await.unwrap_err();
    assert!(none.to_string().contains("v2"), "{none}");
}

async fn reconciled(asked: Value, builds: Value) -> Reconciled {
    let answer = json_answer(&json!({ "value": builds }));
    let server = always(answer.insert_header("date", "Fri, 01 May 2026 10:00:00 GMT")).await;
    let client = client(&server);
    let since = moment("2026-05-01T10:00:00Z");
    client
        .reconcile(&pipeline(), &request(asked), since)
        .await
        .unwrap()
}

#[tokio::test]
async fn reconcile_finds_what_may_have_been_started() {
    let asked = json!({
        "resources": { "repositories": { "self": { "refName": "refs/heads/main", "version": "4C1F" } } },
        "templateParameters": { "env": "prod", "dry": "True" },
        "variables": { "v": { "value": "1" }, "key": { "value": "s", "isSecret": true } }
    });
    let fitting = json!({
        "id": 7001, "status": "inProgress", "queueTime": "2026-05-01T10:00:01.5Z", "reason": "manual",
        "sourceBranch": "refs/heads/main", "sourceVersion": "4c1f8e2d",
        "templateParameters": { "env": "prod", "dry": true }, "parameters": "{\"v\":\"1\",\"key\":\"***\"}"
    });
    let with = |changes: Value| {
        let mut build = fitting.clone();
        for (key, value) in changes.as_object().unwrap() {
            build[key] = value.clone();
        }
        build
    };
    let one = reconciled(asked.clone(), json!([fitting])).await;
    let Reconciled::One(found) = one else {
        panic!("{one:?}")
    };
    assert_eq!(found.reference, run());
    // What is not recorded rules nothing out. Without a date, nothing shows that it is new.
    for bare in [
        json!({ "id": 7001, "templateParameters": {}, "parameters": "no JSON" }),
        json!({ "id": 7001 }),
    ] {
        let found = reconciled(asked.clone(), json!([bare])).await;
        assert!(matches!(found, Reconciled::Uncertain { .. }), "{found:?}");
    }
    for other in [
        json!({ "sourceBranch": "refs/heads/other" }),
        json!({ "sourceVersion": "90bb6cd4" }),
        json!({ "templateParameters": { "env": "test" } }),
        json!({ "templateParameters": { "dry": false } }),
        json!({ "parameters": "{\"v\":\"2\"}" }),
        json!({ "reason": "schedule" }),
        json!({ "queueTime": "2026-05-01T09:00:00Z" }),
        json!({ "queueTime": "2026-05-01T09:59:59.9Z" }),
    ] {
        let found = reconciled(asked.clone(), json!([with(other.clone())])).await;
        assert!(matches!(found, Reconciled::None), "{other}: {found:?}");
    }
    // A word that nobody knows says neither.
    let novel = reconciled(asked.clone(), json!([with(json!({ "reason": "novel" }))])).await;
    assert!(matches!(novel, Reconciled::Uncertain { .. }), "{novel:?}");
    let twice = json!([fitting, with(json!({ "id": 7002 }))]);
    let Reconciled::Several(runs) = reconciled(asked, twice).await else {
        panic!("two fit")
    };
    assert_eq!(runs.len(), 2);
    // A short ref may have been ignored by the service: it rules nothing out.
    let short = json!({ "resources": { "repositories": { "self": { "refName": "dev" } } } });
    assert!(matches!(
        reconciled(short, json!([fitting])).await,
        Reconciled::One(_)
    ));
    assert!(matches!(
        reconciled(json!({}), json!([])).await,
        Reconciled::None
    ));
}

#[tokio::test]
async fn the_own_builds_are_those_of_whom_the_answer_is_for() {
    let build =
        |id: u32, who: Value| json!({ "id": id, "definition": { "id": 42 }, "requestedFor": who });
    let list = json!({ "value": [
        build(1, json!({ "id": "ME-1" })),
        build(2, json!({ "id": "other", "uniqueName": "Me@example.com" })),
        build(3, json!({ "id": "other", "uniqueName": "other@example.com" })),
        build(4, json!({ "uniqueName": "" })),
        build(5, json!(null)),
    ] });
    for (who, own) in [
        (Some("me-1:me@example.com"), vec!["1", "2"]),
        (Some("me-1:"), vec!["1"]),
        (Some(":me@example.com"), vec!["2"]),
        (Some("nobody"), vec![]),
        (None, vec![]),
    ] {
        let server = MockServer::start().await;
        let mut answer = json_answer(&list);
        if let Some(who) = who {
            answer = answer.insert_header("x-vss-userdata", who);
        }
        on(&server, "GET", BUILDS, answer).await;
        let listed = client(&server)
            .list_own_builds(&pipeline())
            .try_collect::<Vec<_>>()
            .await;
        match listed {
            Ok(runs) => {
                let ids: Vec<_> = runs.iter().map(|run| run.id.as_str()).collect();
                assert_eq!(ids, own, "{who:?}");
            }
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Undecodable, "{error}");
                assert!(own.is_empty(), "{who:?}: {error}");
            }
        }
    }
}
