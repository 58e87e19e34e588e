//! Waiting: how soon the end of a run is noticed, what it costs, and what it survives.
//!
//! The clock is simulated: a run of two hours takes milliseconds.

use std::time::Duration;

use chrono::{TimeDelta, Utc};
use futures_util::StreamExt;
use runpipe::{ErrorKind, RunStatus, WaitOptions, states, wait};
use tokio::time::Instant;

mod lists;
mod many;
mod memory;
mod simulated;
mod vendor;

use peak_alloc::PeakAlloc;
use simulated::Simulated;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// How many runs of each length.
const SAMPLES: usize = 401;

/// How late the ends of runs of about one length were noticed.
struct Noticed {
    /// In seconds, from the earliest to the latest.
    delays: Vec<f64>,
    /// In parts of each run's own length, alike.
    parts: Vec<f64>,
    requests: Vec<usize>,
}

impl Noticed {
    async fn of_runs_of(length: u64) -> Self {
        let (mut delays, mut parts, mut requests) = (Vec::new(), Vec::new(), Vec::new());
        for sample in 0..SAMPLES {
            // Ends at all phases of the polling, not at its favourite one: a fifth of the length
            // holds several pauses.
            let longer = 1.0 + 0.2 * sample as f64 / SAMPLES as f64;
            let length = seconds(length).mul_f64(longer);
            let service = Simulated::ends_after(length);
            let began = Instant::now();
            let run = wait(&service, &service.run(), &WaitOptions::default())
                .await
                .unwrap();
            assert_eq!(run.status, RunStatus::Succeeded);
            let delay = (began.elapsed() - length).as_secs_f64();
            delays.push(delay);
            parts.push(delay / length.as_secs_f64());
            requests.push(service.requests());
        }
        delays.sort_by(f64::total_cmp);
        parts.sort_by(f64::total_cmp);
        requests.sort_unstable();
        Noticed {
            delays,
            parts,
            requests,
        }
    }

    fn median(&self) -> f64 {
        self.delays[SAMPLES / 2]
    }

    fn worst(&self) -> f64 {
        self.delays[SAMPLES - 1]
    }

    fn median_part(&self) -> f64 {
        self.parts[SAMPLES / 2]
    }

    fn requests(&self) -> usize {
        self.requests[SAMPLES / 2]
    }
}

/// Lengths in seconds, and what README says of the median: late by so many hundredths of the length.
const LENGTHS: [(u64, f64); 5] = [
    (5, 0.10),
    (15, 0.04),
    (60, 0.04),
    (600, 0.04),
    // A pause is never longer than a minute.
    (7200, 0.005),
];

/// The longest pause is a minute, and is stretched by a tenth at most.
const LATEST: f64 = 66.0;

#[tokio::test(start_paused = true)]
async fn the_end_is_noticed_as_soon_as_readme_says() {
    // The pauses are drawn: the same ones each time.
    fastrand::seed(7);
    println!("run length  noticed late at the median  at worst  requests at the median");
    for (length, part) in LENGTHS {
        let noticed = Noticed::of_runs_of(length).await;
        println!(
            "{length:>8} s  {:>14.2} s ({:>4.1} %)  {:>6.1} s  {:>22}",
            noticed.median(),
            noticed.median_part() * 100.0,
            noticed.worst(),
            noticed.requests()
        );
        let median = noticed.median_part();
        assert!(median <= part, "{length} s: {median} of it");
        assert!(
            noticed.worst() <= LATEST,
            "{length} s: {} s",
            noticed.worst()
        );
        assert!(
            noticed.requests() < 250,
            "{length} s: {}",
            noticed.requests()
        );
    }
    println!("never later than {LATEST} s, or the test fails");
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_two_hours_old_is_not_asked_for_every_second() {
    // By the clock that was set.
    let now = Utc::now() - TimeDelta::days(365);
    for (hours, is_seldom) in [(2, true), (0, false)] {
        let begun = now - TimeDelta::hours(hours);
        let service = Simulated::ends_after(seconds(300)).begun_at(begun);
        let options = WaitOptions::default().clock(move || now);
        wait(&service, &service.run(), &options).await.unwrap();
        let requests = service.requests();
        assert_eq!(requests <= 8, is_seldom, "{requests} in five minutes");
    }
}

#[tokio::test(start_paused = true)]
async fn each_state_comes_once_and_the_stream_ends_with_the_run() {
    let service = Simulated::script(&[
        (0, RunStatus::Queued),
        (10, RunStatus::Running),
        (20, RunStatus::Waiting),
        (60, RunStatus::Running),
        (90, RunStatus::Failed),
    ]);
    let seen: Vec<RunStatus> = states(&service, service.run(), WaitOptions::default())
        .map(|run| run.unwrap().status)
        .collect()
        .await;
    use RunStatus::{Failed, Queued, Running, Waiting};
    assert_eq!(seen, [Queued, Running, Waiting, Running, Failed]);
}

#[tokio::test(start_paused = true)]
async fn a_wait_can_stop_where_a_person_is_needed() {
    let service = Simulated::script(&[(0, RunStatus::Running), (10, RunStatus::Waiting)]);
    let options = WaitOptions::default().stop_when_waiting(true);
    let run = wait(&service, &service.run(), &options).await.unwrap();
    assert_eq!(run.status, RunStatus::Waiting);
}

#[tokio::test(start_paused = true)]
async fn an_unknown_word_is_waited_on() {
    let service = Simulated::script(&[(0, RunStatus::Unknown), (100, RunStatus::Canceled)]);
    let run = wait(&service, &service.run(), &WaitOptions::default())
        .await
        .unwrap();
    assert_eq!(run.status, RunStatus::Canceled);
}

/// Nobody is to wait for ever for a word that will not come, or to take it for a success.
#[tokio::test(start_paused = true)]
async fn an_unknown_word_that_comes_with_the_end_is_told() {
    let service = Simulated::script(&[(0, RunStatus::Unknown)]).finished_at(Utc::now());
    let options = WaitOptions::default();
    let error = wait(&service, &service.run(), &options).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Undecodable);
    assert!(error.to_string().contains("not documented"), "{error}");
    // Where the word comes a little later than the time, it counts.
    let late = [(0, RunStatus::Unknown), (8, RunStatus::Failed)];
    let service = Simulated::script(&late).finished_at(Utc::now());
    let run = wait(&service, &service.run(), &options).await.unwrap();
    assert_eq!(run.status, RunStatus::Failed);
    // A run in a word that is known has not finished, whatever its dates say.
    let service = Simulated::ends_after(seconds(60)).finished_at(Utc::now());
    let run = wait(&service, &service.run(), &options).await.unwrap();
    assert_eq!(run.status, RunStatus::Succeeded);
}

