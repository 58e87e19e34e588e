//! What goes over the wire.

use futures_util::TryStreamExt;
use runpipe::{ErrorKind, Runs};
use serde_json::json;

use super::*;

#[tokio::test]
async fn parameters_are_a_text_that_holds_json() {
    let server = always(json_answer(&json!(41))).await;
    let mut params = no_parameters();
    params.comment = Some("中文 \"quoted\" & more".to_owned());
    params.envs.insert("k 1".to_owned(), "v\\1".to_owned());
    client(&server).start(&pipeline(), &params).await.unwrap();
    let requests = received(&server).await;
    assert_eq!(requests[0].url.path(), RUNS);
    assert_eq!(
        header(&requests[0], "content-type"),
        Some("application/json")
    );
    let body: Value = requests[0].body_json().unwrap();
    let text = body["params"].as_str().expect("a text and no object");
    let inner: Value = serde_json::from_str(text).unwrap();
    let expected = json!({ "comment": "中文 \"quoted\" & more", "envs": { "k 1": "v\\1" } });
    assert_eq!(inner, expected);
    assert_eq!(body.as_object().unwrap().len(), 1);
}

#[tokio::test]
async fn without_parameters_an_empty_object_is_sent() {
    let server = always(json_answer(&json!(41))).await;
    client(&server)
        .start(&pipeline(), &no_parameters())
        .await
        .unwrap();
    assert_eq!(received(&server).await[0].body, b"{}");
}

#[tokio::test]
async fn each_operation_has_its_path_in_both_editions() {
    let central = "/oapi/v1/flow/organizations/5ebbc";
    let region = "/oapi/v1/flow";
    for (place, before) in [
        (pipeline(), central),
        (PipelineRef::in_region(123), region),
        (PipelineRef::new("-", 123), region),
    ] {
        let server = MockServer::start().await;
        let job = json!([{ "stageInfo": { "jobs": [{ "id": 7, "name": "Build" }] } }]);
        let whole = json!({ "pipelineRunId": 41, "stages": job });
        let at = |path: &str| format!("{before}/pipelines{path}");
        on(&server, "POST", &at("/123/runs"), json_answer(&json!(41))).await;
        on(&server, "GET", &at("/123/runs/41"), json_answer(&whole)).await;
        let latest = at("/123/runs/latestPipelineRun");
        on(&server, "GET", &latest, json_answer(&whole)).await;
        on(
            &server,
            "PUT",
            &at("/123/runs/41"),
            json_answer(&json!(true)),
        )
        .await;
        on(&server, "GET", &at("/123/runs"), json_answer(&json!([]))).await;
        on(&server, "GET", &at(""), json_answer(&json!([]))).await;
        on(&server, "GET", &at("/123"), json_answer(&json!({}))).await;
        let log = at("/123/runs/41/job/7/log");
        on(
            &server,
            "GET",
            &log,
            json_answer(&json!({ "content": "x" })),
        )
        .await;
        let jobs = at("/123/pipelineRuns/41/jobs/7");
        for (verb, what) in [
            ("POST", "pass"),
            ("POST", "refuse"),
            ("PUT", "retry"),
            ("PUT", "skip"),
        ] {
            on(
                &server,
                verb,
                &format!("{jobs}/{what}"),
                json_answer(&json!(true)),
            )
            .await;
        }
        let steps = json!([{ "buildId": 5, "buildProcessNodes": [{ "stepIndex": 1 }] }]);
        on(
            &server,
            "GET",
            &format!("{jobs}/steps"),
            json_answer(&steps),
        )
        .await;
        let log = json_answer(&json!({ "logs": "y", "more": false }));
        on(&server, "GET", &format!("{jobs}/step/log"), log).await;

        let client = client(&server);
        let run = client
            .start(&place, &no_parameters())
            .await
            .unwrap()
            .reference;
        client.get(&run).await.unwrap();
        client.latest(&place).await.unwrap();
        client.cancel(&run).await.unwrap();
        let listed: Vec<_> = client.list(&place).try_collect().await.unwrap();
        let organization = place.organization_id.as_deref();
        let known: Vec<_> = client.pipelines(organization).try_collect().await.unwrap();
        assert_eq!((listed.len(), known.len()), (0, 0));
        client.pipeline(&place).await.unwrap();
        let logs: Vec<_> = client.logs(&run).try_collect().await.unwrap();
        assert_eq!(logs[0].text, "x");
        client.pass(&run, 7).await.unwrap();
        client.refuse(&run, 7).await.unwrap();
        client.retry_job(&run, 7).await.unwrap();
        client.skip_job(&run, 7).await.unwrap();
        let logs: Vec<_> = client.job_step_logs(&run, 7).try_collect().await.unwrap();
        assert_eq!(logs[0].text, "y");
        for request in received(&server).await {
            assert_eq!(header(&request, "accept"), Some("application/json"));
            assert_eq!(header(&request, "api-version"), None);
            if request.method.as_str() != "GET" && request.body.is_empty() {
                assert_eq!(header(&request, "content-length"), Some("0"));
            }
        }
    }
}

