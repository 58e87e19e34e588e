//! What a call through this crate costs, against the same call written by hand with reqwest and
//! serde: CPU seconds of this process with 64 calls at once, in turns, so that a machine that drifts
//! drifts for both.
//!
//! `cargo bench --bench call_overhead`

#[path = "fixture/answers.rs"]
mod answers;
#[path = "fixture/server.rs"]
mod server;

use std::collections::BTreeMap;
use std::future::Future;

use chrono::Utc;
use cpu_time::ProcessTime;
use futures_util::{StreamExt, stream};
use reqwest::RequestBuilder;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use runpipe::auth::{Secret, acs3};
use runpipe::{Builder, Runs, ServiceClient, aliyun, azure_devops, buddy, matillion, yunxiao};
use serde::Serialize;
use serde::de::DeserializeOwned;
use server::Server;

/// `RUNPIPE_BENCH_ROUNDS` makes it fewer, for a profiler.
const ROUNDS: usize = 31;
const CALLS: usize = 1024;
const AT_ONCE: usize = 64;
/// As long as the vendors' tokens are.
const TOKEN: &str = "q7x2v9k4m1z8w5r3t6y0p2s8d4f1g7h3j9l5n0b6c2e8";

fn rounds() -> usize {
    // Not by `cargo bench`: it is only made sure that it runs.
    if !std::env::args().any(|word| word == "--bench") {
        return 1;
    }
    let asked = std::env::var("RUNPIPE_BENCH_ROUNDS").ok();
    asked.and_then(|text| text.parse().ok()).unwrap_or(ROUNDS)
}

/// CPU seconds of `CALLS` calls.
async fn cpu<F: Future<Output = ()>>(call: impl Fn() -> F) -> f64 {
    let before = ProcessTime::now();
    let calls = stream::iter(0..CALLS).map(|_| call());
    calls.buffer_unordered(AT_ONCE).collect::<()>().await;
    before.elapsed().as_secs_f64()
}

fn report(what: &str, mut pairs: Vec<(f64, f64)>) {
    let micros = |seconds: f64| seconds / CALLS as f64 * 1e6;
    pairs.sort_by(|a, b| (a.0 / a.1).total_cmp(&(b.0 / b.1)));
    let (ours, by_hand) = pairs[pairs.len() / 2];
    println!(
        "{what:<22} ours {:>5.1} us, by hand {:>5.1} us of CPU a call; ratio {:.3} (median of {} pairs)",
        micros(ours),
        micros(by_hand),
        ours / by_hand,
        pairs.len()
    );
}

/// A value in a path, as every careful client encodes it.
fn segment(value: &str) -> String {
    percent_encoding::utf8_percent_encode(value, percent_encoding::NON_ALPHANUMERIC).to_string()
}

fn http() -> reqwest::Client {
    // reqwest wants to know who would encrypt.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(std::time::Duration::from_secs(30))
        .connect_timeout(std::time::Duration::from_secs(10))
        .user_agent("by-hand/1")
        .build()
        .expect("an HTTP client")
}

fn client<C: ServiceClient>(server: &Server, credentials: C::Credentials) -> C {
    Builder::new()
        .base_url(&server.url)
        .credentials(credentials)
        .requests_per_second(1e9)
        .build()
        .expect("a client")
}

/// Sends a request, and decodes the answer.
async fn decoded<T: DeserializeOwned>(request: RequestBuilder) -> T {
    let answer = request.send().await.expect("an answer");
    let answer = answer.error_for_status().expect("a success");
    std::hint::black_box(answer.json().await.expect("JSON"))
}

/// A start and a read on a service, and what both need by hand: the path of the runs and the
/// credential.
struct Case<'c, C: ServiceClient> {
    client: C,
    pipeline: C::Pipeline,
    request: C::Request,
    run: &'c str,
    path: fn() -> String,
    id: &'c str,
    query: &'c [(&'c str, &'c str)],
    prove: fn(RequestBuilder) -> RequestBuilder,
}

