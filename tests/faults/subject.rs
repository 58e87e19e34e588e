//! One service of the sandbox, its client, and the proxy between them.

use std::net::SocketAddr;
use std::time::Duration;

use chrono::{DateTime, TimeZone, Utc};
use futures_util::future::{BoxFuture, FutureExt};
use runpipe::{
    Builder, Reconciled, Result, RetryPolicy, Run, Runs, Service, aliyun, azure_devops, buddy,
    matillion,
};
use runpipe_testing::Sandbox;

use super::fault::LONGEST_ANSWER;
use super::proxy::Proxy;

/// What the campaign does with a service, whatever it is.
pub trait Client: Runs + Sized {
    fn start<'a>(&'a self, sandbox: &'a Sandbox) -> BoxFuture<'a, Result<Run>>;
    fn reconcile<'a>(
        &'a self,
        sandbox: &'a Sandbox,
        since: DateTime<Utc>,
    ) -> BoxFuture<'a, Result<Reconciled>>;
    fn builder(sandbox: &Sandbox) -> Builder<Self>
    where
        Self: runpipe::ServiceClient;
    /// The path that stands before the documented ones.
    const BASE_PATH: &'static str = "";
}

/// The ways to one service: straight, through the proxy, and to an address where nobody listens.
pub struct Subject<C> {
    pub sandbox: Sandbox,
    pub service: Service,
    pub proxy: Proxy,
    pub straight: C,
    pub patient: C,
    pub hasty: C,
    pub refused: C,
}

/// Long enough for any true answer on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);
/// Soon over: some faults last until it is.
const HASTE: Duration = Duration::from_millis(300);

macro_rules! subject {
    ($client:ty) => {
        impl Subject<$client> {
            pub async fn prepare(service: Service) -> Self {
                let start = Utc.with_ymd_and_hms(2026, 11, 21, 9, 0, 0).single();
                // A token that ends would be the first thing to go wrong in every sixth case.
                let sandbox = Sandbox::builder()
                    .manual_clock(start.unwrap_or_default())
                    .matillion_token_life(Duration::from_secs(365 * 24 * 3600));
                let sandbox = sandbox.start().await.expect("loopback has free ports");
                let address = sandbox.url(service);
                let address = address.trim_start_matches("http://").split('/').next();
                let address: SocketAddr = address
                    .and_then(|text| text.parse().ok())
                    .expect("host:port");
                let proxy = Proxy::before(address)
                    .await
                    .expect("loopback has free ports");
                let closed = closed_address();
                let quick = RetryPolicy::default()
                    .steps(Duration::from_millis(1), Duration::from_millis(4));
                let client = |url: String, timeout| {
                    <$client as Client>::builder(&sandbox)
                        .base_url(format!("{url}{}", <$client as Client>::BASE_PATH))
                        .timeout(timeout)
                        .longest_answer(LONGEST_ANSWER)
                        .requests_per_second(1e6)
                        .retry(quick.clone())
                        .build()
                        .expect("the settings are good")
                };
                let straight = client(format!("http://{address}"), PATIENCE);
                let patient = client(proxy.url(), PATIENCE);
                let hasty = client(proxy.url(), HASTE);
                let refused = client(format!("http://{closed}"), PATIENCE);
                Subject {
                    service,
                    proxy,
                    straight,
                    patient,
                    hasty,
                    refused,
                    sandbox,
                }
            }
        }
    };
}

subject!(azure_devops::Client);
subject!(matillion::Client);
subject!(aliyun::Client);
subject!(buddy::Client);

/// An address where somebody listened a moment ago, and nobody does now.
fn closed_address() -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("loopback has free ports");
    listener.local_addr().expect("a listener has an address")
}

/// The first pipeline of the sandbox on a service: its place and its id.
fn pipeline(sandbox: &Sandbox, service: Service) -> (Vec<String>, String) {
    let pipelines = sandbox.pipelines(service);
    let first = pipelines.first().expect("every sandbox has pipelines");
    (first.place.clone(), first.id.clone())
}

fn azure_pipeline(sandbox: &Sandbox) -> azure_devops::PipelineRef {
    let (place, id) = pipeline(sandbox, Service::AzureDevops);
    azure_devops::PipelineRef::new(&place[0], &place[1], id.parse().expect("a number"))
}

