//! A run that its list shows further down than one would look. A page that is not full is not the last one,
//! nor is a full one that names no next one; and where no page documents the order, a run that is too old is
//! not the end.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use chrono::Utc;
use futures_util::future::{BoxFuture, FutureExt};
use http::{Method, Request, Response};
use runpipe::ledger::{StartOnce, Started};
use runpipe::{
    Builder, ErrorKind, HttpClient, MarkPlace, ResponseBody, RetryPolicy, SendError, ServiceClient,
    azure_devops, buddy, matillion,
};
use serde_json::{Value, json};

use crate::subject::{AzureDevops, Buddy, LEASE, Matillion, Site, Subject, key};

/// Acts on a start and answers it with a 502.
struct Old {
    starts: Mutex<Vec<Value>>,
    /// The answer to a read, after the first start if there is one.
    shows: fn(&Request<Bytes>, Option<&Value>) -> Value,
}

impl Old {
    fn new(shows: fn(&Request<Bytes>, Option<&Value>) -> Value) -> Arc<Old> {
        let starts = Mutex::default();
        Arc::new(Old { starts, shows })
    }

    fn answer(&self, request: &Request<Bytes>) -> (u16, Value) {
        let mut starts = self.starts.lock().expect("not poisoned");
        if request.method() == Method::POST {
            starts.push(serde_json::from_slice(request.body()).expect("JSON"));
            return (502, json!({}));
        }
        (200, (self.shows)(request, starts.first()))
    }

    async fn start<S: Subject>(
        self: &Arc<Self>,
        credentials: <S::Client as ServiceClient>::Credentials,
        place: MarkPlace,
    ) -> runpipe::Result<Started> {
        let site = Site::open().await;
        let client: S::Client = Builder::new()
            .credentials(credentials)
            .http_client(self.clone())
            .retry(RetryPolicy::none())
            .requests_per_second(1e6)
            .build()
            .expect("a client");
        let once = StartOnce::new(site.ledger.clone(), key());
        let once = once.mark(place).lease(LEASE).wait(LEASE * 8);
        let pipeline = S::pipeline(&site.sandbox);
        let outcome = once.start(&client, &pipeline, &S::request()).await;
        assert_eq!(self.starts.lock().expect("not poisoned").len(), 1);
        outcome
    }
}

impl HttpClient for Old {
    fn send(
        &self,
        request: Request<Bytes>,
    ) -> BoxFuture<'_, Result<Response<ResponseBody>, SendError>> {
        let (status, body) = self.answer(&request);
        let now = Utc::now().format("%a, %d %b %Y %T GMT").to_string();
        let answer = Response::builder()
            .status(status)
            .header("content-type", "application/json")
            .header("date", now);
        let body = ResponseBody::from(Bytes::from(body.to_string()));
        std::future::ready(Ok(answer.body(body).expect("an answer"))).boxed()
    }
}

/// Buddy without totals: thirty others on the first page, though fifty were asked for.
fn buddys(request: &Request<Bytes>, start: Option<&Value>, began: Option<&str>) -> Value {
    let comment = start.map(|start| start["comment"].clone());
    let own = json!({ "id": 1, "status": "ENQUEUED", "comment": comment });
    if request.uri().path().ends_with("/executions/1") {
        return own;
    }
    let other = |id| json!({ "id": id, "comment": null, "start_date": began });
    let query = request.uri().query().unwrap_or_default();
    let page = query.split('&').find_map(|part| part.strip_prefix("page="));
    let list: Vec<Value> = match (page, start) {
        (Some("1"), _) => (2..32).rev().map(other).collect(),
        (Some("2"), Some(_)) => vec![own],
        _ => Vec::new(),
    };
    json!({ "executions": list })
}

async fn is_found_at_buddy(old: Arc<Old>) {
    let credentials = buddy::Credentials::token("a-token-of-the-test");
    let found = old.start::<Buddy>(credentials, MarkPlace::Usual).await;
    let found = found.expect("the run");
    assert_eq!((found.attached, found.run.id.as_str()), (true, "1"));
}

#[tokio::test]
async fn a_run_further_down_than_a_short_page_is_found() {
    is_found_at_buddy(Old::new(|request, start| buddys(request, start, None))).await;
}

