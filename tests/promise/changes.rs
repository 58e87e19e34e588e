//! Every call that changes a run that waits or has failed, each with a service without sockets that
//! answers it as it is told.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Method, Request, Response};
use runpipe::auth::{Expiring, ProviderError, Secret, TokenProvider, acs3};
use runpipe::{
    BoxFuture, Builder, Decision, HttpClient, ResponseBody, Result, Run, Runs, SendError,
    ServiceClient, yunxiao,
};
use serde_json::{Value, json};

use super::*;

/// What comes of one attempt.
#[derive(Clone)]
pub enum Comes {
    /// The connection breaks, after the request went out or before.
    Nothing(SendError),
    Answer(u16, &'static str, String),
    /// What the service answers when it does what was asked.
    Done,
}

pub fn answer(status: u16, body: Value) -> Comes {
    Comes::Answer(status, "application/json", body.to_string())
}

pub fn page(status: u16) -> Comes {
    Comes::Answer(status, "text/html", "<p>one moment</p>".to_owned())
}

/// A service with one run, which answers what changes it as it is told.
pub struct Service {
    comes: Mutex<VecDeque<Comes>>,
    done: Value,
    reads: fn(&str) -> Value,
    changes: AtomicUsize,
}

impl HttpClient for Service {
    fn send(
        &self,
        request: Request<Bytes>,
    ) -> BoxFuture<'_, std::result::Result<Response<ResponseBody>, SendError>> {
        let comes = match *request.method() {
            Method::GET => answer(200, (self.reads)(request.uri().path())),
            _ => {
                self.changes.fetch_add(1, Ordering::SeqCst);
                // What is changed is one of the jobs, where a job is.
                let path = request.uri().path();
                assert!(
                    !path.contains("/jobs/") || path.contains("/jobs/7"),
                    "{path}"
                );
                let mut comes = self.comes.lock().expect("not poisoned");
                let next = comes.pop_front().unwrap_or(Comes::Done);
                // The last one is for every further attempt.
                if comes.is_empty() {
                    comes.push_back(next.clone());
                }
                next
            }
        };
        let answered = match comes {
            Comes::Nothing(error) => Err(error),
            Comes::Done => Ok((200, "application/json", self.done.to_string())),
            Comes::Answer(status, kind, body) => Ok((status, kind, body)),
        };
        let answered = answered.map(|(status, kind, body)| {
            let answer = Response::builder()
                .status(status)
                .header("content-type", kind)
                .header("retry-after", "0");
            let body = ResponseBody::from(Bytes::from(body));
            answer.body(body).expect("an answer")
        });
        Box::pin(std::future::ready(answered))
    }
}

/// Gives another token each time.
#[derive(Default)]
struct Tokens(AtomicUsize);

impl TokenProvider for Tokens {
    fn token(&self) -> BoxFuture<'_, std::result::Result<Expiring<Secret>, ProviderError>> {
        let number = self.0.fetch_add(1, Ordering::SeqCst);
        let token = Secret::from(format!("token-{number}-of-the-provider"));
        let token = Expiring::after(token, Duration::from_secs(3600));
        Box::pin(std::future::ready(Ok(token)))
    }
}

impl TokenProvider<acs3::Credentials> for Tokens {
    fn token(
        &self,
    ) -> BoxFuture<'_, std::result::Result<Expiring<acs3::Credentials>, ProviderError>> {
        let number = self.0.fetch_add(1, Ordering::SeqCst);
        let key = acs3::Credentials::new(format!("STS.{number}"), "key-of-sts".into());
        let key = Expiring::after(key, Duration::from_secs(3600));
        Box::pin(std::future::ready(Ok(key)))
    }
}

const APPROVAL: &str = "9a4c1d7e-3b52-4f60-8c1d-5e7f9a0b2c34";

pub fn azure_reads(path: &str) -> Value {
    match path.rsplit('/').next() {
        Some("timeline") => json!({ "records": [
            { "id": "s", "type": "Stage", "name": "Test", "identifier": "Test",
              "state": "completed", "result": "failed" },
            { "id": APPROVAL, "type": "Checkpoint.Approval", "state": "inProgress" },
        ] }),
        Some("approvals") => json!({ "value": [{ "id": APPROVAL, "status": "pending" }] }),
        _ => json!({ "id": 7, "state": "inProgress" }),
    }
}

