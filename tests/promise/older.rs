//! Reconciling never returns a run that is older than the request, whatever the clocks show, and
//! never leaves out the run of the request.
//!
//! Requests and answers travel on the sandbox's clock, which stands still otherwise.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use futures_util::future::{BoxFuture, FutureExt};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use runpipe::{
    HttpClient, Reconciled, ReqwestClient, ResponseBody, Run, SendError, Service, aliyun,
    azure_devops, buddy, matillion, yunxiao,
};
use runpipe_testing::{Sandbox, SeededRun};
use serde_json::json;

/// What happens around one start, in milliseconds.
#[derive(Clone, Debug)]
struct Scenario {
    /// How far the service's clock is ahead.
    ahead: i64,
    /// The part of the second at which the start is sent.
    phase: i64,
    /// When the start's own run is created, after it was sent, if one is.
    own: Option<i64>,
    /// Whether the start has a mark, where the service keeps one.
    marked: bool,
    /// When the runs of others are created, from when the start is sent.
    others: Vec<i64>,
    /// How long a request travels, and its answer.
    travels: (u64, u64),
    /// The pauses between the looks.
    pauses: Vec<u64>,
}

fn scenarios() -> impl Strategy<Value = Scenario> {
    // Apart by hours, by minutes, by less than a second, or not at all.
    let ahead = prop_oneof![
        -840_000..840_000_i64,
        -1_500..1_500_i64,
        Just(0),
        (-840..840_i64).prop_map(|seconds| seconds * 1_000),
    ];
    let near = prop_oneof![3 => -1_500..1_500_i64, 1 => -60_000..60_000_i64];
    let own = proptest::option::weighted(0.6, prop_oneof![0..400_i64, 0..5_000_i64]);
    let travels = prop_oneof![(0..50_u64, 0..50_u64), (0..2_000_u64, 0..2_000_u64)];
    let others = prop::collection::vec(near, 0..4);
    let pauses = prop::collection::vec(0..3_000_u64, 1..8);
    let marked = any::<bool>();
    (ahead, 0..1_000_i64, own, marked, others, travels, pauses).prop_map(
        |(ahead, phase, own, marked, others, travels, pauses)| Scenario {
            ahead,
            phase,
            own,
            marked,
            others,
            travels,
            pauses,
        },
    )
}

/// Lets the sandbox's time pass while a request is under way.
struct Travelling {
    http: ReqwestClient,
    sandbox: Arc<Sandbox>,
    travels: (u64, u64),
}

impl HttpClient for Travelling {
    fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> BoxFuture<'_, Result<http::Response<ResponseBody>, SendError>> {
        let pass = |millis| self.sandbox.advance(Duration::from_millis(millis));
        async move {
            pass(self.travels.0);
            let answer = self.http.send(request).await;
            pass(self.travels.1);
            answer
        }
        .boxed()
    }
}

/// One look at a service's list.
type Look<'a> = Box<dyn Fn(DateTime<Utc>) -> BoxFuture<'a, runpipe::Result<Reconciled>> + 'a>;

const MARK: &str = "a mark of one start";

