//! Starting: what each answer means, what is sent, and how often; looking for a lost run.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::time::Duration;

use futures_util::TryStreamExt;
use runpipe::matillion::{Client, Credentials, ProjectRef, types};
use runpipe::{Decision, ErrorKind, Reconciled, RetryPolicy, RunRef, RunStatus, Runs};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use wiremock::matchers::{body_json, header, method, path, query_param, query_param_is_missing};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::{
    SECRET, STARTS, answers, assert_holds, client, execution, moment, project, quick, request,
    requests, rows,
};

#[derive(Deserialize)]
struct RefusalCase {
    name: String,
    status: u16,
    content_type: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: Option<Value>,
    text: Option<String>,
    expected: Map<String, Value>,
    message: Option<String>,
    advice: Option<String>,
}

#[tokio::test]
async fn refusals_say_what_they_are() {
    for case in rows::<RefusalCase>("matillion/refusals") {
        let name = &case.name;
        let server = MockServer::start().await;
        let text = case
            .text
            .or(case.body.map(|body| body.to_string()))
            .unwrap_or_default();
        let content_type = case
            .content_type
            .as_deref()
            .unwrap_or("application/octet-stream");
        let mut answer = ResponseTemplate::new(case.status).set_body_raw(text, content_type);
        for (key, value) in &case.headers {
            answer = answer.insert_header(key.as_str(), value.as_str());
        }
        Mock::given(method("POST"))
            .and(path(STARTS))
            .respond_with(answer)
            .mount(&server)
            .await;

        let client = client(&server, RetryPolicy::none());
        let error = client
            .start(&project(), &request("load"))
            .await
            .unwrap_err();
        assert_holds(&serde_json::to_value(&error).unwrap(), &case.expected, name);
        for text in case.message.iter().chain(&case.advice) {
            assert!(error.to_string().contains(text), "{name}: {error}");
        }
        assert!(
            !format!("{error} {error:?}").contains(SECRET),
            "{name}: {error:?}"
        );
        assert_eq!(requests(&server, "POST").await, 1, "{name}");
    }
}

#[derive(Deserialize)]
struct StartCase {
    name: String,
    status: u16,
    body: Value,
    id: String,
    warned: bool,
}

#[tokio::test]
async fn an_answer_with_an_id_is_a_started_run() {
    for case in rows::<StartCase>("matillion/starts") {
        let server = MockServer::start().await;
        answers(&server, "POST", STARTS, case.status, case.body).await;
        let run = client(&server, quick())
            .start(&project(), &request("load"))
            .await;
        let run = run.unwrap_or_else(|error| panic!("{}: {error}", case.name));
        assert_eq!(
            run.reference,
            project().execution(&case.id).unwrap(),
            "{}",
            case.name
        );
        assert_eq!(run.status, RunStatus::Queued);
        assert_eq!(run.pipeline_name.as_deref(), Some("load"));
        assert_eq!(run.requested_ref.as_deref(), Some("2.4.0"));
        assert!(run.url.as_ref().unwrap().ends_with(&case.id));
        assert_eq!(
            !run.warnings.is_empty(),
            case.warned,
            "{}: {:?}",
            case.name,
            run.warnings
        );
        assert_eq!(
            run.vendor::<types::StartedPipelineExecution>().is_none(),
            case.warned
        );
    }
}

#[tokio::test]
async fn a_start_sends_what_was_asked_for_and_no_version_header() {
    let server = MockServer::start().await;
    let mut asked = request("load");
    asked.agent_id = Some("a1".to_owned());
    asked
        .scalar_variables
        .insert("day".to_owned(), "2026-11-19".to_owned());
    let rows = vec![vec!["ORDERS".to_owned(), "full".to_owned()]];
    asked.grid_variables.insert("tables".to_owned(), rows);
    let body = json!({
        "agentId": "a1", "environmentName": "Production", "executionTag": "nightly",
        "gridVariables": { "tables": [["ORDERS", "full"]] }, "pipelineName": "load",
        "scalarVariables": { "day": "2026-11-19" }, "versionName": "2.4.0",
    });
    let answer = ResponseTemplate::new(201).set_body_json(json!({ "pipelineExecutionId": "e" }));
    let bearer = format!("Bearer {SECRET}");
    let start =
        Mock::given(method("POST")).and(path("/v1/projects/my%20p%2F1/pipeline-executions"));
    let start = start
        .and(body_json(body))
        .and(header("authorization", bearer.as_str()));
    start.respond_with(answer).expect(1).mount(&server).await;

    let project = ProjectRef::new("my p/1");
    let started = client(&server, quick());
    let run = tokio::spawn(async move { started.start(&project, &asked).await }).await;
    assert_eq!(
        run.unwrap().unwrap().reference.to_string(),
        "matillion/my%20p%2F1/e"
    );
    let sent = server.received_requests().await.unwrap();
    assert!(!sent[0].headers.contains_key("api-version"));
}

