//! Aliyun in the sandbox: the signature and its refusals, the form, the envelope.

use std::error::Error;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use futures_util::TryStreamExt;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};
use runpipe::aliyun::{Credentials, PipelineRef, types::StartPipelineRunParams};
use runpipe::auth::Secret;
use runpipe::auth::acs3;
use runpipe::{ErrorKind, RunStatus, Runs, Service};
use runpipe_testing::{Outcome as Ends, Pipeline, RunPlan, Sandbox, SandboxBuilder};
use serde_json::json;

use super::{Answer, Outcome, http, send};

const ORGANIZATION: &str = "60d1c0ffee5ca1ab1e00feed";

fn noon() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 21, 12, 0, 0)
        .single()
        .unwrap_or_default()
}

fn manual() -> SandboxBuilder {
    Sandbox::builder().manual_clock(noon())
}

/// A request as the official SDK builds it, before it is signed.
pub struct Draft {
    pub method: Method,
    path: String,
    pub query: String,
    action: &'static str,
    pub body: String,
    pub form: bool,
    key: (String, String),
    token: Option<String>,
    date: String,
    nonce: String,
    /// Signs every header that is set, as the SDK for Python does it.
    signs_all: bool,
    /// What becomes of the request after it was signed.
    spoil: fn(&mut HeaderMap, &mut String),
}

impl Draft {
    fn start(sandbox: &Sandbox, nonce: &str) -> Self {
        let accepted = sandbox.accepted();
        Draft {
            method: Method::POST,
            path: format!("/organizations/{ORGANIZATION}/pipelines/123/run"),
            query: String::new(),
            action: "StartPipelineRun",
            body: "params=%7B%22envs%22%3A+%7B%22k%22%3A+%22v%22%7D%7D".to_owned(),
            form: true,
            key: (
                accepted.aliyun_access_key_id.clone(),
                accepted.aliyun_access_key_secret.clone(),
            ),
            token: None,
            date: acs3::date_text(sandbox.client_now()),
            nonce: nonce.to_owned(),
            signs_all: true,
            spoil: |_, _| {},
        }
    }

    pub fn read(sandbox: &Sandbox, nonce: &str, path: String, action: &'static str) -> Self {
        Draft {
            method: Method::GET,
            path,
            action,
            body: String::new(),
            form: false,
            ..Draft::start(sandbox, nonce)
        }
    }

    pub async fn send(self, sandbox: &Sandbox) -> Result<Answer, Box<dyn Error>> {
        let base = Url::parse(&sandbox.url(Service::Aliyun))?;
        let host = format!("127.0.0.1:{}", base.port().ok_or("no port")?);
        let mut headers = HeaderMap::new();
        let body_hash = acs3::body_sha256(self.body.as_bytes());
        let user_agent = "AlibabaCloud (Linux; x86_64) Python/3.11.7 Core/0.4.3 TeaDSL/2";
        let mut set = |name: &str, value: &str| -> Result<(), Box<dyn Error>> {
            headers.insert(
                HeaderName::from_bytes(name.as_bytes())?,
                HeaderValue::from_str(value)?,
            );
            Ok(())
        };
        set("x-acs-version", "2021-06-25")?;
        set("x-acs-action", self.action)?;
        set("user-agent", user_agent)?;
        set("x-acs-date", &self.date)?;
        set("x-acs-signature-nonce", &self.nonce)?;
        set("accept", "application/json")?;
        set("x-acs-content-sha256", &body_hash)?;
        set("x-acs-credentials-provider", "static_ak")?;
        if self.form {
            set("content-type", "application/x-www-form-urlencoded")?;
        }
        if let Some(token) = &self.token {
            set("x-acs-accesskey-id", &self.key.0)?;
            set("x-acs-security-token", token)?;
        }
        let request = acs3::SigningRequest::new(self.method.as_str(), &host, &self.path)
            .with_query(&self.query)
            .with_headers(&headers)
            .with_body(self.body.as_bytes());
        let mut names = acs3::names_to_sign(&headers);
        if self.signs_all {
            names.extend(["accept".to_owned(), "user-agent".to_owned()]);
        }
        let canonical = acs3::canonical_request(&request, &names)?;
        let secret = Secret::from(self.key.1.as_str());
        let signature = acs3::signature(&acs3::string_to_sign(&canonical), &secret);
        let authorization = acs3::authorization(&self.key.0, &canonical, &signature);
        headers.insert("authorization", HeaderValue::from_str(&authorization)?);
        let mut body = self.body;
        (self.spoil)(&mut headers, &mut body);
        let query = if self.query.is_empty() {
            String::new()
        } else {
            format!("?{}", self.query)
        };
        let url = format!("http://{host}{}{query}", self.path);
        // A stream goes out in chunks, without a length.
        let chunks: Vec<Result<Vec<u8>, std::io::Error>> = body
            .into_bytes()
            .chunks(7)
            .map(|chunk| Ok(chunk.to_vec()))
            .collect();
        let body = reqwest::Body::wrap_stream(futures_util::stream::iter(chunks));
        let request = http().request(self.method, url).headers(headers);
        send(if self.form {
            request.body(body)
        } else {
            request
        })
        .await
    }
}

