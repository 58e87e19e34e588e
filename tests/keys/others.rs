//! Callers who meet: one that is alive, one that stood still, one whose clock was set.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use futures_util::StreamExt;
use runpipe::ledger::{Ledger, Stage, StartOnce, forget};
use runpipe::{ErrorKind, RetryPolicy, ServiceClient};
use runpipe_testing::{Outcome, Rule, RunPlan, Sandbox, Script, ScriptedAnswer};

use crate::brittle::{Break, Brittle};
use crate::subject::{Aliyun, Buddy, LEASE, Matillion, Site, Subject};

/// Lets a service answer the next start late.
pub fn slow<S: Subject>(site: &Site, delay: Duration) {
    let rule = Rule::answer(S::SERVICE, ScriptedAnswer::delayed(delay)).operation(S::START);
    site.sandbox.play(&Script::new([rule])).expect("a script");
}

pub async fn until_sent<S: Subject>(site: &Site) {
    while site.started::<S>() == 0 {
        tokio::task::yield_now().await;
    }
}

/// Even where the list could not tell what became of its start.
#[tokio::test]
async fn an_owner_who_is_alive_is_waited_for() {
    async fn test<S: Subject>() {
        let site = Site::open().await;
        // Far longer than a lease: it is renewed meanwhile.
        slow::<S>(&site, LEASE * 8);
        let once = site.once();
        let first = site.start::<S>(&once);
        let second = async {
            until_sent::<S>(&site).await;
            site.start::<S>(&site.once()).await
        };
        let (first, second) = tokio::join!(first, second);
        let (first, second) = (first.expect("a run"), second.expect("a run"));
        assert!(!first.attached && second.attached);
        assert_eq!(first.run.reference, second.run.reference);
        assert_eq!(site.asked::<S>(), 1);
    }
    test::<Buddy>().await;
    test::<Aliyun>().await;
}

#[tokio::test]
async fn who_cannot_wait_longer_is_told_that_the_outcome_is_unknown() {
    let site = Site::open().await;
    slow::<Buddy>(&site, LEASE * 8);
    let once = site.once();
    let first = site.start::<Buddy>(&once);
    let second = async {
        until_sent::<Buddy>(&site).await;
        site.start::<Buddy>(&site.once().wait(LEASE)).await
    };
    let (first, second) = tokio::join!(first, second);
    let error = second.expect_err("it is not known yet");
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
    assert!(
        error
            .to_string()
            .contains("another caller is working on it"),
        "{error}"
    );
    first.expect("a run");
    assert_eq!(site.asked::<Buddy>(), 1);
}

#[tokio::test]
async fn another_request_does_not_wait() {
    let site = Site::open().await;
    slow::<Buddy>(&site, LEASE * 2);
    let once = site.once();
    let first = site.start::<Buddy>(&once);
    let second = async {
        until_sent::<Buddy>(&site).await;
        site.ask::<Buddy>(&site.once(), &Buddy::other().0).await
    };
    let (first, second) = tokio::join!(first, second);
    assert_eq!(second.expect_err("another").kind(), ErrorKind::KeyInUse);
    first.expect("a run");
}

/// A caller that stood still in front of each of its writes, for longer than others wait, and goes
/// on when another has started the run.
#[tokio::test]
async fn an_owner_that_stood_still_sends_nothing_once_it_goes_on() {
    for stands_at in 0..6 {
        let site = Site::open().await;
        let still = Brittle::new(site.ledger.clone(), stands_at, Break::HangsBefore);
        let once = site.once_in(still.clone());
        // It hangs there until the ledger's patience is over; then it is too late.
        let client = Buddy::client(&site.sandbox).with_timeout(Duration::from_secs(2));
        let (pipeline, request) = (Buddy::pipeline(&site.sandbox), Buddy::request());
        let first = once.start(&client, &pipeline, &request);
        let first = tokio::time::timeout(Duration::from_secs(3), first);
        let second = async {
            tokio::select! {
                () = still.hangs.notified() => {}
                () = tokio::time::sleep(Duration::from_secs(2)) => {}
            }
            site.start::<Buddy>(&site.once()).await
        };
        let (_, second) = tokio::join!(first, second);
        second.expect("a run");
        assert_eq!(site.started::<Buddy>(), 1, "at {stands_at}");
        assert_eq!(site.asked::<Buddy>(), 1, "at {stands_at}");
    }
}

