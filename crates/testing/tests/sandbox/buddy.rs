//! Buddy in the sandbox.

use std::time::Duration;

use chrono::{TimeZone, Utc};
use futures_util::TryStreamExt;
use runpipe::buddy::{PipelineRef, types::RunExecutionRequest};
use runpipe::{Decision, ErrorKind, RunStatus, Runs, Service, WaitOptions, wait};
use runpipe_testing::{Outcome as Ends, RunPlan, Sandbox};
use serde_json::json;

use super::{Answer, Outcome, http, operations, send};

const EXECUTIONS: &str = "/workspaces/acme/projects/website/pipelines/2/executions";

fn manual() -> runpipe_testing::SandboxBuilder {
    let start = Utc
        .with_ymd_and_hms(2026, 5, 1, 10, 0, 0)
        .single()
        .unwrap_or_default();
    Sandbox::builder().manual_clock(start)
}

fn pipeline() -> PipelineRef {
    PipelineRef::new("acme", "website", 2)
}

#[tokio::test]
async fn the_library_s_own_client_runs_from_start_to_end() -> Outcome {
    let sandbox = Sandbox::start().await?;
    let buddy = sandbox.buddy()?;
    let request = RunExecutionRequest {
        comment: Some("hotfix".to_owned()),
        ..RunExecutionRequest::default()
    };
    let run = buddy.start(&pipeline(), &request).await?;
    assert_eq!(run.status, RunStatus::Queued);
    assert_eq!(run.finished_at, None);
    let options =
        WaitOptions::default().pauses(Duration::from_millis(50), Duration::from_millis(100));
    let ended = wait(&buddy, &run.reference, &options).await?;
    assert_eq!(ended.status, RunStatus::Succeeded);
    assert!(ended.finished_at.is_some());
    assert_eq!(sandbox.started(Service::Buddy), 1);
    let asked = operations(&sandbox, Service::Buddy);
    assert_eq!(asked.first().map(String::as_str), Some("runExecution"));
    assert!(
        asked
            .iter()
            .skip(1)
            .all(|operation| operation == "getExecution")
    );
    Ok(())
}

#[tokio::test]
async fn a_run_goes_by_the_manual_clock() -> Outcome {
    let sandbox = manual().start().await?;
    let buddy = sandbox.buddy()?;
    let plan = RunPlan::default()
        .takes(Duration::from_secs(600))
        .ends(Ends::Failed);
    sandbox.next_run(Service::Buddy, plan);
    let run = buddy
        .start(&pipeline(), &RunExecutionRequest::default())
        .await?;
    let mut seen = vec![run.status];
    for _ in 0..11 {
        assert!(sandbox.advance(Duration::from_secs(60)));
        seen.push(buddy.get(&run.reference).await?.status);
    }
    assert_eq!(seen[0], RunStatus::Queued);
    assert_eq!(seen[1..10], [RunStatus::Running; 9]);
    assert_eq!(seen[10..], [RunStatus::Failed; 2]);
    let ended = buddy.get(&run.reference).await?;
    assert_eq!(
        ended.started_at.map(|at| at.to_string()).as_deref(),
        Some("2026-05-01T10:01:00.000Z")
    );
    assert_eq!(
        ended.finished_at.map(|at| at.to_string()).as_deref(),
        Some("2026-05-01T10:10:00.000Z")
    );
    Ok(())
}

#[tokio::test]
async fn a_run_waits_until_it_is_applied() -> Outcome {
    let sandbox = manual().start().await?;
    let buddy = sandbox.buddy()?;
    sandbox.next_run(Service::Buddy, RunPlan::default().waits_for_a_person());
    let run = buddy
        .start(&pipeline(), &RunExecutionRequest::default())
        .await?;
    let yes = Decision::approve();
    let early = buddy.decide(&run.reference, &yes).await;
    assert_eq!(
        early.err().map(|error| error.kind()),
        Some(ErrorKind::NothingToDo)
    );
    sandbox.advance(Duration::from_secs(3600));
    let waiting = buddy.get(&run.reference).await?;
    assert_eq!(waiting.status, RunStatus::Waiting);
    assert_eq!(waiting.vendor_status.as_deref(), Some("WAITING_FOR_APPLY"));
    assert_eq!(
        buddy.decide(&run.reference, &yes).await?.status,
        RunStatus::Running
    );
    sandbox.advance(Duration::from_secs(1));
    assert_eq!(
        buddy.get(&run.reference).await?.status,
        RunStatus::Succeeded
    );
    assert_eq!(sandbox.started(Service::Buddy), 1);
    Ok(())
}

