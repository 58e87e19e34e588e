//! What stands in the ledger may be anything: it stops nobody, and leads to no second run. What the
//! service says may be anything too: no secret of it gets into the ledger.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream, StreamExt};
use runpipe::ledger::{Key, Ledger, LedgerError, StartOnce, Stored, Version, entries};
use runpipe::{ErrorKind, RetryPolicy, buddy};
use runpipe_testing::{Rule, Script, ScriptedAnswer};
use serde_json::{Value, json};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::subject::*;

fn place(site: &Site) -> PathBuf {
    let folder = site.folder.path().join("ledger");
    folder.join(key().digest()).with_extension("json")
}

#[tokio::test]
async fn what_is_no_file_or_no_entry_is_an_error() {
    type Put = fn(&PathBuf);
    let puts: [(&str, Put); 7] = [
        ("a pipe that nobody writes into", |at| {
            let made = Command::new("mkfifo").arg(at).status();
            assert!(made.expect("mkfifo").success());
        }),
        ("a folder", |at| fs::create_dir(at).expect("a folder")),
        ("a link to what has no end", |at| {
            std::os::unix::fs::symlink("/dev/zero", at).expect("a link");
        }),
        ("a link to nothing", |at| {
            std::os::unix::fs::symlink(at.with_extension("gone"), at).expect("a link");
        }),
        ("a link to itself", |at| {
            std::os::unix::fs::symlink(at, at).expect("a link");
        }),
        ("depth", |at| {
            let text = format!("{{\"form\":1,\"key\":{}", "[".repeat(1 << 20));
            fs::write(at, text).expect("a file");
        }),
        ("length", |at| {
            fs::write(at, " ".repeat(8 << 20) + "{\"form\":1}").expect("a file");
        }),
    ];
    for (what, put) in puts {
        let site = Site::open().await;
        put(&place(&site));
        let started = site.start::<Buddy>(&site.once()).await;
        let error = started.expect_err(what);
        assert_eq!(error.kind(), ErrorKind::Ledger, "{what}: {error}");
        assert_eq!(site.asked::<Buddy>(), 0, "{what}");
        let ledger: &dyn Ledger = &*site.ledger;
        let listed: Vec<_> = entries(ledger).collect().await;
        assert!(matches!(listed.as_slice(), [Err(_)]), "{what}: {listed:?}");
    }
}