/// One that waits for its turn has no date, and may be listed after all that have one.
#[tokio::test]
async fn a_run_further_down_than_an_older_one_is_found() {
    let shows =
        |request: &_, start: Option<&_>| buddys(request, start, Some("2020-05-04T03:02:01Z"));
    is_found_at_buddy(Old::new(shows)).await;
}

/// A total that was counted before the last executions came.
#[tokio::test]
async fn a_run_further_down_than_the_total_says_is_found() {
    is_found_at_buddy(Old::new(|request, start| {
        let mut page = buddys(request, start, None);
        let Some(list) = page["executions"].as_array_mut() else {
            return page;
        };
        if list.len() == 30 {
            list.extend((100..120).map(|id| json!({ "id": id, "comment": null })));
        }
        page["total_page_count"] = 1.into();
        page
    }))
    .await;
}

/// "Newest start first" (vendor page) says nothing of one that has not begun.
#[tokio::test]
async fn an_execution_without_a_start_is_not_missed_behind_older_ones() {
    let old = Old::new(|request, start| {
        let execution = |id: &str, began: Option<&str>| {
            json!({
                "pipelineExecutionId": id, "pipelineName": "Load orders",
                "environmentName": "Production", "status": "RUNNING", "trigger": "API",
                "startedAt": began,
            })
        };
        let own = execution("own", None);
        if request.uri().path().ends_with("/own") {
            return json!({ "result": own });
        }
        let mut list = vec![execution("old", Some("2020-05-04T03:02:01Z"))];
        list.extend(start.map(|_| own));
        json!({ "results": list })
    });
    let credentials = matillion::Credentials::token("a-token-of-the-test");
    let error = old.start::<Matillion>(credentials, MarkPlace::Usual).await;
    let error = error.expect_err("it cannot be known");
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error}");
    let [candidate] = error.candidates() else {
        panic!("{error}");
    };
    assert!(candidate.to_string().ends_with("/own"), "{error}");
}

/// A hundred others, and no token for the next page.
#[tokio::test]
async fn a_full_page_of_matillion_that_names_no_next_one_proves_nothing_either() {
    let old = Old::new(|_, _| {
        let others = (0..100).map(|id| {
            json!({
                "pipelineExecutionId": format!("other-{id}"), "pipelineName": "Another",
                "environmentName": "Production", "status": "SUCCESS", "trigger": "API",
                "startedAt": "2020-05-04T03:02:01Z",
            })
        });
        json!({ "results": others.collect::<Vec<_>>() })
    });
    let credentials = matillion::Credentials::token("a-token-of-the-test");
    let error = old.start::<Matillion>(credentials, MarkPlace::Usual).await;
    let error = error.expect_err("a list that shows no end");
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error}");
}

/// Who deletes a run does not undo that it was started.
#[tokio::test]
async fn a_build_that_was_deleted_meanwhile_is_found() {
    let old = Old::new(|request, start| {
        let query = request.uri().query().unwrap_or_default();
        let own = start.map(|start| {
            let mark = &start["variables"]["mark"]["value"];
            let parameters = json!({ "mark": mark }).to_string();
            json!({ "id": 1, "deleted": true, "parameters": parameters })
        });
        let shown = own.filter(|_| query.contains("deletedFilter=includeDeleted"));
        json!({ "value": shown.into_iter().collect::<Vec<_>>() })
    });
    let credentials = azure_devops::Credentials::pat("a-token-of-the-test");
    let place = MarkPlace::Variable("mark".to_owned());
    let found = old.start::<AzureDevops>(credentials, place).await;
    assert!(found.expect("the run").attached);
}

/// Azure DevOps behind a proxy that passes on no header of the service's own: a page of the hundred builds
/// that others have queued since.
#[tokio::test]
async fn a_full_page_that_names_no_next_one_does_not_prove_that_nothing_was_started() {
    let old = Old::new(|_, _| {
        let others = (2..102).rev();
        let others = others.map(|id| json!({ "id": id, "parameters": "{}" }));
        json!({ "value": others.collect::<Vec<_>>() })
    });
    let credentials = azure_devops::Credentials::pat("a-token-of-the-test");
    let place = MarkPlace::Variable("mark".to_owned());
    let started = old.start::<AzureDevops>(credentials, place).await;
    let error = started.expect_err("a list that shows no end");
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error}");
}
