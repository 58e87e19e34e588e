//! A ledger in a directory.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use futures_util::StreamExt;
use runpipe::ErrorKind;
use runpipe::ledger::{DirectoryLedger, Key, Ledger, entries};

use crate::subject::{Buddy, Site, key};

#[path = "../ledger/conformance.rs"]
mod conformance;

fn directory() -> (tempfile::TempDir, Arc<DirectoryLedger>) {
    let folder = tempfile::tempdir().expect("a directory");
    let ledger = DirectoryLedger::open(folder.path().join("in/it")).expect("a ledger");
    (folder, Arc::new(ledger))
}

#[tokio::test]
async fn a_directory_keeps_to_the_contract() {
    let (_folder, ledger) = directory();
    conformance::check(ledger).await;
}

#[cfg(unix)]
#[tokio::test]
async fn other_users_are_shut_out() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, ledger) = directory();
    ledger.create(&key(), b"{}").await.expect("a ledger");
    let mode = |path: &std::path::Path| {
        let about = fs::metadata(path).expect("it is there");
        about.permissions().mode() & 0o777
    };
    let place = folder.path().join("in/it");
    assert_eq!(mode(&place), 0o700);
    for file in fs::read_dir(&place).expect("a directory") {
        assert_eq!(mode(&file.expect("a file").path()), 0o600);
    }
    for open in [0o770, 0o702, 0o777] {
        fs::set_permissions(&place, fs::Permissions::from_mode(open)).expect("permissions");
        let refused = DirectoryLedger::open(&place).expect_err("it is open to others");
        assert!(
            refused.to_string().contains("others may write"),
            "{refused}"
        );
    }
}

#[test]
fn what_was_left_unfinished_is_swept_away_after_an_hour() {
    let folder = tempfile::tempdir().expect("a directory");
    for (minutes, stays) in [(50, true), (70, false)] {
        let file = folder.path().join("a.unfinished");
        let left = fs::File::create(&file).expect("a file");
        let then = SystemTime::now() - Duration::from_secs(60 * minutes);
        left.set_modified(then).expect("its time");
        DirectoryLedger::open(folder.path()).expect("a ledger");
        assert_eq!(file.exists(), stays, "after {minutes} minutes");
    }
}

/// Locks that keep nobody out, as on a network file system that has none, or where they are removed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_many_first_entries_is_written_whatever_the_locks_do() {
    let (folder, ledger) = directory();
    let place = folder.path().join("in/it");
    let ended = Arc::new(AtomicBool::new(false));
    let removed = ended.clone();
    let remover = std::thread::spawn(move || {
        while !removed.load(Ordering::SeqCst) {
            for digit in "0123456789abcdef".chars() {
                let _ = fs::remove_file(place.join(format!("{digit}.lock")));
            }
        }
    });
    for round in 0..100 {
        let key: Key = format!("key {round}").parse().expect("a key");
        let writers = (0..6_u8).map(|writer| {
            let (ledger, key) = (ledger.clone(), key.clone());
            tokio::spawn(async move { ledger.create(&key, &[writer]).await })
        });
        let mut written = 0;
        for writer in futures_util::future::join_all(writers).await {
            let created = writer.expect("no panic").expect("a ledger");
            written += usize::from(created.is_some());
        }
        assert_eq!(written, 1, "round {round}");
    }
    ended.store(true, Ordering::SeqCst);
    remover.join().expect("no panic");
}

/// Its name has to be on the disk before an entry is: what holds the name is opened for that.
#[cfg(unix)]
#[test]
fn a_directory_whose_name_cannot_be_forced_to_the_disk_is_not_used() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a directory");
    let set = |mode| {
        let mode = fs::Permissions::from_mode(mode);
        fs::set_permissions(folder.path(), mode).expect("permissions");
    };
    set(0o300);
    let may_read = fs::read_dir(folder.path()).is_ok();
    let opened = DirectoryLedger::open(folder.path().join("in/it"));
    set(0o700);
    // Who may do anything can open it all the same.
    assert_eq!(opened.is_ok(), may_read, "{opened:?}");
}

