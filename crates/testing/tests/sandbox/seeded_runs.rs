//! Runs that no client started: what a look for one's own run has to tell apart.

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use reqwest::Method;
use runpipe::Service;
use runpipe_testing::{Outcome as Ends, Pipeline, RunPlan, Sandbox, SeededRun, Trigger};
use serde_json::{Value, json};

use super::asker::{ALIYUN, AZURE, Asker, BUDDY, MATILLION, YUNXIAO, run_path};
use super::{Outcome, http, send};

fn start() -> DateTime<Utc> {
    let start = Utc.with_ymd_and_hms(2026, 5, 1, 10, 0, 0).single();
    start.unwrap_or_default()
}

/// The pipeline that [`Asker::start`] starts.
fn pipeline(sandbox: &Sandbox, service: Service) -> Option<Pipeline> {
    let wanted = match service {
        Service::AzureDevops => "42",
        Service::Matillion => "Load orders",
        Service::Aliyun | Service::Yunxiao => "123",
        Service::Buddy => "2",
        other => panic!("{other} has no part here"),
    };
    let mut all = sandbox.pipelines(service).into_iter();
    all.find(|pipeline| pipeline.id == wanted)
}

/// Where runs are listed, where the list has its items, and where an item has its id.
fn list(service: Service) -> (String, &'static str, &'static str) {
    match service {
        Service::AzureDevops => (format!("{AZURE}/build/builds"), "/value", "/id"),
        Service::Matillion => {
            let path = "/v1/pipeline-executions".to_owned();
            (path, "/results", "/pipelineExecutionId")
        }
        Service::Aliyun => {
            let path = format!("{ALIYUN}/pipelines/123/pipelineRuns");
            (path, "/pipelineRuns", "/pipelineRunId")
        }
        Service::Yunxiao => (format!("{YUNXIAO}/123/runs"), "", "/pipelineRunId"),
        Service::Buddy => (
            format!("{BUDDY}/pipelines/2/executions"),
            "/executions",
            "/id",
        ),
        other => panic!("{other} has no part here"),
    }
}

/// The key that tells of the trigger in a list, and its words for each trigger.
fn words(service: Service, trigger: Trigger) -> (&'static str, Value) {
    use Trigger::{Api, Person, Push, Schedule};
    let word = |words: [Value; 4]| {
        let all = [Api, Person, Push, Schedule].into_iter().zip(words);
        let found = all.into_iter().find(|(one, _)| *one == trigger);
        found.map(|(_, word)| word).unwrap_or_default()
    };
    match service {
        Service::AzureDevops => (
            "reason",
            word(["manual", "manual", "individualCI", "schedule"].map(Value::from)),
        ),
        Service::Matillion => (
            "trigger",
            word(["API", "DESIGNER", "UNKNOWN", "SCHEDULE"].map(Value::from)),
        ),
        Service::Aliyun | Service::Yunxiao => ("triggerMode", word([4, 1, 3, 2].map(Value::from))),
        Service::Buddy => (
            "triggeredOn",
            word(["CLICK", "CLICK", "EVENT", "SCHEDULE"].map(Value::from)),
        ),
        other => panic!("{other} has no part here"),
    }
}

fn as_text(id: Option<&Value>) -> String {
    match id {
        Some(Value::String(id)) => id.clone(),
        Some(id) => id.to_string(),
        None => String::new(),
    }
}

#[tokio::test]
async fn a_list_tells_what_started_a_run_and_is_ordered_by_when() -> Outcome {
    let sandbox = Sandbox::builder().manual_clock(start()).start().await?;
    let mut asker = Asker::new(&sandbox).await?;
    let triggers = [
        Trigger::Push,
        Trigger::Schedule,
        Trigger::Person,
        Trigger::Api,
    ];
    for (service, own) in asker.start().await? {
        let pipeline = pipeline(&sandbox, service).ok_or("no pipeline")?;
        let mut expected = vec![(own, Trigger::Api)];
        for (trigger, minutes) in triggers.into_iter().zip(1..) {
            let created = start() - TimeDelta::minutes(minutes);
            let id = sandbox.seed(&SeededRun::of(&pipeline).trigger(trigger).created(created))?;
            expected.push((id, trigger));
        }
        let (path, items, id_at) = list(service);
        let answer = asker.good(service, Method::GET, &path, None).await?;
        let listed = answer.pointer(items).and_then(Value::as_array).cloned();
        let listed: Vec<(String, Value)> = listed
            .unwrap_or_default()
            .iter()
            .map(|item| {
                (
                    as_text(item.pointer(id_at)),
                    item[words(service, Trigger::Api).0].clone(),
                )
            })
            .collect();
        let told: Vec<(String, Value)> = expected
            .iter()
            .map(|(id, trigger)| (id.clone(), words(service, *trigger).1))
            .collect();
        assert_eq!(listed, told, "{service}");
        assert_eq!(
            sandbox.started(service),
            1,
            "{service}: the client's own alone"
        );
        for (id, _) in expected {
            asker
                .good(service, Method::GET, &run_path(service, &id), None)
                .await?;
        }
    }
    let schedule = "/v1/pipeline-executions?scheduleId=";
    let all = asker
        .good(
            Service::Matillion,
            Method::GET,
            "/v1/pipeline-executions",
            None,
        )
        .await?;
    let id = all["results"][2]["scheduleId"]
        .as_str()
        .ok_or("no schedule")?
        .to_owned();
    let filtered = asker
        .good(
            Service::Matillion,
            Method::GET,
            &format!("{schedule}{id}"),
            None,
        )
        .await?;
    assert_eq!(filtered["results"].as_array().map(Vec::len), Some(1));
    let path = format!("{AZURE}/build/builds?reasonFilter=individualCI");
    let filtered = asker
        .good(Service::AzureDevops, Method::GET, &path, None)
        .await?;
    assert_eq!(filtered["count"], 1);
    let path = format!("{ALIYUN}/pipelines/123/pipelineRuns?triggerMode=4");
    let filtered = asker
        .good(Service::Aliyun, Method::GET, &path, None)
        .await?;
    assert_eq!(filtered["totalCount"], 2);
    Ok(())
}

