//! Every service's client, over canned answers, on a clock that jumps over each pause.

use std::sync::{Arc, Once};
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::future::{BoxFuture, FutureExt};
use futures_util::stream::BoxStream;
use runpipe::auth::ClientCredentials;
use runpipe::{Builder, HttpClient, Reconciled, Result, RetryPolicy, Run, RunRef, Runs};
use runpipe::{Service, ServiceClient, aliyun, azure_devops, buddy, matillion, yunxiao};

use crate::exchange::Canned;

/// What every client proves itself with.
pub const SECRET: &str = "hunter2-and-some-more/+=";
const TOKEN_URL: &str = "https://login.example/token";
/// Every call ends within this.
pub const TIMEOUT: Duration = Duration::from_secs(60);

/// How a client proves itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// Something at hand.
    AtHand,
    /// A token that is fetched first; something at hand where the service has no tokens.
    Fetched,
}

/// A client with a pipeline and a request, whatever the service.
pub trait Client {
    fn runs(&self) -> &dyn Runs;
    fn start(&self) -> BoxFuture<'_, Result<Run>>;
    /// The service's list of runs.
    fn list(&self) -> BoxStream<'static, Result<Run>>;
    /// Looks for a run that a start at [`now`] may have begun.
    fn reconcile(&self) -> BoxFuture<'_, Result<Reconciled>>;
}

struct Over<C: ServiceClient> {
    client: C,
    pipeline: C::Pipeline,
    request: C::Request,
}

impl<C: ServiceClient> Client for Over<C> {
    fn runs(&self) -> &dyn Runs {
        &self.client
    }

    fn start(&self) -> BoxFuture<'_, Result<Run>> {
        self.client.start(&self.pipeline, &self.request).boxed()
    }

    fn list(&self) -> BoxStream<'static, Result<Run>> {
        self.client.list(&self.pipeline)
    }

    fn reconcile(&self) -> BoxFuture<'_, Result<Reconciled>> {
        self.client
            .reconcile(&self.pipeline, &self.request, now())
            .boxed()
    }
}

/// When every call is made, by the wall clock.
pub fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_780_000_000, 0).unwrap_or_default()
}

/// The client of a service. A service that has none here fails by name, whatever is fed.
pub fn client(
    service: Service,
    proof: Proof,
    http: Arc<Canned>,
    retry: RetryPolicy,
) -> Box<dyn Client> {
    static EVERY: Once = Once::new();
    EVERY.call_once(|| {
        for service in Service::ALL {
            let made = of(service, proof, Canned::new(Vec::new()), RetryPolicy::none());
            assert!(
                made.is_some(),
                "{service} has no client in fuzz/src/clients.rs yet"
            );
        }
    });
    of(service, proof, http, retry).expect("every service has one")
}

fn of(
    service: Service,
    proof: Proof,
    http: Arc<Canned>,
    retry: RetryPolicy,
) -> Option<Box<dyn Client>> {
    let setting = Setting { http, retry };
    Some(match service {
        Service::AzureDevops => {
            let credentials = match proof {
                Proof::AtHand => azure_devops::Credentials::pat(SECRET),
                Proof::Fetched => {
                    let url = TOKEN_URL.parse().expect("an address");
                    let client = ClientCredentials::new(url, "my-client", SECRET.into());
                    azure_devops::Credentials::ClientCredentials(client)
                }
            };
            let pipeline = azure_devops::PipelineRef::new("acme", "site", 42);
            setting.over(
                azure_devops::Client::builder(),
                credentials,
                pipeline,
                Default::default(),
            )
        }
        Service::Matillion => {
            let credentials = match proof {
                Proof::AtHand => matillion::Credentials::token(SECRET),
                Proof::Fetched => {
                    matillion::Credentials::client("my-client", SECRET).token_url(TOKEN_URL)
                }
            };
            let request = matillion::types::ExecutePublishedPipelineRequest::builder()
                .environment_name("Production")
                .pipeline_name("load")
                .try_into()
                .expect("a request");
            let project = matillion::ProjectRef::new("p1");
            setting.over(matillion::Client::builder(), credentials, project, request)
        }
        Service::Aliyun => {
            let credentials = aliyun::Credentials::access_key("key-id", SECRET);
            let pipeline = aliyun::PipelineRef::new("acme", 42);
            setting.over(
                aliyun::Client::builder(),
                credentials,
                pipeline,
                Default::default(),
            )
        }
        Service::Buddy => {
            let request = buddy::types::RunExecutionRequest {
                comment: Some("hotfix 4711".to_owned()),
                ..Default::default()
            };
            let pipeline = buddy::PipelineRef::new("acme", "site", 42);
            let credentials = buddy::Credentials::token(SECRET);
            setting.over(buddy::Client::builder(), credentials, pipeline, request)
        }
        Service::Yunxiao => {
            let credentials = yunxiao::Credentials::token(SECRET);
            let pipeline = yunxiao::PipelineRef::new("acme", 42);
            setting.over(
                yunxiao::Client::builder(),
                credentials,
                pipeline,
                Default::default(),
            )
        }
        _ => return None,
    })
}

/// What is the same for every client.
struct Setting {
    http: Arc<dyn HttpClient>,
    retry: RetryPolicy,
}

impl Setting {
    fn over<C: ServiceClient>(
        self,
        builder: Builder<C>,
        credentials: C::Credentials,
        pipeline: C::Pipeline,
        request: C::Request,
    ) -> Box<dyn Client> {
        let client = builder
            .credentials(credentials)
            .http_client(self.http)
            .retry(self.retry)
            .timeout(TIMEOUT)
            .requests_per_second(1e9)
            .clock(now)
            .build()
            .expect("a client");
        Box::new(Over {
            client,
            pipeline,
            request,
        })
    }
}

/// A run of that service.
pub fn run(service: Service) -> RunRef {
    let parts = service.reference_parts().iter().map(|_| "31");
    RunRef::new(service, parts).expect("a reference")
}

/// Runs a call to its end; also says how long it took by the clock that jumps over each pause.
pub fn ended<T>(call: impl Future<Output = T>) -> (T, Duration) {
    thread_local! {
        static RUNTIME: tokio::runtime::Runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime");
    }
    RUNTIME.with(|runtime| {
        runtime.block_on(async {
            let begun = tokio::time::Instant::now();
            let outcome = call.await;
            (outcome, begun.elapsed())
        })
    })
}
