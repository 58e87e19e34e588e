//! Eight processes with one key at once.

use runpipe::Service;

use crate::site::{LONG_LEASE, Site, ended, number};

const PROCESSES: usize = 8;

#[tokio::test]
async fn eight_processes_with_one_key_start_one_run() {
    let races = number("RUNPIPE_KEY_RACES", 5);
    let site = Site::open().await;
    for race in 1..=races {
        let key = format!("race-{race}");
        let calls = (0..PROCESSES).map(|_| ended(site.start(Service::Buddy, &key, LONG_LEASE)));
        let all = futures_util::future::join_all(calls).await;
        for one in &all {
            assert_eq!(one.code, Some(0), "race {race}: {}", one.stderr);
            assert_eq!(one.stdout, all[0].stdout, "race {race}");
        }
        let attached = all.iter().filter(|one| one.stderr.contains("attached "));
        assert_eq!(attached.count(), PROCESSES - 1, "race {race}");
        let marked = site.runs_of_buddy(&format!("runpipe {key} ")).await;
        assert_eq!(marked.len(), 1, "race {race}");
        let started = site.sandbox.started(Service::Buddy);
        assert_eq!(started as u64, race, "race {race}");
    }
    println!("{races} races of {PROCESSES} processes: {races} runs, 0 lost, 0 doubled, 0 unknown");
}
