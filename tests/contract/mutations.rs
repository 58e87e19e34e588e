//! Whether the contracts are worth something: one change at a time in each document has to break one of
//! them. `cargo test --test contract mutations -- --nocapture` prints how many do.

use std::collections::BTreeSet;

use crate::mutants::plans;
use crate::recording::Recording;
use crate::subject::subjects;
use runpipe::Service;
use serde::Deserialize;

const CURE: &str = "Give the value that was changed to a maximal fixture in tests/fixtures/<service>/<operationId>/. Where nothing can notice the change, add it to tests/contract/survivors/<service>.json with the reason.";

/// Changes that no contract notices, and why that is right.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Explained {
    reason: String,
    changes: BTreeSet<String>,
}

fn explained(service: Service) -> Vec<Explained> {
    let folder = format!("{}/tests/contract/survivors", env!("CARGO_MANIFEST_DIR"));
    match std::fs::read_to_string(format!("{folder}/{service}.json")) {
        Ok(text) => serde_json::from_str(&text).expect("a list of reasons and changes"),
        Err(_) => Vec::new(),
    }
}

#[tokio::test]
async fn every_change_of_a_document_breaks_a_contract() {
    let mut all = Vec::new();
    for subject in subjects() {
        let service = subject.service;
        let recording = Recording::make(subject).await;
        crate::none(&recording.faults(), CURE);
        let plans = plans(recording.subject.document.root());
        let names: BTreeSet<String> = plans.iter().map(|plan| plan.name()).collect();
        assert_eq!(
            names.len(),
            plans.len(),
            "{service}: two changes have one name"
        );
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let survivors: BTreeSet<String> = std::thread::scope(|scope| {
            let share = |start: usize| {
                let (plans, recording) = (&plans, &recording);
                move || {
                    let own = plans.iter().skip(start).step_by(threads);
                    let survive = own.filter(|plan| recording.broken_by(plan).is_none());
                    survive.map(|plan| plan.name()).collect::<Vec<_>>()
                }
            };
            let workers: Vec<_> = (0..threads)
                .map(|start| scope.spawn(share(start)))
                .collect();
            workers
                .into_iter()
                .flat_map(|worker| worker.join().expect("a worker"))
                .collect()
        });
        let reasons = explained(service);
        assert!(
            reasons.iter().all(|group| group.reason.ends_with('.')),
            "{service}: give each a reason"
        );
        let known: BTreeSet<&String> = reasons.iter().flat_map(|group| &group.changes).collect();
        println!(
            "{service}: {} of {} changes are noticed, {} survive with a reason",
            plans.len() - survivors.len(),
            plans.len(),
            survivors.iter().filter(|name| known.contains(name)).count(),
        );
        let unexplained = survivors.iter().filter(|name| !known.contains(name));
        all.extend(
            unexplained.map(|name| format!("specs/{service}.json: nothing notices: {name}")),
        );
        let stale = known.into_iter().filter(|name| !survivors.contains(*name));
        all.extend(stale.map(|name| {
            format!("tests/contract/survivors/{service}.json: is noticed by now: {name}")
        }));
    }
    crate::none(&all, CURE);
}
