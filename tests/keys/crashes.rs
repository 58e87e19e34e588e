//! A caller that breaks off at any operation of its ledger, and one whose ledger fails there.

use std::time::Duration;

use runpipe::ErrorKind;
use runpipe::ledger::forget;
use runpipe_testing::{Rule, Script, ScriptedAnswer};

use crate::brittle::{Break, Brittle};
use crate::subject::{Aliyun, Buddy, LEASE, Matillion, Site, Subject};

/// More than a start without trouble has.
const MOST: usize = 40;

#[tokio::test]
async fn a_call_that_breaks_off_anywhere_is_taken_up_by_the_next() {
    async fn test<S: Subject>() {
        for how in [Break::HangsBefore, Break::HangsAfter] {
            for breaks in 0..MOST {
                let site = Site::open().await;
                let brittle = Brittle::new(site.ledger.clone(), breaks, how);
                let once = site.once_in(brittle.clone());
                let broken_off = tokio::select! {
                    // It is dropped there, as if its process had been killed.
                    () = brittle.hangs.notified() => true,
                    ended = site.start::<S>(&once) => {
                        ended.expect("a run");
                        false
                    }
                };
                let next = site.start::<S>(&site.once()).await.expect("a run");
                assert_eq!(site.started::<S>(), 1, "{how:?} at {breaks}");
                let entry = site.entry().await.expect("an entry");
                assert_eq!(
                    entry.run(),
                    Some(&next.run.reference),
                    "{how:?} at {breaks}"
                );
                if !broken_off {
                    break;
                }
                assert!(breaks + 1 < MOST, "a start has fewer operations");
            }
        }
    }
    test::<Buddy>().await;
}

/// Where the list is no proof, a caller that broke off before the request left is told from one
/// that broke off after.
#[tokio::test]
async fn without_a_proof_a_call_that_broke_off_never_leads_to_a_second_run() {
    async fn test<S: Subject>() {
        for how in [Break::HangsBefore, Break::HangsAfter] {
            for breaks in 0..MOST {
                let site = Site::open().await;
                let brittle = Brittle::new(site.ledger.clone(), breaks, how);
                let once = site.once_in(brittle.clone());
                let broken_off = tokio::select! {
                    () = brittle.hangs.notified() => true,
                    _ = site.start::<S>(&once) => false,
                };
                let before = site.started::<S>();
                match site.start::<S>(&site.once()).await {
                    Ok(_) => assert_eq!(site.started::<S>(), 1, "{how:?} at {breaks}"),
                    Err(error) => {
                        assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error}");
                        assert_eq!(site.started::<S>(), before, "{how:?} at {breaks}");
                    }
                }
                if !broken_off {
                    break;
                }
            }
        }
    }
    test::<Aliyun>().await;
    test::<Matillion>().await;
}

#[tokio::test]
async fn a_ledger_that_fails_lets_nothing_be_sent() {
    for how in [Break::FailsBefore, Break::FailsAfter] {
        for breaks in 0..MOST {
            let site = Site::open().await;
            let brittle = Brittle::new(site.ledger.clone(), breaks, how);
            let outcome = site.start::<Buddy>(&site.once_in(brittle.clone())).await;
            let asked = site.asked::<Buddy>();
            match outcome {
                // It failed after the request had left: the run is there, and so is its reference.
                Ok(started) => {
                    assert_eq!(asked, 1, "{how:?} at {breaks}");
                    let whole = brittle.operations() <= breaks;
                    let warned = !started.run.warnings.is_empty();
                    assert!(
                        whole || warned || how == Break::FailsAfter,
                        "{how:?} at {breaks}"
                    );
                    if whole {
                        break;
                    }
                }
                Err(error) => {
                    assert_eq!(
                        error.kind(),
                        ErrorKind::Ledger,
                        "{how:?} at {breaks}: {error}"
                    );
                    assert_eq!(asked, 0, "{how:?} at {breaks}");
                    assert!(error.to_string().contains("Nothing was sent"), "{error}");
                }
            }
            let next = site.start::<Buddy>(&site.once()).await.expect("a run");
            assert_eq!(
                site.started::<Buddy>(),
                1,
                "{how:?} at {breaks}: {:?}",
                next.run
            );
        }
    }
}

