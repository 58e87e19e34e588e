//! The fault campaign: no fault may lead to a second run, or to a run that the caller is not told
//! about.
//!
//! Seeded and repeatable. `RUNPIPE_FAULT_SEED` and `RUNPIPE_FAULT_CASES` (for each service) make
//! another, or a longer one.

#[path = "faults/campaign.rs"]
mod campaign;
#[path = "faults/fault.rs"]
mod fault;
#[path = "faults/proxy.rs"]
mod proxy;
#[path = "faults/subject.rs"]
mod subject;

use campaign::{Counts, Outcome, campaign};
use fault::Fault;
use runpipe::{Service, aliyun, azure_devops, buddy, matillion};
use subject::Subject;

/// Cases of one service: 2,400 in all.
const CASES: usize = 600;

fn number(variable: &str, otherwise: u64) -> u64 {
    let text = std::env::var(variable).ok();
    text.map_or(otherwise, |text| text.parse().expect("a number"))
}

#[tokio::test]
async fn no_fault_starts_a_second_run_or_loses_one() {
    let seed = number("RUNPIPE_FAULT_SEED", 20_261_121);
    let cases = number("RUNPIPE_FAULT_CASES", CASES as u64) as usize;
    let azure = Subject::<azure_devops::Client>::prepare(Service::AzureDevops).await;
    let matillion = Subject::<matillion::Client>::prepare(Service::Matillion).await;
    let aliyun = Subject::<aliyun::Client>::prepare(Service::Aliyun).await;
    let buddy = Subject::<buddy::Client>::prepare(Service::Buddy).await;
    let (azure, matillion, aliyun, buddy) = tokio::join!(
        campaign(&azure, cases, seed),
        campaign(&matillion, cases, seed + 1),
        campaign(&aliyun, cases, seed + 2),
        campaign(&buddy, cases, seed + 3),
    );
    let mut all = Counts::new();
    for counts in [azure, matillion, aliyun, buddy] {
        counts
            .into_iter()
            .for_each(|(key, count)| *all.entry(key).or_default() += count);
    }
    print(&all, seed);
    assert_eq!(all.values().sum::<usize>(), 4 * cases);
    expect(&all);
}

/// What a single fault must lead to, whatever follows it.
fn expect(all: &Counts) {
    let count = |fault, outcome| all.get(&(fault, outcome)).copied().unwrap_or(0);
    // A run that was started and answered is held, in whatever dress the answer comes.
    for fault in [
        Fault::Nothing,
        Fault::WrongContentType,
        Fault::ByteOrderMark,
        Fault::SlowDrip,
    ] {
        assert!(count(fault, Outcome::Held) > 0, "{fault:?}");
        for other in [Outcome::NothingStarted, Outcome::UnknownAndNone] {
            assert_eq!(count(fault, other), 0, "{fault:?} {other:?}");
        }
    }
    // Where nobody listened, nothing was started, and the caller knows.
    assert_eq!(count(Fault::RefuseConnection, Outcome::UnknownAndNone), 0);
    // What broke after the service had acted is found again.
    for fault in [
        Fault::CloseAfterActing,
        Fault::CloseInMidAnswer,
        Fault::GarbageJson,
    ] {
        assert!(count(fault, Outcome::UnknownAndFound) > 0, "{fault:?}");
        assert_eq!(count(fault, Outcome::NothingStarted), 0, "{fault:?}");
    }
}

fn print(all: &Counts, seed: u64) {
    println!("seed {seed}");
    print!("{:<28}", "first fault");
    Outcome::ALL
        .iter()
        .for_each(|outcome| print!("{:>16}", format!("{outcome:?}")));
    println!();
    for fault in Fault::ALL {
        print!("{:<28}", format!("{fault:?}"));
        for outcome in Outcome::ALL {
            print!("{:>16}", all.get(&(fault, outcome)).copied().unwrap_or(0));
        }
        println!();
    }
    println!(
        "{} cases, second runs 0, lost runs 0",
        all.values().sum::<usize>()
    );
}