#[tokio::test(start_paused = true)]
async fn the_deadline_is_an_error_that_says_where_the_run_was() {
    let service = Simulated::ends_after(seconds(7200));
    let options = WaitOptions::default().deadline(seconds(60));
    let began = Instant::now();
    let error = wait(&service, &service.run(), &options).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deadline);
    assert_eq!(began.elapsed(), seconds(60));
    let text = error.to_string();
    assert!(
        text.contains("running") && text.contains("buddy/acme/site/2/31"),
        "{text}"
    );
}

#[tokio::test(start_paused = true)]
async fn reads_that_fail_for_a_while_are_survived() {
    use ErrorKind::{RateLimited, Transport, Unavailable, Undecodable};
    for kind in [Transport, Unavailable, RateLimited, Undecodable] {
        let service = Simulated::ends_after(seconds(900)).fails(60..600, kind);
        let run = wait(&service, &service.run(), &WaitOptions::default())
            .await
            .unwrap();
        assert_eq!(run.status, RunStatus::Succeeded, "{kind}");
    }
}

#[tokio::test(start_paused = true)]
async fn reads_that_fail_for_longer_than_the_patience_are_not() {
    let service = Simulated::ends_after(seconds(90_000)).fails(60..80_000, ErrorKind::Unavailable);
    let error = wait(&service, &service.run(), &WaitOptions::default())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
}

#[tokio::test(start_paused = true)]
async fn a_refused_credential_ends_the_wait_at_once() {
    let service = Simulated::ends_after(seconds(900)).fails(10..20, ErrorKind::Authentication);
    let began = Instant::now();
    let error = wait(&service, &service.run(), &WaitOptions::default())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication);
    assert!(began.elapsed() < seconds(13));
}

#[tokio::test(start_paused = true)]
async fn a_new_run_may_take_a_moment_to_be_found() {
    let service = Simulated::ends_after(seconds(60)).fails(0..10, ErrorKind::NotFound);
    let run = wait(&service, &service.run(), &WaitOptions::default())
        .await
        .unwrap();
    assert_eq!(run.status, RunStatus::Succeeded);

    let service = Simulated::ends_after(seconds(60)).fails(0..600, ErrorKind::NotFound);
    let error = wait(&service, &service.run(), &WaitOptions::default())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[tokio::test(start_paused = true)]
async fn dropping_a_wait_stops_its_requests() {
    let service = Simulated::ends_after(seconds(900));
    let options = WaitOptions::default();
    let run = service.run();
    let stopped = tokio::time::timeout(seconds(30), wait(&service, &run, &options)).await;
    assert!(stopped.is_err());
    let so_far = service.requests();
    tokio::time::advance(seconds(900)).await;
    assert_eq!(service.requests(), so_far);
}

#[test]
fn each_option_is_kept() {
    let options = WaitOptions::default()
        .deadline(seconds(1))
        .patience(seconds(2))
        .pauses(seconds(3), seconds(4))
        .stop_when_waiting(true)
        .at_once(5)
        .last_look(true);
    let kept = "deadline: Some(1s), patience: 2s, shortest: 3s, longest: 4s, \
                stop_when_waiting: true, at_once: 5, last_look: true";
    let shown = format!("{options:?}");
    assert!(shown.contains(kept), "{shown}");
}
