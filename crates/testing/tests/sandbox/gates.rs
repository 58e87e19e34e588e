//! Runs that wait for a person: what a yes, a no and a word at the wrong time come to.

use std::time::Duration;

use chrono::{TimeZone, Utc};
use reqwest::Method;
use runpipe::Service;
use runpipe_testing::{RunPlan, Sandbox};
use serde_json::{Value, json};

use super::Outcome;
use super::asker::{AZURE, Asker, run_path};

/// A sandbox in which the next run of each service waits for a person after five seconds.
async fn sandbox() -> Result<Sandbox, Box<dyn std::error::Error>> {
    let start = Utc.with_ymd_and_hms(2026, 5, 1, 10, 0, 0).single();
    let sandbox = Sandbox::builder()
        .manual_clock(start.unwrap_or_default())
        .start()
        .await?;
    let plan = RunPlan::default().takes(Duration::from_secs(10));
    for service in Service::ALL {
        sandbox.next_run(service, plan.clone().waits_for_a_person());
    }
    Ok(sandbox)
}

/// Starts a run on each service and gives the id of one; all wait then.
async fn waiting(
    asker: &mut Asker<'_>,
    sandbox: &Sandbox,
    service: Service,
) -> Result<String, Box<dyn std::error::Error>> {
    let runs = asker.start().await?;
    sandbox.advance(Duration::from_secs(6));
    let run = runs.into_iter().find(|(of, _)| *of == service);
    Ok(run.ok_or("no run of this service")?.1)
}

async fn aliyun_status(
    asker: &mut Asker<'_>,
    id: &str,
) -> Result<Value, Box<dyn std::error::Error>> {
    let path = run_path(Service::Aliyun, id);
    let run = asker
        .good(Service::Aliyun, Method::GET, &path, None)
        .await?;
    Ok(run["pipelineRun"]["status"].clone())
}

#[tokio::test]
async fn a_job_of_aliyun_is_passed_refused_stopped_and_run_again() -> Outcome {
    // Verb and method, the state it leads to, and the state after ten seconds.
    let wishes = [
        (Method::POST, "/pass", "RUNNING", "SUCCESS"),
        (Method::PUT, "/skip", "RUNNING", "SUCCESS"),
        (Method::POST, "/refuse", "CANCELED", "CANCELED"),
        (Method::PUT, "/stop", "RUNNING", "CANCELED"),
    ];
    for (method, verb, at_once, later) in wishes {
        let sandbox = sandbox().await?;
        let mut asker = Asker::new(&sandbox).await?;
        let id = waiting(&mut asker, &sandbox, Service::Aliyun).await?;
        let job = asker.aliyun_job(&id).await?;
        let again = asker.good(Service::Aliyun, Method::PUT, &job, None).await?;
        assert_eq!(again["success"], false, "a waiting job is not run again");
        let path = format!("{job}{verb}");
        let taken = asker.good(Service::Aliyun, method, &path, None).await?;
        assert_eq!(taken["success"], true, "{verb}: {taken}");
        assert_eq!(aliyun_status(&mut asker, &id).await?, at_once, "{verb}");
        sandbox.advance(Duration::from_secs(10));
        assert_eq!(aliyun_status(&mut asker, &id).await?, later, "{verb}");
        let path = format!("{job}/pass");
        let late = asker
            .good(Service::Aliyun, Method::POST, &path, None)
            .await?;
        assert_eq!(late["success"], false, "nothing waits any more");
        let again = asker.good(Service::Aliyun, Method::PUT, &job, None).await?;
        assert_eq!(again["success"], true, "what has ended is run again");
        assert_eq!(aliyun_status(&mut asker, &id).await?, "RUNNING", "{verb}");
    }
    Ok(())
}

#[tokio::test]
async fn a_job_that_is_not_there_is_refused_in_the_vendors_words() -> Outcome {
    let sandbox = sandbox().await?;
    let mut asker = Asker::new(&sandbox).await?;
    let id = waiting(&mut asker, &sandbox, Service::Aliyun).await?;
    let path = format!("{}/jobs/7/pass", run_path(Service::Aliyun, &id));
    let refused = asker
        .good(Service::Aliyun, Method::POST, &path, None)
        .await?;
    assert_eq!(refused["errorCode"], "InvalidPipelineRun.NotFound");
    let message = refused["errorMessage"].as_str().unwrap_or_default();
    assert!(
        message.starts_with("The pipeline execution instance is not found."),
        "{message}"
    );
    Ok(())
}

#[tokio::test]
async fn an_approval_of_azure_devops_is_found_in_the_timeline_and_given_once() -> Outcome {
    for (word, ends) in [("approved", "succeeded"), ("rejected", "canceled")] {
        let sandbox = sandbox().await?;
        let mut asker = Asker::new(&sandbox).await?;
        let service = Service::AzureDevops;
        let id = waiting(&mut asker, &sandbox, service).await?;
        let timeline = format!("{AZURE}/build/builds/{id}/timeline");
        let timeline = asker.good(service, Method::GET, &timeline, None).await?;
        let mut records = timeline["records"].as_array().into_iter().flatten();
        let record = records.find(|record| record["type"] == "Checkpoint.Approval");
        let approval = record.ok_or("no approval in the timeline")?["id"].clone();
        let path = format!("{AZURE}/pipelines/approvals");
        let list = format!(
            "{path}?approvalIds={}",
            approval.as_str().unwrap_or_default()
        );
        let pending = asker.good(service, Method::GET, &list, None).await?;
        assert_eq!(pending["count"], 1);
        assert_eq!(pending["value"][0]["status"], "pending");
        assert_eq!(
            pending["value"][0]["pipeline"]["owner"]["id"].to_string(),
            id
        );
        let body = json!([{ "approvalId": approval, "status": word }]);
        let given = asker
            .good(service, Method::PATCH, &path, Some(body.clone()))
            .await?;
        assert_eq!(given["value"][0]["status"], word);
        let again = asker.ask(service, Method::PATCH, &path, Some(body)).await?;
        assert_eq!(again.status, 400, "{word}: {}", again.text);
        sandbox.advance(Duration::from_secs(10));
        let run = asker
            .good(service, Method::GET, &run_path(service, &id), None)
            .await?;
        assert_eq!(run["result"], ends, "{word}");
    }
    Ok(())
}

#[tokio::test]
async fn builds_are_filtered_by_several_words_at_once() -> Outcome {
    let sandbox = sandbox().await?;
    let mut asker = Asker::new(&sandbox).await?;
    let service = Service::AzureDevops;
    waiting(&mut asker, &sandbox, service).await?;
    for (filter, count) in [
        ("statusFilter=inProgress,notStarted", 1),
        ("statusFilter=completed,notStarted", 0),
        ("reasonFilter=schedule,manual", 1),
        ("resultFilter=failed,canceled", 0),
    ] {
        let path = format!("{AZURE}/build/builds?{filter}");
        let builds = asker.good(service, Method::GET, &path, None).await?;
        assert_eq!(builds["count"], count, "{filter}");
    }
    Ok(())
}