#[tokio::test]
async fn cancel_retry_list_logs_and_names_work() -> Outcome {
    let sandbox = manual().start().await?;
    let buddy = sandbox.buddy()?;
    let pipeline = buddy.pipeline_named("acme", "website", "deploy").await?;
    assert_eq!(pipeline.pipeline_id, 2);
    let mut last = None;
    for _ in 0..60 {
        last = Some(
            buddy
                .start(&pipeline, &RunExecutionRequest::default())
                .await?,
        );
    }
    let run = last.ok_or("no run")?;
    assert_eq!(
        buddy.cancel(&run.reference).await?.status,
        RunStatus::Canceling
    );
    sandbox.advance(Duration::from_secs(1));
    assert_eq!(buddy.get(&run.reference).await?.status, RunStatus::Canceled);
    let retried = buddy.retry(&run.reference, None).await?;
    assert_eq!(retried.status, RunStatus::Queued);
    assert_eq!(
        sandbox.started(Service::Buddy),
        61,
        "a retry starts work too"
    );
    let listed: Vec<_> = buddy.list(&pipeline).try_collect().await?;
    assert_eq!(listed.len(), 60);
    assert_eq!(listed[0].id, "60", "the newest comes first");
    sandbox.advance(Duration::from_secs(10));
    let logs: Vec<_> = buddy.logs(&run.reference).try_collect().await?;
    assert_eq!(logs.len(), 1);
    assert_eq!(logs[0].step, "Build");
    assert!(logs[0].text.ends_with("Done"));
    Ok(())
}

async fn raw(
    sandbox: &Sandbox,
    path: &str,
    token: &str,
    body: &str,
) -> Result<Answer, Box<dyn std::error::Error>> {
    let request = http().post(format!("{}{path}", sandbox.url(Service::Buddy)));
    let request = request
        .header("content-type", "application/json")
        .header("accept", "application/json");
    send(request.bearer_auth(token).body(body.to_owned())).await
}

