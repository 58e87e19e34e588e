//! Tokens: how they are had, how they end, and how many requests one may make.

use super::{
    Outcome, TOKEN_BODY, ask_token, http, manual, project, request, send, starts, token, url,
};
use runpipe::matillion::Credentials;
use runpipe::{ErrorKind, RunStatus, Service};
use runpipe_testing::Sandbox;
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn a_public_client_s_requests_are_understood() -> Outcome {
    let sandbox = manual().start().await?;
    let answer = ask_token(&sandbox, TOKEN_BODY).await?;
    assert_eq!(
        (answer.status, answer.header("cache-control")),
        (200, "no-store")
    );
    assert_eq!(answer.json()["token_type"], "Bearer");
    assert_eq!(answer.json()["expires_in"], 1800);
    assert_eq!(answer.json()["scope"], "pipeline-execution");
    // Two public scripts leave the audience out.
    let without = TOKEN_BODY.split("&audience").next().unwrap_or_default();
    assert_eq!(ask_token(&sandbox, without).await?.status, 200);
    let start = http()
        .post(starts(&sandbox))
        .bearer_auth(token(&sandbox).await?);
    let start = start.header("content-type", "application/json");
    let body = r#"{"pipelineName": "Load orders", "environmentName": "Production"}"#;
    let started = send(start.body(body)).await?;
    assert_eq!(started.status, 201);
    assert_eq!(
        started.json()["pipelineExecutionId"].as_str().map(str::len),
        Some(36)
    );
    assert!(!started.header("cf-ray").is_empty());
    Ok(())
}

#[tokio::test]
async fn the_token_endpoint_refuses_with_an_oauth_error() -> Outcome {
    let sandbox = Sandbox::start().await?;
    let cases = [
        (
            TOKEN_BODY.replace("sandbox-client-secret", "wrong"),
            401,
            "invalid_client",
        ),
        (
            TOKEN_BODY.replace("client_credentials", "password"),
            400,
            "unsupported_grant_type",
        ),
        (
            TOKEN_BODY.replace("grant_type=", "grant="),
            400,
            "invalid_request",
        ),
        (
            TOKEN_BODY.replace("client_secret=", "secret="),
            400,
            "invalid_request",
        ),
        (
            TOKEN_BODY.replace("api.matillion", "api.example"),
            400,
            "invalid_request",
        ),
        (
            format!("{TOKEN_BODY}&client_id=other"),
            400,
            "invalid_request",
        ),
    ];
    for (body, status, error) in cases {
        let answer = ask_token(&sandbox, &body).await?;
        assert_eq!(
            (answer.status, &answer.json()["error"]),
            (status, &json!(error)),
            "{body}"
        );
        assert!(answer.json()["error_description"].is_string());
    }
    let as_json = http()
        .post(sandbox.token_url())
        .json(&json!({ "grant_type": "client_credentials" }));
    assert_eq!(send(as_json).await?.status, 400);
    assert_eq!(send(http().get(sandbox.token_url())).await?.status, 405);
    let wrong = Credentials::client("sandbox-client", "wrong").token_url(sandbox.token_url());
    let matillion = sandbox.matillion_builder().credentials(wrong).build()?;
    let refused = matillion
        .start(&project(), &request("Load orders", "Production"))
        .await;
    assert_eq!(
        refused.err().map(|error| error.kind()),
        Some(ErrorKind::Authentication)
    );
    assert_eq!(sandbox.started(Service::Matillion), 0);
    Ok(())
}

#[tokio::test]
async fn a_token_ends_by_the_sandbox_s_clock_and_the_client_asks_for_another() -> Outcome {
    let sandbox = manual().start().await?;
    let matillion = sandbox.matillion()?;
    let run = matillion
        .start(&project(), &request("Load orders", "Production"))
        .await?;
    let old = token(&sandbox).await?;
    let read = |token: String| send(http().get(url(&sandbox, "/v1/projects")).bearer_auth(token));
    sandbox.advance(Duration::from_secs(1799));
    assert_eq!(read(old.clone()).await?.status, 200);
    sandbox.advance(Duration::from_secs(1));
    let refused = read(old).await?;
    assert_eq!(
        (refused.status, refused.header("content-type")),
        (401, "application/problem+json")
    );
    assert_eq!(refused.json()["detail"], "The access token has expired.");
    assert_eq!(refused.json()["instance"], "/v1/projects");
    assert_eq!(
        read("made-up".to_owned()).await?.json()["detail"],
        "The access token is not valid."
    );
    let bare = send(http().get(url(&sandbox, "/v1/projects"))).await?;
    assert_eq!(
        (bare.status, &bare.json()["title"]),
        (401, &json!("Unauthorized"))
    );
    // The client's own token has ended too, and it does not know: it asks once more.
    assert_eq!(
        matillion.get(&run.reference).await?.status,
        RunStatus::Succeeded
    );
    let asked = sandbox.received(Service::Matillion);
    let last: Vec<(&str, u16)> = asked
        .iter()
        .rev()
        .take(3)
        .map(|one| (one.operation.as_deref().unwrap_or_default(), one.status))
        .collect();
    let expected = [
        ("getPipelineExecution", 200),
        ("token", 200),
        ("getPipelineExecution", 401),
    ];
    assert_eq!(last, expected);
    Ok(())
}

#[tokio::test]
async fn too_many_requests_are_told_when_to_come_again() -> Outcome {
    let sandbox = manual()
        .requests_per_minute(Service::Matillion, 3)
        .start()
        .await?;
    let token = token(&sandbox).await?;
    let read = || {
        send(
            http()
                .get(url(&sandbox, "/v1/projects"))
                .bearer_auth(&token),
        )
    };
    assert_eq!((read().await?.status, read().await?.status), (200, 200));
    sandbox.advance(Duration::from_millis(10_500));
    let refused = read().await?;
    assert_eq!((refused.status, refused.header("retry-after")), (429, "50"));
    assert_eq!(refused.json()["title"], "Too Many Requests");
    sandbox.advance(Duration::from_secs(50));
    assert_eq!(read().await?.status, 200);
    Ok(())
}
