//! Every field of each request body has a flag: what the flags say is what is sent.

use serde_json::{Value, json};
use wiremock::matchers::{any, method};
use wiremock::{Mock, MockServer, Request};

use crate::program::{answer, buddy, buddy_with, runpipe};

/// A service that answers everything with this.
async fn service(body: Value) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(answer(200, body))
        .mount(&server)
        .await;
    server
}

async fn only_request(server: &MockServer) -> Request {
    let mut requests = server.received_requests().await.expect("recording");
    assert_eq!(requests.len(), 1);
    requests.remove(0)
}

/// What the flags of a start become, each given: nothing that the document has is missing.
pub fn azure_devops_sent() -> Value {
    json!({
        "resources": {
            "builds": { "old": { "version": "1.2" } },
            "containers": { "node": { "version": "20" } },
            "packages": { "lib": { "version": "2.0" } },
            "pipelines": { "upstream": { "version": "99", "runId": 77 } },
            "repositories": {
                "self": { "refName": "refs/heads/feature/x", "version": "abc" },
                "tools": {
                    "refName": "refs/tags/v1",
                    "version": "def",
                    "token": "tools-pat",
                    "tokenType": "Basic",
                },
            },
        },
        "stagesToSkip": ["deploy", "tidy"],
        "templateParameters": { "environment": "test", "replicas": "3" },
        "variables": {
            "greeting": { "value": "hello=there" },
            "password": { "value": "swordfish", "isSecret": true },
        },
    })
}

#[tokio::test]
async fn azure_devops() {
    let server = service(json!({ "id": 7001, "state": "inProgress" })).await;
    let words = [
        "start",
        "azure-devops",
        "--organization",
        "acme",
        "--project",
        "My Project",
        "--pipeline",
        "id:42",
        "--pipeline-version",
        "3",
        "--api-version",
        "7.1-preview.1",
        "--branch",
        "feature/x",
        "--version",
        "abc",
        "--repo-ref",
        "tools=refs/tags/v1",
        "--repo-version",
        "tools=def",
        "--repo-token",
        "tools=TOOLS_TOKEN",
        "--repo-token-type",
        "tools=Basic",
        "--var",
        "greeting=hello=there",
        "--secret-var",
        "password=THE_PASSWORD",
        "--param",
        "environment=test",
        "--param",
        "replicas=3",
        "--skip-stage",
        "deploy",
        "--skip-stage",
        "tidy",
        "--build",
        "old=1.2",
        "--container",
        "node=20",
        "--package",
        "lib=2.0",
        "--pipeline-resource",
        "upstream=99",
        "--pipeline-resource-run",
        "upstream=77",
    ];
    let ended = runpipe(words)
        .env("AZURE_DEVOPS_EXT_PAT", "pat")
        .env("RUNPIPE_AZURE_DEVOPS_URL", &server.uri())
        .env("TOOLS_TOKEN", "tools-pat")
        .env("THE_PASSWORD", "swordfish")
        .ends_with(0)
        .await;
    assert!(
        ended
            .stdout
            .starts_with("azure-devops/acme/My%20Project/42/7001\n"),
        "{}",
        ended.stdout
    );
    let request = only_request(&server).await;
    assert_eq!(
        request.url.path(),
        "/acme/My%20Project/_apis/pipelines/42/runs"
    );
    let query: Vec<(String, String)> = request.url.query_pairs().into_owned().collect();
    assert!(
        query.contains(&("api-version".into(), "7.1-preview.1".into())),
        "{query:?}"
    );
    assert!(
        query.contains(&("pipelineVersion".into(), "3".into())),
        "{query:?}"
    );
    let body: Value = request.body_json().expect("JSON");
    assert_eq!(body, azure_devops_sent());
}

/// The same for a preview, whose flags are no run's.
pub fn azure_devops_preview_sent() -> Value {
    json!({ "previewRun": true, "yamlOverride": "steps: [bash: true]" })
}

#[tokio::test]
async fn an_organization_of_azure_devops_may_be_given_by_its_address() {
    let start = |organization| {
        let words = ["start", "azure-devops", "--organization", organization];
        let program = runpipe(words.into_iter().chain(["--project", "site"]));
        let program = program.words(["--pipeline", "id:42"]);
        program.env("AZURE_DEVOPS_EXT_PAT", "pat")
    };
    for address in [
        "https://dev.azure.com/acme/",
        "https://acme.visualstudio.com",
    ] {
        let server = service(json!({ "id": 7001, "state": "inProgress" })).await;
        let started = start(address).env("RUNPIPE_AZURE_DEVOPS_URL", &server.uri());
        started.ends_with(0).await;
        let request = only_request(&server).await;
        assert_eq!(request.url.path(), "/acme/site/_apis/pipelines/42/runs");
    }
    let refused = start("https://dev.azure.com/acme/site").ends_with(2).await;
    refused.tells("names no organization");
}

