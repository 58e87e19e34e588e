//! Ten thousand waits in one process, at the budget of requests that a client has unless it is
//! told otherwise: how late their ends are noticed, memory, threads and CPU.
//!
//! `cargo test --bench many_waits -- --bench`, or `cargo bench --bench many_waits` for the CPU of an optimized build.
//!
//! Time is tokio's and jumps over each pause: an hour takes as long as its requests. What answers
//! stands in this process, so its memory and CPU are counted too.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use cpu_time::ProcessTime;
use futures_util::future::{BoxFuture, FutureExt};
use futures_util::{StreamExt, pin_mut};
use runpipe::{HttpClient, ResponseBody, RunStatus, Runs, SendError, WaitOptions, buddy, wait_all};
use tokio::time::Instant;

const WAITS: i64 = 10_000;
/// Without `--bench` it is only made sure that it runs.
const WAITS_IN_SHORT: i64 = 100;
/// How long the runs take.
const LENGTH: Duration = Duration::from_secs(3600);

/// A service whose runs all end at the same time.
struct Service {
    began: Instant,
    asked: AtomicU64,
}

impl HttpClient for Service {
    fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> BoxFuture<'_, Result<http::Response<ResponseBody>, SendError>> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let id = request.uri().path().rsplit('/').next().unwrap_or("1");
        let status = if self.began.elapsed() < LENGTH {
            "INPROGRESS"
        } else {
            "SUCCESSFUL"
        };
        let body =
            format!(r#"{{"id":{id},"status":"{status}","html_url":"https://app.buddy.works/x"}}"#);
        async { Ok(http::Response::new(ResponseBody::from(Bytes::from(body)))) }.boxed()
    }
}

/// A line of `/proc/self/status`.
fn status(key: &str) -> String {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(key)?.strip_prefix(':'));
    line.unwrap_or("not known on this system").trim().to_owned()
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    let short = !std::env::args().any(|word| word == "--bench");
    let count = if short { WAITS_IN_SHORT } else { WAITS };
    let service = Arc::new(Service {
        began: Instant::now(),
        asked: AtomicU64::new(0),
    });
    let client = buddy::Client::builder()
        .credentials(buddy::Credentials::token("token"))
        .http_client(service.clone())
        .build()
        .expect("a client");
    let pipeline = buddy::PipelineRef::new("acme", "site", 2);
    let runs = (1..=count).map(|id| {
        let run = pipeline.execution(id).expect("a reference");
        (&client as &dyn Runs, run)
    });
    let before = status("VmRSS");
    let cpu = ProcessTime::now();
    let options = WaitOptions::default().deadline(Duration::from_secs(24 * 3600));
    let mut late = Vec::new();
    let waits = wait_all(runs, &options);
    pin_mut!(waits);
    while let Some((run, end)) = waits.next().await {
        let end = end.unwrap_or_else(|error| panic!("{run}: {error}"));
        assert_eq!(end.status, RunStatus::Succeeded);
        late.push(service.began.elapsed().saturating_sub(LENGTH).as_secs());
    }
    assert_eq!(late.len() as i64, count);
    late.sort_unstable();
    println!(
        "{count} waits on runs of {} s: {} requests; an end is noticed {} s late at the median, {} s at most",
        LENGTH.as_secs(),
        service.asked.load(Ordering::Relaxed),
        late[late.len() / 2],
        late[late.len() - 1],
    );
    println!(
        "{:.1} s of CPU; resident {before} before, {} at most; threads {}",
        cpu.elapsed().as_secs_f64(),
        status("VmHWM"),
        status("Threads")
    );
}
