//! Ten thousand waits in one process: resident memory and threads.
//!
//! `cargo bench --bench many_waits`

#[path = "fixture/server.rs"]
mod server;

use std::time::{Duration, Instant};

use futures_util::StreamExt;
use runpipe::{RunStatus, Runs, WaitOptions, buddy, wait_all};
use server::Server;

const WAITS: i64 = 10_000;
/// How long the runs take.
const SECONDS: f64 = 20.0;

fn answer(seconds: f64, path: &str) -> String {
    let id = path.rsplit('/').next().unwrap_or("1");
    let status = if seconds < SECONDS {
        "INPROGRESS"
    } else {
        "SUCCESSFUL"
    };
    format!(r#"{{"id":{id},"status":"{status}","html_url":"https://app.buddy.works/x/{id}"}}"#)
}

/// A line of `/proc/self/status`.
fn status(key: &str) -> String {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(key)?.strip_prefix(':'));
    line.unwrap_or("not known on this system").trim().to_owned()
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    server::serve_if_asked(answer);
    let server = Server::start();
    let client = buddy::Client::builder()
        .base_url(&server.url)
        .credentials(buddy::Credentials::token("token"))
        .requests_per_second(1e6)
        .build()
        .expect("a client");
    let pipeline = buddy::PipelineRef::new("acme", "site", 2);
    let runs = (1..=WAITS).map(|id| {
        (
            &client as &dyn Runs,
            pipeline.execution(id).expect("a reference"),
        )
    });
    let before = status("VmRSS");
    let began = Instant::now();
    let mut ended = 0;
    let options = WaitOptions::default().deadline(Duration::from_secs(120));
    let mut waits = std::pin::pin!(wait_all(runs, &options));
    while let Some((run, end)) = waits.next().await {
        let end = end.unwrap_or_else(|error| panic!("{run}: {error}"));
        assert_eq!(end.status, RunStatus::Succeeded);
        ended += 1;
    }
    println!(
        "{ended} runs of {SECONDS} s waited on in {:.1} s; resident {before} before, {} at most; threads {}",
        began.elapsed().as_secs_f64(),
        status("VmHWM"),
        status("Threads")
    );
}