#[tokio::test]
async fn the_library_s_own_client_runs_from_start_to_end() -> Outcome {
    let sandbox = manual().start().await?;
    let aliyun = sandbox.aliyun()?;
    let pipeline = aliyun.pipeline_named(ORGANIZATION, "web-release").await?;
    let mut params = StartPipelineRunParams {
        comment: Some("发布".to_owned()),
        ..StartPipelineRunParams::default()
    };
    params.running_branchs.insert(
        "https://codeup.aliyun.com/o/a b.git".to_owned(),
        "feature/世界".to_owned(),
    );
    let run = aliyun.start(&pipeline, &params).await?;
    assert_eq!(run.id, "1");
    assert_eq!(aliyun.get(&run.reference).await?.status, RunStatus::Running);
    sandbox.advance(Duration::from_secs(2));
    let ended = aliyun.get(&run.reference).await?;
    assert_eq!(ended.status, RunStatus::Succeeded);
    assert_eq!(ended.requested_ref.as_deref(), Some("feature/世界"));
    let logs: Vec<_> = aliyun.logs(&run.reference).try_collect().await?;
    assert_eq!(logs.len(), 1);
    assert!(logs[0].text.contains("done"), "{logs:?}");
    let form = sandbox
        .received(Service::Aliyun)
        .iter()
        .find_map(|request| request.form().pop());
    let (name, value) = form.ok_or("no form was sent")?;
    assert_eq!(name, "params");
    assert!(value.contains("发布"), "{value}");
    Ok(())
}

#[tokio::test]
async fn cancel_list_and_waiting_work() -> Outcome {
    let sandbox = manual().start().await?;
    let aliyun = sandbox.aliyun()?;
    let pipeline = PipelineRef::new(ORGANIZATION, 123);
    sandbox.next_run(Service::Aliyun, RunPlan::default().waits_for_a_person());
    let run = aliyun
        .start(&pipeline, &StartPipelineRunParams::default())
        .await?;
    sandbox.advance(Duration::from_secs(1));
    assert_eq!(aliyun.get(&run.reference).await?.status, RunStatus::Waiting);
    aliyun.cancel(&run.reference).await?;
    sandbox.advance(Duration::from_secs(1));
    assert_eq!(
        aliyun.get(&run.reference).await?.status,
        RunStatus::Canceled
    );
    for _ in 0..30 {
        aliyun
            .start(&pipeline, &StartPipelineRunParams::default())
            .await?;
    }
    let listed: Vec<_> = aliyun.list(&pipeline).try_collect().await?;
    assert_eq!(listed.len(), 31);
    assert_eq!(sandbox.started(Service::Aliyun), 31);
    Ok(())
}

