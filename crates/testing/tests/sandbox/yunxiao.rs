//! Yunxiao in the sandbox: the token, both editions, bare answers, gates, what a run shows.

use std::error::Error;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use futures_util::TryStreamExt;
use reqwest::Method;
use runpipe::yunxiao::{Client, PipelineRef, types};
use runpipe::{ErrorKind, Reconciled, Run, RunStatus, Runs, Service};
use runpipe_testing::{Outcome as Ends, RunPlan, Sandbox, SandboxBuilder, SeededRun, Trigger};
use serde_json::{Value, json};

use super::asker::{Asker, YUNXIAO};
use super::{Answer, Outcome, http, operations, send};

const ORGANIZATION: &str = "60d1c0ffee5ca1ab1e00feed";

fn noon() -> DateTime<Utc> {
    let noon = Utc.with_ymd_and_hms(2026, 11, 21, 12, 0, 0).single();
    noon.unwrap_or_default()
}

fn manual() -> SandboxBuilder {
    Sandbox::builder().manual_clock(noon())
}

fn pipeline() -> PipelineRef {
    PipelineRef::new(ORGANIZATION, 123)
}

fn remark(text: &str) -> types::CreatePipelineRunParams {
    types::CreatePipelineRunParams {
        comment: Some(text.to_owned()),
        ..Default::default()
    }
}

/// Asks for everything that can be decided and read about the job of a run.
pub(super) async fn decide(asker: &mut Asker<'_>, run: &str) -> Outcome {
    let read = format!("{YUNXIAO}/123/runs/{run}");
    let read = asker
        .good(Service::Yunxiao, Method::GET, &read, None)
        .await?;
    let job = read["stages"][0]["stageInfo"]["jobs"][0]["id"].to_string();
    let job = format!("{YUNXIAO}/123/pipelineRuns/{run}/jobs/{job}");
    for (method, what) in [
        (Method::GET, "steps"),
        (Method::POST, "pass"),
        (Method::POST, "refuse"),
        (Method::PUT, "skip"),
        (Method::PUT, "retry"),
    ] {
        let path = format!("{job}/{what}");
        asker.good(Service::Yunxiao, method, &path, None).await?;
    }
    let steps = format!("{job}/steps");
    let steps = asker
        .good(Service::Yunxiao, Method::GET, &steps, None)
        .await?;
    let build = steps[0]["buildId"].to_string();
    let log = format!("{job}/step/log?stepIndex=1&buildId={build}&offset=0&limit=4");
    asker
        .good(Service::Yunxiao, Method::GET, &log, None)
        .await?;
    Ok(())
}

async fn with_token(sandbox: &Sandbox, token: Option<&str>) -> Result<Answer, Box<dyn Error>> {
    let url = format!("{}{YUNXIAO}/123", sandbox.url(Service::Yunxiao));
    let request = http().get(url);
    send(match token {
        Some(token) => request.header("x-yunxiao-token", token),
        None => request,
    })
    .await
}

#[tokio::test]
async fn only_the_accepted_token_opens_it() -> Outcome {
    let sandbox = Sandbox::start().await?;
    for (token, status, code) in [
        (None, 401, json!("Unauthorized")),
        (Some(""), 401, json!("Unauthorized")),
        (Some("pt-other"), 401, json!("InvalidTokenError")),
        (Some("pt-sandbox"), 200, Value::Null),
    ] {
        let answer = with_token(&sandbox, token).await?;
        assert_eq!(answer.status, status, "{token:?}: {}", answer.text);
        assert_eq!(answer.json()["errorCode"], code, "{token:?}");
    }
    Ok(())
}

#[tokio::test]
async fn both_editions_are_there_each_with_its_pipelines() -> Outcome {
    let sandbox = Sandbox::start().await?;
    let client = sandbox.yunxiao()?;
    let names = async |organization: Option<&'static str>| {
        let list: Vec<_> = client.pipelines(organization).try_collect().await?;
        let names = list.into_iter().map(|one| one.pipeline_name);
        Ok::<_, runpipe::Error>(names.flatten().collect::<Vec<_>>())
    };
    assert_eq!(
        names(Some(ORGANIZATION)).await?,
        ["web-release", "web-nightly"]
    );
    assert_eq!(names(None).await?, ["region-release"]);
    let foreign = names(Some("somebody-elses")).await;
    let foreign = foreign.err().ok_or("another's organization")?;
    assert_eq!(foreign.kind(), ErrorKind::Authentication, "{foreign}");

    let there = client.pipeline_named(None, "region-release").await?;
    assert_eq!(there, PipelineRef::in_region(7));
    let run = client.start(&there, &remark("r")).await?;
    assert_eq!(run.reference.to_string(), "yunxiao/-/7/1");
    assert_eq!(client.get(&run.reference).await?.id, "1");
    let paths: Vec<String> = sandbox
        .received(Service::Yunxiao)
        .into_iter()
        .map(|request| request.path)
        .collect();
    assert_eq!(
        paths.last().map(String::as_str),
        Some("/oapi/v1/flow/pipelines/7/runs/1")
    );
    Ok(())
}

