//! Details, steps and lists.

use super::{Answer, Outcome, PROJECT, http, manual, project, request, send, starts, token, url};
use futures_util::TryStreamExt;
use runpipe::matillion::{ListFilter, ProjectRef, types};
use runpipe::{ErrorKind, RetryPolicy, RunStatus, Service};
use runpipe_testing::{Outcome as Ends, Pipeline, RunPlan, Sandbox};
use std::time::Duration;

#[tokio::test]
async fn details_are_flat_or_inside_result() -> Outcome {
    for nests in [false, true] {
        let builder = if nests {
            manual().matillion_nests_results()
        } else {
            manual()
        };
        let sandbox = builder.start().await?;
        let matillion = sandbox.matillion()?;
        let plan = RunPlan::default()
            .takes(Duration::from_secs(100))
            .ends(Ends::Failed);
        sandbox.next_run(Service::Matillion, plan);
        let run = matillion
            .start(&project(), &request("Load orders", "Test"))
            .await?;
        sandbox.advance(Duration::from_secs(100));
        let read = matillion.get(&run.reference).await?;
        assert_eq!(read.status, RunStatus::Failed);
        assert_eq!(
            matillion.status(&run.reference).await?.status,
            RunStatus::Failed
        );
        let path = format!("{}/{}", starts(&sandbox), run.reference.run_id());
        let raw = send(http().get(path).bearer_auth(token(&sandbox).await?))
            .await?
            .json();
        let fields = if nests { &raw["result"] } else { &raw };
        assert_eq!(fields["status"], "FAILED");
        assert_eq!(fields["startedAt"], "2026-05-01T10:00:00.000Z");
        assert_eq!(fields["finishedAt"], "2026-05-01T10:01:40.000Z");
        assert_eq!(fields["environmentName"], "Test");
        assert_eq!(fields["projectId"].as_str(), (!nests).then_some(PROJECT));
        assert_eq!(raw.get("result").is_some(), nests);
    }
    Ok(())
}

#[tokio::test]
async fn the_list_goes_by_filters_and_batches() -> Outcome {
    let sandbox = manual().start().await?;
    let matillion = sandbox.matillion_builder().requests_per_second(1e6);
    let matillion = matillion.retry(RetryPolicy::default()).build()?;
    let mut started = Vec::new();
    for number in 0..130 {
        let environment = if number % 2 == 0 {
            "Production"
        } else {
            "Test"
        };
        let run = matillion
            .start(&project(), &request("Load orders", environment))
            .await?;
        started.insert(0, run.reference);
        sandbox.advance(Duration::from_secs(1));
    }
    let count = async |filter: &ListFilter| {
        let listed: Vec<_> = matillion.list(filter).try_collect().await?;
        Ok::<_, runpipe::Error>(listed.len())
    };
    let all = ListFilter::default();
    let listed: Vec<_> = matillion.list(&all).try_collect().await?;
    let listed: Vec<_> = listed.into_iter().map(|run| run.reference).collect();
    assert_eq!(listed, started);
    assert_eq!(count(&all.clone().environment("Test")).await?, 65);
    assert_eq!(count(&all.clone().pipeline("load orders")).await?, 0);
    let running = all.clone().status(types::ExecutionStatus::Running);
    assert_eq!(count(&running).await?, 1);
    let token = token(&sandbox).await?;
    let raw = async |query: &str| {
        let request = http().get(url(&sandbox, &format!("/v1/pipeline-executions{query}")));
        send(request.bearer_auth(&token)).await
    };
    let size = |answer: &Answer| answer.json()["results"].as_array().map_or(0, Vec::len);
    let first = raw("").await?;
    assert_eq!(size(&first), 25);
    let first = first.json();
    let more = first["more"].as_str().unwrap_or_default();
    matillion
        .start(&project(), &request("Load orders", "Test"))
        .await?;
    let second = raw(&format!("?paginationToken={more}")).await?;
    let second = second.json();
    let newest = second["results"][0]["pipelineExecutionId"].as_str();
    assert_eq!(newest, started.get(25).map(|run| run.run_id()));
    assert_eq!(size(&raw("?pipelineName=LOAD%20or&limit=100").await?), 100);
    assert_eq!(size(&raw("?pipelineName=LOAD+or&limit=100").await?), 100);
    // Both ends count: 10:00:05, 10:00:06, 10:00:07.
    let between = "?startedAfter=2026-05-01T10:00:05Z&startedBefore=2026-05-01T10:00:07Z";
    let between = raw(between).await?;
    assert_eq!((size(&between), between.json().get("more")), (3, None));
    assert_eq!(size(&raw("?timeFrame=PT1M").await?), 25);
    assert_eq!(size(&raw("?timeFrame=PT10S&limit=100").await?), 11);
    assert_eq!(size(&raw("?scheduleId=none").await?), 0);
    for wrong in [
        "?timeFrame=yesterday",
        "?paginationToken=made-up",
        "?limit=101",
    ] {
        assert_eq!(raw(wrong).await?.status, 400, "{wrong}");
    }
    Ok(())
}

