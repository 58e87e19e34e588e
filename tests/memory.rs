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

/// Bodies that are cheap to send and dear to decode, with the name of the list in them.
fn bodies(list: &str) -> Vec<(&'static str, Vec<u8>)> {
    let filled = |piece: &str| {
        let mut body = format!("{{\"id\":0,\"{list}\":[").into_bytes();
        while body.len() < LENGTH {
            body.extend_from_slice(piece.as_bytes());
        }
        body.pop();
        body.extend_from_slice(b"]}");
        body
    };
    vec![
        ("objects", filled("{},")),
        (TEXT, filled("{},")),
        ("objects with an id", filled("{\"id\":1},")),
        ("arrays", filled("[],")),
        ("empty texts", filled("\"\",")),
        ("numbers", filled("1,")),
        ("nulls", filled("null,")),
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
            let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
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

#[tokio::test]
async fn no_answer_costs_more_than_its_ceiling() {
    let mut dear = Vec::new();
    for list in ["executions", "value", "pipelineRuns", "results"] {
        for (name, body) in bodies(list) {
            {
                let kind = match name {
                    TEXT => "text/plain",
                    _ => "application/json",
                };
                let server = server_of(&body, true, kind).await;
                let url = server.uri();
                let none = runpipe::RetryPolicy::none();
                let buddy = buddy::Client::builder().base_url(&url).retry(none.clone());
                let buddy = buddy
                    .credentials(buddy::Credentials::token("t0ken"))
                    .build()
                    .unwrap();
                let azure = azure_devops::Client::builder()
                    .base_url(&url)
                    .retry(none.clone());
                let azure = azure
                    .credentials(azure_devops::Credentials::pat("t0ken"))
                    .build()
                    .unwrap();
                let aliyun = aliyun::Client::builder().base_url(&url).retry(none.clone());
                let aliyun = aliyun
                    .credentials(aliyun::Credentials::access_key("id", "t0ken"))
                    .build()
                    .unwrap();
                let yunxiao = yunxiao::Client::builder()
                    .base_url(&url)
                    .retry(none.clone());
                let yunxiao = yunxiao
                    .credentials(yunxiao::Credentials::token("t0ken"))
                    .build()
                    .unwrap();
                let matillion = matillion::Client::builder().base_url(&url).retry(none);
                let matillion = matillion
                    .credentials(matillion::Credentials::token("t0ken"))
                    .build()
                    .unwrap();
                let in_buddy = buddy::PipelineRef::new("a", "b", 1);
                let in_azure = azure_devops::PipelineRef::new("a", "b", 1);
                let in_aliyun = aliyun::PipelineRef::new("a", 1);
                let in_yunxiao = yunxiao::PipelineRef::new("a", 1);
                let of_buddy = "buddy/a/b/1/2".parse().unwrap();
                let start = buddy::types::RunExecutionRequest::default();
                let filter = matillion::ListFilter::default();
                let costs = [
                    (
                        "buddy list",
                        cost(buddy.list(&in_buddy).try_collect::<Vec<_>>()).await,
                    ),
                    ("buddy get", cost(buddy.get(&of_buddy)).await),
                    ("buddy start", cost(buddy.start(&in_buddy, &start)).await),
                    (
                        "azure list",
                        cost(azure.list(&in_azure).try_collect::<Vec<_>>()).await,
                    ),
                    (
                        "azure builds",
                        cost(azure.list_builds(&in_azure).try_collect::<Vec<_>>()).await,
                    ),
                    (
                        "azure start",
                        cost(azure.start(&in_azure, &Default::default())).await,
                    ),
                    (
                        "aliyun list",
                        cost(aliyun.list(&in_aliyun).try_collect::<Vec<_>>()).await,
                    ),
                    (
                        "aliyun start",
                        cost(aliyun.start(&in_aliyun, &Default::default())).await,
                    ),
                    (
                        "yunxiao list",
                        cost(yunxiao.list(&in_yunxiao).try_collect::<Vec<_>>()).await,
                    ),
                    (
                        "yunxiao start",
                        cost(yunxiao.start(&in_yunxiao, &Default::default())).await,
                    ),
                    (
                        "matillion list",
                        cost(matillion.list(&filter).try_collect::<Vec<_>>()).await,
                    ),
                ];
                for (operation, cost) in costs {
                    // The vendor sends up to 10,000 runs in one answer.
                    let ceiling = if operation == "azure list" {
                        3.5 * CEILING
                    } else {
                        CEILING
                    };
                    if cost > ceiling {
                        dear.push(format!("{operation}, {list}, {name}: {cost} MiB"));
                    }
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
