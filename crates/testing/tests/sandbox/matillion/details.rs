//! Matillion in the sandbox: tokens and their end, problems, tags, both forms of the details.

use std::error::Error;
use std::time::Duration;

use futures_util::TryStreamExt;
use runpipe::matillion::{ListFilter, ProjectRef, types::ExecutePublishedPipelineRequest};
use runpipe::{ErrorKind, RunStatus, Runs, Service};
use runpipe_testing::{Outcome as Ends, RunPlan, Sandbox};
use serde_json::{Value, json};

use super::super::operations;
use super::{Answer, Outcome, PROJECT, http, manual, send};

fn request(tag: Option<&str>) -> Result<ExecutePublishedPipelineRequest, Box<dyn Error>> {
    let mut body = json!({ "environmentName": "Production", "pipelineName": "Load orders" });
    if let Some(tag) = tag {
        body["executionTag"] = json!(tag);
    }
    Ok(serde_json::from_value(body)?)
}

#[tokio::test]
async fn the_library_s_own_client_runs_from_start_to_end() -> Outcome {
    let sandbox = manual().start().await?;
    let matillion = sandbox.matillion()?;
    let project = matillion.project_named("Analytics").await?;
    assert_eq!(project.project_id, PROJECT);
    let run = matillion.start(&project, &request(None)?).await?;
    assert_eq!(
        matillion.get(&run.reference).await?.status,
        RunStatus::Running
    );
    sandbox.advance(Duration::from_secs(2));
    let ended = matillion.get(&run.reference).await?;
    assert_eq!(ended.status, RunStatus::Succeeded);
    assert_eq!(ended.pipeline_name.as_deref(), Some("Load orders"));
    let logs: Vec<_> = matillion.logs(&run.reference).try_collect().await?;
    assert!(!logs.is_empty());
    let filter = ListFilter::default()
        .project(&project)
        .pipeline("Load orders");
    let listed: Vec<_> = matillion.list(&filter).try_collect().await?;
    assert_eq!(listed.len(), 1);
    let asked = operations(&sandbox, Service::Matillion);
    assert_eq!(
        asked.iter().filter(|name| *name == "token").count(),
        1,
        "one token for all"
    );
    assert_eq!(sandbox.started(Service::Matillion), 1);
    Ok(())
}

#[tokio::test]
async fn a_tag_runs_once_and_a_disabled_pipeline_never() -> Outcome {
    let sandbox = manual().start().await?;
    let matillion = sandbox.matillion()?;
    let project = ProjectRef::new(PROJECT);
    let long = RunPlan::default()
        .takes(Duration::from_secs(60))
        .ends(Ends::Failed);
    sandbox.next_run(Service::Matillion, long);
    let run = matillion
        .start(&project, &request(Some("nightly"))?)
        .await?;
    let again = matillion.start(&project, &request(Some("nightly"))?).await;
    assert_eq!(
        again.err().map(|error| error.kind()),
        Some(ErrorKind::Conflict)
    );
    matillion.start(&project, &request(Some("other"))?).await?;
    matillion.cancel(&run.reference, true).await?;
    assert_eq!(
        matillion.get(&run.reference).await?.status,
        RunStatus::Canceled
    );
    matillion
        .start(&project, &request(Some("nightly"))?)
        .await?;
    let old = json!({ "environmentName": "Production", "pipelineName": "Old load" });
    let off = matillion
        .start(&project, &serde_json::from_value(old)?)
        .await;
    assert_eq!(
        off.err().map(|error| error.kind()),
        Some(ErrorKind::Disabled)
    );
    assert_eq!(sandbox.started(Service::Matillion), 3);
    Ok(())
}

#[tokio::test]
async fn details_are_flat_or_inside_result() -> Outcome {
    for nested in [false, true] {
        let builder = manual();
        let builder = if nested {
            builder.matillion_nests_results()
        } else {
            builder
        };
        let sandbox = builder.start().await?;
        let matillion = sandbox.matillion()?;
        let run = matillion
            .start(&ProjectRef::new(PROJECT), &request(None)?)
            .await?;
        sandbox.advance(Duration::from_secs(2));
        assert_eq!(
            matillion.get(&run.reference).await?.status,
            RunStatus::Succeeded
        );
        let token = token(&sandbox).await?;
        let url = format!(
            "{}/v1/projects/{PROJECT}/pipeline-executions/{}",
            sandbox.url(Service::Matillion),
            run.id
        );
        let answer = send(http().get(url).bearer_auth(token)).await?;
        assert_eq!(
            answer.json()["result"]["status"].is_string(),
            nested,
            "{}",
            answer.text
        );
        assert_eq!(
            answer.json()["status"].is_string(),
            !nested,
            "{}",
            answer.text
        );
    }
    Ok(())
}

/// The form that a public client sends, byte for byte but for the credentials.
async fn ask_for_token(sandbox: &Sandbox, secret: &str) -> Result<Answer, Box<dyn Error>> {
    let id = &sandbox.accepted().matillion_client_id;
    let body = format!(
        "grant_type=client_credentials&client_id={id}&client_secret={secret}&audience=https%3A%2F%2Fapi.matillion.com"
    );
    let request = http().post(sandbox.token_url());
    send(
        request
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body),
    )
    .await
}

