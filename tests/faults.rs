//! The fault campaign: no fault may lead to a second run, to a run that the caller is not told
//! about, to a wrong one, or to a secret in a text.
//!
//! Drawn, seeded and repeatable: one seed stays, one is new in each run, and both are printed.
//! `RUNPIPE_FAULT_SEED` takes the place of both; `RUNPIPE_FAULT_CASES` (for each service and seed)
//! makes a longer campaign.

#[path = "faults/body.rs"]
mod body;
#[path = "faults/campaign.rs"]
mod campaign;
#[path = "faults/case.rs"]
mod case;
#[path = "faults/client.rs"]
mod client;
#[path = "faults/header.rs"]
mod header;
#[path = "faults/proxy.rs"]
mod proxy;
#[path = "faults/secret.rs"]
mod secret;
#[path = "faults/step.rs"]
mod step;
#[path = "faults/subject.rs"]
mod subject;
#[path = "faults/table.rs"]
mod table;
#[path = "faults/wire.rs"]
mod wire;

use campaign::campaign;
use runpipe::{Service, aliyun, azure_devops, buddy, matillion, yunxiao};
use table::{Outcome, Table};

/// Wide enough for every true answer of the sandbox.
const LONGEST_ANSWER: usize = 1 << 18;
/// Cases of one service and one seed.
const CASES: u64 = 300;
/// The seed that stays.
const SEED: u64 = 20_261_121;
/// So many broken promises are printed in full.
const SHOWN: usize = 20;

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().expect("a number"))
}

#[tokio::test(flavor = "multi_thread")]
async fn no_fault_starts_a_second_run_or_loses_one() {
    let cases = number("RUNPIPE_FAULT_CASES").unwrap_or(CASES) as usize;
    let seeds = match number("RUNPIPE_FAULT_SEED") {
        Some(seed) => vec![seed],
        None => vec![SEED, fastrand::u64(..u64::from(u32::MAX))],
    };
    println!("seeds {seeds:?}, {cases} cases for each service and seed");
    let mut lanes = Vec::new();
    for seed in &seeds {
        let seed = *seed;
        lanes.extend([
            tokio::spawn(campaign::<azure_devops::Client>(cases, seed)),
            tokio::spawn(campaign::<matillion::Client>(cases, seed)),
            tokio::spawn(campaign::<aliyun::Client>(cases, seed)),
            tokio::spawn(campaign::<yunxiao::Client>(cases, seed)),
            tokio::spawn(campaign::<buddy::Client>(cases, seed)),
        ]);
    }
    let mut all = Table::default();
    for lane in lanes {
        all.add(lane.await.expect("the campaign itself does not break"));
    }
    println!("{all}");
    all.failures()
        .iter()
        .take(SHOWN)
        .for_each(|failure| println!("{failure}"));
    assert_eq!(all.cases(), seeds.len() * Service::ALL.len() * cases);
    assert!(
        all.failures().is_empty(),
        "{} promises were broken",
        all.failures().len()
    );
    if all.cases() >= 10_000 {
        is_no_mere_show(&all);
    }
}

/// Every outcome is met, where it has to be.
fn is_no_mere_show(all: &Table) {
    for service in Service::ALL {
        let class = format!("service: {}", service.title());
        for outcome in [
            Outcome::Held,
            Outcome::NothingStarted,
            Outcome::UnknownAndFound,
            Outcome::UnknownAndUncertain,
            Outcome::UnknownAndNone,
            Outcome::Read,
            Outcome::NotRead,
        ] {
            assert!(all.of(&class, outcome) > 0, "{class}: {outcome:?}");
        }
        assert_eq!(all.of(&class, Outcome::Broken), 0, "{class}");
    }
    // Where nobody listened, nothing was started, and the caller knows.
    let nobody = "breaks: nobody listens";
    assert!(all.of(nobody, Outcome::NothingStarted) > 0);
    for unknown in [
        Outcome::UnknownAndFound,
        Outcome::UnknownAndUncertain,
        Outcome::UnknownAndNone,
    ] {
        assert_eq!(all.of(nobody, unknown), 0, "{unknown:?}");
    }
}
