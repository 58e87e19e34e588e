//! What is started on each service of a sandbox, and the ledger that remembers it.

use std::sync::Arc;
use std::time::Duration;

use runpipe::ledger::{DirectoryLedger, Entry, Key, Ledger, StartOnce, Started, entry};
use runpipe::{
    Result, RetryPolicy, Service, ServiceClient, aliyun, azure_devops, buddy, matillion, yunxiao,
};
use runpipe_testing::{Outcome, RunPlan, Sandbox};
use tempfile::TempDir;

/// Half of it is enough for an answer on a busy machine.
pub const LEASE: Duration = Duration::from_secs(1);
/// Long enough for two leases on a busy machine.
pub const WAIT: Duration = Duration::from_secs(30);

pub trait Subject {
    type Client: ServiceClient;
    const SERVICE: Service;
    /// The `operationId` of a start.
    const START: &'static str;

    fn client(sandbox: &Sandbox) -> Self::Client;
    fn pipeline(sandbox: &Sandbox) -> <Self::Client as ServiceClient>::Pipeline;
    fn request() -> <Self::Client as ServiceClient>::Request;
    /// Another request, and what differs.
    fn other() -> (<Self::Client as ServiceClient>::Request, &'static str);
}

pub struct AzureDevops;
pub struct Matillion;
pub struct Aliyun;
pub struct Yunxiao;
pub struct Buddy;

impl Subject for AzureDevops {
    type Client = azure_devops::Client;
    const SERVICE: Service = Service::AzureDevops;
    const START: &'static str = "runPipeline";

    fn client(sandbox: &Sandbox) -> Self::Client {
        let builder = sandbox.azure_devops_builder().retry(RetryPolicy::none());
        builder.build().expect("a client")
    }

    fn pipeline(_sandbox: &Sandbox) -> azure_devops::PipelineRef {
        azure_devops::PipelineRef::new("acme", "Website", 42)
    }

    fn request() -> azure_devops::types::RunPipelineParameters {
        azure_devops::types::RunPipelineParameters::default()
    }

    fn other() -> (azure_devops::types::RunPipelineParameters, &'static str) {
        let mut request = Self::request();
        request
            .template_parameters
            .insert("to".to_owned(), "test".to_owned());
        (request, "/templateParameters/to")
    }
}

impl Subject for Matillion {
    type Client = matillion::Client;
    const SERVICE: Service = Service::Matillion;
    const START: &'static str = "executePublishedPipeline";

    fn client(sandbox: &Sandbox) -> Self::Client {
        let builder = sandbox.matillion_builder().retry(RetryPolicy::none());
        builder.build().expect("a client")
    }

    fn pipeline(sandbox: &Sandbox) -> matillion::ProjectRef {
        let pipelines = sandbox.pipelines(Service::Matillion);
        matillion::ProjectRef::new(&pipelines[0].place[0])
    }

    fn request() -> matillion::types::ExecutePublishedPipelineRequest {
        let request = serde_json::json!({
            "pipelineName": "Load orders", "environmentName": "Production"
        });
        serde_json::from_value(request).expect("a request")
    }

    fn other() -> (
        matillion::types::ExecutePublishedPipelineRequest,
        &'static str,
    ) {
        let request = serde_json::json!({
            "pipelineName": "Load orders", "environmentName": "Test"
        });
        let request = serde_json::from_value(request).expect("a request");
        (request, "/environmentName")
    }
}

impl Subject for Aliyun {
    type Client = aliyun::Client;
    const SERVICE: Service = Service::Aliyun;
    const START: &'static str = "startPipelineRun";

    fn client(sandbox: &Sandbox) -> Self::Client {
        let builder = sandbox.aliyun_builder().retry(RetryPolicy::none());
        builder.build().expect("a client")
    }

    fn pipeline(sandbox: &Sandbox) -> aliyun::PipelineRef {
        let pipelines = sandbox.pipelines(Service::Aliyun);
        aliyun::PipelineRef::new(&pipelines[0].place[0], 123)
    }

    fn request() -> aliyun::types::StartPipelineRunParams {
        aliyun::types::StartPipelineRunParams::default()
    }

    fn other() -> (aliyun::types::StartPipelineRunParams, &'static str) {
        let mut request = Self::request();
        request.envs.insert("TO".to_owned(), "test".to_owned());
        (request, "/envs/TO")
    }
}

impl Subject for Yunxiao {
    type Client = yunxiao::Client;
    const SERVICE: Service = Service::Yunxiao;
    const START: &'static str = "createPipelineRun";