#[tokio::test]
async fn a_seeded_run_has_gone_its_way_since_it_was_created() -> Outcome {
    let sandbox = Sandbox::builder().manual_clock(start());
    let deploy = Pipeline::new(Service::Buddy, ["acme", "website"], "2", "deploy");
    let ended = SeededRun::of(&deploy)
        .created(start() - TimeDelta::seconds(45))
        .request(json!({ "branch": { "name": "release" }, "comment": "nightly" }))
        .plan(RunPlan::default().ends(Ends::Failed));
    let sandbox = sandbox.run(ended).start().await?;
    let mut asker = Asker::new(&sandbox).await?;
    let run = asker
        .good(
            Service::Buddy,
            Method::GET,
            &run_path(Service::Buddy, "1"),
            None,
        )
        .await?;
    assert_eq!(run["status"], "FAILED");
    assert_eq!(run["finish_date"], "2026-05-01T09:59:16.500Z");
    assert_eq!(
        (&run["branch"]["name"], &run["comment"]),
        (&json!("release"), &json!("nightly"))
    );
    let environment = sandbox.pipelines(Service::Matillion).remove(0);
    let id = sandbox.seed(&SeededRun::of(&environment))?;
    let run = run_path(Service::Matillion, &id);
    let run = asker
        .good(Service::Matillion, Method::GET, &run, None)
        .await?;
    assert_eq!(
        (&run["environmentName"], &run["status"]),
        (&json!("Production"), &json!("RUNNING"))
    );
    assert!(MATILLION.ends_with(run["projectId"].as_str().unwrap_or("none")));
    Ok(())
}

#[tokio::test]
async fn a_run_is_seeded_over_http_too() -> Outcome {
    let sandbox = Sandbox::builder().manual_clock(start()).start().await?;
    let url = format!("{}/_sandbox/runs", sandbox.url(Service::Buddy));
    let place = json!(["acme", "website"]);
    let whole = json!({
        "service": "buddy", "place": place, "pipeline": "2", "trigger": "push",
        "created": "2026-05-01T09:55:00Z", "request": { "branch": { "name": "main" } },
        "run": { "takes_seconds": 60, "ends": "failed" },
    });
    for (body, status, told) in [
        (whole, 201, "1"),
        (
            json!({ "service": "buddy", "place": place, "pipeline": "2" }),
            201,
            "2",
        ),
        (
            json!({ "service": "buddy", "place": place, "pipeline": "9" }),
            404,
            "acme/website/9",
        ),
        (
            json!({ "service": "buddy", "place": place, "pipeline": "2", "trigger": "luck" }),
            400,
            "luck",
        ),
        (json!({ "service": "buddy", "pipeline": "2" }), 400, "place"),
        (
            json!({ "service": "buddy", "place": place, "pipeline": "2", "begun": "now" }),
            400,
            "begun",
        ),
    ] {
        let answer = send(http().post(&url).json(&body)).await?;
        assert_eq!(answer.status, status, "{body}: {}", answer.text);
        assert!(answer.text.contains(told), "{body}: {}", answer.text);
    }
    assert_eq!(sandbox.started(Service::Buddy), 0);
    let unknown = Pipeline::new(Service::Aliyun, ["nobody"], "1", "none");
    let error = sandbox
        .seed(&SeededRun::of(&unknown))
        .err()
        .ok_or("it was added")?;
    assert!(
        error.to_string().contains("nobody/1") && error.to_string().contains("/123"),
        "{error}"
    );
    let builder = Sandbox::builder().run(SeededRun::of(&unknown));
    let error = builder.start().await.err().ok_or("it was served")?;
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
    Ok(())
}