impl<C: ServiceClient> Case<'_, C> {
    /// `S` and `R` are what the service answers to a start and to a read.
    async fn measure<S: DeserializeOwned, R: DeserializeOwned>(
        &self,
        server: &Server,
        body: &impl Serialize,
    ) {
        let (http, title) = (http(), C::SERVICE.title());
        let run = self.run.parse().expect("a reference");
        let ours = || async {
            let run = Runs::get(&self.client, &run).await.expect("a run");
            std::hint::black_box(run);
        };
        let by_hand = || async {
            let url = format!("{}{}/{}", server.url, (self.path)(), segment(self.id));
            let request = http.get(url).query(self.query);
            decoded::<R>((self.prove)(request)).await;
        };
        measure(&format!("{title}, read"), ours, by_hand).await;
        let ours = || async {
            let run = self.client.start(&self.pipeline, &self.request).await;
            std::hint::black_box(run.expect("a run"));
        };
        let by_hand = || async {
            let url = format!("{}{}", server.url, (self.path)());
            let request = http.post(url).query(self.query).json(body);
            decoded::<S>((self.prove)(request)).await;
        };
        measure(&format!("{title}, start"), ours, by_hand).await;
    }
}

fn with_bearer(request: RequestBuilder) -> RequestBuilder {
    request.bearer_auth(TOKEN)
}

async fn azure_devops(server: &Server) {
    let pipeline = azure_devops::PipelineRef::new("acme", "My Project", 2);
    let mut request = azure_devops::types::RunPipelineParameters::default();
    let parameters = &mut request.template_parameters;
    parameters.insert("environment".to_owned(), "test".to_owned());
    let case = Case {
        client: client::<azure_devops::Client>(server, azure_devops::Credentials::pat(TOKEN)),
        pipeline,
        request: request.clone(),
        run: "azure-devops/acme/My%20Project/2/31",
        path: || {
            let (organization, project) = (segment("acme"), segment("My Project"));
            format!("/{organization}/{project}/_apis/pipelines/{}/runs", 2)
        },
        id: "31",
        query: &[("api-version", "7.1")],
        prove: |request| request.basic_auth("", Some(TOKEN)),
    };
    type Run = azure_devops::types::Run;
    case.measure::<Run, Run>(server, &request).await;
}

async fn matillion(server: &Server) {
    type Request = matillion::types::ExecutePublishedPipelineRequest;
    let request: Request = Request::builder()
        .environment_name("Production")
        .pipeline_name("Nightly load")
        .try_into()
        .expect("a request");
    let case = Case {
        client: client::<matillion::Client>(server, matillion::Credentials::token(TOKEN)),
        pipeline: matillion::ProjectRef::new("p"),
        request: request.clone(),
        run: "matillion/p/31",
        path: || format!("/v1/projects/{}/pipeline-executions", segment("p")),
        id: "31",
        query: &[],
        prove: with_bearer,
    };
    type Started = matillion::types::StartedPipelineExecution;
    case.measure::<Started, matillion::types::PipelineExecutionAnswer>(server, &request)
        .await;
}

async fn buddy(server: &Server) {
    let request = buddy::types::RunExecutionRequest {
        comment: Some("hotfix".to_owned()),
        ..Default::default()
    };
    let case = Case {
        client: client::<buddy::Client>(server, buddy::Credentials::token(TOKEN)),
        pipeline: buddy::PipelineRef::new("acme", "site", 2),
        request: request.clone(),
        run: "buddy/acme/site/2/31",
        path: || {
            let (workspace, project) = (segment("acme"), segment("site"));
            format!(
                "/workspaces/{workspace}/projects/{project}/pipelines/{}/executions",
                2
            )
        },
        id: "31",
        query: &[],
        prove: with_bearer,
    };
    type Execution = buddy::types::Execution;
    case.measure::<Execution, Execution>(server, &request).await;
}

async fn yunxiao(server: &Server) {
    let request = yunxiao::types::CreatePipelineRunParams {
        envs: BTreeMap::from([("VERSION".to_owned(), "1.2.3".to_owned())]),
        ..Default::default()
    };
    let text = serde_json::to_string(&request).expect("JSON");
    let case = Case {
        client: client::<yunxiao::Client>(server, yunxiao::Credentials::token(TOKEN)),
        pipeline: yunxiao::PipelineRef::new("5ebbc", 2),
        request,
        run: "yunxiao/5ebbc/2/31",
        path: || {
            let organization = segment("5ebbc");
            format!(
                "/oapi/v1/flow/organizations/{organization}/pipelines/{}/runs",
                2
            )
        },
        id: "31",
        query: &[],
        prove: |request| request.header("x-yunxiao-token", TOKEN),
    };
    let body = BTreeMap::from([("params", text)]);
    case.measure::<i64, yunxiao::types::PipelineRun>(server, &body)
        .await;
}

