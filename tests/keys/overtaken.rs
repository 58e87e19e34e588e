//! A caller whose entry somebody else has written meanwhile.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt};
use futures_util::stream::{BoxStream, StreamExt};
use runpipe::ledger::{Key, Lease, Ledger, LedgerError, Stage, Started, Stored, Version, forget};
use runpipe::{ErrorKind, Result, ServiceClient};
use runpipe_testing::{Rule, Script, ScriptedAnswer};

use crate::others::{slow, until_sent};
use crate::subject::{Buddy, LEASE, Site, Subject, key};

const OTHER: &str = "buddy/acme/website/2/4711";

/// A start, and what others do while its request is on the way.
async fn start_while(site: &Site, others: impl Future<Output = ()>) -> Result<Started> {
    slow::<Buddy>(site, LEASE);
    wait_while(site, others).await
}

/// The same, and nobody learns of the run that it began.
async fn start_unclear_while(site: &Site, others: impl Future<Output = ()>) -> Result<Started> {
    let lost = ScriptedAnswer::status(502).after_acting().after(LEASE);
    let lost = Rule::answer(Buddy::SERVICE, lost).operation(Buddy::START);
    site.sandbox.play(&Script::new([lost])).expect("a script");
    wait_while(site, others).await
}

async fn wait_while(site: &Site, others: impl Future<Output = ()>) -> Result<Started> {
    let once = site.once();
    let others = async {
        until_sent::<Buddy>(site).await;
        others.await;
    };
    tokio::join!(site.start::<Buddy>(&once), others).0
}

/// What is found in place of an own entry, once the run is there.
#[tokio::test]
async fn what_stands_in_the_entry_when_the_run_comes_decides() {
    let other = || OTHER.parse().expect("a reference");
    let lease = || Lease {
        owner: "somebody else".to_owned(),
        beat: 0,
    };
    // Whether the run may be written in its place.
    for (stage, gives_way) in [
        (Stage::Free, true),
        (Stage::Claimed { lease: lease() }, true),
        (Stage::Unclear { going: true }, true),
        // Its sender does not know whether a second run was started.
        (Stage::Unclear { going: false }, false),
        (Stage::Sending { lease: lease() }, false),
        (Stage::Started { run: other() }, false),
    ] {
        let site = Site::open().await;
        let outcome = start_while(&site, put(&site, stage.clone())).await;
        let entry = site.entry().await.expect("an entry");
        match outcome {
            Ok(started) => {
                assert!(gives_way && !started.attached, "{stage:?}");
                assert_eq!(entry.run(), Some(&started.run.reference), "{stage:?}");
            }
            Err(error) => {
                assert!(!gives_way, "{stage:?}: {error}");
                assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error}");
                let mut names = vec![error.run().expect("the run").to_string()];
                names.extend(entry.run().map(ToString::to_string));
                let told: Vec<_> = error.candidates().iter().map(ToString::to_string).collect();
                assert_eq!(told, names);
                assert_eq!(entry.stage, stage, "it stays as it is");
            }
        }
        assert_eq!(site.asked::<Buddy>(), 1, "{stage:?}");
    }
}

/// Others took its caller for gone, and found its run.
#[tokio::test]
async fn a_run_that_others_have_written_down_is_the_own() {
    let site = Site::open().await;
    let outcome = start_while(&site, async {
        let (client, pipeline) = (Buddy::client(&site.sandbox), Buddy::pipeline(&site.sandbox));
        let run = client.newest(&pipeline).next().await;
        let run = run.expect("a run").expect("a list").reference;
        put(&site, Stage::Started { run }).await;
    })
    .await;
    assert!(!outcome.expect("the run").attached);
}

