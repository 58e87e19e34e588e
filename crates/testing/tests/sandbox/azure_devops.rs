//! Azure DevOps in the sandbox: signing in, versions, runs and the builds behind them.

use std::error::Error;
use std::time::Duration;

use chrono::{TimeZone, Utc};
use futures_util::TryStreamExt;
use runpipe::azure_devops::{Client, Credentials, PipelineRef, types};
use runpipe::{ErrorKind, RunStatus, Runs, Service};
use runpipe_testing::{Outcome as Ends, RunPlan, Sandbox, SandboxBuilder};
use serde_json::json;

use super::{Answer, Outcome, http, send};

const RUNS: &str = "/acme/Website/_apis/pipelines/42/runs";

fn manual() -> SandboxBuilder {
    let start = Utc.with_ymd_and_hms(2026, 5, 1, 10, 0, 0).single();
    Sandbox::builder().manual_clock(start.unwrap_or_default())
}

fn pipeline() -> PipelineRef {
    PipelineRef::new("acme", "Website", 42)
}

#[tokio::test]
async fn the_library_s_own_client_runs_from_start_to_end() -> Outcome {
    let sandbox = manual().start().await?;
    let azure = sandbox.azure_devops()?;
    let found = azure.pipeline_named("acme", "Website", "build").await?;
    assert_eq!(found, pipeline());
    let own = types::RepositoryResourceParameters {
        ref_name: Some("refs/heads/next".to_owned()),
        ..Default::default()
    };
    let resources = types::RunResourcesParameters {
        repositories: [("self".to_owned(), own)].into(),
        ..Default::default()
    };
    let request = types::RunPipelineParameters {
        resources: Some(resources),
        template_parameters: [("environment".to_owned(), "test".to_owned())].into(),
        ..Default::default()
    };
    let run = azure.start(&found, &request).await?;
    assert_eq!(run.status, RunStatus::Running);
    assert_eq!(run.id, "7001");
    sandbox.advance(Duration::from_secs(1));
    assert_eq!(azure.get(&run.reference).await?.finished_at, None);
    sandbox.advance(Duration::from_secs(1));
    let ended = azure.get(&run.reference).await?;
    assert_eq!(ended.status, RunStatus::Succeeded);
    assert_eq!(ended.requested_ref.as_deref(), Some("refs/heads/next"));
    assert_eq!(
        ended.created_at.map(|at| at.to_string()).as_deref(),
        Some("2026-05-01T10:00:00.0000000Z")
    );
    let logs: Vec<_> = azure.logs(&run.reference).try_collect().await?;
    assert!(logs.iter().any(|log| log.text.contains("make")), "{logs:?}");
    let listed: Vec<_> = azure.list(&found).try_collect().await?;
    assert_eq!(listed.len(), 1);
    let builds: Vec<_> = azure.list_builds(&found).try_collect().await?;
    assert_eq!(builds.len(), 1);
    assert_eq!(builds[0].status, RunStatus::Succeeded);
    Ok(())
}

#[tokio::test]
async fn cancel_partial_success_and_previews_work() -> Outcome {
    let sandbox = manual().start().await?;
    let azure = sandbox.azure_devops()?;
    let request = types::RunPipelineParameters::default();
    let run = azure.start(&pipeline(), &request).await?;
    assert_eq!(
        azure.cancel(&run.reference).await?.status,
        RunStatus::Canceling
    );
    sandbox.advance(Duration::from_secs(1));
    assert_eq!(azure.get(&run.reference).await?.status, RunStatus::Canceled);

    sandbox.next_run(
        Service::AzureDevops,
        RunPlan::default().ends(Ends::PartiallySucceeded),
    );
    let run = azure.start(&pipeline(), &request).await?;
    sandbox.advance(Duration::from_secs(2));
    let ended = azure.get(&run.reference).await?;
    assert_eq!(ended.status, RunStatus::Succeeded);
    assert_eq!(
        ended.vendor_status.as_deref(),
        Some("completed/partiallySucceeded")
    );

    assert!(
        azure
            .preview(&pipeline(), &request)
            .await?
            .contains("stages:")
    );
    assert!(
        azure
            .preview_run(&pipeline(), &request)
            .await?
            .contains("stages:")
    );
    assert_eq!(sandbox.started(Service::AzureDevops), 2);
    Ok(())
}

/// What the official SDK sends: no version in the query, a charset, the request's own headers.
fn sdk(sandbox: &Sandbox, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
    let url = format!("{}{path}", sandbox.url(Service::AzureDevops));
    http()
        .request(method, url)
        .basic_auth("", Some(&sandbox.accepted().azure_devops_pat))
        .header("accept", "application/json;api-version=7.1-preview.1")
        .header("x-tfs-fedauthredirect", "Suppress")
        .header("x-vss-forcemsapassthrough", "true")
        .header("x-tfs-session", "00b8ae4c-1f7e-4b6f-8a6e-0d4bd9d2b7b7")
}