#[tokio::test]
async fn any_organization_is_one_segment_of_the_path() {
    let server = always(json_answer(&json!(41))).await;
    let place = PipelineRef::new("5ebbc 云/效%2F&=?#", 123);
    let run = client(&server)
        .start(&place, &no_parameters())
        .await
        .unwrap();
    assert_eq!(
        received(&server).await[0].url.path(),
        "/oapi/v1/flow/organizations/5ebbc%20%E4%BA%91%2F%E6%95%88%252F&=%3F%23/pipelines/123/runs"
    );
    let read: RunRef = run.reference.to_string().parse().unwrap();
    assert_eq!(read, run.reference);
}

/// The address of an instance, with or without what all its paths begin with.
#[tokio::test]
async fn the_address_is_that_of_the_instance() {
    let server = always(json_answer(&json!(41))).await;
    for after in ["", "/", "/oapi/v1/flow", "/oapi/v1/flow/"] {
        let url = format!("{}{after}", server.uri());
        let client = builder(&url).build().unwrap();
        client.start(&pipeline(), &no_parameters()).await.unwrap();
    }
    let paths = received(&server).await.into_iter();
    assert!(
        paths
            .map(|request| request.url.path().to_owned())
            .all(|path| path == RUNS)
    );
}

#[tokio::test]
async fn what_cannot_be_sent_is_not() {
    let server = always(json_answer(&json!(41))).await;
    let client = client(&server);
    for organization in ["", ".", "..", "a\\b", "a\nb"] {
        let place = PipelineRef::new(organization, 123);
        let error = client.start(&place, &no_parameters()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{organization:?}");
        assert!(place.run(1).is_err());
        let named = client.pipeline_named(Some(organization), "site").await;
        assert_eq!(named.unwrap_err().kind(), ErrorKind::Configuration);
    }
    for elsewhere in ["aliyun/5ebbc/1/2", "yunxiao/5ebbc/x/2", "yunxiao/-/1/x"] {
        let run: RunRef = elsewhere.parse().unwrap();
        for error in [
            client.get(&run).await.unwrap_err(),
            client.cancel(&run).await.unwrap_err(),
            client.pass(&run, 7).await.unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::Configuration, "{elsewhere}");
        }
    }
    assert!(received(&server).await.is_empty());
    // Nothing is sent, so no TLS is needed either.
    let http = runpipe::ReqwestClient::new(std::time::Duration::from_secs(1)).unwrap();
    let central = Client::builder().credentials(Credentials::token(TOKEN));
    let central = central.http_client(std::sync::Arc::new(http));
    let central = central.build().unwrap();
    let error = central
        .pipeline(&PipelineRef::in_region(1))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration, "{error}");
    assert!(error.to_string().contains("organization"), "{error}");
}

#[test]
fn a_token_that_no_header_can_carry_is_refused_when_the_client_is_built() {
    for token in ["", " \n", "one\ntwo", "one two", "pt-é"] {
        let builder = Client::builder().credentials(Credentials::token(token));
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{token:?}");
        assert!(!error.to_string().contains("two"), "{error}");
    }
    let blanks = Credentials::token(format!(" {TOKEN}\n"));
    assert!(!format!("{blanks:?}").contains(TOKEN));
    let builder = Client::builder().base_url("http://localhost");
    assert!(builder.credentials(blanks).build().is_ok());
}
