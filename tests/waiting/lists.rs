//! What each service's list tells of many runs, and with how many requests.

use std::time::Duration;

use futures_util::TryStreamExt;
use runpipe::{RunRef, RunStatus, Runs, Service, aliyun, azure_devops, buddy, matillion, yunxiao};
use runpipe_testing::{Outcome, RunPlan, Sandbox, SandboxClient, SeededRun};

const RUNS: usize = 120;

/// The list tells of each run what a read of it by itself does, with so many requests.
async fn is_told_with<C: SandboxClient + Runs>(requests: usize) {
    let began = "2026-05-01T10:00:00Z".parse().unwrap();
    let sandbox = Sandbox::builder()
        .manual_clock(began)
        .start()
        .await
        .unwrap();
    let service = C::SERVICE;
    let pipeline = sandbox.pipelines(service)[0].clone();
    let mut place = pipeline.place.clone();
    match service {
        Service::Matillion => place.truncate(1),
        _ => place.push(pipeline.id.clone()),
    }
    let outcomes = [Outcome::Succeeded, Outcome::Failed, Outcome::Canceled];
    let runs: Vec<RunRef> = (0..RUNS)
        .map(|number| {
            let length = Duration::from_secs(60 * (number as u64 % 7));
            let plan = RunPlan::default().takes(length).ends(outcomes[number % 3]);
            let id = sandbox.seed(&SeededRun::of(&pipeline).plan(plan)).unwrap();
            let parts = place.iter().cloned().chain([id]);
            RunRef::new(service, parts).unwrap()
        })
        .collect();
    sandbox.advance(Duration::from_secs(150));
    let client: C = sandbox
        .client_builder()
        .requests_per_second(1e6)
        .build()
        .unwrap();
    let asked = |sandbox: &Sandbox| {
        let received = sandbox.received(service);
        received.iter().filter(|one| one.method == "GET").count()
    };
    let told: Vec<_> = client.get_many(runs.clone()).try_concat().await.unwrap();
    assert_eq!(asked(&sandbox), requests, "{service}");
    assert!(told.iter().any(|run| run.status == RunStatus::Running));
    // Every kind of end and every age is among them.
    for run in runs.iter().step_by(5) {
        let told: Vec<_> = told.iter().filter(|one| one.reference == *run).collect();
        assert_eq!(told.len(), 1, "{run}");
        let read = client.get(run).await.unwrap();
        assert_eq!(told[0].status.has_ended(), read.status.has_ended(), "{run}");
        if read.status.has_ended() {
            assert_eq!(told[0].status, read.status, "{run}");
        }
    }
    // One run is cheaper to read by itself; one of another service is on no list here.
    let before = asked(&sandbox);
    let elsewhere: RunRef = match service {
        Service::Buddy => "matillion/p/1".parse().unwrap(),
        _ => "buddy/acme/site/2/31".parse().unwrap(),
    };
    for few in [
        vec![runs[0].clone()],
        vec![elsewhere.clone(), elsewhere],
        Vec::new(),
    ] {
        let told: Vec<_> = client.get_many(few).try_concat().await.unwrap();
        assert!(told.is_empty(), "{service}: {told:?}");
    }
    assert_eq!(asked(&sandbox), before, "{service}");
}

#[tokio::test]
async fn each_list_tells_what_a_read_tells() {
    is_told_with::<azure_devops::Client>(2).await;
    is_told_with::<matillion::Client>(2).await;
    is_told_with::<aliyun::Client>(4).await;
    is_told_with::<yunxiao::Client>(4).await;
    is_told_with::<buddy::Client>(3).await;
}
