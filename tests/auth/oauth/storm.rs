//! Tokens that end under many calls at once, on several threads: each end costs one request for a
//! token, and no start is sent to be carried out twice.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use futures_util::future::{BoxFuture, FutureExt, join_all};
use runpipe::auth::{ClientCredentials, Secret};
use runpipe::azure_devops::types::RunPipelineParameters;
use runpipe::azure_devops::{Client, Credentials, PipelineRef};
use runpipe::{ErrorKind, HttpClient, ResponseBody, SendError};
use serde_json::{Value, json};

const TASKS: usize = 24;
const CALLS: usize = 40;
/// A token ends after so many starts.
const LIFE: usize = 7;

/// A service and its token endpoint.
#[derive(Default)]
struct Stormy(Mutex<State>);

#[derive(Default)]
struct State {
    /// How many tokens were given; the last one is good, unless it has ended.
    given: usize,
    ended: usize,
    used: usize,
    /// How often each start was carried out, and how often it was refused.
    starts: HashMap<String, (usize, usize)>,
}

impl Stormy {
    fn answer(&self, request: &http::Request<Bytes>) -> (u16, Value) {
        let State {
            given,
            ended,
            used,
            starts,
        } = &mut *self.0.lock().expect("not poisoned");
        if request.uri().path() == "/token" {
            *given += 1;
            let token = format!("token-{given}");
            return (
                200,
                json!({ "access_token": token, "token_type": "Bearer", "expires_in": 3600 }),
            );
        }
        let body: Value = serde_json::from_slice(request.body()).expect("JSON");
        let mark = body["variables"]["mark"]["value"].as_str();
        let (done, refused) = starts.entry(mark.expect("a mark").to_owned()).or_default();
        let shown = request.headers()["authorization"].to_str().expect("text");
        if shown != format!("Bearer token-{given}") || ended == given {
            *refused += 1;
            return (401, json!({}));
        }
        *done += 1;
        *used += 1;
        if *used % LIFE == 0 {
            *ended = *given;
        }
        (200, json!({ "id": used }))
    }
}

impl HttpClient for Stormy {
    fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> BoxFuture<'_, Result<http::Response<ResponseBody>, SendError>> {
        async move {
            // Others get their turn between a request and its answer.
            tokio::task::yield_now().await;
            let (status, body) = self.answer(&request);
            for _ in 0..fastrand::u8(..4) {
                tokio::task::yield_now().await;
            }
            let mut answer = http::Response::new(ResponseBody::from(Bytes::from(body.to_string())));
            *answer.status_mut() = status.try_into().expect("a status");
            let json = http::HeaderValue::from_static("application/json");
            answer.headers_mut().insert("content-type", json);
            Ok(answer)
        }
        .boxed()
    }
}

fn client(service: &Arc<Stormy>) -> Client {
    let url = "http://localhost:1/token".parse().expect("an address");
    let credentials = ClientCredentials::new(url, "client", Secret::from("s3cret-of-mine"));
    Client::builder()
        .base_url("http://localhost:1")
        .credentials(Credentials::ClientCredentials(credentials))
        .http_client(service.clone())
        .requests_per_second(1e9)
        .build()
        .expect("a client")
}

async fn starts(client: Client, task: usize) -> Vec<(String, runpipe::Result<runpipe::Run>)> {
    let pipeline = PipelineRef::new("acme", "site", 42);
    let mut told = Vec::new();
    for call in 0..CALLS {
        let mark = format!("{task}-{call}");
        let request = json!({ "variables": { "mark": { "value": mark } } });
        let request: RunPipelineParameters = serde_json::from_value(request).expect("a request");
        told.push((mark, client.start(&pipeline, &request).await));
    }
    told
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_storm_of_ended_tokens_costs_one_request_each_and_starts_nothing_twice() {
    let service = Arc::new(Stormy::default());
    let client = client(&service);
    let tasks = (0..TASKS).map(|task| tokio::spawn(starts(client.clone(), task)));
    let told = join_all(tasks).await;
    let state = service.0.lock().expect("not poisoned");
    let mut held = 0;
    for (mark, outcome) in told.into_iter().flat_map(|task| task.expect("no panic")) {
        let (done, refused) = state.starts[&mark];
        assert!(
            done <= 1 && refused <= 2 && done + refused <= 2,
            "{mark}: {done}, {refused}"
        );
        match outcome {
            Ok(_) => assert_eq!(done, 1, "{mark}"),
            // The second token had ended, too.
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Authentication, "{error}");
                assert_eq!(done, 0, "{mark}: {error}");
            }
        }
        held += done;
    }
    assert_eq!(held, state.used);
    let ended = state.used / LIFE;
    assert!(ended > 20, "a storm: {ended}");
    assert!(
        state.given <= ended + 1,
        "{} tokens for {ended} ends",
        state.given
    );
}