/// Signed by hand too.
async fn aliyun(server: &Server) {
    let ours = client::<aliyun::Client>(server, aliyun::Credentials::access_key("id", TOKEN));
    let pipeline = aliyun::PipelineRef::new("5ebbc", 2);
    let params = aliyun::types::StartPipelineRunParams {
        envs: BTreeMap::from([("VERSION".to_owned(), "1.2.3".to_owned())]),
        ..Default::default()
    };
    let run = pipeline.run(31).expect("a reference");
    let http = http();
    let host = server.url.trim_start_matches("http://").to_owned();
    let credentials = acs3::Credentials::new("id", Secret::from(TOKEN));
    let signed = |method: &str, path: &str, action: &'static str, body: &str| {
        let mut headers = HeaderMap::new();
        if !body.is_empty() {
            let form = HeaderValue::from_static("application/x-www-form-urlencoded");
            headers.insert(CONTENT_TYPE, form);
        }
        for (name, value) in [("x-acs-action", action), ("x-acs-version", "2021-06-25")] {
            let value = HeaderValue::from_static(value);
            headers.insert(HeaderName::from_static(name), value);
        }
        let nonce = format!("{:032x}", fastrand::u128(..));
        let request = acs3::SigningRequest::new(method, &host, path)
            .with_headers(&headers)
            .with_body(body.as_bytes());
        let signed = acs3::sign(&request, &credentials, Utc::now(), &nonce).expect("a signature");
        signed.put_on(&mut headers);
        headers
    };
    let read = || async {
        std::hint::black_box(ours.get(&run).await.expect("a run"));
    };
    let by_hand = || async {
        let organization = segment("5ebbc");
        let path = format!(
            "/organization/{organization}/pipelines/{}/pipelineRuns/{}",
            2, 31
        );
        let headers = signed("GET", &path, "GetPipelineRun", "");
        let request = http.get(format!("{}{path}", server.url)).headers(headers);
        decoded::<aliyun::types::GetPipelineRunResponse>(request).await;
    };
    measure("Aliyun Yunxiao, read", read, by_hand).await;
    let start = || async {
        let run = ours.start(&pipeline, &params).await.expect("a run");
        std::hint::black_box(run);
    };
    let by_hand = || async {
        let json = serde_json::to_string(&params).expect("JSON");
        let body = serde_urlencoded::to_string([("params", json)]).expect("a form");
        let path = format!("/organizations/{}/pipelines/{}/run", segment("5ebbc"), 2);
        let headers = signed("POST", &path, "StartPipelineRun", &body);
        let request = http.post(format!("{}{path}", server.url)).headers(headers);
        decoded::<aliyun::types::StartPipelineRunResponse>(request.body(body)).await;
    };
    measure("Aliyun Yunxiao, start", start, by_hand).await;
}

async fn measure<A, B>(what: &str, ours: impl Fn() -> A, by_hand: impl Fn() -> B)
where
    A: Future<Output = ()>,
    B: Future<Output = ()>,
{
    if let Ok(only) = std::env::var("RUNPIPE_BENCH_ONLY") {
        for _ in 0..rounds() {
            if only == format!("{what}, ours") {
                cpu(&ours).await;
            } else if only == format!("{what}, by hand") {
                cpu(&by_hand).await;
            }
        }
        return;
    }
    // Connections are made, caches are warm.
    cpu(&ours).await;
    cpu(&by_hand).await;
    let mut pairs = Vec::with_capacity(rounds());
    for _ in 0..rounds() {
        pairs.push((cpu(&ours).await, cpu(&by_hand).await));
    }
    report(what, pairs);
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    server::serve_if_asked(|_, path| answers::answer(path));
    let server = Server::start();
    azure_devops(&server).await;
    matillion(&server).await;
    aliyun(&server).await;
    yunxiao(&server).await;
    buddy(&server).await;
}