#[tokio::test]
async fn a_region_instance_is_found_by_the_host_header() -> Outcome {
    let host = "acme.devops.aliyuncs.com";
    let sandbox = Sandbox::builder().host_name(host).start().await?;
    let client = sandbox.yunxiao()?.with_host(host)?;
    client.pipeline(&PipelineRef::in_region(7)).await?;
    let received = sandbox.received(Service::Yunxiao);
    let last = received.last().ok_or("nothing came")?;
    let hosts: Vec<_> = last.headers.get_all("host").iter().collect();
    assert_eq!(hosts, [host]);
    for wrong in ["", "a b", "https://a", "a/b", "me@a"] {
        let error = sandbox.yunxiao()?.with_host(wrong);
        let error = error.err().ok_or_else(|| format!("{wrong:?} is a host"))?;
        assert_eq!(error.kind(), ErrorKind::Configuration, "{wrong:?}");
    }
    Ok(())
}

#[tokio::test]
async fn parameters_are_a_text_with_json_in_it() -> Outcome {
    let sandbox = Sandbox::start().await?;
    let mut asker = Asker::new(&sandbox).await?;
    let path = format!("{YUNXIAO}/123/runs");
    for (body, told) in [
        (json!({ "params": { "envs": {} } }), "/params"),
        (json!({ "params": "{envs" }), "no JSON"),
        (json!({ "params": "{\"envs\":[]}" }), "JSON in params"),
        (
            json!({ "params": "{\"envs\":{\"version\":\"1\"}}" }),
            "reserved",
        ),
    ] {
        let answer = asker
            .ask(Service::Yunxiao, Method::POST, &path, Some(body.clone()))
            .await?;
        assert_eq!(answer.status, 400, "{body}: {}", answer.text);
        assert!(answer.text.contains(told), "{body}: {}", answer.text);
    }
    assert_eq!(sandbox.started(Service::Yunxiao), 0);
    let started = asker.good(Service::Yunxiao, Method::POST, &path, Some(json!({})));
    assert_eq!(started.await?, json!(1), "a bare number");
    Ok(())
}

#[tokio::test]
async fn a_list_has_pages_and_no_envelope() -> Outcome {
    let sandbox = manual().start().await?;
    let mut asker = Asker::new(&sandbox).await?;
    let path = format!("{YUNXIAO}/123/runs");
    for _ in 0..35 {
        let body = Some(json!({}));
        asker
            .good(Service::Yunxiao, Method::POST, &path, body)
            .await?;
        sandbox.advance(Duration::from_secs(1));
    }
    for (query, first, length) in [
        ("", 35, 10),
        ("?page=4", 5, 5),
        ("?perPage=99", 35, 30),
        ("?perPage=30&page=2", 5, 5),
        ("?status=RUNNING", 35, 1),
    ] {
        let list = format!("{path}{query}");
        let list = asker
            .good(Service::Yunxiao, Method::GET, &list, None)
            .await?;
        let items = list.as_array().ok_or("no array")?;
        assert_eq!(items.len(), length, "{query}");
        assert_eq!(list[0]["pipelineRunId"], first, "{query}");
    }
    let client = sandbox.yunxiao()?;
    let all: Vec<Run> = client.list(&pipeline()).try_collect().await?;
    assert_eq!(all.len(), 35);
    let newest = client.latest(&pipeline()).await?;
    assert_eq!((newest.id.as_str(), all[0].id.as_str()), ("35", "35"));
    let none = client.latest(&PipelineRef::new(ORGANIZATION, 124)).await;
    let none = none.err().ok_or("it never ran")?;
    assert_eq!(none.kind(), ErrorKind::NotFound, "{none}");
    Ok(())
}

/// A run that waits at its gate, and the job that is the gate.
async fn waiting(sandbox: &Sandbox, client: &Client) -> Result<(Run, i64), Box<dyn Error>> {
    let plan = RunPlan::default().takes(Duration::from_secs(10));
    sandbox.next_run(Service::Yunxiao, plan.waits_for_a_person());
    let run = client.start(&pipeline(), &remark("gate")).await?;
    sandbox.advance(Duration::from_secs(6));
    let run = client.get(&run.reference).await?;
    assert_eq!(run.status, RunStatus::Waiting);
    let message = run.message.clone().unwrap_or_default();
    assert!(message.contains("pass or refuse"), "{message}");
    let whole = run.vendor::<types::PipelineRun>().ok_or("no answer")?;
    let job = whole.stages.as_ref().and_then(|stages| {
        let stage = stages.first()?.stage_info.as_ref()?;
        stage.jobs.as_ref()?.first()?.id
    });
    Ok((run.clone(), job.ok_or("no job")?))
}

