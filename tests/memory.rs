//! What one answer may cost in memory, whatever it holds: decoding is bounded before it begins.

use std::future::Future;
use std::io::Write as _;

use futures_util::TryStreamExt;
use peak_alloc::PeakAlloc;
use runpipe::{aliyun, azure_devops, buddy, matillion, yunxiao};
use serde_json::json;
use wiremock::matchers::{any, path_regex};
use wiremock::{Mock, MockServer, ResponseTemplate};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// In MiB. Without a bound these bodies cost more than a gigabyte.
const CEILING: f32 = 48.0;
const LENGTH: usize = 1 << 20;

/// Bodies that are cheap to send and dear to decode, with the name of the list in them; without a
/// name they are the list.
fn bodies(list: &str) -> Vec<(&'static str, Vec<u8>)> {
    let (head, tail) = match list {
        "" => ("[".to_owned(), "]"),
        list => (format!("{{\"id\":0,\"{list}\":["), "]}"),
    };
    let filled = |piece: &str| {
        let pieces = vec![piece; LENGTH / (piece.len() + 1)].join(",");
        format!("{head}{pieces}{tail}").into_bytes()
    };
    vec![
        ("objects", filled("{}")),
        (TEXT, filled("{}")),
        ("objects with an id", filled("{\"id\":1}")),
        ("arrays", filled("[]")),
        ("empty texts", filled("\"\"")),
        ("numbers", filled("1")),
        ("nulls", filled("null")),
        ("depth", "[".repeat(LENGTH).into_bytes()),
    ]
}

/// They are decoded, whatever their type is said to be.
const TEXT: &str = "objects that are called text";

async fn server(body: &[u8], gzip: bool) -> MockServer {
    server_of(body, gzip, "application/json").await
}

async fn server_of(body: &[u8], gzip: bool, kind: &str) -> MockServer {
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(200);
    let answer = match gzip {
        true => {
            let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            packed.write_all(body).expect("memory");
            let packed = packed.finish().expect("memory");
            answer
                .insert_header("content-encoding", "gzip")
                .set_body_raw(packed, kind)
        }
        false => answer.set_body_raw(body.to_vec(), kind),
    };
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
}

/// The most that was held while this ran, in MiB, beyond what was held before.
async fn cost<T>(call: impl Future<Output = T>) -> f32 {
    let before = MEMORY.current_usage_as_mb();
    MEMORY.reset_peak_usage();
    drop(call.await);
    MEMORY.peak_usage_as_mb() - before
}

/// Each operation, by the name of the list that it reads. What else is in an answer is passed over,
/// and costs the same under every name.
async fn costs(url: &str, list: &str) -> Vec<(&'static str, f32)> {
    macro_rules! client {
        ($service:ident, $credentials:expr) => {
            $service::Client::builder()
                .base_url(url)
                .retry(runpipe::RetryPolicy::none())
                .credentials($credentials)
                .build()
                .unwrap()
        };
    }
    macro_rules! cost_of {
        ($($operation:literal $call:expr),*) => { vec![$(($operation, cost($call).await)),*] };
    }
    let buddy = client!(buddy, buddy::Credentials::token("t0ken"));
    let azure = client!(azure_devops, azure_devops::Credentials::pat("t0ken"));
    let aliyun = client!(aliyun, aliyun::Credentials::access_key("id", "t0ken"));
    let yunxiao = client!(yunxiao, yunxiao::Credentials::token("t0ken"));
    let matillion = client!(matillion, matillion::Credentials::token("t0ken"));
    let in_buddy = buddy::PipelineRef::new("a", "b", 1);
    let in_azure = azure_devops::PipelineRef::new("a", "b", 1);
    let in_aliyun = aliyun::PipelineRef::new("a", 1);
    let in_yunxiao = yunxiao::PipelineRef::new("a", 1);
    let of_buddy = "buddy/a/b/1/2".parse().unwrap();
    let filter = matillion::ListFilter::default();
    match list {
        "executions" => cost_of!(
            "buddy list" buddy.list(&in_buddy).try_collect::<Vec<_>>(),
            "buddy get" buddy.get(&of_buddy),
            "buddy start" buddy.start(&in_buddy, &Default::default()),
            "azure start" azure.start(&in_azure, &Default::default()),
            "aliyun start" aliyun.start(&in_aliyun, &Default::default()),
            "yunxiao start" yunxiao.start(&in_yunxiao, &Default::default())
        ),
        "value" => cost_of!(
            "azure list" azure.list(&in_azure).try_collect::<Vec<_>>(),
            "azure builds" azure.list_builds(&in_azure).try_collect::<Vec<_>>()
        ),
        "pipelineRuns" => {
            cost_of!("aliyun list" aliyun.list(&in_aliyun).try_collect::<Vec<_>>())
        }
        "results" => cost_of!("matillion list" matillion.list(&filter).try_collect::<Vec<_>>()),
        _ => cost_of!("yunxiao list" yunxiao.list(&in_yunxiao).try_collect::<Vec<_>>()),
    }
}