    fn client(sandbox: &Sandbox) -> Self::Client {
        let builder = sandbox.yunxiao_builder().retry(RetryPolicy::none());
        builder.build().expect("a client")
    }

    fn pipeline(sandbox: &Sandbox) -> yunxiao::PipelineRef {
        let pipelines = sandbox.pipelines(Service::Yunxiao);
        yunxiao::PipelineRef::new(&pipelines[0].place[0], 123)
    }

    fn request() -> yunxiao::types::CreatePipelineRunParams {
        yunxiao::types::CreatePipelineRunParams::default()
    }

    fn other() -> (yunxiao::types::CreatePipelineRunParams, &'static str) {
        let mut request = Self::request();
        request.envs.insert("TO".to_owned(), "test".to_owned());
        (request, "/envs/TO")
    }
}

impl Subject for Buddy {
    type Client = buddy::Client;
    const SERVICE: Service = Service::Buddy;
    const START: &'static str = "runExecution";

    fn client(sandbox: &Sandbox) -> Self::Client {
        let builder = sandbox.buddy_builder().retry(RetryPolicy::none());
        builder.build().expect("a client")
    }

    fn pipeline(_sandbox: &Sandbox) -> buddy::PipelineRef {
        buddy::PipelineRef::new("acme", "website", 2)
    }

    fn request() -> buddy::types::RunExecutionRequest {
        buddy::types::RunExecutionRequest::default()
    }

    fn other() -> (buddy::types::RunExecutionRequest, &'static str) {
        let comment = Some("hotfix".to_owned());
        let request = buddy::types::RunExecutionRequest {
            comment,
            ..Self::request()
        };
        (request, "/comment")
    }
}

/// Calls a generic function for each service.
macro_rules! on_each_service {
    ($test:ident) => {{
        $test::<crate::subject::AzureDevops>().await;
        $test::<crate::subject::Matillion>().await;
        $test::<crate::subject::Aliyun>().await;
        $test::<crate::subject::Yunxiao>().await;
        $test::<crate::subject::Buddy>().await;
    }};
}
pub(crate) use on_each_service;

/// A sandbox and a ledger.
pub struct Site {
    pub sandbox: Sandbox,
    pub ledger: Arc<DirectoryLedger>,
    pub folder: TempDir,
}

impl Site {
    pub async fn open() -> Site {
        let sandbox = Sandbox::start().await.expect("loopback has free ports");
        // Long runs: one that is going is told from one that has ended.
        let long = RunPlan::default().takes(Duration::from_secs(3600));
        for service in Service::ALL {
            for _ in 0..20 {
                sandbox.next_run(service, long.clone().ends(Outcome::Succeeded));
            }
        }
        let folder = tempfile::tempdir().expect("a directory");
        let ledger = DirectoryLedger::open(folder.path().join("ledger")).expect("a ledger");
        Site {
            sandbox,
            ledger: Arc::new(ledger),
            folder,
        }
    }

    pub fn once(&self) -> StartOnce {
        self.once_in(self.ledger.clone())
    }

    pub fn once_in(&self, ledger: Arc<dyn Ledger>) -> StartOnce {
        StartOnce::new(ledger, key()).lease(LEASE).wait(WAIT)
    }

    /// Starts the usual request with the usual key.
    pub async fn start<S: Subject>(&self, once: &StartOnce) -> Result<Started> {
        self.ask::<S>(once, &S::request()).await
    }

    pub async fn ask<S: Subject>(
        &self,
        once: &StartOnce,
        request: &<S::Client as ServiceClient>::Request,
    ) -> Result<Started> {
        let client = S::client(&self.sandbox);
        once.start(&client, &S::pipeline(&self.sandbox), request)
            .await
    }

    pub fn started<S: Subject>(&self) -> usize {
        self.sandbox.started(S::SERVICE)
    }

    /// How many starts have come in.
    pub fn asked<S: Subject>(&self) -> usize {
        let received = self.sandbox.received(S::SERVICE);
        let start = |operation: &Option<String>| operation.as_deref() == Some(S::START);
        received.iter().filter(|one| start(&one.operation)).count()
    }

    pub async fn entry(&self) -> Option<Entry> {
        entry(&*self.ledger, &key()).await.expect("a ledger")
    }
}

pub fn key() -> Key {
    "deploy-4711".parse().expect("a key")
}