async fn token(sandbox: &Sandbox) -> Result<String, Box<dyn Error>> {
    let secret = sandbox.accepted().matillion_client_secret.clone();
    let answer = ask_for_token(sandbox, &secret).await?;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let json = answer.json();
    assert_eq!(json["token_type"], json!("Bearer"));
    Ok(json["access_token"].as_str().ok_or("no token")?.to_owned())
}

#[tokio::test]
async fn a_token_is_given_for_the_secret_and_ends() -> Outcome {
    let life = Duration::from_secs(600);
    let sandbox = manual().matillion_token_life(life).start().await?;
    let refused = ask_for_token(&sandbox, "wrong").await?;
    assert_eq!(
        (refused.status, refused.json()["error"].as_str()),
        (401, Some("invalid_client"))
    );
    let token = token(&sandbox).await?;
    let url = format!("{}/v1/projects", sandbox.url(Service::Matillion));
    let list = || send(http().get(&url).bearer_auth(&token));
    assert_eq!(list().await?.status, 200);
    sandbox.advance(life);
    let late = list().await?;
    assert_eq!(late.status, 401);
    assert_eq!(late.header("content-type"), "application/problem+json");
    assert_eq!(late.json()["status"], json!(401));
    assert!(late.json()["detail"].to_string().contains("expired"));
    Ok(())
}

/// A public client's body and its spaces.
#[tokio::test]
async fn a_public_client_s_start_is_accepted() -> Outcome {
    let sandbox = Sandbox::start().await?;
    let url = format!(
        "{}/v1/projects/{PROJECT}/pipeline-executions",
        sandbox.url(Service::Matillion)
    );
    let start = http().post(url).bearer_auth(token(&sandbox).await?);
    let start = start.header("content-type", "application/json");
    let answer =
        send(start.body(r#"{"pipelineName": "Load orders", "environmentName": "Production"}"#))
            .await?;
    assert_eq!(answer.status, 201, "{}", answer.text);
    assert!(answer.json()["pipelineExecutionId"].is_string());
    Ok(())
}

#[tokio::test]
async fn each_refusal_is_a_problem() -> Outcome {
    let sandbox = manual().start().await?;
    let token = token(&sandbox).await?;
    let base = sandbox.url(Service::Matillion);
    let other = "00000000-0000-4000-8000-000000000000";
    for (project, body, status) in [
        (PROJECT, json!({ "pipelineName": "Load orders" }), 400),
        (
            PROJECT,
            json!({ "pipelineName": "", "environmentName": "Production" }),
            400,
        ),
        (
            PROJECT,
            json!({ "pipelineName": "Load orders", "environmentName": "Production", "wait": true }),
            400,
        ),
        (
            "not-a-uuid",
            json!({ "pipelineName": "Load orders", "environmentName": "Production" }),
            400,
        ),
        (
            other,
            json!({ "pipelineName": "Load orders", "environmentName": "Production" }),
            404,
        ),
        (
            PROJECT,
            json!({ "pipelineName": "Load orders", "environmentName": "Nowhere" }),
            404,
        ),
        (
            PROJECT,
            json!({ "pipelineName": "Nothing", "environmentName": "Production" }),
            404,
        ),
        (
            PROJECT,
            json!({ "pipelineName": "Old load", "environmentName": "Production" }),
            410,
        ),
    ] {
        let url = format!("{base}/v1/projects/{project}/pipeline-executions");
        let answer = send(http().post(url).bearer_auth(&token).json(&body)).await?;
        assert_eq!(answer.status, status, "{body}: {}", answer.text);
        assert_eq!(
            answer.header("content-type"),
            "application/problem+json",
            "{body}"
        );
        let problem = answer.json();
        assert_eq!(problem["status"], json!(status));
        assert!(problem["title"].is_string() && problem["detail"].is_string());
        assert_eq!(
            problem["violations"]
                .as_array()
                .is_some_and(|all| !all.is_empty()),
            status == 400,
            "{body}: {problem}"
        );
    }
    let beside = send(
        http()
            .get(base.replace("/dpc", "/v1/projects"))
            .bearer_auth(&token),
    )
    .await?;
    assert_eq!(beside.status, 404, "the base path belongs to the address");
    assert_eq!(sandbox.started(Service::Matillion), 0);
    Ok(())
}

#[tokio::test]
async fn too_many_requests_name_the_wait() -> Outcome {
    let sandbox = manual()
        .requests_per_minute(Service::Matillion, 2)
        .start()
        .await?;
    let token = token(&sandbox).await?;
    let url = format!("{}/v1/projects", sandbox.url(Service::Matillion));
    let list = || send(http().get(&url).bearer_auth(&token));
    assert_eq!(list().await?.status, 200);
    sandbox.advance(Duration::from_secs(20));
    let refused = list().await?;
    assert_eq!(refused.status, 429);
    assert_eq!(refused.header("retry-after"), "40");
    assert_ne!(refused.json(), Value::Null);
    sandbox.advance(Duration::from_secs(40));
    assert_eq!(list().await?.status, 200);
    Ok(())
}