/// The bodies that the abandoned official program sends.
#[tokio::test]
async fn the_bodies_of_the_official_program_are_accepted() -> Outcome {
    let sandbox = Sandbox::start().await?;
    let token = sandbox.accepted().buddy_token.clone();
    for (body, branch, tag) in [
        (
            r#"{"to_revision":{"revision":"HEAD"}}"#,
            json!("main"),
            json!(null),
        ),
        (
            r#"{"branch":{"name":"feature/x"},"comment":"hotfix"}"#,
            json!("feature/x"),
            json!(null),
        ),
        (r#"{"tag":{"name":"v1.0"}}"#, json!(null), json!("v1.0")),
        (
            r#"{"to_revision":{"revision":"0a1b2c"},"refresh":true}"#,
            json!("main"),
            json!(null),
        ),
    ] {
        let answer = raw(&sandbox, EXECUTIONS, &token, body).await?;
        assert_eq!(answer.status, 200, "{body}: {}", answer.text);
        assert_eq!(answer.json()["branch"]["name"], branch, "{body}");
        assert_eq!(answer.json()["tag"]["name"], tag, "{body}");
        assert_eq!(
            answer.json()["finish_date"],
            json!(null),
            "what is empty is there as null"
        );
        assert!(!answer.header("x-rate-limit-remaining").is_empty());
    }
    // It sends the text `null` with every read.
    let list = http().get(format!(
        "{}{EXECUTIONS}?page=1&per_page=1",
        sandbox.url(Service::Buddy)
    ));
    let list = send(
        list.bearer_auth(&token)
            .header("content-type", "application/json")
            .body("null"),
    )
    .await?;
    assert_eq!(list.status, 200, "{}", list.text);
    assert_eq!(list.json()["total_element_count"], json!(4));
    assert_eq!(list.json()["executions"].as_array().map(Vec::len), Some(1));
    let cancel = http().patch(format!("{}{EXECUTIONS}/3", sandbox.url(Service::Buddy)));
    let cancel = cancel
        .header("content-type", "application/json")
        .body(r#"{"operation":"CANCEL"}"#);
    assert_eq!(send(cancel.bearer_auth(&token)).await?.status, 200);
    Ok(())
}

#[tokio::test]
async fn each_refusal_is_the_vendor_s() -> Outcome {
    let sandbox = Sandbox::start().await?;
    let good = sandbox.accepted().buddy_token.clone();
    let reads = sandbox.accepted().buddy_read_token.clone();
    let wildcard = "/workspaces/acme/projects/website/pipelines/3/executions";
    let disabled = "/workspaces/acme/projects/website/pipelines/4/executions";
    let unknown = "/workspaces/acme/projects/website/pipelines/99/executions";
    for (path, token, body, status, sentence) in [
        (EXECUTIONS, "wrong", "{}", 401, "token"),
        (EXECUTIONS, reads.as_str(), "{}", 403, "EXECUTION_RUN"),
        (unknown, good.as_str(), "{}", 404, "acme/website/2 (deploy)"),
        (wildcard, good.as_str(), "{}", 400, "Name a branch"),
        (disabled, good.as_str(), "{}", 400, "disabled"),
        (
            EXECUTIONS,
            good.as_str(),
            r#"{"priority":"URGENT"}"#,
            400,
            "/priority",
        ),
        (
            EXECUTIONS,
            good.as_str(),
            r#"{"clear-cache":true}"#,
            400,
            "clear-cache",
        ),
        (EXECUTIONS, good.as_str(), "not json", 400, "JSON"),
        (
            "/workspaces/acme/nothing",
            good.as_str(),
            "{}",
            404,
            "no path",
        ),
    ] {
        let answer = raw(&sandbox, path, token, body).await?;
        assert_eq!(answer.status, status, "{path} {body}: {}", answer.text);
        let errors = answer.json()["errors"].to_string();
        assert!(errors.contains(sentence), "{path} {body}: {errors}");
    }
    assert_eq!(sandbox.started(Service::Buddy), 0);
    Ok(())
}

#[tokio::test]
async fn the_budget_is_named_and_enforced() -> Outcome {
    let sandbox = manual()
        .requests_per_minute(Service::Buddy, 3)
        .start()
        .await?;
    let token = sandbox.accepted().buddy_token.clone();
    for left in ["2", "1", "0"] {
        let answer = raw(&sandbox, EXECUTIONS, &token, "{}").await?;
        assert_eq!(answer.header("x-rate-limit-remaining"), left);
        assert_eq!(answer.header("x-rate-limit-limit"), "3");
        let reset = sandbox.now().timestamp() + 60;
        assert_eq!(answer.header("x-rate-limit-reset"), reset.to_string());
    }
    assert_eq!(raw(&sandbox, EXECUTIONS, &token, "{}").await?.status, 429);
    sandbox.advance(Duration::from_secs(60));
    assert_eq!(raw(&sandbox, EXECUTIONS, &token, "{}").await?.status, 200);
    assert_eq!(sandbox.started(Service::Buddy), 4);
    Ok(())
}

#[tokio::test]
async fn a_delayed_run_begins_when_it_is_told() -> Outcome {
    let sandbox = manual().start().await?;
    let token = sandbox.accepted().buddy_token.clone();
    let body = r#"{"delay_until":"2026-05-01T12:00:00.000Z"}"#;
    assert_eq!(
        raw(&sandbox, EXECUTIONS, &token, body).await?.json()["status"],
        json!("ENQUEUED")
    );
    sandbox.advance(Duration::from_secs(3600));
    let one = format!("{}{EXECUTIONS}/1", sandbox.url(Service::Buddy));
    let get = || send(http().get(&one).bearer_auth(&token));
    assert_eq!(get().await?.json()["status"], json!("ENQUEUED"));
    let now = http()
        .patch(&one)
        .bearer_auth(&token)
        .json(&json!({ "operation": "RUN_DELAYED" }));
    assert_eq!(send(now).await?.status, 200);
    sandbox.advance(Duration::from_secs(2));
    assert_eq!(get().await?.json()["status"], json!("SUCCESSFUL"));
    Ok(())
}
