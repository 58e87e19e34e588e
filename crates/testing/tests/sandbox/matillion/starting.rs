//! Starting and stopping, and what refuses to be started.

use super::{Outcome, http, manual, project, request, send, starts, tagged, token, url};
use runpipe::{ErrorKind, RunStatus, Runs, Service, WaitOptions, wait};
use runpipe_testing::{RunPlan, Sandbox};
use serde_json::{Value, json};
use std::time::Duration;

#[tokio::test]
async fn the_library_s_own_client_runs_from_start_to_end() -> Outcome {
    let sandbox = Sandbox::start().await?;
    let matillion = sandbox.matillion()?;
    let run = matillion
        .start(&project(), &request("Load orders", "Production"))
        .await?;
    let options =
        WaitOptions::default().pauses(Duration::from_millis(50), Duration::from_millis(100));
    let ended = wait(&matillion, &run.reference, &options).await?;
    assert_eq!(ended.status, RunStatus::Succeeded);
    assert!(ended.started_at.is_some() && ended.finished_at.is_some());
    assert_eq!(ended.message.as_deref(), Some("\"Rewrite table\": Success"));
    assert_eq!(sandbox.started(Service::Matillion), 1);
    let asked = sandbox.received(Service::Matillion);
    let asked: Vec<&str> = asked
        .iter()
        .filter_map(|one| one.operation.as_deref())
        .collect();
    assert_eq!(asked[..2], ["token", "executePublishedPipeline"]);
    Ok(())
}

#[tokio::test]
async fn a_tag_runs_once_in_an_environment_at_a_time() -> Outcome {
    let sandbox = manual().start().await?;
    let matillion = sandbox.matillion()?;
    let start =
        async |tag, environment| matillion.start(&project(), &tagged(tag, environment)).await;
    start("nightly", "Production").await?;
    let refused = start("nightly", "Production").await.err();
    assert_eq!(refused.map(|error| error.kind()), Some(ErrorKind::Conflict));
    start("nightly", "Test").await?;
    start("hourly", "Production").await?;
    assert_eq!(sandbox.started(Service::Matillion), 3);
    sandbox.advance(Duration::from_secs(2));
    start("nightly", "Production").await?;
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_started_is_refused_in_problem_details() -> Outcome {
    let sandbox = Sandbox::start().await?;
    let token = token(&sandbox).await?;
    let start = |body: Value| {
        send(
            http()
                .post(starts(&sandbox))
                .bearer_auth(&token)
                .json(&body),
        )
    };
    let cases = [
        (
            json!({ "pipelineName": "Old load", "environmentName": "Production" }),
            410,
            "Gone",
        ),
        (
            json!({ "pipelineName": "None", "environmentName": "Production" }),
            404,
            "Not Found",
        ),
        (
            json!({ "pipelineName": "Load orders", "environmentName": "None" }),
            404,
            "Not Found",
        ),
        (json!({ "pipelineName": "Load orders" }), 400, "Bad Request"),
        (
            json!({ "pipelineName": "", "environmentName": "Test" }),
            400,
            "Bad Request",
        ),
        (
            json!({ "pipelineName": "a", "environmentName": "Test", "tag": "b" }),
            400,
            "Bad Request",
        ),
    ];
    for (body, status, title) in cases {
        let answer = start(body.clone()).await?;
        assert_eq!(
            (answer.status, &answer.json()["title"]),
            (status, &json!(title)),
            "{body}"
        );
        assert_eq!(answer.header("content-type"), "application/problem+json");
        let violations = answer.json()["violations"].as_array().map(Vec::len);
        assert_eq!(
            violations,
            (status == 400).then_some(1),
            "{}",
            answer.json()
        );
    }
    let get = |path: &str| send(http().get(url(&sandbox, path)).bearer_auth(&token));
    let other = "/v1/projects/00000000-0000-4000-8000-000000000000/environments";
    assert_eq!(get(other).await?.status, 404);
    assert_eq!(get("/v1/nothing").await?.json()["status"], 404);
    assert_eq!(get("/v1/projects?size=101").await?.status, 400);
    let disabled = sandbox
        .matillion()?
        .start(&project(), &request("Old load", "Production"))
        .await;
    assert_eq!(
        disabled.err().map(|error| error.kind()),
        Some(ErrorKind::Disabled)
    );
    assert_eq!(sandbox.started(Service::Matillion), 0);
    Ok(())
}

#[tokio::test]
async fn stopping_goes_through_cancelling_and_an_ended_one_refuses() -> Outcome {
    let sandbox = manual().start().await?;
    let matillion = sandbox.matillion()?;
    let plan = RunPlan::default().takes(Duration::from_secs(100));
    sandbox.next_run(Service::Matillion, plan.clone());
    let run = matillion
        .start(&project(), &tagged("nightly", "Test"))
        .await?;
    assert_eq!(
        Runs::cancel(&matillion, &run.reference).await?.status,
        RunStatus::Canceling
    );
    let still = matillion
        .start(&project(), &tagged("nightly", "Test"))
        .await
        .err();
    assert_eq!(still.map(|error| error.kind()), Some(ErrorKind::Conflict));
    sandbox.advance(Duration::from_secs(10));
    assert_eq!(
        matillion.get(&run.reference).await?.status,
        RunStatus::Canceled
    );
    let again = matillion.cancel(&run.reference, true).await?;
    assert_eq!(again.vendor_status.as_deref(), Some("CANCELLED"));
    let received = sandbox.received(Service::Matillion);
    let stops = received
        .iter()
        .filter(|one| one.method == "PATCH")
        .map(|one| one.status);
    assert_eq!(stops.collect::<Vec<_>>(), [200, 400]);
    sandbox.next_run(Service::Matillion, plan);
    let run = matillion
        .start(&project(), &tagged("nightly", "Test"))
        .await?;
    assert_eq!(
        matillion.cancel(&run.reference, true).await?.status,
        RunStatus::Canceled
    );
    Ok(())
}

#[tokio::test]
async fn a_start_without_an_answer_is_found_again() -> Outcome {
    let sandbox = manual().start().await?;
    let matillion = sandbox.matillion()?;
    let since = sandbox.now();
    let request = request("Load orders", "Production");
    let run = matillion.start(&project(), &request).await?;
    sandbox.advance(Duration::from_secs(1));
    let found = matillion.reconcile(&project(), &request, since).await?;
    assert!(
        format!("{found:?}").contains(run.reference.run_id()),
        "{found:?}"
    );
    Ok(())
}
