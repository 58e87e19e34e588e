//! A clock that is off: it is noticed once and allowed for from then on.

use std::time::SystemTime;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::join_all;
use runpipe::Reconciled;
use runpipe::auth::acs3::parse_date;
use serde_json::{Value, json};
use wiremock::Respond;

use super::*;

/// Refuses what is more than 15 minutes off, as the gateway does.
struct Gate(Value);

impl Respond for Gate {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let date = parse_date(header(request, "x-acs-date").unwrap()).unwrap();
        let now = Utc::now();
        let answer = if (now - date).abs() > TimeDelta::minutes(15) {
            ResponseTemplate::new(400).set_body_json(json!({
                "Code": "InvalidTimeStamp.Expired", "Message": "The date is too far off."
            }))
        } else {
            json_answer(&self.0)
        };
        answer.insert_header("date", httpdate::fmt_http_date(SystemTime::now()))
    }
}

async fn gate(body: Value) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(Gate(body))
        .mount(&server)
        .await;
    server
}

fn client_off_by(server: &MockServer, minutes: i64) -> Client {
    builder(&server.uri())
        .clock(move || Utc::now() + TimeDelta::minutes(minutes))
        .build()
        .unwrap()
}

#[tokio::test]
async fn a_start_is_sent_once_more_with_the_services_time() {
    for minutes in [-20, 20, 100_000] {
        let server = gate(json!({ "success": true, "pipelineRunId": 41 })).await;
        let client = client_off_by(&server, minutes);
        let started = client.start(&pipeline(), &no_parameters()).await.unwrap();
        assert_eq!(started.reference, run());
        let requests = received(&server).await;
        assert_eq!(requests.len(), 2, "one was refused, one started");
        let nonce = |index: usize| header(&requests[index], "x-acs-signature-nonce");
        assert_ne!(nonce(0), nonce(1));
        let second = parse_date(header(&requests[1], "x-acs-date").unwrap()).unwrap();
        assert!((Utc::now() - second).abs() < TimeDelta::minutes(1));

        // A clone knows it, too.
        client
            .clone()
            .start(&pipeline(), &no_parameters())
            .await
            .unwrap();
        assert_eq!(received(&server).await.len(), 3, "the clock was learned");
    }
}

#[tokio::test]
async fn calls_that_learn_it_at_once_do_not_add_up() {
    let server = gate(json!({ "success": true, "pipelineRun": { "status": "RUNNING" } })).await;
    let client = client_off_by(&server, 20);
    let run = run();
    let read = join_all((0..16).map(|_| client.get(&run))).await;
    for read in read {
        read.unwrap();
    }
    let before = received(&server).await.len();
    client.get(&run).await.unwrap();
    assert_eq!(received(&server).await.len(), before + 1);
}

#[tokio::test]
async fn a_clock_that_is_off_a_little_is_nobodys_business() {
    let server = gate(json!({ "success": true, "pipelineRunId": 41 })).await;
    let client = client_off_by(&server, 10);
    client.start(&pipeline(), &no_parameters()).await.unwrap();
    assert_eq!(received(&server).await.len(), 1);
}

#[tokio::test]
async fn a_lost_start_is_looked_for_in_the_services_time() {
    // Ours is 20 minutes ahead: by our clock the run began before it was asked for.
    let began = (Utc::now() + TimeDelta::seconds(2)).timestamp_millis();
    let server = gate(json!({ "success": true, "pipelineRuns": [
        { "pipelineRunId": 41, "startTime": began, "triggerMode": 1 }
    ], "pipelineRun": { "createTime": began } }))
    .await;
    let since: DateTime<Utc> = Utc::now() + TimeDelta::minutes(20);
    let client = client_off_by(&server, 20);
    match client
        .reconcile(&pipeline(), &no_parameters(), since)
        .await
        .unwrap()
    {
        Reconciled::One(found) => assert_eq!(found.reference, run()),
        other => panic!("{other:?}"),
    }
    let requests = received(&server).await;
    let asked: Vec<i64> = requests
        .iter()
        .filter_map(|request| {
            let (_, value) = request
                .url
                .query_pairs()
                .find(|(name, _)| name == "startTime")?;
            value.parse().ok()
        })
        .collect();
    assert_eq!(asked.len(), 2);
    assert!(asked[1] < began, "runs since {} were asked for", asked[1]);
}