fn look<'a>(
    sandbox: &'a Sandbox,
    service: Service,
    http: Arc<dyn HttpClient>,
    marked: bool,
) -> Look<'a> {
    let pipeline = sandbox.pipelines(service)[0].clone();
    let (place, id) = (pipeline.place, pipeline.id);
    let number = id.parse().unwrap_or_default();
    match service {
        Service::AzureDevops => {
            let client = sandbox.azure_devops_builder().http_client(http);
            let client = client.requests_per_second(1e6).build().expect("a client");
            let pipeline = azure_devops::PipelineRef::new(&place[0], &place[1], number);
            Box::new(move |since| {
                let (client, pipeline) = (client.clone(), pipeline.clone());
                async move {
                    client
                        .reconcile(&pipeline, &Default::default(), since)
                        .await
                }
                .boxed()
            })
        }
        Service::Matillion => {
            let client = sandbox.matillion_builder().http_client(http);
            let client = client.requests_per_second(1e6).build().expect("a client");
            let request = matillion::types::ExecutePublishedPipelineRequest::builder()
                .environment_name(place[2].as_str())
                .pipeline_name(id.as_str());
            let request: matillion::types::ExecutePublishedPipelineRequest =
                request.try_into().expect("both names are short");
            let project = matillion::ProjectRef::new(&place[0]);
            Box::new(move |since| {
                let (client, project, request) = (client.clone(), project.clone(), request.clone());
                async move { client.reconcile(&project, &request, since).await }.boxed()
            })
        }
        Service::Aliyun => {
            let client = sandbox.aliyun_builder().http_client(http);
            let client = client.requests_per_second(1e6).build().expect("a client");
            let pipeline = aliyun::PipelineRef::new(&place[0], number);
            Box::new(move |since| {
                let (client, pipeline) = (client.clone(), pipeline.clone());
                async move {
                    client
                        .reconcile(&pipeline, &Default::default(), since)
                        .await
                }
                .boxed()
            })
        }
        Service::Buddy => {
            let client = sandbox.buddy_builder().http_client(http);
            let client = client.requests_per_second(1e6).build().expect("a client");
            let pipeline = buddy::PipelineRef::new(&place[0], &place[1], number);
            let request = buddy::types::RunExecutionRequest {
                comment: marked.then(|| MARK.to_owned()),
                ..Default::default()
            };
            Box::new(move |since| {
                let (client, pipeline, request) =
                    (client.clone(), pipeline.clone(), request.clone());
                async move { client.reconcile(&pipeline, &request, since).await }.boxed()
            })
        }
        Service::Yunxiao => {
            let client = sandbox.yunxiao_builder().http_client(http);
            let client = client.requests_per_second(1e6).build().expect("a client");
            let pipeline = yunxiao::PipelineRef::new(&place[0], number);
            let params = yunxiao::types::CreatePipelineRunParams {
                comment: marked.then(|| MARK.to_owned()),
                ..Default::default()
            };
            Box::new(move |since| {
                let (client, pipeline, params) = (client.clone(), pipeline.clone(), params.clone());
                async move { client.reconcile(&pipeline, &params, since).await }.boxed()
            })
        }
        other => panic!("{other} has no look"),
    }
}

/// A run that somebody started, so long after the service's clock showed that moment.
fn seed(sandbox: &Sandbox, service: Service, created: DateTime<Utc>, marked: bool) -> String {
    let pipeline = &sandbox.pipelines(service)[0];
    let request = match service {
        Service::Matillion => json!({ "environmentName": pipeline.place[2] }),
        Service::Buddy | Service::Yunxiao if marked => json!({ "comment": MARK }),
        Service::AzureDevops | Service::Aliyun | Service::Buddy | Service::Yunxiao => json!({}),
        other => panic!("{other} has no part here"),
    };
    let run = SeededRun::of(pipeline).created(created).request(request);
    sandbox
        .seed(&run)
        .expect("it is the sandbox's own pipeline")
}

/// What every look in a scenario says, and when the runs were created that it speaks of.
async fn looks(
    sandbox: &Arc<Sandbox>,
    http: &ReqwestClient,
    service: Service,
    scenario: &Scenario,
) -> Vec<(Reconciled, Option<String>, Vec<(String, i64)>)> {
    sandbox.reset();
    sandbox.set_clock_ahead(TimeDelta::milliseconds(scenario.ahead));
    let now = sandbox.client_now().timestamp_millis().rem_euclid(1_000);
    let to_phase = (scenario.phase - now).rem_euclid(1_000) + 120_000;
    sandbox.advance(Duration::from_millis(to_phase.unsigned_abs()));
    let (since, sent) = (sandbox.client_now(), sandbox.now());
    let mut created = Vec::new();
    let seed = |after, marked| {
        let created = sent + TimeDelta::milliseconds(after);
        seed(sandbox, service, created, marked)
    };
    for after in &scenario.others {
        created.push((seed(*after, false), *after));
    }
    let own = scenario.own.map(|after| {
        let id = seed(after, scenario.marked);
        created.push((id.clone(), after));
        id
    });
    // Everything is there when the first look comes.
    let last = created.iter().map(|(_, after)| *after).max();
    let last = last.map_or(0, |after| after.max(0).unsigned_abs());
    sandbox.advance(Duration::from_millis(last));
    let travelling = Travelling {
        http: http.clone(),
        sandbox: sandbox.clone(),
        travels: scenario.travels,
    };
    let look = look(sandbox, service, Arc::new(travelling), scenario.marked);
    let mut said = Vec::new();
    for pause in &scenario.pauses {
        let found = look(since).await.expect("no fault is in the way");
        said.push((found, own.clone(), created.clone()));
        sandbox.advance(Duration::from_millis(*pause));
    }
    said
}