#[tokio::test]
async fn azure_devops_as_a_preview_starts_nothing_and_prints_the_yaml() {
    let server = service(json!({ "id": -1, "finalYaml": "steps: []" })).await;
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), "steps: [bash: true]").expect("written");
    let words =
        "start azure-devops --organization acme --project site --pipeline id:42 --preview-run";
    let ended = runpipe(words.split_whitespace())
        .words(["--yaml-override", file.path().to_str().expect("a path")])
        .env("AZURE_DEVOPS_EXT_PAT", "pat")
        .env("RUNPIPE_AZURE_DEVOPS_URL", &server.uri())
        .ends_with(0)
        .await;
    assert_eq!(ended.stdout, "steps: []\n");
    let body: Value = only_request(&server).await.body_json().expect("JSON");
    assert_eq!(body, azure_devops_preview_sent());
}

/// The same for Matillion.
pub fn matillion_sent() -> Value {
    json!({
        "environmentName": "Test",
        "pipelineName": "Load orders",
        "agentId": "agent",
        "executionTag": "nightly",
        "scalarVariables": { "day": "1" },
        "gridVariables": { "grid": [["a", "b"], ["c", "d"]] },
        "versionName": "v7",
    })
}

#[tokio::test]
async fn matillion() {
    let id = "0c3ba3b2-9d27-4ac5-8a6f-0d3fc0a2a7aa";
    let server = service(json!({ "pipelineExecutionId": id })).await;
    let project = "3f0c9a52-6b1d-4c7e-9a44-2d5e8f7b1c60";
    let words = [
        "start",
        "matillion",
        "--project-id",
        project,
        "--environment",
        "Test",
        "--pipeline",
        "Load orders",
        "--agent-id",
        "agent",
        "--execution-tag",
        "nightly",
        "--var",
        "day=1",
        "--grid-var",
        r#"grid=[["a","b"],["c","d"]]"#,
        "--version-name",
        "v7",
    ];
    let ended = runpipe(words)
        .env("MATILLION_TOKEN", "token")
        .env("RUNPIPE_MATILLION_URL", &server.uri())
        .ends_with(0)
        .await;
    assert!(
        ended
            .stdout
            .starts_with(&format!("matillion/{project}/{id}\n")),
        "{}",
        ended.stdout
    );
    let body: Value = only_request(&server).await.body_json().expect("JSON");
    assert_eq!(body, matillion_sent());
}

#[tokio::test]
async fn matillions_project_may_be_named() {
    let server = MockServer::start().await;
    let project = "3f0c9a52-6b1d-4c7e-9a44-2d5e8f7b1c60";
    let projects = json!({ "results": [{ "id": project, "name": "Analytics" }], "total": 1, "size": 25, "page": 0 });
    let list = Mock::given(method("GET")).respond_with(answer(200, projects));
    list.mount(&server).await;
    let started = json!({ "pipelineExecutionId": "0c3ba3b2-9d27-4ac5-8a6f-0d3fc0a2a7aa" });
    Mock::given(method("POST"))
        .respond_with(answer(200, started))
        .mount(&server)
        .await;
    let words = "start matillion --project-id Analytics --environment Test --pipeline Load";
    let ended = runpipe(words.split_whitespace())
        .env("MATILLION_TOKEN", "token")
        .env("RUNPIPE_MATILLION_URL", &server.uri())
        .ends_with(0)
        .await;
    assert!(
        ended.stdout.starts_with(&format!("matillion/{project}/")),
        "{}",
        ended.stdout
    );
}

/// The same for both APIs of Yunxiao.
pub fn flow_sent() -> Value {
    json!({
        "branchModeBranchs": ["a", "b"],
        "envs": { "KEY": "value" },
        "runningBranchs": { "https://codeup/x.git": "main" },
        "runningTags": { "https://codeup/y.git": "v1" },
        "runningPipelineArtifacts": { "3184": "12" },
        "runningAcrArtifacts": { "registry/tool": "2024" },
        "runningPackagesArtifacts": { "generic/r/p": "7" },
        "comment": "备注",
        "needCreateBranch": false,
        "releaseBranch": "release/1",
    })
}