/// A caller that others took for gone does not know what became of its request: it takes no run of theirs
/// for its own, and starts nothing again because theirs was refused.
#[tokio::test]
async fn an_unclear_start_is_not_hidden_behind_what_others_did_meanwhile() {
    let lease = || Lease {
        owner: "somebody else".to_owned(),
        beat: 0,
    };
    let other = || OTHER.parse().expect("a reference");
    // Whether nothing of theirs has left: then its own start is looked for.
    for (stage, is_alone) in [
        (Stage::Free, true),
        (Stage::Claimed { lease: lease() }, true),
        (Stage::Sending { lease: lease() }, false),
        (Stage::Unclear { going: false }, false),
        (Stage::Started { run: other() }, false),
    ] {
        let site = Site::open().await;
        let outcome = start_unclear_while(&site, claim(&site, stage.clone())).await;
        assert_eq!(site.asked::<Buddy>(), 1, "{stage:?}");
        let entry = site.entry().await.expect("an entry");
        match outcome {
            Ok(started) => {
                assert!(is_alone && started.attached, "{stage:?}");
                assert_eq!(entry.run(), Some(&started.run.reference), "{stage:?}");
            }
            Err(error) => {
                assert!(!is_alone, "{stage:?}: {error}");
                assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error}");
                assert_eq!(entry.stage, stage, "it stays as it is");
                let told: Vec<_> = error.candidates().iter().map(ToString::to_string).collect();
                let mut names = vec!["buddy/acme/website/2/1".to_owned()];
                names.extend(entry.run().map(ToString::to_string));
                assert_eq!(told, names, "{stage:?}: {error}");
            }
        }
    }
}

/// Its own request was refused; the key has a run all the same, which is no news of a refusal.
#[tokio::test]
async fn a_refusal_is_not_the_outcome_of_a_key_that_others_have_a_run_for() {
    let site = Site::open().await;
    let refused = ScriptedAnswer::status(400).after(LEASE);
    let refused = Rule::answer(Buddy::SERVICE, refused).operation(Buddy::START);
    site.sandbox
        .play(&Script::new([refused]))
        .expect("a script");
    let once = site.once();
    let others = async {
        while site.asked::<Buddy>() == 0 {
            tokio::task::yield_now().await;
        }
        let run = OTHER.parse().expect("a reference");
        claim(&site, Stage::Started { run }).await;
    };
    let (outcome, ()) = tokio::join!(site.start::<Buddy>(&once), others);
    let started = outcome.expect("the run of the key");
    assert!(started.attached);
    assert_eq!(started.run.reference.to_string(), OTHER);
    assert_eq!(site.asked::<Buddy>(), 1);
}

/// Somebody has forgotten the key meanwhile, and another start was made with it.
#[tokio::test]
async fn an_unclear_start_takes_no_run_of_a_start_after_the_key_was_forgotten() {
    let site = Site::open().await;
    let outcome = start_unclear_while(&site, async {
        let entry = loop {
            let entry = site.entry().await.expect("an entry");
            if forget(&*site.ledger, &entry).await.expect("a ledger") {
                break entry;
            }
        };
        let mut anew = serde_json::to_value(&entry).expect("JSON");
        anew["mark"] = "runpipe deploy-4711 another".into();
        anew["stage"] = "free".into();
        let anew = serde_json::to_vec(&anew).expect("JSON");
        let written = site.ledger.create(&key(), &anew).await;
        assert!(written.expect("a ledger").is_some());
    })
    .await;
    let error = outcome.expect_err("it cannot be known");
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error}");
    assert_eq!(site.asked::<Buddy>(), 1);
}

/// Then the next start with the key starts another run, and this one's caller is told so.
#[tokio::test]
async fn a_run_whose_key_was_forgotten_meanwhile_is_not_said_to_be_looked_for() {
    let site = Site::open().await;
    let outcome = start_while(&site, async {
        while !forget(&*site.ledger, &site.entry().await.expect("an entry"))
            .await
            .expect("a ledger")
        {}
    })
    .await;
    let warnings = outcome.expect("a run").run.warnings;
    let [warning] = warnings.as_slice() else {
        panic!("{warnings:?}");
    };
    assert!(warning.contains("starts another run"), "{warning}");
}

