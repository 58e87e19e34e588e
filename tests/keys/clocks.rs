//! What a look concludes from the service's time, which each answer tells a little better.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use runpipe::auth::Expiring;
use runpipe::{Error, ErrorKind, MarkPlace, RetryPolicy, buddy};
use runpipe_testing::{Rule, Sandbox, Script, ScriptedAnswer};
use serde_json::{Value, json};

use crate::subject::{Buddy, LEASE, Matillion, Site, Subject};

const LIST: &str = "listPipelineExecutions";

fn moment(text: &str) -> DateTime<Utc> {
    text.parse().expect("a moment")
}

/// A list that was answered at a second.
fn list(date: &str, results: &Value) -> Rule {
    let answer = ScriptedAnswer::status(200)
        .header("date", date)
        .body(json!({ "results": results }));
    Rule::answer(Matillion::SERVICE, answer).operation(LIST)
}

/// One call that does not wait, by a machine with this clock.
async fn call(site: &Site, clock: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Error {
    let builder = site.sandbox.matillion_builder().clock(clock);
    let client = builder.retry(RetryPolicy::none()).build();
    let (client, pipeline) = (
        client.expect("a client"),
        Matillion::pipeline(&site.sandbox),
    );
    let once = site.once().wait(Duration::ZERO);
    let outcome = once.start(&client, &pipeline, &Matillion::request()).await;
    let error = outcome.expect_err("it cannot be known");
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error}");
    error
}

/// The start was sent at 10:00:10 by both clocks. At the first answer of a look the service's clock
/// may be 0.9 s behind; the second shows that it is not.
#[tokio::test]
async fn a_run_is_not_taken_for_older_when_the_time_becomes_better_known() {
    let mut site = Site::open().await;
    let lists = Arc::new(AtomicUsize::new(0));
    let counted = lists.clone();
    let sandbox = Sandbox::builder().on_request(move |received| {
        if received.operation.as_deref() == Some(LIST) {
            counted.fetch_add(1, Ordering::SeqCst);
        }
    });
    site.sandbox = sandbox.start().await.expect("a sandbox");
    let failing = |operation| {
        let answer = ScriptedAnswer::status(500);
        Rule::answer(Matillion::SERVICE, answer).operation(operation)
    };
    let script = [
        list("Fri, 01 May 2026 10:00:10 GMT", &json!([])),
        failing(LIST).always(),
        failing(Matillion::START),
    ];
    site.sandbox.play(&Script::new(script)).expect("a script");
    call(&site, || moment("2026-05-01T10:00:10Z")).await;
    let run = json!([{
        "pipelineExecutionId": "e2a4c9b1-7f58-4d06-9b3e-58d1f0a6c274",
        "pipelineName": "Load orders",
        "environmentName": "Production",
        "trigger": "API",
        "status": "RUNNING",
        "startedAt": "2026-05-01T10:00:10.300Z",
    }]);
    let script = [
        list("Fri, 01 May 2026 10:01:00 GMT", &run),
        list("Fri, 01 May 2026 10:01:01 GMT", &run).always(),
    ];
    site.sandbox.clear_script();
    site.sandbox.play(&Script::new(script)).expect("a script");
    lists.store(0, Ordering::SeqCst);
    let clock = move || match lists.load(Ordering::SeqCst) {
        0 | 1 => moment("2026-05-01T10:01:00.900Z"),
        _ => moment("2026-05-01T10:01:01Z"),
    };
    let error = call(&site, clock).await;
    assert_eq!(error.candidates().len(), 1, "{error}");
    assert_eq!(site.asked::<Matillion>(), 1);
}

/// Who looks goes by the service's clock from the first answer on, whatever the sender's showed.
#[tokio::test]
async fn a_run_is_not_taken_for_older_because_its_senders_clock_was_ahead() {
    let site = Site::open().await;
    let lost = ScriptedAnswer::status(502).after_acting();
    let lost = Rule::answer(Matillion::SERVICE, lost).operation(Matillion::START);
    site.sandbox.play(&Script::new([lost])).expect("a script");
    call(&site, || Utc::now() + TimeDelta::hours(1)).await;
    let error = call(&site, Utc::now).await;
    assert_eq!(error.candidates().len(), 1, "{error}");
    assert_eq!(site.asked::<Matillion>(), 1);
}

/// The start was sent at 10:00:10 and answered with this status, and these are the only runs in the list.
async fn doubt_beside(runs: &Value, status: u16) -> (Site, Error) {
    let site = Site::open().await;
    let answer = Rule::answer(Matillion::SERVICE, ScriptedAnswer::status(status));
    let script = [
        list("Fri, 01 May 2026 10:00:10 GMT", runs).always(),
        answer.operation(Matillion::START).always(),
    ];
    site.sandbox.play(&Script::new(script)).expect("a script");
    let builder = site.sandbox.matillion_builder().retry(RetryPolicy::none());
    let client = builder.clock(|| moment("2026-05-01T10:00:10Z"));
    let client = client.build().expect("a client");
    let once = site.once().wait(LEASE * 4);
    let pipeline = Matillion::pipeline(&site.sandbox);
    let outcome = once.start(&client, &pipeline, &Matillion::request()).await;
    let error = outcome.expect_err("it cannot be known");
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error}");
    (site, error)
}