#[tokio::test]
async fn no_answer_costs_more_than_its_ceiling() {
    let mut dear = Vec::new();
    for list in ["executions", "value", "pipelineRuns", "results", ""] {
        for (name, body) in bodies(list) {
            let kind = match name {
                TEXT => "text/plain",
                _ => "application/json",
            };
            let server = server_of(&body, true, kind).await;
            for (operation, cost) in costs(&server.uri(), list).await {
                // The vendor sends up to 10,000 runs in one answer.
                let ceiling = match operation {
                    "azure list" => 3.5 * CEILING,
                    _ => CEILING,
                };
                if cost > ceiling {
                    dear.push(format!("{operation}, {name}: {cost} MiB"));
                }
            }
        }
    }
    assert!(dear.is_empty(), "{dear:#?}");
}

/// JSON that stands in a text of an answer: what bounds the answer takes it for one value.
#[tokio::test]
async fn no_json_inside_a_text_costs_more_than_its_ceiling() {
    let inner = format!("[{}0]", "{\"\":0},".repeat(LENGTH / 7));
    let azure_build = json!({ "value": [{ "id": 1, "reason": "manual", "parameters": inner }] });
    let run = json!({ "pipelineRunId": 1, "triggerMode": 1,
        "stages": [{ "stageInfo": { "jobs": [{ "params": inner }] } }] });
    let since = chrono::Utc::now();

    let server = server(azure_build.to_string().as_bytes(), true).await;
    let azure = azure_devops::Client::builder().base_url(server.uri());
    let azure = azure.credentials(azure_devops::Credentials::pat("t0ken"));
    let azure = azure.build().unwrap();
    let in_azure = azure_devops::PipelineRef::new("a", "b", 1);
    let asked = Default::default();
    let found = azure.reconcile(&in_azure, &asked, since);
    let cost_of_azure = cost(found).await;
    assert!(cost_of_azure < CEILING, "azure: {cost_of_azure} MiB");

    let server = MockServer::start().await;
    let list = ResponseTemplate::new(200).set_body_json(json!([{ "pipelineRunId": 1 }]));
    let lists = Mock::given(path_regex("/runs$")).respond_with(list);
    lists.mount(&server).await;
    let run = ResponseTemplate::new(200).set_body_json(run);
    Mock::given(any()).respond_with(run).mount(&server).await;
    let yunxiao = yunxiao::Client::builder().base_url(server.uri());
    let yunxiao = yunxiao.credentials(yunxiao::Credentials::token("t0ken"));
    let yunxiao = yunxiao.build().unwrap();
    let in_yunxiao = yunxiao::PipelineRef::new("a", 1);
    let asked = Default::default();
    let found = yunxiao.reconcile(&in_yunxiao, &asked, since);
    let cost_of_yunxiao = cost(found).await;
    assert!(cost_of_yunxiao < CEILING, "yunxiao: {cost_of_yunxiao} MiB");
}

#[tokio::test]
async fn an_honest_list_is_read() {
    let run = |id: usize| {
        format!(
            "{{\"_links\":{{\"self\":{{\"href\":\"x\"}},\"web\":{{\"href\":\"y\"}},\"pipeline\":{{\"href\":\"z\"}}}},\"templateParameters\":{{}},\"pipeline\":{{\"id\":1,\"name\":\"n\"}},\"state\":\"completed\",\"result\":\"succeeded\",\"id\":{id},\"name\":\"{id}\"}}"
        )
    };
    let runs: Vec<String> = (1..=10_000).map(run).collect();
    let body = format!("{{\"count\":10000,\"value\":[{}]}}", runs.join(","));
    let server = server(body.as_bytes(), true).await;
    let azure = azure_devops::Client::builder()
        .base_url(server.uri())
        .credentials(azure_devops::Credentials::pat("t0ken"))
        .build()
        .unwrap();
    let pipeline = azure_devops::PipelineRef::new("a", "b", 1);
    let list: Vec<_> = azure.list(&pipeline).try_collect().await.unwrap();
    assert_eq!(list.len(), 10_000, "the vendor sends as many");
}