/// That it fails proves nothing about a request that has left, and hides no run that was found.
#[tokio::test]
async fn a_ledger_that_fails_around_an_unclear_start_loses_no_run() {
    let mut warned = 0;
    for breaks in 0..MOST {
        let site = Site::open().await;
        let unclear = ScriptedAnswer::status(502).after_acting();
        let unclear = Rule::answer(Buddy::SERVICE, unclear).operation(Buddy::START);
        site.sandbox
            .play(&Script::new([unclear]))
            .expect("a script");
        let brittle = Brittle::new(site.ledger.clone(), breaks, Break::FailsBefore);
        let outcome = site.start::<Buddy>(&site.once_in(brittle.clone())).await;
        match outcome {
            Ok(started) => {
                assert!(started.attached, "at {breaks}");
                if brittle.operations() <= breaks {
                    break;
                }
                warned += started.run.warnings.len();
            }
            Err(error) => {
                let sent = site.asked::<Buddy>() > 0;
                assert_eq!(error.may_have_started(), sent, "at {breaks}: {error}");
            }
        }
        site.sandbox.clear_script();
        let next = site.start::<Buddy>(&site.once()).await;
        next.expect("a run");
        assert_eq!(site.started::<Buddy>(), 1, "at {breaks}");
    }
    assert_eq!(
        warned, 1,
        "the run was found, and could not be written down"
    );
}

#[tokio::test]
async fn a_ledger_that_never_answers_lets_nothing_be_sent() {
    for how in [Break::HangsBefore, Break::HangsAfter] {
        // The entry is read, then it is written: both come before anything is sent.
        for breaks in 0..2 {
            let site = Site::open().await;
            let brittle = Brittle::new(site.ledger.clone(), breaks, how);
            tokio::time::pause();
            let outcome = site.start::<Buddy>(&site.once_in(brittle)).await;
            tokio::time::resume();
            let error = outcome.expect_err("it never answers");
            assert_eq!(error.kind(), ErrorKind::Ledger, "{how:?} at {breaks}");
            assert!(error.to_string().contains("in time"), "{error}");
            assert_eq!(site.asked::<Buddy>(), 0, "{how:?} at {breaks}");
        }
    }
}

/// What is written next takes its place: nobody else has the key.
#[tokio::test]
async fn a_write_that_takes_effect_late_is_known_for_the_own() {
    let site = Site::open().await;
    // The entry is read and created; the third writes that the request leaves.
    let brittle = Brittle::once(site.ledger.clone(), 2, Break::IsLate);
    let outcome = site.start::<Buddy>(&site.once_in(brittle)).await;
    let entry = site.entry().await.expect("an entry");
    assert!(entry.is_settled(), "{entry:?}, {outcome:?}");
    assert_eq!(site.asked::<Buddy>(), usize::from(outcome.is_ok()));
}

/// What the ledger holds then decides, and nothing else than that.
#[tokio::test]
async fn a_claim_that_failed_holds_where_it_was_written_and_nowhere_else() {
    let site = Site::open().await;
    let refused = Rule::answer(Buddy::SERVICE, ScriptedAnswer::status(400));
    let refused = Script::new([refused.operation(Buddy::START)]);
    site.sandbox.play(&refused).expect("a script");
    let first = site.start::<Buddy>(&site.once()).await;
    assert_eq!(first.expect_err("no").kind(), ErrorKind::InvalidRequest);
    let day = Duration::from_secs(24 * 3600);
    for (how, started) in [(Break::FailsBefore, 0), (Break::FailsAfter, 1)] {
        // The key is free: its entry is read, then it is written.
        let brittle = Brittle::once(site.ledger.clone(), 1, how);
        let once = site.once_in(brittle).lease(day).wait(LEASE);
        match site.start::<Buddy>(&once).await {
            Ok(run) => assert!(!run.attached),
            Err(error) => assert_eq!(error.kind(), ErrorKind::Ledger, "{error}"),
        }
        assert_eq!(site.started::<Buddy>(), started, "{how:?}");
    }
}

/// Its entry is gone, whatever the ledger has said when it was asked to remove it.
#[tokio::test]
async fn a_key_without_an_entry_is_forgotten() {
    let site = Site::open().await;
    site.start::<Buddy>(&site.once()).await.expect("a run");
    let entry = site.entry().await.expect("an entry");
    for (how, forgotten) in [(Break::FailsBefore, false), (Break::FailsAfter, true)] {
        // The entry is read, then it is removed.
        let brittle = Brittle::once(site.ledger.clone(), 1, how);
        match forget(&*brittle, &entry).await {
            Ok(gone) => assert!(gone && forgotten, "{how:?}"),
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Ledger, "{error}");
                assert!(!forgotten, "{how:?}");
            }
        }
    }
    let again = forget(&*site.ledger, &entry).await;
    assert!(again.expect("a ledger"), "it was forgotten before");
}