/// The answer is lost, and this is the only run in the list.
async fn expect_doubt_beside(run: Value) {
    let (site, error) = doubt_beside(&json!([run]), 502).await;
    assert_eq!(error.candidates().len(), 1, "{error}");
    assert_eq!(site.asked::<Matillion>(), 1);
}

fn execution(trigger: &str, started_at: &str) -> Value {
    json!({
        "pipelineExecutionId": "e2a4c9b1-7f58-4d06-9b3e-58d1f0a6c274",
        "pipelineName": "Load orders",
        "environmentName": "Production",
        "trigger": trigger,
        "status": "SUCCESS",
        "startedAt": started_at,
    })
}

/// What dates a service's runs is not what dates its answers.
#[tokio::test]
async fn a_run_that_seems_a_little_older_than_its_start_is_not_passed_over() {
    expect_doubt_beside(execution("API", "2026-05-01T10:00:05Z")).await;
}

/// The service says that a run with the tag is going. It is among those that it dates a little earlier.
#[tokio::test]
async fn a_run_that_seems_a_little_older_than_its_start_leaves_no_other_for_the_only_one() {
    let own = execution("API", "2026-05-01T10:00:05Z");
    let mut other = execution("API", "2026-05-01T10:00:15Z");
    other["pipelineExecutionId"] = "0b7d3f52-64c1-4e8a-a1f9-3c5e7d9b2a10".into();
    let (_, error) = doubt_beside(&json!([other, own]), 409).await;
    assert_eq!(error.candidates().len(), 2, "{error}");
}

/// The vendor adds words to its list: a new one may be what it calls a start from now on.
#[tokio::test]
async fn nothing_is_started_again_beside_a_run_whose_trigger_nobody_knows() {
    expect_doubt_beside(execution("NOVEL", "2026-05-01T10:00:11Z")).await;
}

/// What the service takes for the same name is not documented: only another name is another pipeline's.
#[tokio::test]
async fn nothing_is_started_again_beside_a_run_whose_names_are_written_in_another_way() {
    for (pipeline, environment) in [
        ("LOAD orders", "Production"),
        ("nightly/Load orders.orch.yaml", "Production"),
        ("Load orders", "production "),
    ] {
        let mut run = execution("API", "2026-05-01T10:00:11Z");
        run["pipelineName"] = pipeline.into();
        run["environmentName"] = environment.into();
        expect_doubt_beside(run).await;
    }
}

/// This machine's clock is set between the answer that tells the service's time and the start.
#[tokio::test]
async fn a_clock_that_is_set_before_the_start_leaves_makes_no_run_older_than_it() {
    let hour = TimeDelta::hours(1);
    for (jump, place) in [
        (hour, MarkPlace::Usual),
        (hour, MarkPlace::Nowhere),
        (-hour, MarkPlace::Usual),
    ] {
        let site = Site::open().await;
        let hours = Arc::new(AtomicI64::new(0));
        let set = hours.clone();
        let clock =
            move || Utc::now() + jump * i32::try_from(set.load(Ordering::SeqCst)).unwrap_or(0);
        // The first token is for the list, the second for the start.
        let tokens = AtomicI64::new(0);
        let token = move || {
            hours.store(
                tokens.fetch_add(1, Ordering::SeqCst).min(1),
                Ordering::SeqCst,
            );
            std::future::ready(Ok(Expiring::after("sandbox-token".into(), Duration::ZERO)))
        };
        let client = site.sandbox.buddy_builder().clock(clock);
        let client = client.credentials(buddy::Credentials::provider(token));
        let client = client.retry(RetryPolicy::none()).build().expect("a client");
        let lost = ScriptedAnswer::status(502).after_acting();
        let lost = Rule::answer(Buddy::SERVICE, lost).operation(Buddy::START);
        site.sandbox.play(&Script::new([lost])).expect("a script");
        let once = site.once().mark(place).wait(Duration::ZERO);
        let pipeline = Buddy::pipeline(&site.sandbox);
        let _ = once.start(&client, &pipeline, &Buddy::request()).await;
        match site.start::<Buddy>(&site.once().wait(LEASE)).await {
            Ok(found) => assert!(found.attached, "{jump}"),
            // Nothing marks it.
            Err(error) => assert_eq!(error.candidates().len(), 1, "{jump}: {error}"),
        }
        assert_eq!(site.asked::<Buddy>(), 1, "{jump}");
    }
}