async fn sandbox() -> Arc<Sandbox> {
    let start = Utc.with_ymd_and_hms(2026, 11, 21, 9, 0, 0).single();
    let sandbox = Sandbox::builder()
        .manual_clock(start.expect("a date"))
        .matillion_token_life(Duration::from_secs(365 * 24 * 3600));
    Arc::new(sandbox.start().await.expect("loopback has free ports"))
}

fn judge(
    found: &Reconciled,
    own: Option<&String>,
    created: &[(String, i64)],
) -> Result<(), TestCaseError> {
    let age = |run: &Run| {
        created
            .iter()
            .find(|(id, _)| *id == run.id)
            .map(|(_, after)| *after)
    };
    let (told, candidates): (&[Run], &[Run]) = match found {
        Reconciled::One(run) => (std::slice::from_ref(run), &[]),
        Reconciled::Several(runs) => (runs, &[]),
        Reconciled::Uncertain { candidates, .. } => (&[], candidates),
        _ => (&[], &[]),
    };
    for run in told {
        prop_assert!(age(run) >= Some(0), "older by {:?} ms: {found:?}", age(run));
    }
    if let Some(own) = own {
        let mut named = told.iter().chain(candidates);
        prop_assert!(
            named.any(|run| run.id == *own),
            "{own} is left out: {found:?}"
        );
    }
    Ok(())
}

#[test]
fn reconcile_never_returns_a_run_older_than_the_request_and_leaves_its_own_out_never() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let sandbox = runtime.block_on(sandbox());
    let http = ReqwestClient::new(Duration::from_secs(10)).expect("a client");
    for service in Service::ALL {
        let config = ProptestConfig {
            cases: 96,
            failure_persistence: None,
            ..ProptestConfig::default()
        };
        proptest!(config, |(scenario in scenarios())| {
            let said = runtime.block_on(looks(&sandbox, &http, service, &scenario));
            for (found, own, created) in said {
                judge(&found, own.as_ref(), &created)?;
            }
        });
    }
}

#[tokio::test]
async fn the_run_of_a_usual_start_is_found_within_a_few_looks() {
    let sandbox = sandbox().await;
    let http = ReqwestClient::new(Duration::from_secs(10)).expect("a client");
    for service in Service::ALL {
        for phase in (0..1_000).step_by(200) {
            let scenario = Scenario {
                ahead: 437,
                phase,
                own: Some(160),
                marked: true,
                others: vec![-160, -5_000],
                travels: (30, 30),
                // A look every 618 ms, as the program does it.
                pauses: vec![618 - 60; 22],
            };
            let said = looks(&sandbox, &http, service, &scenario).await;
            let (found, own, _) = said.last().expect("it was looked for");
            match found {
                Reconciled::One(run) => assert_eq!(Some(&run.id), own.as_ref()),
                other => panic!("{service}, at {phase} ms: {other:?}"),
            }
        }
    }
}

#[tokio::test]
async fn one_look_says_what_it_cannot_tell_and_what_to_do() {
    let sandbox = sandbox().await;
    let http = ReqwestClient::new(Duration::from_secs(10)).expect("a client");
    for service in Service::ALL {
        let scenario = Scenario {
            ahead: 0,
            phase: 200,
            own: Some(60),
            marked: false,
            others: Vec::new(),
            travels: (30, 30),
            pauses: vec![0],
        };
        let said = looks(&sandbox, &http, service, &scenario).await;
        let [(Reconciled::Uncertain { candidates, why }, own, _)] = said.as_slice() else {
            panic!("{service}: {said:?}")
        };
        let ids: Vec<&String> = candidates.iter().map(|run| &run.id).collect();
        assert_eq!(ids, own.iter().collect::<Vec<_>>(), "{service}");
        assert!(
            why.contains("looking again") || service == Service::Buddy,
            "{why}"
        );
        assert!(why.contains("a unique mark"), "{why}");
    }
}