#[tokio::test]
async fn projects_environments_and_pipelines_are_found_by_name() -> Outcome {
    let other = "0b8e4b0e-31c6-4f5c-8f4e-9a1c2d3e4f50";
    let place = [other, "Marketing", "Live"];
    let added = Pipeline::new(Service::Matillion, place, "sync.orch.yaml", "sync");
    let sandbox = Sandbox::builder().pipeline(added).start().await?;
    let matillion = sandbox.matillion()?;
    assert_eq!(
        matillion.project_named("Marketing").await?,
        ProjectRef::new(other)
    );
    let environments: Vec<_> = matillion.environments(&project()).try_collect().await?;
    let names: Vec<_> = environments
        .iter()
        .filter_map(|one| one.name.as_deref())
        .collect();
    assert_eq!(names, ["Production", "Test"]);
    let published = matillion.published_pipelines(&project(), "Production");
    let published: Vec<_> = published.try_collect().await?;
    let names: Vec<_> = published
        .iter()
        .filter_map(|one| one.name.as_deref())
        .collect();
    assert_eq!(names, ["Load orders", "Old load"]);
    let missing: Result<Vec<_>, _> = matillion
        .published_pipelines(&project(), "None")
        .try_collect()
        .await;
    assert_eq!(
        missing.err().map(|error| error.kind()),
        Some(ErrorKind::NotFound)
    );
    let run = matillion
        .start(&ProjectRef::new(other), &request("sync.orch.yaml", "Live"))
        .await?;
    let elsewhere = project().execution(run.reference.run_id())?;
    let missing = matillion.get(&elsewhere).await;
    assert_eq!(
        missing.err().map(|error| error.kind()),
        Some(ErrorKind::NotFound)
    );
    Ok(())
}

#[tokio::test]
async fn steps_tell_how_far_it_is_and_why_it_failed() -> Outcome {
    let sandbox = manual().start().await?;
    let matillion = sandbox.matillion()?;
    let words = async |ends| {
        sandbox.next_run(Service::Matillion, RunPlan::default().ends(ends));
        let run = matillion
            .start(&project(), &request("Load orders", "Test"))
            .await?;
        let mut words = Vec::new();
        for _ in 0..2 {
            let steps: Vec<_> = matillion.steps(&run.reference).try_collect().await?;
            let last = steps
                .into_iter()
                .next_back()
                .and_then(|step| step.result)
                .unwrap_or_default();
            words.push(last.status.map(|word| word.to_string()).unwrap_or_default());
            words.extend(last.message);
            words.extend(last.started_at.is_none().then(|| "no time".to_owned()));
            sandbox.advance(Duration::from_secs(5));
        }
        Ok::<_, runpipe::Error>(words)
    };
    assert_eq!(words(Ends::Succeeded).await?, ["RUNNING", "SUCCESS"]);
    assert_eq!(
        words(Ends::Failed).await?,
        ["RUNNING", "FAILED", "table ORDERS does not exist"]
    );
    assert_eq!(
        words(Ends::Skipped).await?,
        ["RUNNING", "SKIPPED", "no time"]
    );
    Ok(())
}