/// The shape of the captured request: more headers signed than must be, `+` in the form, chunks.
#[tokio::test]
async fn the_official_sdk_s_request_is_accepted() -> Outcome {
    let organization = "5ebbc 云/效+~*'!(a)%2F&=?#";
    let odd = Pipeline::new(Service::Aliyun, [organization], "123", "odd");
    let sandbox = manual().pipeline(odd).start().await?;
    let mut draft = Draft::start(&sandbox, "8d38151ab6633b6b8e82fb1c256f3ccd");
    draft.path = "/organizations/5ebbc%20%E4%BA%91%2F%E6%95%88%2B~%2A%27%21%28a%29%252F%26%3D%3F%23/pipelines/123/run".to_owned();
    draft.body = "params=%7B%22branchModeBranchs%22%3A+%5B%22feature%2F%E4%B8%96%E7%95%8C+1%22%5D%2C+%22envs%22%3A+%7B%22k+1%22%3A+%22v%2B1%26%3D%25~%2A%22%2C+%22emoji%22%3A+%22%F0%9F%9A%80%22%7D%2C+%22runningBranchs%22%3A+%7B%22https%3A%2F%2Fcodeup.aliyun.com%2Fo%2FDemo.git%22%3A+%22master%22%7D%2C+%22comment%22%3A+%22%E4%B8%AD%E6%96%87+%E5%A4%87%E6%B3%A8%22%7D".to_owned();
    let answer = draft.send(&sandbox).await?;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.json()["success"], json!(true));
    assert_eq!(answer.json()["pipelineRunId"], json!(1));
    assert_eq!(
        answer.json()["requestId"],
        json!(answer.header("x-acs-request-id"))
    );
    // Without params the SDK sends the type and no bytes.
    let mut empty = Draft::start(&sandbox, "n-2");
    empty.body = String::new();
    assert_eq!(empty.send(&sandbox).await?.status, 200);
    // Stopping has neither type nor body, and reads sign nothing more than they must elsewhere.
    let stop = format!("/organization/{ORGANIZATION}/pipelines/123/pipelineRuns/1/stop");
    let mut stop = Draft::read(&sandbox, "n-3", stop, "StopPipelineRun");
    stop.method = Method::PUT;
    stop.signs_all = false;
    assert_eq!(stop.send(&sandbox).await?.status, 200);
    // The SDK writes a blank in a query as `+`.
    let path = format!("/organization/{ORGANIZATION}/pipelines");
    let mut list = Draft::read(&sandbox, "n-4", path, "ListPipelines");
    list.query = "pipelineName=web+release&maxResults=10".to_owned();
    let answer = list.send(&sandbox).await?;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.json()["totalCount"], json!(0));
    // Temporary credentials carry a token, which is signed too.
    let accepted = sandbox.accepted().clone();
    let mut temporary = Draft::start(&sandbox, "n-5");
    temporary.key.0 = accepted.aliyun_temporary_key_id;
    temporary.token = Some(accepted.aliyun_security_token);
    let answer = temporary.send(&sandbox).await?;
    assert_eq!(answer.status, 200, "{}", answer.text);
    Ok(())
}

#[tokio::test]
async fn each_documented_refusal_is_the_gateway_s() -> Outcome {
    let sandbox = manual().start().await?;
    let mut used = 0;
    let mut draft = || {
        used += 1;
        Draft::start(&sandbox, &format!("nonce-{used}"))
    };
    let mut cases: Vec<(&str, u16, Draft)> = Vec::new();

    let mut wrong_secret = draft();
    wrong_secret.key.1 = "another".to_owned();
    cases.push(("SignatureDoesNotMatch", 400, wrong_secret));
    let mut changed_header = draft();
    changed_header.spoil = |headers, _| {
        headers.insert("user-agent", HeaderValue::from_static("a proxy"));
    };
    cases.push(("SignatureDoesNotMatch", 400, changed_header));
    let mut changed_body = draft();
    changed_body.spoil = |_, body| body.push_str("&more=1");
    cases.push(("SignatureDoesNotMatch", 400, changed_body));
    let mut unknown_key = draft();
    unknown_key.key.0 = "LTAI-nobody".to_owned();
    cases.push(("InvalidAccessKeyId.NotFound", 404, unknown_key));
    for minutes in [-16, 16] {
        let mut late = draft();
        late.date = acs3::date_text(noon() + TimeDelta::minutes(minutes));
        cases.push(("InvalidTimeStamp.Expired", 400, late));
    }
    let mut fraction = draft();
    fraction.date = "2026-11-21T12:00:00.5Z".to_owned();
    cases.push(("InvalidTimeStamp.Format", 400, fraction));
    let mut unsigned = draft();
    unsigned.spoil = |headers, _| {
        headers.remove("authorization");
    };
    cases.push(("MissingParameter", 400, unsigned));
    let mut more = draft();
    more.spoil = |headers, _| {
        headers.insert("x-acs-more", HeaderValue::from_static("not signed"));
    };
    cases.push(("IncompleteSignature", 400, more));
    let mut other_scheme = draft();
    other_scheme.spoil = |headers, _| {
        headers.insert(
            "authorization",
            HeaderValue::from_static("acs key:signature"),
        );
    };
    cases.push(("IncompleteSignature", 400, other_scheme));
    let mut no_token = draft();
    no_token.key.0 = sandbox.accepted().aliyun_temporary_key_id.clone();
    cases.push(("InvalidSecurityToken.Malformed", 400, no_token));
    let mut action = draft();
    action.action = "StopPipelineRun";
    cases.push(("InvalidApi.NotFound", 404, action));
    for (code, status, draft) in cases {
        let answer = draft.send(&sandbox).await?;
        assert_eq!(
            (answer.json()["Code"].as_str(), answer.status),
            (Some(code), status),
            "{}",
            answer.text
        );
        assert!(
            answer.header("date").contains("21 Nov 2026"),
            "the date shows the skew"
        );
    }

    let first = Draft::start(&sandbox, "again").send(&sandbox).await?;
    assert_eq!(first.status, 200, "{}", first.text);
    let second = Draft::start(&sandbox, "again").send(&sandbox).await?;
    assert_eq!(second.json()["Code"], json!("SignatureNonceUsed"));
    sandbox.advance(Duration::from_secs(32 * 60));
    assert_eq!(
        Draft::start(&sandbox, "again").send(&sandbox).await?.status,
        200
    );
    assert_eq!(sandbox.started(Service::Aliyun), 2);
    Ok(())
}

