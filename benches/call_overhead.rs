//! What a call through this crate costs, against the same call written by hand with reqwest and
//! serde: CPU seconds of this process, in turns, so that a machine that drifts drifts for both.
//!
//! `cargo bench --bench call_overhead`

#[path = "fixture/server.rs"]
mod server;

use std::collections::BTreeMap;
use std::future::Future;

use chrono::Utc;
use cpu_time::ProcessTime;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use runpipe::auth::{Secret, acs3};
use runpipe::{aliyun, buddy};
use server::Server;

/// `RUNPIPE_BENCH_ROUNDS` makes it fewer, for a profiler.
const ROUNDS: usize = 31;
const CALLS: usize = 400;

fn rounds() -> usize {
    // Not by `cargo bench`: it is only made sure that it runs.
    if !std::env::args().any(|word| word == "--bench") {
        return 1;
    }
    let asked = std::env::var("RUNPIPE_BENCH_ROUNDS").ok();
    asked.and_then(|text| text.parse().ok()).unwrap_or(ROUNDS)
}

fn answer(_: f64, path: &str) -> String {
    if path.ends_with("/run") {
        return r#"{"requestId":"A1","success":true,"errorCode":"","errorMessage":"","pipelineRunId":7}"#
            .to_owned();
    }
    let action = r#"{"status":"INPROGRESS","progress":10,"action":{"url":"https://api.buddy.works/a","html_url":"https://app.buddy.works/a","id":5,"name":"Upload","type":"FTP","trigger_time":"ON_EVERY_EXECUTION","last_execution_status":"INPROGRESS"}}"#;
    let actions = [action; 6].join(",");
    format!(
        r#"{{"url":"https://api.buddy.works/x","html_url":"https://app.buddy.works/x","id":31,"start_date":"2026-11-21T08:08:20.205Z","finish_date":null,"priority":"HIGH","triggeredOn":"CLICK","refresh":false,"status":"INPROGRESS","comment":"hotfix","branch":{{"url":"u","html_url":"h","name":"main","default":true}},"creator":{{"url":"u","html_url":"h","id":1,"name":"Ada","avatar_url":"a"}},"pipeline":{{"url":"u","html_url":"h","id":2,"name":"dev","on":"CLICK","refs":["refs/heads/main"],"last_execution_status":"INPROGRESS","last_execution_revision":"506a"}},"action_executions":[{actions}]}}"#
    )
}

/// CPU seconds of `CALLS` calls.
async fn cpu<F: Future<Output = ()>>(call: impl Fn() -> F) -> f64 {
    let before = ProcessTime::now();
    for _ in 0..CALLS {
        call().await;
    }
    before.elapsed().as_secs_f64()
}

fn report(what: &str, mut pairs: Vec<(f64, f64)>) {
    let micros = |seconds: f64| seconds / CALLS as f64 * 1e6;
    pairs.sort_by(|a, b| (a.0 / a.1).total_cmp(&(b.0 / b.1)));
    let (ours, by_hand) = pairs[pairs.len() / 2];
    println!(
        "{what}: ours {:.1} us, by hand {:.1} us of CPU a call; ratio {:.3} (median of {} pairs)",
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
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(std::time::Duration::from_secs(30))
        .connect_timeout(std::time::Duration::from_secs(10))
        .user_agent("by-hand/1")
        .build()
        .expect("an HTTP client")
}

async fn read(server: &Server) {
    let ours = buddy::Client::builder()
        .base_url(&server.url)
        .credentials(buddy::Credentials::token("token"))
        .requests_per_second(1e9)
        .build()
        .expect("a client");
    let run = buddy::PipelineRef::new("acme", "site", 2)
        .execution(31)
        .expect("a reference");
    let http = http();
    let by_hand = || async {
        let url = format!(
            "{}/workspaces/{}/projects/{}/pipelines/{}/executions/{}",
            server.url,
            segment("acme"),
            segment("site"),
            2,
            31
        );
        let answer = http
            .get(&url)
            .bearer_auth("token")
            .send()
            .await
            .expect("an answer");
        let answer = answer.error_for_status().expect("a success");
        let execution: buddy::types::Execution = answer.json().await.expect("an execution");
        assert_eq!(std::hint::black_box(execution).id, Some(31));
    };
    let through = || async {
        let run = ours.get(&run).await.expect("a run");
        assert_eq!(std::hint::black_box(run).id, "31");
    };
    measure("read (Buddy)", through, by_hand).await;
}

async fn signed_start(server: &Server) {
    let ours = aliyun::Client::builder()
        .base_url(&server.url)
        .credentials(aliyun::Credentials::access_key("id", "secret"))
        .requests_per_second(1e9)
        .build()
        .expect("a client");
    let pipeline = aliyun::PipelineRef::new("5ebbc", 123);
    let params = aliyun::types::StartPipelineRunParams {
        envs: BTreeMap::from([("VERSION".to_owned(), "1.2.3".to_owned())]),
        ..Default::default()
    };
    let http = http();
    let host = server.url.trim_start_matches("http://").to_owned();
    let credentials = acs3::Credentials::new("id", Secret::from("secret"));
    let by_hand = || async {
        let json = serde_json::to_string(&params).expect("JSON");
        let body = serde_urlencoded::to_string([("params", json)]).expect("a form");
        let mut headers = HeaderMap::new();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/x-www-form-urlencoded"),
        );
        for (name, value) in [
            ("x-acs-action", "StartPipelineRun"),
            ("x-acs-version", "2021-06-25"),
        ] {
            headers.insert(
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            );
        }
        let nonce = format!("{:032x}", fastrand::u128(..));
        let path = format!("/organizations/{}/pipelines/{}/run", segment("5ebbc"), 123);
        let url = format!("{}{path}", server.url);
        let request = acs3::SigningRequest::new("POST", &host, &path)
            .with_headers(&headers)
            .with_body(body.as_bytes());
        let signed = acs3::sign(&request, &credentials, Utc::now(), &nonce).expect("a signature");
        signed.put_on(&mut headers);
        let answer = http
            .post(&url)
            .headers(headers)
            .body(body)
            .send()
            .await
            .expect("an answer");
        let answer: aliyun::types::StartPipelineRunResponse = answer
            .error_for_status()
            .expect("a success")
            .json()
            .await
            .expect("JSON");
        assert_eq!(std::hint::black_box(answer).pipeline_run_id, Some(7));
    };
    let through = || async {
        let run = ours.start(&pipeline, &params).await.expect("a run");
        assert_eq!(std::hint::black_box(run).id, "7");
    };
    measure("signed start (Aliyun)", through, by_hand).await;
}

async fn measure<A, B>(what: &str, ours: impl Fn() -> A, by_hand: impl Fn() -> B)
where
    A: Future<Output = ()>,
    B: Future<Output = ()>,
{
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
    server::serve_if_asked(answer);
    let server = Server::start();
    read(&server).await;
    signed_start(&server).await;
}