#[tokio::test]
async fn aliyun() {
    let server = service(json!({ "success": true, "pipelineRunId": 9 })).await;
    let words = [
        "start",
        "aliyun",
        "--organization-id",
        "60d1",
        "--pipeline",
        "id:123",
        "--branch",
        "a",
        "--branch",
        "b",
        "--env",
        "KEY=value",
        "--running-branch",
        "https://codeup/x.git=main",
        "--running-tag",
        "https://codeup/y.git=v1",
        "--pipeline-artifact",
        "3184=12",
        "--acr-artifact",
        "registry/tool=2024",
        "--package-artifact",
        "generic/r/p=7",
        "--comment",
        "备注",
        "--need-create-branch=false",
        "--release-branch",
        "release/1",
    ];
    let ended = runpipe(words)
        .env("ALIBABA_CLOUD_ACCESS_KEY_ID", "LTAI")
        .env("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "secret")
        .env("RUNPIPE_ALIYUN_URL", &server.uri())
        .ends_with(0)
        .await;
    assert!(
        ended.stdout.starts_with("aliyun/60d1/123/9\n"),
        "{}",
        ended.stdout
    );
    let request = only_request(&server).await;
    assert_eq!(request.url.path(), "/organizations/60d1/pipelines/123/run");
    let form = reqwest::Url::parse(&format!("x:?{}", String::from_utf8_lossy(&request.body)));
    let form = form.expect("a form");
    let (name, params) = form.query_pairs().next().expect("a field");
    assert_eq!(name, "params");
    let params: Value = serde_json::from_str(&params).expect("JSON");
    assert_eq!(params, flow_sent());
}

/// The same for Buddy.
pub fn buddy_sent() -> Value {
    json!({
        "to_revision": { "revision": "HEAD" },
        "from_revision": { "revision": "abc" },
        "branch": { "name": "main" },
        "tag": { "name": "v1" },
        "pull_request": { "name": "pull/7" },
        "comment": "hotfix",
        "refresh": true,
        "clear_cache": false,
        "priority": "HIGH",
        "variables": [
            { "key": "A", "value": "1" },
            { "key": "B", "value": "hidden", "encrypted": true },
        ],
        "actions_to_run": [5, 6],
        "delay_until": "2026-11-30T04:30:00.000Z",
        "environment": "prod",
        "package_version": "lib:1.0",
    })
}

#[tokio::test]
async fn buddys() {
    let server = buddy_with("INPROGRESS").await;
    let words = [
        "--workspace",
        "acme",
        "--project",
        "site",
        "--pipeline",
        "id:2",
        "--revision",
        "HEAD",
        "--from-revision",
        "abc",
        "--branch",
        "refs/heads/main",
        "--tag",
        "v1",
        "--pull-request",
        "7",
        "--comment",
        "hotfix",
        "--refresh",
        "--clear-cache=false",
        "--priority",
        "high",
        "--var",
        "A=1",
        "--secret-var",
        "B=SECRET_B",
        "--action",
        "5",
        "--action",
        "6",
        "--delay-until",
        "2026-11-30T05:30:00+01:00",
        "--environment",
        "prod",
        "--package-version",
        "lib:1.0",
    ];
    let start = buddy(&server, "start buddy")
        .words(words)
        .env("SECRET_B", "hidden");
    start.ends_with(0).await;
    let body: Value = only_request(&server).await.body_json().expect("JSON");
    assert_eq!(body, buddy_sent());
}

#[tokio::test]
async fn a_hard_stop_is_asked_for_where_the_service_knows_it() {
    let server = service(json!({ "status": "CANCELLING" })).await;
    let cancel = |words: &[&'static str]| {
        runpipe(["cancel", "matillion/p/e"])
            .words(words.iter().copied())
            .env("MATILLION_TOKEN", "token")
            .env("RUNPIPE_MATILLION_URL", &server.uri())
    };
    for (words, force) in [(&[][..], false), (&["--force"][..], true)] {
        let ended = cancel(words).ends_with(0).await;
        ended.prints("canceling");
        let requests = server.received_requests().await.expect("recording");
        let mut patches = requests.iter().rev();
        let patch = patches.find(|request| request.method.as_str() == "PATCH");
        let body: Value = patch.expect("a stop").body_json().expect("JSON");
        assert_eq!(body, json!({ "status": "CANCELLED", "forceUpdate": force }));
    }
}