#[tokio::test]
async fn an_entry_of_a_later_version_is_told_from_one_that_is_damaged() {
    let site = Site::open().await;
    for (entry, why) in [
        (
            r#"{"form":2,"what":"is not known yet"}"#,
            "a later version of runpipe",
        ),
        (r#"{"form":1,"what":"is not known"}"#, "an entry is damaged"),
        (r#"{"form":0}"#, "an entry is damaged"),
    ] {
        fs::write(place(&site), entry).expect("a file");
        let error = site.start::<Buddy>(&site.once()).await.expect_err(why);
        assert!(error.to_string().contains(why), "{entry}: {error}");
    }
}

/// Every value of an entry, and every value inside one, in place of which something else stands.
#[tokio::test]
async fn an_entry_with_a_wrong_value_leads_to_no_second_run() {
    let site = Site::open().await;
    site.start::<Buddy>(&site.once()).await.expect("a run");
    let at = place(&site);
    let entry: Value = serde_json::from_slice(&fs::read(&at).expect("a file")).expect("JSON");
    let mut places = Vec::new();
    all_places(&entry, String::new(), &mut places);
    assert!(places.len() > 12, "{places:?}");
    let deep = "[".repeat(120) + &"]".repeat(120);
    let deep: Value = serde_json::from_str(&deep).expect("JSON");
    for pointer in places {
        for other in [
            json!(null),
            json!(true),
            json!(-1),
            json!(u64::MAX),
            json!("\u{0}\u{1b}[2J"),
            json!("x".repeat(100_000)),
            json!({ "x": 1 }),
            deep.clone(),
        ] {
            let mut changed = entry.clone();
            *changed.pointer_mut(&pointer).expect("a place") = other;
            fs::write(&at, changed.to_string()).expect("a file");
            // What is no run's reference any more, or of no run, is told or refused.
            let told = site.start::<Buddy>(&site.once()).await;
            assert_eq!(site.asked::<Buddy>(), 1, "{pointer}: {told:?}");
            if let Ok(started) = told {
                assert!(started.attached, "{pointer}: {started:?}");
            }
        }
    }
}

/// From when on a run can be the one is then not known.
#[tokio::test]
async fn an_entry_that_does_not_say_when_its_start_left_proves_nothing() {
    let site = Site::open().await;
    let lost = |operation| {
        let answer = Rule::answer(Matillion::SERVICE, ScriptedAnswer::status(502));
        answer.operation(operation).always()
    };
    let script = [lost(Matillion::START), lost("listPipelineExecutions")];
    site.sandbox.play(&Script::new(script)).expect("a script");
    let unclear = site.start::<Matillion>(&site.once().wait(LEASE)).await;
    unclear.expect_err("unclear");
    let at = place(&site);
    let entry = fs::read(&at).expect("a file");
    let mut entry: Value = serde_json::from_slice(&entry).expect("JSON");
    assert!(entry["sent"].take().is_object());
    fs::write(&at, entry.to_string()).expect("a file");
    site.sandbox.clear_script();
    let again = site.start::<Matillion>(&site.once().wait(LEASE * 4)).await;
    let error = again.expect_err("it cannot be known");
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error}");
    assert_eq!(site.asked::<Matillion>(), 1);
}

fn all_places(value: &Value, pointer: String, found: &mut Vec<String>) {
    for (name, member) in value.as_object().into_iter().flatten() {
        let name = name.replace('~', "~0").replace('/', "~1");
        let pointer = format!("{pointer}/{name}");
        all_places(member, pointer.clone(), found);
        found.push(pointer);
    }
}

#[tokio::test]
async fn a_refusal_that_repeats_the_credential_is_kept_without_it() {
    let secret = "s3cret-0f-the-caller";
    let server = MockServer::start().await;
    let said = format!("no: Bearer {secret}, {}", secret.replace('-', "%2D"));
    let body = json!({ "errors": [{ "message": said }], "code": secret });
    let refused = ResponseTemplate::new(400).set_body_json(body);
    Mock::given(any())
        .respond_with(refused)
        .mount(&server)
        .await;
    let client = buddy::Client::builder()
        .base_url(server.uri())
        .credentials(buddy::Credentials::token(secret))
        .retry(RetryPolicy::none())
        .build()
        .expect("a client");
    let site = Site::open().await;
    let once = StartOnce::new(site.ledger.clone(), key());
    let pipeline = buddy::PipelineRef::new("acme", "website", 2);
    let request = Buddy::request();
    once.start(&client, &pipeline, &request)
        .await
        .expect_err("refused");
    let kept = fs::read_to_string(place(&site)).expect("an entry");
    assert!(kept.contains("[hidden]"), "{kept}");
    assert!(!kept.contains("s3cret") && !kept.contains("%2D"), "{kept}");
}

/// A store that says of the same key that it is there and that it is not.
#[derive(Debug, Default)]
struct Contradictory {
    asked: AtomicUsize,
}

impl Ledger for Contradictory {
    fn create<'a>(&'a self, _: &'a Key, _: &'a [u8]) -> Told<'a, Option<Version>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        Box::pin(async { Ok(None) })
    }

    fn read<'a>(&'a self, _: &'a Key) -> Told<'a, Option<Stored>> {
        Box::pin(async { Ok(None) })
    }

    fn replace<'a>(&'a self, _: &'a Key, _: &'a [u8], _: &'a Version) -> Told<'a, Option<Version>> {
        Box::pin(async { Ok(None) })
    }

    fn remove<'a>(&'a self, _: &'a Key, _: &'a Version) -> Told<'a, bool> {
        Box::pin(async { Ok(false) })
    }

    fn list(&self) -> BoxStream<'_, Result<Stored, LedgerError>> {
        stream::empty().boxed()
    }
}

type Told<'a, T> = BoxFuture<'a, Result<T, LedgerError>>;

#[tokio::test]
async fn a_ledger_that_contradicts_itself_keeps_nobody_longer_than_they_wait() {
    let (site, ledger) = (Site::open().await, Arc::new(Contradictory::default()));
    let once = site.once_in(ledger.clone()).wait(LEASE);
    let error = site.start::<Buddy>(&once).await.expect_err("no outcome");
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error}");
    assert_eq!(site.asked::<Buddy>(), 0);
    // Nor is it asked without a break.
    assert!(ledger.asked.load(Ordering::SeqCst) <= 21);
}
