//! Many waits: what their looks cost, and what they bring.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt};
use runpipe::{ErrorKind, Result, Run, RunRef, RunStatus, Runs, WaitOptions, buddy, wait_all};
use tokio::time::Instant;

use super::seconds;
use super::simulated::Simulated;
use super::vendor::{Vendor, Words};

/// A client's budget that is never reached.
const PLENTY: f64 = 1e6;

fn all(service: &Simulated, runs: usize) -> impl Iterator<Item = (&dyn Runs, RunRef)> {
    (0..runs).map(move |id| (service as &dyn Runs, service.run_of(id)))
}

/// How late the end of each run was told, from the earliest to the latest.
async fn late(vendor: &Arc<Vendor>, budget: f64, options: &WaitOptions) -> Vec<Duration> {
    let client = vendor.client(budget);
    let runs = vendor.all().map(|run| (&*client, run));
    let waits = wait_all(runs, options).map(|(run, end)| {
        let end = end.unwrap_or_else(|error| panic!("{run}: {error}"));
        assert_eq!((end.status, &end.reference), (RunStatus::Succeeded, &run));
        vendor.began().elapsed() - vendor.end_of(&run)
    });
    let mut late: Vec<Duration> = waits.collect().await;
    assert_eq!(late.len() as i64, vendor.runs * vendor.pipelines);
    late.sort_unstable();
    late
}

/// Half an hour to an hour and a half, not all at once.
fn spread(pipeline: i64, run: i64) -> Duration {
    let part = (run * 7919 + pipeline * 104_729) % 1000;
    seconds(1800 + 36 * part.unsigned_abs() / 10)
}

fn ten_minutes(_: i64, _: i64) -> Duration {
    seconds(600)
}

#[tokio::test(start_paused = true)]
async fn many_runs_are_waited_on_by_one_task_with_few_requests_under_way() {
    let service = Simulated::ends_after(seconds(30)).answers_after(Duration::from_millis(50));
    let options = WaitOptions::default().at_once(16);
    let ended: Vec<(RunRef, Result<Run>)> = wait_all(all(&service, 500), &options).collect().await;
    assert_eq!(ended.len(), 500);
    assert!(
        ended
            .iter()
            .all(|(run, end)| end.as_ref().unwrap().reference == *run)
    );
    assert_eq!(service.most_at_once(), 16);
}