#[test]
fn a_directory_may_be_named_in_any_way() {
    let folder = tempfile::tempdir().expect("a directory");
    let inside = tempfile::tempdir_in(".").expect("a directory");
    let relative = inside.path().file_name().map(std::path::PathBuf::from);
    let relative = relative.expect("a name");
    for place in [
        folder.path().join("a"),
        folder.path().join("b/"),
        folder.path().join("c/d/e"),
        folder.path().join("f/./g/../h"),
        relative.join("i/j"),
        std::path::Path::new(".").join(&relative).join("k"),
    ] {
        for _ in 0..2 {
            let opened = DirectoryLedger::open(&place);
            assert!(opened.is_ok() && place.is_dir(), "{place:?}: {opened:?}");
        }
    }
}

#[tokio::test]
async fn a_file_is_no_directory() {
    let folder = tempfile::tempdir().expect("a directory");
    let file = folder.path().join("file");
    fs::write(&file, "").expect("a file");
    DirectoryLedger::open(file).expect_err("a file");
}

#[tokio::test]
async fn what_cannot_be_understood_is_not_touched_and_nothing_is_sent() {
    let damaged = [
        "",
        "{",
        "[]",
        r#"{"form":1}"#,
        r#"{"form":2,"key":"deploy-4711"}"#,
    ];
    for text in damaged {
        let site = Site::open().await;
        let ledger: &dyn Ledger = &*site.ledger;
        let created = ledger
            .create(&key(), text.as_bytes())
            .await
            .expect("a ledger");
        let version = created.expect("it is the first");
        let error = site
            .start::<Buddy>(&site.once())
            .await
            .expect_err("damaged");
        assert_eq!(error.kind(), ErrorKind::Ledger, "{text}: {error}");
        assert_eq!(site.asked::<Buddy>(), 0);
        let stored = ledger
            .read(&key())
            .await
            .expect("a ledger")
            .expect("an entry");
        assert_eq!(stored.version, version);
        let listed: Vec<_> = entries(ledger).collect().await;
        assert!(matches!(listed.as_slice(), [Err(_)]), "{listed:?}");
    }
}

#[tokio::test]
async fn an_entry_in_the_place_of_another_is_noticed() {
    let site = Site::open().await;
    site.start::<Buddy>(&site.once()).await.expect("a run");
    let ledger: &dyn Ledger = &*site.ledger;
    let stored = ledger
        .read(&key())
        .await
        .expect("a ledger")
        .expect("an entry");
    let other: Key = "another".parse().expect("a key");
    ledger
        .create(&other, &stored.bytes)
        .await
        .expect("a ledger");
    let once = runpipe::ledger::StartOnce::new(site.ledger.clone(), other);
    let error = site
        .start::<Buddy>(&once)
        .await
        .expect_err("it is another's");
    assert_eq!(error.kind(), ErrorKind::Ledger);
}

#[tokio::test]
async fn all_entries_are_listed() {
    let site = Site::open().await;
    for number in 0..3 {
        let key: Key = format!("key {number}/é").parse().expect("a key");
        let once = runpipe::ledger::StartOnce::new(site.ledger.clone(), key);
        site.start::<Buddy>(&once).await.expect("a run");
    }
    let ledger: &dyn Ledger = &*site.ledger;
    let mut keys: Vec<String> = entries(ledger)
        .map(|entry| entry.expect("an entry").key.to_string())
        .collect()
        .await;
    keys.sort();
    assert_eq!(keys, ["key 0/é", "key 1/é", "key 2/é"]);
}

#[test]
fn a_key_is_text_that_a_person_can_read() {
    for good in [
        "deploy-4711",
        "dag/2026-11-21T00:00:00+00:00/é",
        &"k".repeat(200),
    ] {
        assert_eq!(good.parse::<Key>().expect("a key").as_str(), good);
    }
    for bad in ["", " ", " a", "a ", "a\nb", "a\u{0}", &"k".repeat(201)] {
        assert!(bad.parse::<Key>().is_err(), "{bad:?}");
    }
}
