//! Many waits in one process, at the budget of requests that a client has unless it is told
//! otherwise: requests, how late their ends are told, memory and CPU.
//!
//! `cargo test --bench many_waits -- --bench` goes up to 10,000 waits, `cargo bench --bench many_waits`
//! to 100,000, with the CPU of an optimized build.
//!
//! Time is tokio's and jumps over each pause: an hour takes as long as its requests. What answers
//! stands in this process: its CPU is counted too, and the answer that it writes.

#[path = "../tests/waiting/vendor.rs"]
mod vendor;

use std::sync::Arc;
use std::time::Duration;

use cpu_time::ProcessTime;
use futures_util::StreamExt;
use peak_alloc::PeakAlloc;
use runpipe::{RunStatus, WaitOptions, wait_all};
use vendor::{Vendor, Words};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// The budget of a client that is told nothing.
const BUDGET: f64 = 10.0;

/// Half an hour to an hour and a half, an hour at the middle.
fn spread(pipeline: i64, run: i64) -> Duration {
    let part = (run * 7919 + pipeline * 104_729) % 1000;
    Duration::from_millis(1_800_000 + 3600 * part.unsigned_abs())
}

fn an_hour(_: i64, _: i64) -> Duration {
    Duration::from_secs(3600)
}

struct Case {
    words: Words,
    waits: i64,
    pipelines: i64,
    ends: fn(i64, i64) -> Duration,
    last_look: bool,
}

async fn measure(case: &Case) {
    let Case {
        words,
        waits,
        pipelines,
        ..
    } = *case;
    let pipelines_used = pipelines.min(waits);
    let runs = waits / pipelines_used;
    let vendor = Arc::new(Vendor::new(words, pipelines_used, runs, case.ends));
    let client = vendor.client(BUDGET);
    let before = MEMORY.current_usage_as_mb();
    MEMORY.reset_peak_usage();
    let cpu = ProcessTime::now();
    let options = WaitOptions::default()
        .deadline(Duration::from_secs(24 * 3600))
        .last_look(case.last_look);
    let (mut late, mut minutes) = (Vec::new(), 0.0);
    {
        let mut all = wait_all(vendor.all().map(|run| (&*client, run)), &options);
        while let Some((run, end)) = all.next().await {
            let end = end.unwrap_or_else(|error| panic!("{run}: {error}"));
            assert_eq!(end.status, RunStatus::Succeeded);
            let now = vendor.began().elapsed();
            minutes += now.as_secs_f64() / 60.0;
            late.push((now - vendor.end_of(&run)).as_secs());
        }
    }
    assert_eq!(late.len() as i64, waits);
    late.sort_unstable();
    let requests = (vendor.lists() + vendor.reads()) as f64;
    println!(
        "{:<6} {waits:>7} {pipelines_used:>9} {:>9} {:>9} {:>11.2} {:>10.3} {:>7} s {:>7} s {:>6.1} MiB {:>6.1} s",
        format!("{words:?}"),
        if (case.ends)(1, 1) == (case.ends)(1, 2) {
            "at once"
        } else {
            "spread"
        },
        if case.last_look { "whole" } else { "listed" },
        requests / waits as f64,
        requests / minutes,
        late[late.len() / 2],
        late[late.len() - 1],
        MEMORY.peak_usage_as_mb() - before,
        cpu.elapsed().as_secs_f64(),
    );
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    let long = std::env::args().any(|word| word == "--bench");
    // Without `--bench` it is only made sure that it runs.
    let sizes: &[i64] = match (long, cfg!(debug_assertions)) {
        (false, _) => &[100],
        (true, true) => &[1, 100, 10_000],
        (true, false) => &[1, 100, 10_000, 100_000],
    };
    println!(
        "{:<6} {:>7} {:>9} {:>9} {:>9} {:>11} {:>10} {:>9} {:>9} {:>10} {:>8}",
        "list",
        "waits",
        "pipelines",
        "ends",
        "told",
        "requests of",
        "and minute",
        "late:",
        "",
        "",
        ""
    );
    println!(
        "{:<6} {:>7} {:>9} {:>9} {:>9} {:>11} {:>10} {:>9} {:>9} {:>10} {:>8}",
        "", "", "", "", "", "a run", "", "median", "at most", "memory", "CPU"
    );
    for waits in sizes {
        for words in [Words::Buddy, Words::Azure] {
            for pipelines in [1, 100] {
                let case = |ends, last_look| Case {
                    words,
                    waits: *waits,
                    pipelines,
                    ends,
                    last_look,
                };
                measure(&case(spread, true)).await;
                if *waits >= 10_000 && pipelines > 1 {
                    measure(&case(an_hour, true)).await;
                    measure(&case(an_hour, false)).await;
                }
            }
        }
    }
}
