//! The promise: a rehearsal shows the request that a start sends, and sends nothing that starts work.

use runpipe::{ErrorKind, Service, ServiceClient, aliyun, azure_devops, buddy, matillion, yunxiao};
use runpipe_testing::{Sandbox, SandboxClient};
use serde_json::{Value, json};

/// What is new for each attempt, by design.
const NEW_EACH_TIME: [&str; 3] = ["authorization", "x-acs-date", "x-acs-signature-nonce"];

/// Rehearses a start and makes it; gives the secrets of the rehearsed body.
async fn rehearsed<C: SandboxClient>(
    sandbox: &Sandbox,
    pipeline: C::Pipeline,
    request: Value,
) -> Vec<String> {
    let service = C::SERVICE;
    let client: C = sandbox.client().expect("a client");
    let request: C::Request = serde_json::from_value(request).expect("a request");
    let rehearsal = client
        .rehearse(&pipeline, &request)
        .await
        .expect("a rehearsal");
    assert_eq!(sandbox.started(service), 0, "{service}");
    let sent = sandbox.received(service);
    let starts = sent
        .iter()
        .filter(|request| request.operation.as_deref() != Some("token"));
    assert_eq!(starts.count(), 0, "{service}");

    client.start(&pipeline, &request).await.expect("a run");
    let sent = sandbox.received(service);
    let sent = sent.last().expect("the start");
    let kept = rehearsal.request();
    assert_eq!(kept.uri().path(), sent.path);
    assert_eq!(kept.uri().query().unwrap_or_default(), sent.query);
    assert_eq!(kept.method().as_str(), sent.method);
    assert_eq!(kept.body(), &sent.body);
    for (name, value) in kept.headers() {
        let came = sent.headers.get(name).expect("it came");
        let is_new = service == Service::Aliyun && NEW_EACH_TIME.contains(&name.as_str());
        assert!(is_new || came == value, "{service}: {name}");
    }
    let shown = format!("{rehearsal:?}");
    assert!(!shown.contains("sandbox-"), "{shown}");
    rehearsal.body_secrets().to_vec()
}

#[tokio::test]
async fn it_is_the_request_of_the_start_on_every_service() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    let place = |service| sandbox.pipelines(service)[0].place[0].clone();
    let request = json!({
        "resources": { "repositories": { "self": { "refName": "refs/heads/main" } } },
        "variables": {
            "open": { "value": "plain" },
            "key": { "value": "hush", "isSecret": true },
        },
    });
    let azure = azure_devops::PipelineRef::new("acme", "Website", 42);
    let secrets = rehearsed::<azure_devops::Client>(&sandbox, azure, request).await;
    assert_eq!(secrets, ["hush"]);
    let request = json!({ "pipelineName": "Load orders", "environmentName": "Production" });
    let project = matillion::ProjectRef::new(place(Service::Matillion));
    rehearsed::<matillion::Client>(&sandbox, project, request).await;
    let request = json!({ "envs": { "GREETING": "你好 & co" }, "comment": "hotfix" });
    let aliyun = aliyun::PipelineRef::new(place(Service::Aliyun), 123);
    rehearsed::<aliyun::Client>(&sandbox, aliyun, request.clone()).await;
    let pipeline: i64 = sandbox.pipelines(Service::Yunxiao)[0]
        .id
        .parse()
        .expect("a number");
    let yunxiao = yunxiao::PipelineRef::new(place(Service::Yunxiao), pipeline);
    rehearsed::<yunxiao::Client>(&sandbox, yunxiao, request).await;
    let request = json!({
        "comment": "hotfix",
        "variables": [{ "key": "k", "value": "hush", "encrypted": true }],
    });
    let buddy = buddy::PipelineRef::new("acme", "website", 2);
    let secrets = rehearsed::<buddy::Client>(&sandbox, buddy, request).await;
    assert_eq!(secrets, ["hush"]);
}

#[tokio::test]
async fn what_no_start_would_send_is_refused_as_by_a_start() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    let client: azure_devops::Client = sandbox.client().expect("a client");
    let preview = azure_devops::types::RunPipelineParameters {
        preview_run: Some(true),
        ..Default::default()
    };
    for (organization, request) in [("acme", preview), ("..", Default::default())] {
        let pipeline = azure_devops::PipelineRef::new(organization, "Website", 42);
        let error = client
            .rehearse(&pipeline, &request)
            .await
            .expect_err("no request");
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(!error.to_string().contains("rehearsal"), "{error}");
    }
}