fn flow_run() -> Value {
    let pass = json!([{ "type": "PassPipelineValidate" }]);
    json!({ "pipelineRunId": 7, "status": "WAITING", "stages": [{ "stageInfo": { "jobs": [
        { "id": 71, "name": "Test", "status": "FAIL" },
        { "id": 72, "name": "Deploy", "status": "WAITING", "actions": pass },
    ] } }] })
}

fn execution() -> Value {
    json!({ "id": 7, "status": "INPROGRESS", "action_executions": [
        { "action_execution_id": "65a1", "status": "WAITING_FOR_APPLY", "action": { "name": "Go" } },
    ] })
}

/// A client of one service, and a call of it that changes a run.
pub struct Change {
    pub name: &'static str,
    pub run: &'static str,
    pub reads: fn(&str) -> Value,
    pub done: Value,
    pub client: fn(Arc<Service>) -> Box<dyn Runs>,
    pub what: What,
    /// Whether another credential is asked for where one is refused.
    pub renews: bool,
    /// Whether the answer that says that it was done has a body.
    pub has_body: bool,
}

#[derive(Clone, Copy)]
pub enum What {
    Approve,
    Reject,
    Retry,
}

fn client<C: ServiceClient>(builder: Builder<C>, service: Arc<Service>) -> Box<dyn Runs> {
    let client = builder
        .http_client(service)
        .retry(quick().retries(2))
        .requests_per_second(1e6)
        .build();
    Box::new(client.expect("a client"))
}

pub fn changes() -> Vec<Change> {
    let azure = |name, what, done, has_body| Change {
        name,
        run: "azure-devops/acme/site/42/7",
        reads: azure_reads,
        done,
        client: |service| {
            let credentials = azure_devops::Credentials::provider(Tokens::default());
            client(
                azure_devops::Client::builder().credentials(credentials),
                service,
            )
        },
        what,
        renews: true,
        has_body,
    };
    let aliyun = |name, what| Change {
        name,
        run: "aliyun/acme/42/7",
        reads: |_| json!({ "success": true, "pipelineRun": flow_run() }),
        done: json!({ "success": true }),
        client: |service| {
            let credentials = aliyun::Credentials::provider(Tokens::default());
            client(aliyun::Client::builder().credentials(credentials), service)
        },
        what,
        renews: true,
        has_body: true,
    };
    let yunxiao = |name, what| Change {
        name,
        run: "yunxiao/acme/42/7",
        reads: |_| flow_run(),
        done: json!(true),
        client: |service| {
            let credentials = yunxiao::Credentials::token(SECRET);
            client(yunxiao::Client::builder().credentials(credentials), service)
        },
        what,
        renews: false,
        has_body: true,
    };
    let buddy = |name, what| Change {
        name,
        run: "buddy/acme/site/42/7",
        reads: |_| execution(),
        done: json!({ "id": 7, "status": "INPROGRESS" }),
        client: |service| {
            let credentials = buddy::Credentials::provider(Tokens::default());
            client(buddy::Client::builder().credentials(credentials), service)
        },
        what,
        renews: true,
        has_body: true,
    };
    let updated = |status| json!({ "value": [{ "id": APPROVAL, "status": status }] });
    vec![
        azure("azure approve", What::Approve, updated("approved"), true),
        azure("azure reject", What::Reject, updated("rejected"), true),
        azure("azure retry", What::Retry, json!(null), false),
        aliyun("aliyun approve", What::Approve),
        aliyun("aliyun reject", What::Reject),
        aliyun("aliyun retry", What::Retry),
        yunxiao("yunxiao approve", What::Approve),
        yunxiao("yunxiao reject", What::Reject),
        yunxiao("yunxiao retry", What::Retry),
        buddy("buddy approve", What::Approve),
        buddy("buddy retry", What::Retry),
    ]
}

/// What came of the call, and how often the change was sent.
pub async fn outcome(change: &Change, comes: &[Comes]) -> (Result<Run>, usize) {
    let service = Arc::new(Service {
        comes: Mutex::new(comes.iter().cloned().collect()),
        done: change.done.clone(),
        reads: change.reads,
        changes: AtomicUsize::new(0),
    });
    let client = (change.client)(Arc::clone(&service));
    let run = run(change.run);
    let made = match change.what {
        What::Approve => client.decide(&run, &Decision::approve()).await,
        What::Reject => client.decide(&run, &Decision::reject()).await,
        What::Retry => client.retry(&run, None).await,
    };
    (made, service.changes.load(Ordering::SeqCst))
}
