//! What the campaign does with a service, whatever it is.

use chrono::{DateTime, Utc};
use futures_util::future::{BoxFuture, FutureExt};
use runpipe::auth::{ClientCredentials, Secret};
use runpipe::{Reconciled, Result, Run, Runs, Service, aliyun, azure_devops, buddy, matillion};
use runpipe_testing::Sandbox;
use serde_json::json;

use super::subject::{
    BUDDY_TOKEN, CLIENT_SECRET, ENTRA_TOKEN, KEY_SECRET, PAT, SECURITY_TOKEN, Settings, VARIABLE,
    built,
};

pub trait Client: Runs + Clone + Send + Sync + Sized + 'static {
    /// The kinds of credentials that it takes.
    const CREDENTIALS: &'static [&'static str];
    /// What is secret of each; of one without any it is the token at hand.
    const SECRETS: &'static [&'static [&'static str]];
    /// The path that stands before the documented ones.
    const BASE_PATH: &'static str = "";

    fn make(sandbox: &Sandbox, credential: usize, settings: Settings) -> Self;
    fn start<'a>(&'a self, sandbox: &'a Sandbox) -> BoxFuture<'a, Result<Run>>;
    fn reconcile<'a>(
        &'a self,
        sandbox: &'a Sandbox,
        since: DateTime<Utc>,
    ) -> BoxFuture<'a, Result<Reconciled>>;
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

fn azure_request() -> azure_devops::types::RunPipelineParameters {
    let variables = json!({ "deployKey": { "value": VARIABLE, "isSecret": true } });
    serde_json::from_value(json!({ "variables": variables })).expect("a request")
}

impl Client for azure_devops::Client {
    const CREDENTIALS: &'static [&'static str] =
        &["Azure PAT", "Azure token", "Azure service principal"];
    const SECRETS: &'static [&'static [&'static str]] = &[
        &[PAT, VARIABLE],
        &[ENTRA_TOKEN, VARIABLE],
        &[CLIENT_SECRET, ENTRA_TOKEN, VARIABLE],
    ];

    fn make(sandbox: &Sandbox, credential: usize, settings: Settings) -> Self {
        let credentials = match credential {
            0 => azure_devops::Credentials::pat(PAT),
            1 => azure_devops::Credentials::token(ENTRA_TOKEN),
            _ => {
                let url = settings.token_url.parse().expect("an address");
                let secret = Secret::from(CLIENT_SECRET);
                azure_devops::Credentials::ClientCredentials(ClientCredentials::new(
                    url, "client", secret,
                ))
            }
        };
        built!(sandbox.azure_devops_builder(), credentials, settings)
    }

    fn start<'a>(&'a self, sandbox: &'a Sandbox) -> BoxFuture<'a, Result<Run>> {
        let pipeline = azure_pipeline(sandbox);
        async move { self.start(&pipeline, &azure_request()).await }.boxed()
    }

    fn reconcile<'a>(
        &'a self,
        sandbox: &'a Sandbox,
        since: DateTime<Utc>,
    ) -> BoxFuture<'a, Result<Reconciled>> {
        let pipeline = azure_pipeline(sandbox);
        async move { self.reconcile(&pipeline, &azure_request(), since).await }.boxed()
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
    const CREDENTIALS: &'static [&'static str] = &["Matillion token", "Matillion client"];
    const SECRETS: &'static [&'static [&'static str]] = &[&[], &[CLIENT_SECRET]];
    const BASE_PATH: &'static str = "/dpc";

    fn make(sandbox: &Sandbox, credential: usize, settings: Settings) -> Self {
        let credentials = match credential {
            0 => matillion::Credentials::token(settings.token.as_str()),
            _ => {
                let id = sandbox.accepted().matillion_client_id.as_str();
                let client = matillion::Credentials::client(id, CLIENT_SECRET);
                client.token_url(settings.token_url)
            }
        };
        built!(sandbox.matillion_builder(), credentials, settings)
    }

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
}

fn aliyun_pipeline(sandbox: &Sandbox) -> aliyun::PipelineRef {
    let (place, id) = pipeline(sandbox, Service::Aliyun);
    aliyun::PipelineRef::new(&place[0], id.parse().expect("a number"))
}

impl Client for aliyun::Client {
    const CREDENTIALS: &'static [&'static str] = &["Aliyun key", "Aliyun STS key"];
    const SECRETS: &'static [&'static [&'static str]] =
        &[&[KEY_SECRET], &[SECURITY_TOKEN, KEY_SECRET]];

    fn make(sandbox: &Sandbox, credential: usize, settings: Settings) -> Self {
        let accepted = sandbox.accepted();
        let credentials = match credential {
            0 => {
                aliyun::Credentials::access_key(accepted.aliyun_access_key_id.as_str(), KEY_SECRET)
            }
            _ => aliyun::Credentials::temporary_access_key(
                accepted.aliyun_temporary_key_id.as_str(),
                KEY_SECRET,
                SECURITY_TOKEN,
            ),
        };
        built!(sandbox.aliyun_builder(), credentials, settings)
    }

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
}

fn buddy_pipeline(sandbox: &Sandbox) -> buddy::PipelineRef {
    let (place, id) = pipeline(sandbox, Service::Buddy);
    buddy::PipelineRef::new(&place[0], &place[1], id.parse().expect("a number"))
}

fn buddy_request() -> buddy::types::RunExecutionRequest {
    let variable = json!({ "key": "DEPLOY_KEY", "value": VARIABLE, "encrypted": true });
    serde_json::from_value(json!({ "variables": [variable] })).expect("a request")
}

impl Client for buddy::Client {
    const CREDENTIALS: &'static [&'static str] = &["Buddy token"];
    const SECRETS: &'static [&'static [&'static str]] = &[&[BUDDY_TOKEN, VARIABLE]];

    fn make(sandbox: &Sandbox, _credential: usize, settings: Settings) -> Self {
        let credentials = buddy::Credentials::token(BUDDY_TOKEN);
        built!(sandbox.buddy_builder(), credentials, settings)
    }

    fn start<'a>(&'a self, sandbox: &'a Sandbox) -> BoxFuture<'a, Result<Run>> {
        let pipeline = buddy_pipeline(sandbox);
        async move { self.start(&pipeline, &buddy_request()).await }.boxed()
    }

    fn reconcile<'a>(
        &'a self,
        sandbox: &'a Sandbox,
        since: DateTime<Utc>,
    ) -> BoxFuture<'a, Result<Reconciled>> {
        let pipeline = buddy_pipeline(sandbox);
        async move { self.reconcile(&pipeline, &buddy_request(), since).await }.boxed()
    }
}