impl Client for azure_devops::Client {
    fn start<'a>(&'a self, sandbox: &'a Sandbox) -> BoxFuture<'a, Result<Run>> {
        let pipeline = azure_pipeline(sandbox);
        async move { self.start(&pipeline, &Default::default()).await }.boxed()
    }

    fn reconcile<'a>(
        &'a self,
        sandbox: &'a Sandbox,
        since: DateTime<Utc>,
    ) -> BoxFuture<'a, Result<Reconciled>> {
        let pipeline = azure_pipeline(sandbox);
        async move { self.reconcile(&pipeline, &Default::default(), since).await }.boxed()
    }

    fn builder(sandbox: &Sandbox) -> Builder<Self> {
        sandbox.azure_devops_builder()
    }
}

fn matillion_request(
    sandbox: &Sandbox,
) -> (
    matillion::ProjectRef,
    matillion::types::ExecutePublishedPipelineRequest,
) {
    let (place, name) = pipeline(sandbox, Service::Matillion);
    let request = matillion::types::ExecutePublishedPipelineRequest::builder()
        .environment_name(place[2].as_str())
        .pipeline_name(name.as_str());
    let request = request.try_into().expect("both names are short");
    (matillion::ProjectRef::new(&place[0]), request)
}

impl Client for matillion::Client {
    fn start<'a>(&'a self, sandbox: &'a Sandbox) -> BoxFuture<'a, Result<Run>> {
        let (project, request) = matillion_request(sandbox);
        async move { self.start(&project, &request).await }.boxed()
    }

    fn reconcile<'a>(
        &'a self,
        sandbox: &'a Sandbox,
        since: DateTime<Utc>,
    ) -> BoxFuture<'a, Result<Reconciled>> {
        let (project, request) = matillion_request(sandbox);
        async move { self.reconcile(&project, &request, since).await }.boxed()
    }

    fn builder(sandbox: &Sandbox) -> Builder<Self> {
        sandbox.matillion_builder()
    }

    const BASE_PATH: &'static str = "/dpc";
}

fn aliyun_pipeline(sandbox: &Sandbox) -> aliyun::PipelineRef {
    let (place, id) = pipeline(sandbox, Service::Aliyun);
    aliyun::PipelineRef::new(&place[0], id.parse().expect("a number"))
}

impl Client for aliyun::Client {
    fn start<'a>(&'a self, sandbox: &'a Sandbox) -> BoxFuture<'a, Result<Run>> {
        let pipeline = aliyun_pipeline(sandbox);
        async move { self.start(&pipeline, &Default::default()).await }.boxed()
    }

    fn reconcile<'a>(
        &'a self,
        sandbox: &'a Sandbox,
        since: DateTime<Utc>,
    ) -> BoxFuture<'a, Result<Reconciled>> {
        let pipeline = aliyun_pipeline(sandbox);
        async move { self.reconcile(&pipeline, since).await }.boxed()
    }

    fn builder(sandbox: &Sandbox) -> Builder<Self> {
        sandbox.aliyun_builder()
    }
}

fn buddy_pipeline(sandbox: &Sandbox) -> buddy::PipelineRef {
    let (place, id) = pipeline(sandbox, Service::Buddy);
    buddy::PipelineRef::new(&place[0], &place[1], id.parse().expect("a number"))
}

impl Client for buddy::Client {
    fn start<'a>(&'a self, sandbox: &'a Sandbox) -> BoxFuture<'a, Result<Run>> {
        let pipeline = buddy_pipeline(sandbox);
        async move { self.start(&pipeline, &Default::default()).await }.boxed()
    }

    fn reconcile<'a>(
        &'a self,
        sandbox: &'a Sandbox,
        since: DateTime<Utc>,
    ) -> BoxFuture<'a, Result<Reconciled>> {
        let pipeline = buddy_pipeline(sandbox);
        async move { self.reconcile(&pipeline, &Default::default(), since).await }.boxed()
    }

    fn builder(sandbox: &Sandbox) -> Builder<Self> {
        sandbox.buddy_builder()
    }
}