#[tokio::test]
async fn the_service_behind_the_gateway_refuses_too() -> Outcome {
    let off = Pipeline::new(Service::Aliyun, [ORGANIZATION], "9", "off").disabled();
    let sandbox = manual().pipeline(off).start().await?;
    for (number, path, body, status, code) in [
        (
            1,
            "/organizations/nobody/pipelines/123/run",
            "",
            404,
            "InvalidOrganization.NotFound",
        ),
        (
            2,
            "/organizations/60d1c0ffee5ca1ab1e00feed/pipelines/7/run",
            "",
            404,
            "InvalidPipeline.NotFound",
        ),
        (
            3,
            "/organizations/60d1c0ffee5ca1ab1e00feed/pipelines/123/run",
            "params=no+JSON",
            400,
            "InvalidParam.ParamNotPresent",
        ),
        (
            4,
            "/organizations/60d1c0ffee5ca1ab1e00feed/pipelines/123/run",
            "params=%7B%22branch%22%3A1%7D",
            400,
            "InvalidParam.ParamNotPresent",
        ),
        (
            5,
            "/organizations/60d1c0ffee5ca1ab1e00feed/pipelines/123/run",
            "params=%7B%22envs%22%3A%7B%22version%22%3A%221%22%7D%7D",
            400,
            "InvalidParam.ParamNotPresent",
        ),
        (
            6,
            "/organizations/60d1c0ffee5ca1ab1e00feed/pipelines/9/run",
            "",
            200,
            "Pipeline.Disabled",
        ),
    ] {
        let mut draft = Draft::start(&sandbox, &format!("n-{number}"));
        draft.path = path.to_owned();
        draft.body = body.to_owned();
        let answer = draft.send(&sandbox).await?;
        let json = answer.json();
        let said = json["code"].as_str().or(json["errorCode"].as_str());
        assert_eq!(
            (said, answer.status),
            (Some(code), status),
            "{path} {body}: {}",
            answer.text
        );
    }
    assert_eq!(sandbox.started(Service::Aliyun), 0);
    Ok(())
}

#[tokio::test]
async fn a_clock_that_is_off_is_learned_from_the_refusal() -> Outcome {
    let sandbox = manual().start().await?;
    let credentials = sandbox.accepted().clone();
    let key = Credentials::access_key(
        credentials.aliyun_access_key_id,
        credentials.aliyun_access_key_secret,
    );
    let slow = noon() - TimeDelta::hours(3);
    let aliyun = runpipe::aliyun::Client::builder()
        .base_url(sandbox.url(Service::Aliyun))
        .credentials(key)
        .clock(move || slow)
        .build()?;
    sandbox.next_run(Service::Aliyun, RunPlan::default().ends(Ends::Failed));
    let pipeline = PipelineRef::new(ORGANIZATION, 123);
    aliyun
        .start(&pipeline, &StartPipelineRunParams::default())
        .await?;
    let statuses: Vec<u16> = sandbox
        .received(Service::Aliyun)
        .iter()
        .map(|request| request.status)
        .collect();
    assert_eq!(statuses, [400, 200]);
    assert_eq!(sandbox.started(Service::Aliyun), 1);
    Ok(())
}

#[tokio::test]
async fn throttling_is_a_400_with_its_code() -> Outcome {
    let sandbox = manual()
        .requests_per_minute(Service::Aliyun, 1)
        .start()
        .await?;
    assert_eq!(
        Draft::start(&sandbox, "1").send(&sandbox).await?.status,
        200
    );
    let answer = Draft::start(&sandbox, "2").send(&sandbox).await?;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.json()["code"], json!("Throttling.User"));
    assert_eq!(answer.header("x-acs-retry-after"), "60000");
    let aliyun = sandbox
        .aliyun_builder()
        .retry(runpipe::RetryPolicy::none())
        .build()?;
    let pipeline = PipelineRef::new(ORGANIZATION, 123);
    let error = aliyun
        .start(&pipeline, &StartPipelineRunParams::default())
        .await;
    assert_eq!(
        error.err().map(|error| error.kind()),
        Some(ErrorKind::RateLimited)
    );
    Ok(())
}
