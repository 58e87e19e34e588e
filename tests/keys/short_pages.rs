//! Lists whose last page does not show that it is the last: a service without totals that serves shorter
//! pages than it is asked for, and one whose answers lose the header that names the next page.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use futures_util::future::{BoxFuture, FutureExt};
use http::{Method, Request, Response};
use runpipe::ledger::StartOnce;
use runpipe::{
    ErrorKind, HttpClient, MarkPlace, ResponseBody, RetryPolicy, SendError, azure_devops, buddy,
};
use serde_json::{Value, json};

use crate::subject::{AzureDevops, Buddy, LEASE, Site, Subject, WAIT, key};

/// Acts on a start and answers it with a 502. Thirty others have started since.
#[derive(Default)]
struct Old {
    /// What each start said.
    comments: Mutex<Vec<String>>,
}

impl Old {
    fn answer(&self, request: &Request<Bytes>) -> (u16, Value) {
        let mut comments = self.comments.lock().expect("not poisoned");
        if request.method() == Method::POST {
            let body: Value = serde_json::from_slice(request.body()).expect("JSON");
            comments.push(body["comment"].as_str().unwrap_or_default().to_owned());
            return (502, json!({}));
        }
        let own = json!({ "id": 1, "status": "INPROGRESS", "comment": comments.first() });
        if request.uri().path().ends_with("/executions/1") {
            return (200, own);
        }
        let others = || (2..32).rev().map(|id| json!({ "id": id, "comment": null }));
        let query = request.uri().query().unwrap_or_default();
        let page = query.split('&').find_map(|part| part.strip_prefix("page="));
        let list: Vec<Value> = match (page, comments.is_empty()) {
            (Some("1"), _) => others().collect(),
            (Some("2"), false) => vec![own],
            _ => Vec::new(),
        };
        (200, json!({ "executions": list }))
    }
}

impl HttpClient for Old {
    fn send(
        &self,
        request: Request<Bytes>,
    ) -> BoxFuture<'_, Result<Response<ResponseBody>, SendError>> {
        let (status, body) = self.answer(&request);
        std::future::ready(Ok(response(status, &body))).boxed()
    }
}

fn response(status: u16, body: &Value) -> Response<ResponseBody> {
    let answer = Response::builder().status(status);
    let answer = answer.header("content-type", "application/json");
    let body = ResponseBody::from(Bytes::from(body.to_string()));
    answer.body(body).expect("an answer")
}

#[tokio::test]
async fn a_run_further_down_than_a_short_page_is_found() {
    let (site, old) = (Site::open().await, Arc::new(Old::default()));
    let client = buddy::Client::builder()
        .credentials(buddy::Credentials::token("a-token-of-the-test"))
        .http_client(old.clone())
        .retry(RetryPolicy::none())
        .requests_per_second(1e6)
        .build()
        .expect("a client");
    let once = StartOnce::new(site.ledger.clone(), key());
    let once = once.lease(LEASE).wait(WAIT);
    let pipeline = Buddy::pipeline(&site.sandbox);
    let found = once.start(&client, &pipeline, &Buddy::request()).await;
    let found = found.expect("the run");
    assert_eq!((found.attached, found.run.id.as_str()), (true, "1"));
    assert_eq!(old.comments.lock().expect("not poisoned").len(), 1);
}

/// Azure DevOps behind a proxy that passes on no header of the service's own: acts on a start, answers it
/// with a 502, and shows a page of the hundred builds that others have queued since.
#[derive(Default)]
struct Stripped {
    starts: Mutex<usize>,
}

impl HttpClient for Stripped {
    fn send(
        &self,
        request: Request<Bytes>,
    ) -> BoxFuture<'_, Result<Response<ResponseBody>, SendError>> {
        let answer = if request.method() == Method::POST {
            *self.starts.lock().expect("not poisoned") += 1;
            response(502, &json!({}))
        } else {
            let others = (2..102).rev();
            let others = others.map(|id| json!({ "id": id, "parameters": "{}" }));
            response(200, &json!({ "value": others.collect::<Vec<_>>() }))
        };
        std::future::ready(Ok(answer)).boxed()
    }
}

#[tokio::test]
async fn a_full_page_that_names_no_next_one_does_not_prove_that_nothing_was_started() {
    let (site, stripped) = (Site::open().await, Arc::new(Stripped::default()));
    let client = azure_devops::Client::builder()
        .credentials(azure_devops::Credentials::pat("a-token-of-the-test"))
        .http_client(stripped.clone())
        .retry(RetryPolicy::none())
        .requests_per_second(1e6)
        .build()
        .expect("a client");
    let once = StartOnce::new(site.ledger.clone(), key());
    let once = once.mark(MarkPlace::Variable("mark".to_owned()));
    let once = once.lease(LEASE).wait(LEASE * 4);
    let pipeline = AzureDevops::pipeline(&site.sandbox);
    let started = once
        .start(&client, &pipeline, &AzureDevops::request())
        .await;
    let error = started.expect_err("a list that shows no end");
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error}");
    assert_eq!(*stripped.starts.lock().expect("not poisoned"), 1);
}