#[tokio::test]
async fn what_would_change_the_path_is_not_sent() {
    let server = MockServer::start().await;
    let client = client(&server, quick());
    for id in ["", "  ", "..", "a\\b"] {
        let error = client
            .start(&ProjectRef::new(id), &request("load"))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{id}: {error}");
    }
    let foreign: RunRef = "buddy/acme/site/2/31".parse().unwrap();
    for outcome in [
        client.get(&foreign).await.err(),
        client.status(&foreign).await.err(),
        client.cancel(&foreign, true).await.err(),
        client.decide(&foreign, &Decision::approve()).await.err(),
        client.retry(&foreign, None).await.err(),
        client.steps(&foreign).try_collect::<Vec<_>>().await.err(),
    ] {
        assert_eq!(outcome.unwrap().kind(), ErrorKind::Configuration);
    }
    assert!(server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn too_many_requests_is_waited_out_and_starts_one_run() {
    let server = MockServer::start().await;
    let busy = ResponseTemplate::new(429).insert_header("retry-after", "0");
    let busy = Mock::given(method("POST"))
        .respond_with(busy)
        .up_to_n_times(1);
    busy.mount(&server).await;
    answers(
        &server,
        "POST",
        STARTS,
        201,
        json!({ "pipelineExecutionId": "e2a4" }),
    )
    .await;
    let run = client(&server, quick())
        .start(&project(), &request("load"))
        .await
        .unwrap();
    assert_eq!(run.reference, execution());
    assert_eq!(requests(&server, "POST").await, 2);
}

#[tokio::test]
async fn a_start_that_may_have_happened_is_sent_once() {
    for answer in [
        ResponseTemplate::new(500),
        ResponseTemplate::new(503).insert_header("retry-after", "0"),
        ResponseTemplate::new(200).set_body_raw("<html>", "text/html"),
        ResponseTemplate::new(204),
        ResponseTemplate::new(201).set_delay(Duration::from_secs(5)),
    ] {
        let server = MockServer::start().await;
        Mock::given(method("POST"))
            .respond_with(answer)
            .mount(&server)
            .await;
        let builder = Client::builder().base_url(server.uri()).retry(quick());
        let builder = builder.timeout(Duration::from_millis(500));
        let client = builder
            .credentials(Credentials::token(SECRET))
            .build()
            .unwrap();
        let error = client
            .start(&project(), &request("load"))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error}");
        assert_eq!(requests(&server, "POST").await, 1, "{error}");
    }
}

#[tokio::test]
async fn a_refused_connection_started_nothing() {
    // An address that nobody listens on: its listener is gone again.
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr();
    let builder = Client::builder().base_url(format!("http://{}", address.unwrap()));
    let builder = builder
        .retry(quick())
        .credentials(Credentials::token(SECRET));
    let nobody = builder.build().unwrap();
    let error = nobody
        .start(&project(), &request("load"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport, "{error}");
}

#[derive(Deserialize)]
struct ReconcileCase {
    name: String,
    executions: Vec<Value>,
    found: Vec<String>,
    /// Whether it is said that this is not certain.
    #[serde(default)]
    uncertain: bool,
}

#[tokio::test]
async fn reconcile_finds_what_may_have_been_started() {
    for case in rows::<ReconcileCase>("matillion/reconcile") {
        let server = MockServer::start().await;
        let list = Mock::given(method("GET"))
            .and(path("/v1/pipeline-executions"))
            .and(query_param("projectId", "p1"))
            // The service may take more for the same name than its filters do.
            .and(query_param_is_missing("pipelineName"))
            .and(query_param_is_missing("environmentName"));
        let body = json!({ "results": case.executions });
        let answer = ResponseTemplate::new(200).set_body_json(body);
        let answer = answer.insert_header("date", "Fri, 20 Nov 2026 02:00:00 GMT");
        list.respond_with(answer).mount(&server).await;
        let since = moment("2026-11-20T02:00:00Z");
        let client = Client::builder()
            .base_url(server.uri())
            .credentials(Credentials::token(SECRET))
            .retry(quick())
            .clock(move || since)
            .build()
            .unwrap();
        let outcome = client
            .reconcile(&project(), &request("load.orch.yaml"), since)
            .await
            .unwrap();
        let uncertain = matches!(outcome, Reconciled::Uncertain { .. });
        assert_eq!(uncertain, case.uncertain, "{}", case.name);
        let found: Vec<String> = match outcome {
            Reconciled::One(run) => vec![run.id],
            Reconciled::Several(runs)
            | Reconciled::Uncertain {
                candidates: runs, ..
            } => runs.into_iter().map(|run| run.id).collect(),
            _ => Vec::new(),
        };
        assert_eq!(found, case.found, "{}", case.name);
        assert_eq!(requests(&server, "POST").await, 0);
    }
}
