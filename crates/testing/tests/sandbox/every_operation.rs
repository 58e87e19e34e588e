//! Every operation of every document is answered, in every state that a run can be in, and every
//! answer fits the document: one that did not would have left as a 500.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{TimeZone, Utc};
use reqwest::Method;
use runpipe::Service;
use runpipe_spec::document::Document;
use runpipe_testing::{Outcome as Ends, RunPlan, Sandbox};
use serde_json::{Value, json};

use super::Outcome;
use super::asker::{ALIYUN, AZURE, Asker, BUDDY, MATILLION, YUNXIAO};

/// What is read without a run.
fn places() -> Vec<(Service, Method, String, Option<Value>)> {
    let get = |service, path: String| (service, Method::GET, path, None);
    vec![
        get(
            Service::AzureDevops,
            format!("{AZURE}/pipelines?$top=1&orderBy=name desc"),
        ),
        get(Service::AzureDevops, format!("{AZURE}/pipelines/42")),
        (
            Service::AzureDevops,
            Method::POST,
            format!("{AZURE}/pipelines/42/preview"),
            Some(json!({})),
        ),
        get(Service::Matillion, "/v1/projects?size=1".to_owned()),
        get(Service::Matillion, "/v1/agents?page=0".to_owned()),
        get(
            Service::Matillion,
            format!("{MATILLION}/artifacts?environmentName=Test&enabledOnly=true"),
        ),
        get(Service::Matillion, format!("{MATILLION}/environments")),
        get(
            Service::Matillion,
            format!("{MATILLION}/published-pipelines?environmentName=Test"),
        ),
        get(Service::Aliyun, format!("{ALIYUN}/pipelines?maxResults=1")),
        get(Service::Aliyun, format!("{ALIYUN}/pipelines/123")),
        get(Service::Yunxiao, format!("{YUNXIAO}?perPage=1&page=2")),
        get(Service::Yunxiao, format!("{YUNXIAO}/123")),
        get(Service::Buddy, "/workspaces/acme/projects".to_owned()),
        get(
            Service::Buddy,
            "/workspaces/acme/identifiers?project=website&pipeline=deploy".to_owned(),
        ),
        get(
            Service::Buddy,
            format!("{BUDDY}/pipelines?sort_by=id&sort_direction=DESC"),
        ),
    ]
}

#[tokio::test]
async fn every_answer_in_every_state_fits_its_document() -> Outcome {
    let start = Utc
        .with_ymd_and_hms(2026, 5, 1, 10, 0, 0)
        .single()
        .unwrap_or_default();
    let sandbox = Sandbox::builder().manual_clock(start).start().await?;
    let mut asker = Asker::new(&sandbox).await?;
    for (service, method, path, body) in places() {
        asker.good(service, method, &path, body).await?;
    }
    let ends = [
        Ends::Succeeded,
        Ends::Failed,
        Ends::Canceled,
        Ends::Skipped,
        Ends::PartiallySucceeded,
        Ends::Never,
    ];
    let plan = RunPlan::default().takes(Duration::from_secs(10));
    let mut plans: Vec<RunPlan> = ends.into_iter().map(|end| plan.clone().ends(end)).collect();
    plans.push(plan.clone().waits_for_a_person());
    for plan in plans {
        for service in Service::ALL {
            sandbox.next_run(service, plan.clone());
        }
        let runs = asker.start().await?;
        for _ in 0..4 {
            for (service, id) in &runs {
                asker.read(*service, id).await?;
            }
            sandbox.advance(Duration::from_secs(4));
        }
    }
    // And one that is stopped while it runs.
    let runs = asker.start().await?;
    for (service, id) in &runs {
        asker.cancel(*service, id).await?;
        asker.read(*service, id).await?;
    }
    sandbox.advance(Duration::from_secs(60));
    for (service, id) in &runs {
        asker.read(*service, id).await?;
    }
    // And one that waits for a person, who acts.
    for service in Service::ALL {
        sandbox.next_run(service, plan.clone().waits_for_a_person());
    }
    let runs = asker.start().await?;
    sandbox.advance(Duration::from_secs(6));
    for (service, id) in &runs {
        asker.act(*service, id).await?;
        asker.read(*service, id).await?;
    }
    super::yunxiao::decide(&mut asker, "1").await?;
    for service in Service::ALL {
        let document = service.document().ok_or("a service without a document")?;
        let document =
            Document::parse(service.name(), &document.text()).map_err(|_| "a broken document")?;
        let asked: BTreeSet<String> = sandbox
            .received(service)
            .into_iter()
            .filter_map(|request| request.operation)
            .collect();
        let missed: Vec<&str> = document
            .operations()
            .iter()
            .map(|operation| operation.id.as_str())
            .filter(|id| !asked.contains(*id))
            .collect();
        assert_eq!(missed, Vec::<&str>::new(), "{service}");
    }
    Ok(())
}