/// Takes the key over, as another caller does who takes this one for gone.
async fn claim(site: &Site, stage: Stage) {
    write(site, stage, 1).await;
}

/// Writes the stage as another caller does, however often this one renews its lease meanwhile.
async fn put(site: &Site, stage: Stage) {
    write(site, stage, 0).await;
}

async fn write(site: &Site, stage: Stage, claims: u32) {
    loop {
        let stored = site.ledger.read(&key()).await.expect("a ledger");
        let version = stored.expect("an entry").version;
        let mut entry = site.entry().await.expect("an entry");
        entry.stage = stage.clone();
        entry.attempt += claims;
        let bytes = serde_json::to_vec(&entry).expect("JSON");
        let written = site.ledger.replace(&key(), &bytes, &version).await;
        if written.expect("a ledger").is_some() {
            return;
        }
    }
}

/// Somebody else's claim is waited for, whoever could use the key meanwhile.
#[tokio::test]
async fn a_claim_of_somebody_else_is_not_taken_before_its_lease_is_over() {
    let site = Site::open().await;
    let day = Duration::from_secs(24 * 3600);
    let first = site.start::<Buddy>(&site.once().lease(day)).await;
    first.expect("a run");
    let lease = Lease {
        owner: "somebody else".to_owned(),
        beat: 0,
    };
    put(&site, Stage::Claimed { lease }).await;
    let once = site.once().wait(LEASE);
    let error = site.start::<Buddy>(&once).await.expect_err("it waits");
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error}");
    assert_eq!(site.asked::<Buddy>(), 1);
}

/// A store in which somebody else is faster.
#[derive(Debug)]
struct Faster {
    inner: Arc<dyn Ledger>,
    entry: Vec<u8>,
    at: At,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    /// Where there is no entry; then the store fails.
    Claim,
    /// Where the request is about to leave.
    Send,
}

impl Ledger for Faster {
    fn create<'a>(
        &'a self,
        key: &'a Key,
        entry: &'a [u8],
    ) -> BoxFuture<'a, Result<Option<Version>, LedgerError>> {
        async move {
            if self.at == At::Send {
                return self.inner.create(key, entry).await;
            }
            self.inner.create(key, &self.entry).await?;
            Err(LedgerError::new("it broke"))
        }
        .boxed()
    }

    fn read<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Stored>, LedgerError>> {
        self.inner.read(key)
    }

    fn replace<'a>(
        &'a self,
        key: &'a Key,
        _entry: &'a [u8],
        seen: &'a Version,
    ) -> BoxFuture<'a, Result<Option<Version>, LedgerError>> {
        async move {
            self.inner.replace(key, &self.entry, seen).await?;
            Ok(None)
        }
        .boxed()
    }

    fn remove<'a>(
        &'a self,
        key: &'a Key,
        seen: &'a Version,
    ) -> BoxFuture<'a, Result<bool, LedgerError>> {
        self.inner.remove(key, seen)
    }

    fn list(&self) -> BoxStream<'_, Result<Stored, LedgerError>> {
        self.inner.list()
    }
}

#[tokio::test]
async fn whose_run_it_is_shows_where_somebody_else_was_faster() {
    for at in [At::Claim, At::Send] {
        let site = Site::open().await;
        let first = site.start::<Buddy>(&site.once()).await.expect("a run");
        let entry = site.entry().await.expect("an entry");
        assert!(forget(&*site.ledger, &entry).await.expect("a ledger"));
        let faster = Faster {
            inner: site.ledger.clone(),
            entry: serde_json::to_vec(&entry).expect("JSON"),
            at,
        };
        let once = site.once_in(Arc::new(faster));
        let second = site.start::<Buddy>(&once).await.expect("the run");
        assert!(second.attached, "{at:?}");
        assert_eq!(second.run.reference, first.run.reference, "{at:?}");
        assert_eq!(site.asked::<Buddy>(), 1, "{at:?}");
    }
}