#[tokio::test]
async fn nothing_leaves_when_the_clock_was_set_at_the_last_look() {
    for jump in [TimeDelta::hours(1), TimeDelta::hours(-1)] {
        let site = Site::open().await;
        let looks = Arc::new(AtomicI64::new(0));
        let counted = looks.clone();
        // Each look at the wall clock is an hour after, or before, the one before.
        let clock = move || {
            let number = counted.fetch_add(1, Ordering::SeqCst);
            let by = jump.checked_mul(i32::try_from(number).unwrap_or(0));
            Utc::now() + by.unwrap_or_default()
        };
        let client = site.sandbox.buddy_builder().clock(clock);
        let client = client.retry(RetryPolicy::none()).build().expect("a client");
        let pipeline = Buddy::pipeline(&site.sandbox);
        let once = site.once();
        let outcome = once.start(&client, &pipeline, &Buddy::request()).await;
        let error = outcome.expect_err("a clock that jumps");
        assert_eq!(error.kind(), ErrorKind::Ledger, "{error}");
        assert_eq!(site.asked::<Buddy>(), 0);
        let entry = site.entry().await.expect("an entry");
        assert_eq!(entry.stage, Stage::Free, "nothing was sent");
        assert!(
            !site
                .start::<Buddy>(&site.once())
                .await
                .expect("a run")
                .attached
        );
    }
}

/// Lets a client compare its clock with the service's, however busy this machine is.
async fn learn<C: ServiceClient>(client: &C, pipeline: &C::Pipeline) {
    client.newest(pipeline).next().await;
}