#[tokio::test]
async fn a_gate_is_passed_once() -> Outcome {
    let sandbox = manual().start().await?;
    let client = sandbox.yunxiao()?;
    let (run, job) = waiting(&sandbox, &client).await?;
    client.pass(&run.reference, job).await?;
    let read = client.get(&run.reference).await?;
    assert_eq!(read.status, RunStatus::Running);
    let again = client.pass(&run.reference, job).await;
    let again = again.err().ok_or("passed twice")?;
    // `false` proves nothing, so the outcome is not known; it was not sent again.
    assert_eq!(again.kind(), ErrorKind::OutcomeUnknown, "{again}");
    assert!(again.advice().contains("Read the run"), "{again}");
    let passed = operations(&sandbox, Service::Yunxiao).into_iter();
    assert_eq!(
        passed.filter(|one| one == "passPipelineValidate").count(),
        2
    );
    sandbox.advance(Duration::from_secs(10));
    assert_eq!(
        client.get(&run.reference).await?.status,
        RunStatus::Succeeded
    );
    Ok(())
}

#[tokio::test]
async fn a_refused_gate_ends_the_run_and_a_retry_starts_the_job_again() -> Outcome {
    let sandbox = manual().start().await?;
    let client = sandbox.yunxiao()?;
    let (run, job) = waiting(&sandbox, &client).await?;
    client.refuse(&run.reference, job).await?;
    assert_eq!(
        client.get(&run.reference).await?.status,
        RunStatus::Canceled
    );
    client.retry_job(&run.reference, job).await?;
    assert!(!client.get(&run.reference).await?.status.has_ended());
    let (run, job) = waiting(&sandbox, &client).await?;
    client.skip_job(&run.reference, job).await?;
    assert_eq!(client.get(&run.reference).await?.status, RunStatus::Running);
    Ok(())
}

#[tokio::test]
async fn jobs_and_steps_have_their_logs() -> Outcome {
    let sandbox = manual().start().await?;
    let client = sandbox.yunxiao()?;
    let plan = RunPlan::default().takes(Duration::from_secs(10));
    sandbox.next_run(Service::Yunxiao, plan.ends(Ends::Failed));
    let run = client.start(&pipeline(), &remark("logs")).await?.reference;
    let texts = async |logs: futures_util::stream::BoxStream<'_, runpipe::Result<runpipe::Log>>| {
        let logs: Vec<_> = logs.try_collect().await?;
        let logs = logs.into_iter().map(|log| (log.step, log.text));
        Ok::<_, runpipe::Error>(logs.collect::<Vec<_>>())
    };
    let pair = |step: &str, text: &str| (step.to_owned(), text.to_owned());
    assert_eq!(
        texts(client.logs(&run)).await?,
        [pair("Compile", "compile\n")]
    );
    let job = 123_000_001;
    let steps = texts(client.job_step_logs(&run, job)).await?;
    assert_eq!(steps, [pair("Command", "compile\n"), pair("Upload", "")]);
    sandbox.advance(Duration::from_secs(10));
    let steps = texts(client.job_step_logs(&run, job)).await?;
    // The name of a step that has ended is another one.
    assert_eq!(steps[0], pair("Command(1s)", "compile\ndone\n"));
    Ok(())
}

#[tokio::test]
async fn a_run_is_told_apart_by_its_remark() -> Outcome {
    let sandbox = manual().start().await?;
    let client = sandbox.yunxiao()?;
    let here = sandbox
        .pipelines(Service::Yunxiao)
        .into_iter()
        .next()
        .ok_or("no pipeline")?;
    let since = sandbox.client_now();
    // Others start the same thing at the same moment, with no remark, another one, and by a timer.
    let seeded = SeededRun::of(&here).created(sandbox.now());
    sandbox.seed(&seeded)?;
    sandbox.seed(&seeded.clone().request(json!({ "comment": "build 7002" })))?;
    let timer = seeded.request(json!({ "comment": "build 7001" }));
    sandbox.seed(&timer.trigger(Trigger::Schedule))?;
    let lost = client
        .reconcile(&pipeline(), &remark("build 7001"), since)
        .await?;
    assert!(matches!(lost, Reconciled::None), "{lost:?}");
    let mine = client.start(&pipeline(), &remark("build 7001")).await?;
    match client
        .reconcile(&pipeline(), &remark("build 7001"), since)
        .await?
    {
        Reconciled::One(found) => assert_eq!(found.reference, mine.reference),
        other => return Err(format!("{other:?}").into()),
    }
    let later = since + TimeDelta::hours(1);
    sandbox.advance(Duration::from_secs(3600));
    let none = client
        .reconcile(&pipeline(), &remark("build 7001"), later)
        .await?;
    assert!(matches!(none, Reconciled::None), "{none:?}");
    Ok(())
}
