//! The pause that Buddy's limit asks for. The clock stands still and is moved by hand, so that each second of a pause
//! is there or is not.

use std::sync::mpsc;
use std::time::Duration;

use serde::Deserialize;
use tokio::task::spawn_blocking;
use tokio::time;

use super::*;

/// What time it is, here and at the service: both take the seconds of a limit from it.
const NOW: &str = "2026-11-21T10:00:00Z";
const SERVICES_NOW: &str = "Sat, 21 Nov 2026 10:00:00 GMT";

#[derive(Deserialize)]
struct Case {
    name: String,
    /// The answer that a request finds. `{now+50}` in a header is 50 s from now.
    answer: Value,
    /// For so many seconds the next request is held back.
    pause: u64,
}

/// Stops the clock. A paused clock jumps ahead by itself while a socket is waited for, but not while a thread is at
/// work for the test.
fn stand_still() -> mpsc::Sender<()> {
    time::pause();
    let (release, held) = mpsc::channel();
    spawn_blocking(move || held.recv());
    release
}

fn with_dates(mut answer: Value) -> Value {
    for value in answer["headers"].as_object_mut().into_iter().flatten() {
        let text = value.1.as_str().unwrap();
        if let Some(seconds) = text
            .strip_prefix("{now")
            .and_then(|rest| rest.strip_suffix('}'))
        {
            let at = moment(NOW).timestamp() + seconds.parse::<i64>().unwrap();
            *value.1 = at.to_string().into();
        }
    }
    answer
}

/// Lets everything happen that can happen now: another client gets its answer several times over.
async fn let_it_happen(others: &Client) {
    for _ in 0..5 {
        others
            .get(&pipeline().execution(99).unwrap())
            .await
            .unwrap();
    }
}

async fn asked_for(server: &MockServer, at: &str) -> usize {
    let requests = received(server).await;
    let here = requests.iter().filter(|request| request.url.path() == at);
    here.count()
}

#[tokio::test]
async fn a_used_up_limit_holds_the_next_request_until_its_reset() {
    for case in rows::<Case>("buddy/limit") {
        let name = &case.name;
        let server = MockServer::start().await;
        let limited = answer(&with_dates(case.answer)).insert_header("date", SERVICES_NOW);
        on(&server, "GET", EXECUTION, limited).await;
        let free = json_answer(json!({ "id": 99 }));
        on(&server, "GET", &format!("{EXECUTIONS}/99"), free).await;
        let client = builder(&server)
            .retry(RetryPolicy::none())
            .clock(|| moment(NOW))
            .build()
            .unwrap();
        let others = self::client(&server);

        // Both make their connections while time goes by: it takes some.
        let_it_happen(&others).await;
        let first = client.get(&run()).await;
        let _still = stand_still();
        assert_eq!(asked_for(&server, EXECUTION).await, 1, "{name}: {first:?}");
        let next = tokio::spawn({
            let client = client.clone();
            async move { client.get(&run()).await.map_err(|error| error.kind()) }
        });
        if case.pause > 0 {
            let_it_happen(&others).await;
            time::advance(Duration::from_secs(case.pause - 1)).await;
            let_it_happen(&others).await;
            assert_eq!(asked_for(&server, EXECUTION).await, 1, "{name}: too early");
            // A little more than the second that is left: the timers count in whole milliseconds.
            time::advance(Duration::from_millis(1_010)).await;
        }
        for _ in 0..200 {
            if next.is_finished() {
                break;
            }
            time::advance(Duration::from_millis(1)).await;
            let_it_happen(&others).await;
        }
        assert!(next.is_finished(), "{name}: still held back");
        assert_eq!(asked_for(&server, EXECUTION).await, 2, "{name}");
        time::resume();
    }
}