/// A hundredth of 10,000 waits on 100 pipelines, with a hundredth of the default budget.
#[tokio::test(start_paused = true)]
async fn waits_keep_to_a_small_budget_and_are_in_time() {
    for words in [Words::Buddy, Words::Azure] {
        let vendor = Arc::new(Vendor::new(words, 1, 100, spread));
        let late = late(&vendor, 0.1, &WaitOptions::default().at_once(2)).await;
        let median = late[late.len() / 2];
        assert!(median <= seconds(3600 / 20), "{words:?}: {median:?}");
        // Each run once by itself, when it has ended; the last ones of a list are alone.
        assert!(
            (100..150).contains(&vendor.reads()),
            "{words:?}: {}",
            vendor.reads()
        );
        let minutes = 100.0 * 60.0;
        let requests = (vendor.lists() + vendor.reads()) as f64;
        assert!(requests / minutes <= 0.1, "{words:?}: {requests}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_it_costs_grows_no_faster_than_the_number_of_pages() {
    let options = WaitOptions::default().last_look(false);
    let mut costs = Vec::new();
    // All on one page, on four pages of one pipeline, on one page each of four pipelines.
    for (pipelines, runs) in [(1, 50), (1, 200), (4, 50)] {
        let vendor = Arc::new(Vendor::new(Words::Buddy, pipelines, runs, ten_minutes));
        late(&vendor, PLENTY, &options).await;
        assert_eq!(vendor.reads(), 0);
        costs.push(vendor.lists());
    }
    // As many as a run that is waited on alone.
    assert!(costs[0] < 150, "{costs:?}");
    // The pauses are drawn: not the same number each time.
    assert!(
        costs[1] < costs[0] * 5 && costs[2] < costs[0] * 5,
        "{costs:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_run_that_ended_is_told_whole_unless_the_last_look_is_left_out() {
    for (last_look, actions) in [(true, 1), (false, 0)] {
        let vendor = Arc::new(Vendor::new(Words::Buddy, 1, 60, ten_minutes));
        let client = vendor.client(PLENTY);
        let options = WaitOptions::default().last_look(last_look);
        let runs = vendor.all().map(|run| (&*client, run));
        let ended: Vec<_> = wait_all(runs, &options).collect().await;
        for (_, end) in &ended {
            let execution = end.as_ref().unwrap().vendor::<buddy::types::Execution>();
            let told = execution.unwrap().action_executions.iter().flatten();
            assert_eq!(told.count(), actions);
        }
        assert_eq!(vendor.reads(), if last_look { 60 } else { 0 });
    }
}

#[tokio::test(start_paused = true)]
async fn runs_far_down_in_a_list_are_read_by_themselves() {
    // Three of ours below ten pages of others.
    let mut vendor = Vendor::new(Words::Buddy, 1, 3, ten_minutes);
    vendor.others = 500;
    let vendor = Arc::new(vendor);
    late(&vendor, PLENTY, &WaitOptions::default()).await;
    let (lists, reads) = (vendor.lists(), vendor.reads());
    assert!(lists * 10 <= reads, "{lists} pages, {reads} reads");
    // A hundred of ours there: twelve pages are cheaper.
    let mut vendor = Vendor::new(Words::Buddy, 1, 100, |_, _| seconds(30));
    vendor.others = 500;
    let vendor = Arc::new(vendor);
    late(&vendor, PLENTY, &WaitOptions::default()).await;
    assert_eq!(vendor.reads(), 100, "the last looks");
}

#[tokio::test(start_paused = true)]
async fn a_run_that_the_list_leaves_out_is_read_by_itself() {
    for words in [Words::Buddy, Words::Azure] {
        let mut vendor = Vendor::new(words, 1, 40, ten_minutes);
        vendor.hidden = |id| id == 7;
        let vendor = Arc::new(vendor);
        let late = late(&vendor, PLENTY, &WaitOptions::default()).await;
        assert!(late.last() <= Some(&seconds(66)), "{words:?}: {late:?}");
        // It alone is read over and over.
        assert!(
            (40..200).contains(&vendor.reads()),
            "{words:?}: {}",
            vendor.reads()
        );
    }
}

#[tokio::test(start_paused = true)]
async fn builds_of_all_pipelines_of_a_project_are_read_together() {
    let options = WaitOptions::default().last_look(false);
    let vendor = Arc::new(Vendor::new(Words::Azure, 20, 2, ten_minutes));
    late(&vendor, PLENTY, &options).await;
    assert_eq!(vendor.reads(), 0);
    assert!(vendor.lists() < 150, "{}", vendor.lists());
}

#[tokio::test(start_paused = true)]
async fn a_list_that_cannot_be_read_ends_no_wait() {
    // Refused for good, no list at all, and out of order for five minutes.
    let cases: [fn(Duration) -> Option<u16>; 3] = [
        |_| Some(403),
        |_| Some(404),
        |at| (60..360).contains(&at.as_secs()).then_some(503),
    ];
    for (number, instead) in cases.into_iter().enumerate() {
        let mut vendor = Vendor::new(Words::Buddy, 1, 10, ten_minutes);
        vendor.instead = instead;
        let vendor = Arc::new(vendor);
        let late = late(&vendor, PLENTY, &WaitOptions::default()).await;
        assert!(late.last() <= Some(&seconds(66)), "{number}: {late:?}");
        // What is refused is hardly asked for again; what is out of order is waited for.
        let (lists, reads) = (vendor.lists(), vendor.reads());
        assert!(lists < 20 || reads < 20, "{number}: {lists}, {reads}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_list_that_fails_for_longer_than_the_patience_ends_no_wait() {
    let mut vendor = Vendor::new(Words::Buddy, 1, 10, |_, _| seconds(90_000));
    vendor.instead = |at| (at > seconds(60)).then_some(503);
    let vendor = Arc::new(vendor);
    let client = vendor.client(PLENTY);
    let runs = vendor.all().map(|run| (&*client, run));
    let options = WaitOptions::default().deadline(seconds(3600));
    let ended: Vec<_> = wait_all(runs, &options).collect().await;
    assert_eq!(ended.len(), 10);
    for (run, end) in ended {
        let error = end.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Deadline);
        assert_eq!(error.run(), Some(&run));
        assert!(error.to_string().contains("running"), "{error}");
    }
    assert!(vendor.reads() >= 10, "{}", vendor.reads());
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_named_twice_is_read_once_and_told_twice() {
    let vendor = Arc::new(Vendor::new(Words::Buddy, 1, 1, ten_minutes));
    let client = vendor.client(PLENTY);
    let runs = [1, 1].map(|run| (&*client, vendor.run(1, run)));
    let began = Instant::now();
    let ended: Vec<_> = wait_all(runs, &WaitOptions::default()).collect().await;
    assert_eq!(ended.len(), 2);
    assert!(began.elapsed() < seconds(666));
    assert!(vendor.reads() < 150 && vendor.lists() == 0);
}

#[tokio::test(start_paused = true)]
async fn runs_of_different_clients_are_not_mixed_up() {
    let quick = Arc::new(Vendor::new(Words::Buddy, 1, 20, |_, _| seconds(60)));
    let slow = Arc::new(Vendor::new(Words::Buddy, 1, 20, |_, _| seconds(600)));
    let (one, other) = (quick.client(PLENTY), slow.client(PLENTY));
    let quick_runs = quick.all().map(|run| (&*one, run));
    let runs = quick_runs.chain(slow.all().map(|run| (&*other, run)));
    let began = Instant::now();
    let waits = wait_all(runs, &WaitOptions::default());
    let ends: Vec<Duration> = waits.map(|_| began.elapsed()).collect().await;
    assert!(ends[19] < seconds(70), "{ends:?}");
    assert!(ends[20] >= seconds(600), "{ends:?}");
}

#[tokio::test(start_paused = true)]
async fn no_list_is_asked_where_it_may_not_tell_what_is_waited_for() {
    let vendor = Arc::new(Vendor::new(Words::Buddy, 1, 20, ten_minutes));
    let client = vendor.client(PLENTY);
    let options = WaitOptions::default().stop_when_waiting(true);
    let runs = vendor.all().map(|run| (&*client, run));
    let ended: Vec<_> = wait_all(runs, &options).collect().await;
    assert_eq!((ended.len(), vendor.lists()), (20, 0));
}

#[tokio::test(start_paused = true)]
async fn the_pages_end_where_reading_the_rest_one_by_one_is_cheaper() {
    let mut vendor = Vendor::new(Words::Buddy, 1, 4, ten_minutes);
    vendor.others = 1000;
    let vendor = Arc::new(vendor);
    let client = vendor.client(PLENTY);
    for (runs, pages) in [(4, 4), (2, 2), (1, 0), (0, 0)] {
        let asked: Vec<RunRef> = vendor.all().take(runs).collect();
        let before = vendor.lists();
        let told: Vec<Vec<Run>> = client.get_many(asked).try_collect().await.unwrap();
        assert_eq!((told.len(), vendor.lists() - before), (pages, pages));
    }
    assert_eq!(vendor.reads(), 0);
}
