//! What goes over the wire, beside a good signature (which `received` checks of every request).

use runpipe::auth::acs3::parse_date;
use runpipe::{ErrorKind, Runs};
use serde_json::json;

use super::*;

fn started() -> ResponseTemplate {
    json_answer(&json!({ "success": true, "pipelineRunId": 41 }))
}

#[tokio::test]
async fn parameters_are_json_in_a_form() {
    let server = always(started()).await;
    let mut params = no_parameters();
    params.comment = Some("中文 & more".to_owned());
    params.envs.insert("k 1".to_owned(), "v+1=%".to_owned());
    client(&server).start(&pipeline(), &params).await.unwrap();
    let requests = received(&server).await;
    assert_eq!(requests[0].url.path(), START);
    assert_eq!(
        header(&requests[0], "content-type"),
        Some("application/x-www-form-urlencoded")
    );
    assert_eq!(
        String::from_utf8_lossy(&requests[0].body),
        "params=%7B%22comment%22%3A%22%E4%B8%AD%E6%96%87+%26+more%22%2C%22envs%22%3A%7B%22k+1%22%3A\
         %22v%2B1%3D%25%22%7D%7D"
    );
}

#[tokio::test]
async fn without_parameters_an_empty_form_is_sent() {
    let server = always(started()).await;
    client(&server)
        .start(&pipeline(), &no_parameters())
        .await
        .unwrap();
    let requests = received(&server).await;
    assert_eq!(requests[0].body, b"");
    assert_eq!(header(&requests[0], "content-length"), Some("0"));
    assert_eq!(
        header(&requests[0], "content-type"),
        Some("application/x-www-form-urlencoded")
    );
}

/// The path is the one that the official SDK sends for the same organization.
#[tokio::test]
async fn any_organization_is_encoded_as_it_is_signed() {
    let server = always(started()).await;
    let place = PipelineRef::new("5ebbc 云/效+~*'!(a)%2F&=?#", 123);
    let run = client(&server)
        .start(&place, &no_parameters())
        .await
        .unwrap();
    let requests = received(&server).await;
    assert_eq!(
        requests[0].url.path(),
        "/organizations/5ebbc%20%E4%BA%91%2F%E6%95%88%2B~%2A%27%21%28a%29%252F%26%3D%3F%23/pipelines/123/run"
    );
    let read: runpipe::RunRef = run.reference.to_string().parse().unwrap();
    assert_eq!(read, run.reference);
}

#[tokio::test]
async fn each_operation_names_its_action() {
    use futures_util::TryStreamExt;
    let server = always(json_answer(&json!({
        "success": true, "pipelineRunId": 41, "pipeline": {},
        "pipelineRun": { "stages": [{ "stageInfo": { "jobs": [{ "id": 7 }] } }] }
    })))
    .await;
    let client = client(&server);
    client.start(&pipeline(), &no_parameters()).await.unwrap();
    client.get(&run()).await.unwrap();
    client.cancel(&run()).await.unwrap();
    client.logs(&run()).try_collect::<Vec<_>>().await.unwrap();
    client
        .list(&pipeline())
        .try_collect::<Vec<_>>()
        .await
        .unwrap();
    client
        .pipelines("5ebbc")
        .try_collect::<Vec<_>>()
        .await
        .unwrap();
    client.pipeline(&pipeline()).await.unwrap();
    let requests = received(&server).await;
    let sent: Vec<_> = requests
        .iter()
        .map(|request| {
            let action = header(request, "x-acs-action").unwrap();
            (action, request.method.as_str(), request.url.path())
        })
        .collect();
    let log = "/organization/5ebbc/pipeline/123/pipelineRun/41/job/7/logs";
    assert_eq!(
        sent,
        [
            ("StartPipelineRun", "POST", START),
            ("GetPipelineRun", "GET", RUN),
            ("StopPipelineRun", "PUT", STOP),
            ("GetPipelineRun", "GET", RUN),
            ("GetPipelineRun", "GET", RUN),
            ("LogPipelineJobRun", "GET", log),
            ("ListPipelineRuns", "GET", RUNS),
            ("ListPipelines", "GET", PIPELINES),
            ("GetPipeline", "GET", PIPELINE),
        ]
    );
    for request in &requests {
        assert_eq!(header(request, "x-acs-version"), Some("2021-06-25"));
        assert_eq!(header(request, "accept"), Some("application/json"));
        assert_eq!(header(request, "api-version"), None);
        assert_eq!(header(request, "x-acs-security-token"), None);
        assert!(parse_date(header(request, "x-acs-date").unwrap()).is_some());
        if request.method.as_str() != "POST" {
            assert_eq!(header(request, "content-type"), None);
        }
    }
    assert_eq!(
        header(&requests[2], "content-length"),
        Some("0"),
        "as the SDK stops"
    );
}

#[tokio::test]
async fn a_temporary_key_sends_its_token_signed() {
    let server = always(started()).await;
    let temporary = Credentials::temporary_access_key("STS.id", KEY_SECRET, "sts-token");
    let client = builder(&server.uri())
        .credentials(temporary)
        .build()
        .unwrap();
    client.start(&pipeline(), &no_parameters()).await.unwrap();
    let requests = received(&server).await;
    assert_eq!(
        header(&requests[0], "x-acs-security-token"),
        Some("sts-token")
    );
    let claimed: ParsedAuthorization = header(&requests[0], "authorization")
        .unwrap()
        .parse()
        .unwrap();
    assert_eq!(claimed.access_key_id, "STS.id");
    assert!(
        claimed
            .signed_headers
            .contains(&"x-acs-security-token".to_owned())
    );
}

#[tokio::test]
async fn what_cannot_be_sent_is_not() {
    let server = always(started()).await;
    let client = client(&server);
    for organization in ["", ".", "..", "a\\b", "a\nb"] {
        let place = PipelineRef::new(organization, 123);
        let error = client.start(&place, &no_parameters()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{organization:?}");
        assert!(place.run(1).is_err());
        let error = client
            .pipeline_named(organization, "site")
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{organization:?}");
    }
    for elsewhere in ["buddy/a/b/1/2", "aliyun/5ebbc/x/2", "aliyun/5ebbc/1/x"] {
        let run: RunRef = elsewhere.parse().unwrap();
        let error = client.get(&run).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{elsewhere}");
        let error = client.cancel(&run).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{elsewhere}");
    }
    assert!(received(&server).await.is_empty());
}

#[test]
fn regions_have_addresses() {
    assert_eq!(
        runpipe::aliyun::base_url("cn-hangzhou"),
        runpipe::aliyun::BASE_URL
    );
    assert_eq!(
        runpipe::aliyun::base_url("cn-beijing"),
        "https://devops.cn-beijing.aliyuncs.com"
    );
    assert!(runpipe::aliyun::BASE_URL_VPC.starts_with("https://devops-vpc."));
}
