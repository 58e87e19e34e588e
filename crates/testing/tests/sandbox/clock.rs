//! One clock for all that a service says, which may be another than its clients'.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use reqwest::Method;
use runpipe::buddy::{PipelineRef, types::RunExecutionRequest};
use runpipe::{RunStatus, Service};
use runpipe_testing::{Rule, Sandbox, SandboxBuilder, Script, ScriptedAnswer};
use serde_json::{Value, json};

use super::asker::{Asker, run_path};
use super::{Outcome, http, send};

/// Not on a whole second: what `Date` cannot say is cut off.
fn start() -> DateTime<Utc> {
    let start = Utc.with_ymd_and_hms(2026, 5, 1, 10, 0, 0).single();
    start.unwrap_or_default() + TimeDelta::milliseconds(987)
}

fn manual() -> SandboxBuilder {
    Sandbox::builder().manual_clock(start())
}

const DATE: &str = "Fri, 01 May 2026 10:00:00 GMT";

#[tokio::test]
async fn every_answer_is_dated_by_the_sandbox_s_clock() -> Outcome {
    let sandbox = manual().start().await?;
    let mut asker = Asker::new(&sandbox).await?;
    asker.start().await?;
    sandbox.next_answer(Service::Buddy, ScriptedAnswer::status(502));
    for service in Service::ALL {
        let good = sandbox.pipelines(service);
        assert!(!good.is_empty());
        for path in ["/nothing/here", "/_sandbox/", "/_sandbox/nothing"] {
            let url = sandbox.url(service);
            let host = url.trim_end_matches("/dpc");
            let answer = send(http().get(format!("{host}{path}"))).await?;
            assert_eq!(
                answer.header("date"),
                DATE,
                "{service} {path}: {}",
                answer.status
            );
        }
        let foreign = http()
            .get(sandbox.url(service))
            .header("host", "evil.example");
        let answer = send(foreign).await?;
        assert_eq!((answer.status, answer.header("date")), (421, DATE));
        let long = http().post(sandbox.url(service)).body("x".repeat(1 << 17));
        let answer = send(long).await?;
        assert_eq!((answer.status, answer.header("date")), (413, DATE));
    }
    Ok(())
}

#[tokio::test]
async fn a_script_can_say_another_date() -> Outcome {
    let sandbox = manual().start().await?;
    let other = "Thu, 01 Jan 1970 00:00:00 GMT";
    let answer = ScriptedAnswer::status(503).header("Date", other);
    sandbox.play(&Script::new([Rule::answer(Service::Buddy, answer)]))?;
    let answer = send(http().get(sandbox.url(Service::Buddy))).await?;
    assert_eq!((answer.status, answer.header("date")), (503, other));
    Ok(())
}

/// Where each service tells when the run was asked for, as milliseconds.
fn created(service: Service, run: &Value) -> Option<i64> {
    let date = |pointer: &str| {
        let text = run.pointer(pointer)?.as_str()?;
        Some(DateTime::parse_from_rfc3339(text).ok()?.timestamp_millis())
    };
    match service {
        Service::AzureDevops => date("/createdDate"),
        Service::Matillion => date("/startedAt"),
        Service::Aliyun => run.pointer("/pipelineRun/createTime")?.as_i64(),
        Service::Yunxiao => run.pointer("/createTime")?.as_i64(),
        Service::Buddy => date("/start_date"),
        other => panic!("{other} has no part here"),
    }
}

#[tokio::test]
async fn the_services_clocks_can_be_apart_from_their_clients() -> Outcome {
    for ahead in [-150, 0, 90] {
        let ahead = TimeDelta::seconds(ahead);
        let sandbox = manual().clock_ahead(ahead).start().await?;
        assert_eq!(
            (sandbox.client_now(), sandbox.now()),
            (start(), start() + ahead)
        );
        let mut asker = Asker::new(&sandbox).await?;
        for (service, id) in asker.start().await? {
            let path = run_path(service, &id);
            let answer = asker.ask(service, Method::GET, &path, None).await?;
            let date = DateTime::parse_from_rfc2822(answer.header("date"))?;
            let service_now = start() + ahead;
            assert_eq!(date.timestamp(), service_now.timestamp(), "{service}");
            let told = created(service, &answer.json());
            assert_eq!(
                told,
                Some(service_now.timestamp_millis()),
                "{service}: {}",
                answer.text
            );
        }
        // The library's own clients go by the other clock, and are understood.
        let buddy = sandbox.buddy()?;
        let pipeline = PipelineRef::new("acme", "website", 2);
        let run = buddy
            .start(&pipeline, &RunExecutionRequest::default())
            .await?;
        sandbox.advance(Duration::from_secs(5));
        assert_eq!(
            buddy.get(&run.reference).await?.status,
            RunStatus::Succeeded
        );
    }
    Ok(())
}

/// A signature is dated by the client; the gateway takes a quarter of an hour.
#[tokio::test]
async fn a_clock_too_far_ahead_is_one_that_no_signature_fits() -> Outcome {
    let sandbox = manual().clock_ahead(TimeDelta::minutes(16)).start().await?;
    let mut asker = Asker::new(&sandbox).await?;
    let list = format!(
        "/organization/{}/pipelines",
        sandbox.pipelines(Service::Aliyun)[0].place[0]
    );
    let refused = asker.ask(Service::Aliyun, Method::GET, &list, None).await?;
    assert_eq!(
        refused.json()["Code"],
        "InvalidTimeStamp.Expired",
        "{}",
        refused.text
    );
    sandbox.set_clock_ahead(TimeDelta::minutes(-14));
    let answer = asker.ask(Service::Aliyun, Method::GET, &list, None).await?;
    assert_eq!(answer.status, 200, "{}", answer.text);
    Ok(())
}

#[tokio::test]
async fn the_control_endpoint_sets_the_clocks_apart_with_the_machine_s_clock_too() -> Outcome {
    let sandbox = Sandbox::start().await?;
    let url = format!("{}/_sandbox/clock", sandbox.url(Service::Buddy));
    for (body, status, ahead) in [
        (json!({ "ahead_seconds": -150.5 }), 200, -150.5),
        (json!({ "ahead_seconds": 90 }), 200, 90.0),
        (json!({}), 400, 90.0),
        (json!({ "ahead_seconds": "soon" }), 400, 90.0),
        (
            json!({ "advance_seconds": 1, "ahead_seconds": 3 }),
            409,
            90.0,
        ),
    ] {
        let answer = send(http().post(&url).json(&body)).await?;
        assert_eq!(answer.status, status, "{body}: {}", answer.text);
        let overview = send(http().get(url.replace("clock", ""))).await?.json();
        assert_eq!(overview["ahead_seconds"], json!(ahead), "{body}");
        let apart = sandbox.now() - sandbox.client_now();
        assert!((apart.as_seconds_f64() - ahead).abs() < 5.0, "{apart}");
    }
    Ok(())
}
