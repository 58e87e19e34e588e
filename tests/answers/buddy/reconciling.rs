//! Looking for the execution that a start may have begun.

use runpipe::Reconciled;
use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
struct Case {
    name: String,
    request: types::RunExecutionRequest,
    executions: Value,
    /// The ids of the executions that may be the one.
    found: Vec<String>,
    /// Whether that is not certain.
    #[serde(default)]
    uncertain: bool,
}

/// When the start was sent, and what time it is now: here, and at the service.
const SENT: &str = "2026-11-21T10:00:00.500Z";
const NOW: &str = "2026-11-21T10:00:30Z";
const SERVICES_NOW: &str = "Sat, 21 Nov 2026 10:00:30 GMT";

#[tokio::test]
async fn an_execution_is_found_by_its_comment_and_its_ref_and_no_other_is() {
    for case in rows::<Case>("buddy/reconcile") {
        let server = MockServer::start().await;
        let list = json_answer(json!({ "total_page_count": 1, "executions": case.executions }));
        let list = list.insert_header("date", SERVICES_NOW);
        on(&server, "GET", EXECUTIONS, list).await;
        let now = moment(NOW);
        let client = builder(&server).clock(move || now).build().unwrap();
        let found = client
            .reconcile(&pipeline(), &case.request, moment(SENT))
            .await
            .unwrap();
        let (runs, uncertain) = match found {
            Reconciled::One(run) => (vec![*run], false),
            Reconciled::Several(runs) => (runs, false),
            Reconciled::Uncertain { candidates, .. } => (candidates, true),
            Reconciled::None => (Vec::new(), false),
            other => panic!("{}: {other:?}", case.name),
        };
        let ids: Vec<String> = runs.into_iter().map(|run| run.id).collect();
        assert_eq!(
            (ids, uncertain),
            (case.found, case.uncertain),
            "{}",
            case.name
        );
        assert!(
            methods(&server).await.iter().all(|method| method == "GET"),
            "{}: nothing is started",
            case.name
        );
    }
}

#[tokio::test]
async fn the_search_ends_where_the_list_gets_too_old() {
    let server = MockServer::start().await;
    let old = json!([{ "id": 1, "comment": "mark", "start_date": "2026-11-20T10:00:00Z" }]);
    let list = json_answer(json!({ "total_page_count": 1000, "executions": old }));
    let list = list.insert_header("date", SERVICES_NOW);
    on(&server, "GET", EXECUTIONS, list).await;
    let now = moment(NOW);
    let client = builder(&server).clock(move || now).build().unwrap();
    let request = types::RunExecutionRequest {
        comment: Some("mark".to_owned()),
        ..Default::default()
    };
    let found = client.reconcile(&pipeline(), &request, moment(SENT)).await;
    assert!(matches!(found.unwrap(), Reconciled::None));
    assert_eq!(received(&server).await.len(), 1);
}

/// The list does not date it, so it is read by itself.
#[tokio::test]
async fn an_execution_that_cannot_be_read_makes_no_candidate_and_one_that_is_gone_does() {
    for (status, told) in [(404, true), (403, false)] {
        let server = MockServer::start().await;
        let list = json_answer(json!({ "executions": [{ "id": 31, "triggeredOn": "CLICK" }] }));
        let list = list.insert_header("date", SERVICES_NOW);
        on(&server, "GET", EXECUTIONS, list).await;
        on(&server, "GET", EXECUTION, ResponseTemplate::new(status)).await;
        let (client, anything) = (client(&server), Default::default());
        let found = client.reconcile(&pipeline(), &anything, moment(SENT)).await;
        assert_eq!(found.is_ok(), told, "{status}: {found:?}");
    }
}

#[tokio::test]
async fn an_execution_that_two_pages_show_is_one() {
    let server = MockServer::start().await;
    // One more was started between the pages.
    let execution = json!({ "id": 31, "triggeredOn": "CLICK", "comment": "deploy 4711" });
    let list = json!({ "total_page_count": 2, "executions": [execution] });
    on(&server, "GET", EXECUTIONS, json_answer(list)).await;
    let comment = Some("deploy 4711".to_owned());
    let request = types::RunExecutionRequest {
        comment,
        ..Default::default()
    };
    let found = client(&server)
        .reconcile(&pipeline(), &request, moment(SENT))
        .await;
    assert!(matches!(found, Ok(Reconciled::One(_))), "{found:?}");
}
