//! Every service with every kind of credential that it takes.

use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::future::{BoxFuture, FutureExt};
use futures_util::stream::BoxStream;
use runpipe::auth::{ClientCredentials, Secret};
use runpipe::{
    Result, RetryPolicy, Run, RunRef, Runs, aliyun, azure_devops, buddy, matillion, yunxiao,
};
use wiremock::MockServer;

use super::{SECRET, SECURITY_TOKEN};

/// A client, a run to ask it for, and a start to ask of it.
pub struct Subject {
    pub name: &'static str,
    pub run: RunRef,
    pub runs: Arc<dyn Runs>,
    pub start: Box<dyn Fn() -> BoxFuture<'static, Result<Run>>>,
    pub list: Box<dyn Fn() -> BoxStream<'static, Result<Run>>>,
}

/// One of each kind.
pub fn all(server: &MockServer) -> Vec<Subject> {
    let mut subjects = vec![
        azure_devops(
            server,
            "a personal access token",
            azure_devops::Credentials::pat(SECRET),
        ),
        azure_devops(
            server,
            "a job's token",
            azure_devops::Credentials::token(SECRET),
        ),
        matillion(
            server,
            "a token of Matillion",
            matillion::Credentials::token(SECRET),
        ),
        aliyun(
            server,
            "an access key",
            aliyun::Credentials::access_key("LTAI-id", SECRET),
        ),
        aliyun(
            server,
            "a temporary access key",
            aliyun::Credentials::temporary_access_key("LTAI-id", SECRET, SECURITY_TOKEN),
        ),
        yunxiao(server),
        buddy(server),
    ];
    subjects.extend(with_client_secret(server));
    subjects
}

/// Those that get a token for a client secret.
pub fn with_client_secret(server: &MockServer) -> Vec<Subject> {
    let token_url = format!("{}/token", server.uri());
    let url = token_url.parse().expect("an address");
    let principal = ClientCredentials::new(url, "client", Secret::from(SECRET));
    let client = matillion::Credentials::client("client", SECRET).token_url(token_url);
    vec![
        azure_devops(
            server,
            "a service principal",
            azure_devops::Credentials::ClientCredentials(principal),
        ),
        matillion(server, "a client of Matillion", client),
    ]
}

fn azure_devops(
    server: &MockServer,
    name: &'static str,
    credentials: azure_devops::Credentials,
) -> Subject {
    let client = azure_devops::Client::builder()
        .base_url(server.uri())
        .credentials(credentials)
        .retry(RetryPolicy::none())
        .build()
        .expect("a client");
    let (starting, pipeline) = (
        client.clone(),
        azure_devops::PipelineRef::new("acme", "shop", 1),
    );
    let listing = client.clone();
    Subject {
        name,
        run: "azure-devops/acme/shop/1/2".parse().expect("a reference"),
        runs: Arc::new(client),
        list: Box::new(move || {
            let pipeline = azure_devops::PipelineRef::new("acme", "shop", 1);
            listing.list(&pipeline).boxed()
        }),
        start: Box::new(move || {
            let (client, pipeline) = (starting.clone(), pipeline.clone());
            async move { client.start(&pipeline, &Default::default()).await }.boxed()
        }),
    }
}

fn matillion(
    server: &MockServer,
    name: &'static str,
    credentials: matillion::Credentials,
) -> Subject {
    let client = matillion::Client::builder()
        .base_url(server.uri())
        .credentials(credentials)
        .retry(RetryPolicy::none())
        .build()
        .expect("a client");
    let starting = client.clone();
    let listing = client.clone();
    Subject {
        name,
        run: "matillion/p1/e2a4".parse().expect("a reference"),
        runs: Arc::new(client),
        list: Box::new(move || {
            let filter = matillion::ListFilter::default();
            listing
                .list(&filter.project(&matillion::ProjectRef::new("p1")))
                .take(1)
                .boxed()
        }),
        start: Box::new(move || {
            let client = starting.clone();
            async move {
                let request = matillion::types::ExecutePublishedPipelineRequest::builder()
                    .environment_name("Production")
                    .pipeline_name("load");
                let request = request.try_into().expect("a request");
                let project = matillion::ProjectRef::new("p1");
                client.start(&project, &request).await
            }
            .boxed()
        }),
    }
}

fn aliyun(server: &MockServer, name: &'static str, credentials: aliyun::Credentials) -> Subject {
    let client = aliyun::Client::builder()
        .base_url(server.uri())
        .credentials(credentials)
        .retry(RetryPolicy::none())
        .build()
        .expect("a client");
    let (starting, pipeline) = (client.clone(), aliyun::PipelineRef::new("5ebbc", 1));
    let listing = client.clone();
    Subject {
        name,
        run: "aliyun/5ebbc/1/2".parse().expect("a reference"),
        runs: Arc::new(client),
        list: Box::new(move || {
            let pipeline = aliyun::PipelineRef::new("5ebbc", 1);
            listing.list(&pipeline).take(1).boxed()
        }),
        start: Box::new(move || {
            let (client, pipeline) = (starting.clone(), pipeline.clone());
            async move { client.start(&pipeline, &Default::default()).await }.boxed()
        }),
    }
}

fn yunxiao(server: &MockServer) -> Subject {
    let client = yunxiao::Client::builder()
        .base_url(server.uri())
        .credentials(yunxiao::Credentials::token(SECRET))
        .retry(RetryPolicy::none())
        .build()
        .expect("a client");
    let (starting, pipeline) = (client.clone(), yunxiao::PipelineRef::new("5ebbc", 1));
    let listing = client.clone();
    Subject {
        name: "a token of Yunxiao",
        run: "yunxiao/5ebbc/1/2".parse().expect("a reference"),
        runs: Arc::new(client),
        list: Box::new(move || {
            let pipeline = yunxiao::PipelineRef::new("5ebbc", 1);
            listing.list(&pipeline).take(1).boxed()
        }),
        start: Box::new(move || {
            let (client, pipeline) = (starting.clone(), pipeline.clone());
            async move { client.start(&pipeline, &Default::default()).await }.boxed()
        }),
    }
}

fn buddy(server: &MockServer) -> Subject {
    let client = buddy::Client::builder()
        .base_url(server.uri())
        .credentials(buddy::Credentials::token(SECRET))
        .retry(RetryPolicy::none())
        .build()
        .expect("a client");
    let (starting, pipeline) = (client.clone(), buddy::PipelineRef::new("acme", "shop", 1));
    let listing = client.clone();
    Subject {
        name: "a token of Buddy",
        run: "buddy/acme/shop/1/2".parse().expect("a reference"),
        runs: Arc::new(client),
        list: Box::new(move || {
            let pipeline = buddy::PipelineRef::new("acme", "shop", 1);
            listing.list(&pipeline).take(1).boxed()
        }),
        start: Box::new(move || {
            let (client, pipeline) = (starting.clone(), pipeline.clone());
            async move { client.start(&pipeline, &Default::default()).await }.boxed()
        }),
    }
}