#[tokio::test]
async fn the_official_sdk_s_requests_are_accepted() -> Outcome {
    let sandbox = manual().start().await?;
    // It asks first where things are.
    let locations = send(sdk(&sandbox, reqwest::Method::OPTIONS, "/acme/_apis")).await?;
    let places = locations.json();
    let runs = places["value"].as_array().and_then(|all| {
        all.iter()
            .find(|place| place["id"] == "7859261e-d2e9-4a68-b820-a5d84cc5bb3d")
            .cloned()
    });
    let runs = runs.ok_or("the runs are nowhere")?;
    assert_eq!(
        runs["routeTemplate"],
        "{project}/_apis/{area}/{pipelineId}/{resource}/{runId}"
    );
    let body = r#"{"resources":{"repositories":{"self":{"refName":"refs/heads/main"}}},"stagesToSkip":["Deploy"],"templateParameters":{"env":"prod"},"variables":{"v":{"isSecret":true,"value":"s"}}}"#;
    let start = sdk(&sandbox, reqwest::Method::POST, RUNS)
        .header("content-type", "application/json; charset=utf-8")
        .body(body);
    let run = send(start).await?;
    assert_eq!(run.status, 200, "{}", run.text);
    let json = run.json();
    assert_eq!(json["state"], json!("inProgress"));
    assert_eq!(
        json.get("result"),
        None,
        "absent while the run is in progress"
    );
    assert_eq!(json.get("finishedDate"), None);
    assert_eq!(
        json["variables"]["v"],
        json!({ "isSecret": true, "value": null })
    );
    assert!(json["_links"]["pipeline.web"]["href"].is_string());
    assert!(
        !json["url"].to_string().contains("Website"),
        "links have the project's GUID"
    );
    assert_eq!(run.header("activityid"), run.header("x-vss-e2eid"));
    // With the GUID in place of the name, and with the name in small letters.
    let url = json["url"].as_str().unwrap_or_default().to_owned();
    let path = url
        .strip_prefix(&sandbox.url(Service::AzureDevops))
        .unwrap_or_default()
        .to_owned();
    assert_eq!(
        send(sdk(&sandbox, reqwest::Method::GET, &path))
            .await?
            .status,
        200
    );
    let small = "/acme/website/_apis/pipelines/42/runs/7001";
    assert_eq!(
        send(sdk(&sandbox, reqwest::Method::GET, small))
            .await?
            .status,
        200
    );
    // It writes fixed words of a path with capitals, as the service does in its links.
    let build = "/acme/Website/_apis/build/Builds/7001/Timeline";
    assert_eq!(
        send(sdk(&sandbox, reqwest::Method::GET, build))
            .await?
            .status,
        200
    );
    // The official program writes the status with a capital.
    let cancel = sdk(
        &sandbox,
        reqwest::Method::PATCH,
        "/acme/Website/_apis/build/builds/7001?api-version=7.1",
    );
    let cancel = cancel
        .header("content-type", "application/json")
        .body(r#"{"status":"Cancelling"}"#);
    let build = send(cancel).await?;
    assert_eq!(build.status, 200, "{}", build.text);
    assert_eq!(build.json()["status"], json!("cancelling"));
    Ok(())
}

async fn ask(request: reqwest::RequestBuilder) -> Result<Answer, Box<dyn Error>> {
    send(
        request
            .header("content-type", "application/json")
            .body("{}"),
    )
    .await
}

#[tokio::test]
async fn strangers_are_sent_away_as_the_service_does_it() -> Outcome {
    let sandbox = manual().start().await?;
    let url = format!(
        "{}{RUNS}?api-version=7.1",
        sandbox.url(Service::AzureDevops)
    );
    let wrong = ask(http().post(&url).basic_auth("", Some("wrong"))).await?;
    assert_eq!(wrong.status, 203);
    assert!(wrong.header("content-type").starts_with("text/html"));
    assert!(wrong.text.contains("Sign In"));
    assert_eq!(
        ask(http().post(&url).bearer_auth("wrong")).await?.status,
        203
    );

    let nobody = ask(http().post(&url)).await?;
    assert_eq!(nobody.status, 302);
    assert!(
        nobody.header("location").contains("/_signin"),
        "{}",
        nobody.header("location")
    );
    let quiet = ask(http()
        .post(&url)
        .header("X-TFS-FedAuthRedirect", "Suppress"))
    .await?;
    assert_eq!((quiet.status, quiet.text.as_str()), (401, ""));
    assert_eq!(quiet.header("content-type"), "");
    assert!(quiet.header("www-authenticate").starts_with("Basic realm="));
    // One `=` too many.
    let padded = ask(http()
        .post(&url)
        .header("authorization", "Basic OnNhbmRib3gtcGF0=="))
    .await?;
    assert_eq!(padded.status, 401);
    // A PATCH is told the reason.
    let build = url.replace("pipelines/42/runs", "build/builds/7001");
    let patch = http()
        .patch(&build)
        .basic_auth("", Some("wrong"))
        .json(&json!({ "status": "cancelling" }));
    let refused = ask(patch).await?;
    assert_eq!(refused.status, 401);
    assert!(refused.text.contains("TF400813"), "{}", refused.text);

    for good in [
        http()
            .post(&url)
            .basic_auth("anybody", Some(&sandbox.accepted().azure_devops_pat)),
        http()
            .post(&url)
            .basic_auth("", Some(&sandbox.accepted().azure_devops_token)),
        http()
            .post(&url)
            .bearer_auth(&sandbox.accepted().azure_devops_token),
    ] {
        assert_eq!(ask(good).await?.status, 200);
    }
    assert_eq!(sandbox.started(Service::AzureDevops), 3);
    let client = Client::builder().base_url(sandbox.url(Service::AzureDevops));
    let client = client.credentials(Credentials::pat("wrong")).build()?;
    let error = client
        .start(&pipeline(), &types::RunPipelineParameters::default())
        .await;
    assert_eq!(
        error.err().map(|error| error.kind()),
        Some(ErrorKind::Authentication)
    );
    Ok(())
}

#[tokio::test]
async fn each_refusal_is_the_vendor_s() -> Outcome {
    let sandbox = manual().start().await?;
    for (path, body, status, key) in [
        (
            "/acme/Nothing/_apis/pipelines/42/runs?api-version=7.1",
            "{}",
            404,
            "ProjectDoesNotExistWithNameException",
        ),
        (
            "/acme/Website/_apis/pipelines/99/runs?api-version=7.1",
            "{}",
            404,
            "PipelineNotFoundException",
        ),
        (
            "/acme/Website/_apis/pipelines/42/runs?api-version=9.0",
            "{}",
            400,
            "VssVersionOutOfRangeException",
        ),
        (
            "/acme/Website/_apis/pipelines/42/runs?api-version=7.2",
            "{}",
            400,
            "VssInvalidPreviewVersionException",
        ),
        (
            "/acme/Website/_apis/pipelines/42/runs",
            "{}",
            400,
            "VssVersionNotSpecifiedException",
        ),
        (
            "/acme/Website/_apis/pipelines/42/runs?api-version=7.1",
            r#"{"variables":{"Build.Id":{"value":"1"}}}"#,
            400,
            "PipelineValidationException",
        ),
        (
            "/acme/Website/_apis/pipelines/42/runs?api-version=7.1",
            r#"{"stagesToSkip":["My stage"]}"#,
            400,
            "PipelineValidationException",
        ),
        (
            "/acme/Website/_apis/pipelines/42/runs?api-version=7.1",
            r#"{"yamlOverride":"steps: []"}"#,
            400,
            "PipelineValidationException",
        ),
        (
            "/acme/Website/_apis/pipelines/42/runs?api-version=7.1",
            r#"{"templateParameters":{"list":[1]}}"#,
            400,
            "InvalidArgumentValueException",
        ),
        (
            "/acme/Website/_apis/pipelines/42/runs?api-version=7.1&page=1",
            "{}",
            400,
            "InvalidArgumentValueException",
        ),
    ] {
        let request = http().post(format!("{}{path}", sandbox.url(Service::AzureDevops)));
        let request = request.basic_auth("", Some(&sandbox.accepted().azure_devops_pat));
        let request = request
            .header("content-type", "application/json")
            .body(body);
        let answer = send(request).await?;
        let json = answer.json();
        assert_eq!(
            (json["typeKey"].as_str(), answer.status),
            (Some(key), status),
            "{path} {body}: {}",
            answer.text
        );
        assert_eq!(json["$id"], json!("1"));
    }
    let nowhere = format!(
        "{}/acme/Website/_apis/pipeline",
        sandbox.url(Service::AzureDevops)
    );
    let nowhere = send(http().get(nowhere)).await?;
    assert_eq!(nowhere.status, 404);
    assert!(nowhere.header("content-type").starts_with("text/plain"));
    assert_eq!(sandbox.started(Service::AzureDevops), 0);
    Ok(())
}
