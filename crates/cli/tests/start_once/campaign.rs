//! Drawn cases: killed at every point, called again, and the runs counted.

use std::collections::BTreeMap;

use fastrand::Rng;
use futures_util::{StreamExt, stream};
use runpipe::Service;

use crate::case::{Case, Point};
use crate::site::{Site, asked, number};

/// Cases that go on at once, each group with a sandbox of its own.
const GROUPS: u64 = 8;

/// What became of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Came {
    /// One run, and the last call has its reference.
    One,
    /// One run or none, and the last call says that it cannot know: where the list shows no mark.
    Unknown,
    /// No run, and the last call has a reference.
    Lost,
    /// More than one run.
    Doubled,
    /// The last call failed in another way, or knows less than it should.
    Wrong,
}

struct Outcome {
    point: Point,
    /// The program was alive when it was killed.
    killed: bool,
    came: Came,
    told: String,
}

/// Services that show marks are drawn most often: the others may end with an unknown outcome.
fn service(rng: &mut Rng) -> Service {
    match rng.u8(0..10) {
        0..5 => Service::Buddy,
        5..7 => Service::AzureDevops,
        7 => Service::Matillion,
        8 => Service::Aliyun,
        _ => Service::Yunxiao,
    }
}

async fn case(site: &Site, seed: u64, number: u64) -> Outcome {
    let mut rng = Rng::with_seed(seed.wrapping_mul(1_000_003).wrapping_add(number));
    let service = service(&mut rng);
    let point = Point::ALL[number as usize % Point::ALL.len()];
    let again = rng.u8(0..3) == 0;
    let key = format!("case-{seed}-{number}");
    let before = site.sandbox.started(service);
    let mut case = Case {
        site,
        service,
        key: key.parse().expect("a key"),
        rng,
    };
    let killed = case.kill_at(point).await;
    if again {
        case.kill_at(Point::Anywhere).await;
    }
    let last = case.call().await;
    // Whoever comes later is told the same.
    let later = case.call().await;
    let runs = site.sandbox.started(service) - before;
    let came = match (runs, last.code, later.code) {
        (2.., _, _) => Came::Doubled,
        (1, Some(0), Some(0)) if last.stdout == later.stdout => Came::One,
        (0, Some(0), _) => Came::Lost,
        (_, Some(6), Some(6)) if !asked(service).shows_marks => Came::Unknown,
        _ => Came::Wrong,
    };
    let told = format!("{key}: {point:?} {service} again={again} {runs} runs {last:?} {later:?}");
    Outcome {
        point,
        killed,
        came,
        told,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_is_killed_at_any_point_and_called_again_starts_one_run() {
    let seed = number("RUNPIPE_KEY_SEED", 20_261_121);
    let cases = number("RUNPIPE_KEY_CASES", 16);
    let groups = stream::iter((0..GROUPS).map(|group| async move {
        let site = Site::open().await;
        let mut outcomes = Vec::new();
        for number in (0..cases).filter(|number| (number + number / GROUPS) % GROUPS == group) {
            outcomes.push(case(&site, seed, number).await);
        }
        outcomes
    }));
    let outcomes: Vec<Outcome> = groups.buffer_unordered(GROUPS as usize).concat().await;
    println!("{cases} cases, seed {seed}:");
    let mut counts: BTreeMap<(Point, Came), (u64, u64)> = BTreeMap::new();
    for outcome in &outcomes {
        let (all, killed) = counts.entry((outcome.point, outcome.came)).or_default();
        *all += 1;
        *killed += u64::from(outcome.killed);
    }
    for ((point, came), (all, killed)) in &counts {
        println!("  {point:?}: {all} {came:?} ({killed} killed there)");
    }
    for came in [
        Came::One,
        Came::Unknown,
        Came::Lost,
        Came::Doubled,
        Came::Wrong,
    ] {
        let number = outcomes.iter().filter(|outcome| outcome.came == came);
        println!("  {came:?} {}", number.count());
    }
    let bad = |outcome: &&Outcome| !matches!(outcome.came, Came::One | Came::Unknown);
    let bad: Vec<&String> = outcomes.iter().filter(bad).map(|one| &one.told).collect();
    assert!(bad.is_empty(), "{bad:#?}");
    // The cases are what they say: whatever held the program, held it until it was killed.
    let escaped = |outcome: &&Outcome| outcome.point.holds() && !outcome.killed;
    let escaped: Vec<&String> = outcomes
        .iter()
        .filter(escaped)
        .map(|one| &one.told)
        .collect();
    assert!(escaped.is_empty(), "{escaped:#?}");
}