/// Machines whose clocks are days apart: nothing is decided by what they show.
#[tokio::test]
async fn clocks_that_are_apart_make_no_difference() {
    for ahead in [TimeDelta::days(3), TimeDelta::days(-3)] {
        let site = Site::open().await;
        let pipeline = Buddy::pipeline(&site.sandbox);
        let builder = site.sandbox.buddy_builder().retry(RetryPolicy::none());
        let client = builder
            .clock(move || Utc::now() + ahead)
            .build()
            .expect("a client");
        let lost = ScriptedAnswer::status(502).after_acting();
        let rule = Rule::answer(Buddy::SERVICE, lost).operation(Buddy::START);
        site.sandbox.play(&Script::new([rule])).expect("a script");
        let broken = Brittle::new(site.ledger.clone(), usize::MAX, Break::HangsBefore);
        let once = site.once_in(broken.clone());
        let request = Buddy::request();
        learn(&client, &pipeline).await;
        let acted = async {
            while site.started::<Buddy>() == 0 {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            () = acted => {}
            _ = once.start(&client, &pipeline, &request) => {}
        }
        let found = site.start::<Buddy>(&site.once()).await.expect("the run");
        assert!(found.attached);
        assert_eq!((site.started::<Buddy>(), site.asked::<Buddy>()), (1, 1));
        let dated = site.entry().await.expect("an entry").created - ahead;
        assert!((Utc::now() - dated).abs() < TimeDelta::hours(1), "{dated}");
        // The same where the time of its start is what speaks for a run.
        let client = site.sandbox.aliyun_builder().retry(RetryPolicy::none());
        let client = client
            .clock(move || Utc::now() + ahead)
            .build()
            .expect("a client");
        let lost = ScriptedAnswer::status(502).after_acting();
        let rule = Rule::answer(Aliyun::SERVICE, lost).operation(Aliyun::START);
        site.sandbox.play(&Script::new([rule])).expect("a script");
        let (pipeline, request) = (Aliyun::pipeline(&site.sandbox), Aliyun::request());
        let once = StartOnce::new(site.ledger.clone(), "4712".parse().expect("a key"));
        let once = once.lease(LEASE).wait(LEASE);
        learn(&client, &pipeline).await;
        let first = once.start(&client, &pipeline, &request).await;
        assert_eq!(
            first.expect_err("no proof").kind(),
            ErrorKind::OutcomeUnknown
        );
        let second = site.start::<Aliyun>(&once).await.expect_err("no proof");
        assert_eq!(second.candidates().len(), 1, "{second}");
    }
}

/// Its clock is days ahead, and the service was too slow to be asked for the time before the start.
#[tokio::test]
async fn a_clock_that_was_never_compared_proves_nothing() {
    async fn test<S: Subject>(list: &str, ahead: impl FnOnce(&Sandbox) -> S::Client, found: bool) {
        let site = Site::open().await;
        let ended = RunPlan::default().takes(Duration::ZERO);
        let late = ScriptedAnswer::delayed(LEASE);
        let lost = ScriptedAnswer::status(502).after_acting();
        let rules = [
            Rule::run(S::SERVICE, ended.ends(Outcome::Succeeded)),
            Rule::answer(S::SERVICE, late).operation(list),
            Rule::answer(S::SERVICE, lost).operation(S::START),
        ];
        site.sandbox.play(&Script::new(rules)).expect("a script");
        let (client, pipeline) = (ahead(&site.sandbox), S::pipeline(&site.sandbox));
        let (first, request) = (site.once(), S::request());
        let first = first.start(&client, &pipeline, &request).await;
        let second = site.start::<S>(&site.once()).await;
        for outcome in [first, second] {
            match outcome {
                Ok(started) => assert!(found && started.attached),
                Err(error) => assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error}"),
            }
        }
        assert_eq!(site.asked::<S>(), 1);
    }
    let clock = || Utc::now() + TimeDelta::days(3);
    macro_rules! ahead {
        ($builder:ident) => {
            move |sandbox: &Sandbox| {
                let builder = sandbox.$builder().retry(RetryPolicy::none());
                builder.clock(clock).build().expect("a client")
            }
        };
    }
    test::<Buddy>("listExecutions", ahead!(buddy_builder), true).await;
    test::<Matillion>("listPipelineExecutions", ahead!(matillion_builder), false).await;
    test::<Aliyun>("listPipelineRuns", ahead!(aliyun_builder), false).await;
}

/// Others took its caller for gone, and the key was free for another request when its run came.
#[tokio::test]
async fn a_run_that_comes_late_belongs_to_the_request_that_started_it() {
    let site = Site::open().await;
    slow::<Buddy>(&site, LEASE * 8);
    let once = site.once();
    let first = site.start::<Buddy>(&once);
    let other = async {
        until_sent::<Buddy>(&site).await;
        let ledger: &dyn Ledger = &*site.ledger;
        // In the end nobody believed that there was a run.
        while !forget(ledger, &site.entry().await.expect("an entry"))
            .await
            .expect("a ledger")
        {}
        let refused = ScriptedAnswer::status(400);
        let rule = Rule::answer(Buddy::SERVICE, refused).operation(Buddy::START);
        site.sandbox.play(&Script::new([rule])).expect("a script");
        let refused = site.ask::<Buddy>(&site.once(), &Buddy::other().0).await;
        assert_eq!(
            refused.expect_err("refused").kind(),
            ErrorKind::InvalidRequest
        );
    };
    let (first, ()) = tokio::join!(first, other);
    let run = first.expect("a run").run.reference;
    let again = site.start::<Buddy>(&site.once()).await.expect("the run");
    assert_eq!((again.attached, again.run.reference), (true, run));
    let other = site.ask::<Buddy>(&site.once(), &Buddy::other().0).await;
    assert_eq!(other.expect_err("another's").kind(), ErrorKind::KeyInUse);
}
