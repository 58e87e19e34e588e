//! `ledger list|show|forget|prune`, `watch --key`, and what the flags of a key refuse.

use std::collections::BTreeSet;
use std::process::Stdio;
use std::time::Duration;

use runpipe::Service;
use runpipe_testing::{Outcome, RunPlan, ScriptedAnswer};
use serde_json::{Value, json};

use crate::site::{Ended, LEASE, Site, ended, store, words};

fn json(ended: &Ended) -> Value {
    serde_json::from_str(&ended.stdout).expect("JSON")
}

async fn run(site: &Site, words: &[&str]) -> Ended {
    ended(site.program(words)).await
}

#[tokio::test]
async fn json_says_whether_the_run_was_there() {
    let site = Site::open().await;
    for attached in [false, true] {
        let mut start = site.start(Service::Buddy, "deploy-4711", LEASE);
        start.arg("--json");
        let ended = ended(start).await;
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        let run = json(&ended);
        assert_eq!(run["attached"], json!(attached));
        assert_eq!(run["key"], "deploy-4711");
        assert_eq!(run["ref"], "buddy/acme/website/2/1");
        let news: Value = serde_json::from_str(&ended.stderr).expect("one object");
        let kind = if attached { "attached" } else { "started" };
        assert_eq!(news["kind"], kind);
    }
}

/// Where a file or a manifest sets the variable.
#[tokio::test]
async fn a_line_end_names_no_other_ledger() {
    let site = Site::open().await;
    for end in ["", "\n"] {
        let mut start = site.start(Service::Buddy, "deploy-4711", LEASE);
        let ledger = format!("{}{end}", site.ledger().display());
        start.env("RUNPIPE_LEDGER", ledger);
        let ended = ended(start).await;
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    }
    let mut start = site.start(Service::Buddy, "deploy-4711", LEASE);
    let ledger = format!("{}\n", site.ledger().display());
    let ended = ended(start.args(["--ledger", &ledger])).await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_eq!(site.sandbox.started(Service::Buddy), 1);
}

/// Only a shell knows `~`, and the folder of a job is another one each time.
#[tokio::test]
async fn a_variable_that_names_another_ledger_in_every_folder_is_refused() {
    let site = Site::open().await;
    for ledger in ["ledger", "~/ledger", "./ledger"] {
        let mut start = site.start(Service::Buddy, "deploy-4711", LEASE);
        let folder = tempfile::tempdir().expect("a folder");
        start.env("RUNPIPE_LEDGER", ledger).current_dir(&folder);
        let ended = ended(&mut start).await;
        assert_eq!(ended.code, Some(2), "{}", ended.stderr);
        assert!(ended.stderr.contains("RUNPIPE_LEDGER"), "{}", ended.stderr);
    }
    assert_eq!(site.starts_received(Service::Buddy), 0);
}

/// The ledger would go with the machine of the job, and the key would be new in its next attempt.
#[tokio::test]
async fn a_job_whose_ledger_may_go_with_its_machine_is_told_so() {
    let site = Site::open().await;
    let machine = tempfile::tempdir().expect("a folder");
    let start = |variables: &[(&str, &str)], flags: &[&str]| {
        let mut start = site.start(Service::Buddy, "deploy-4711", LEASE);
        start.env_remove("RUNPIPE_LEDGER");
        start.env("XDG_STATE_HOME", machine.path().join("state"));
        start.envs(variables.iter().copied()).args(flags);
        ended(start)
    };
    let place = machine.path().join("elsewhere").display().to_string();
    let (ci, azure) = ([("CI", "true")], [("TF_BUILD", "True")]);
    let warns = |ended: &Ended| {
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        ended.stderr.contains("RUNPIPE_LEDGER")
    };
    assert!(!warns(&start(&ci, &["--ledger", &place]).await));
    assert!(!warns(
        &start(&[("CI", "1"), ("RUNPIPE_LEDGER", &place)], &[]).await
    ));
    let told = start(&ci, &["--quiet"]).await;
    assert!(warns(&told), "{}", told.stderr);
    assert!(!warns(&start(&ci, &[]).await), "the machine kept its keys");
    std::fs::remove_dir_all(machine.path().join("state")).expect("it goes");
    let told = start(&azure, &["--json"]).await;
    assert!(warns(&told), "{}", told.stderr);
    let first = told.stderr.lines().next().expect("a line");
    let event: Value = serde_json::from_str(first).expect("JSON");
    assert_eq!(event["kind"], "warning");
    let schema = json(&run(&site, &["schema", "event"]).await);
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    assert!(validator.is_valid(&event), "{event}");
    std::fs::remove_dir_all(machine.path().join("state")).expect("it goes");
    assert!(!warns(&start(&[], &[]).await), "nobody's job");
}

/// What was forgotten until then stays forgotten.
#[tokio::test]
async fn whoever_interrupts_a_prune_is_not_told_that_nothing_was_changed() {
    let site = Site::open().await;
    let start = site.start(Service::Buddy, "deploy-4711", LEASE);
    assert_eq!(ended(start).await.code, Some(0));
    let mut locks = std::fs::read_dir(site.ledger()).expect("a ledger");
    let lock = locks.find_map(|file| {
        let path = file.expect("a file").path();
        path.extension()
            .is_some_and(|end| end == "lock")
            .then_some(path)
    });
    let mut holds = tokio::process::Command::new("flock");
    holds.arg(lock.expect("a lock")).args(["sleep", "60"]);
    let mut holds = holds.kill_on_drop(true).spawn().expect("flock");
    tokio::time::sleep(Duration::from_millis(500)).await;
    let words = ["ledger", "prune", "--older-than", "1ms"];
    let prune = site.program(&words).spawn().expect("it starts");
    tokio::time::sleep(Duration::from_secs(1)).await;
    let id = prune.id().expect("it runs").to_string();
    let sent = tokio::process::Command::new("kill")
        .args(["-TERM", &id])
        .status();
    assert!(sent.await.expect("kill runs").success());
    let told = prune.wait_with_output().await.expect("it ends").stderr;
    let told = String::from_utf8_lossy(&told).into_owned();
    assert!(told.contains("may have been forgotten"), "{told}");
    holds.kill().await.expect("it ends");
}

#[tokio::test]
async fn the_ledger_is_listed_shown_forgotten_and_pruned() {
    let site = Site::open().await;
    for key in ["one", "two"] {
        assert_eq!(
            ended(site.start(Service::Buddy, key, LEASE)).await.code,
            Some(0)
        );
    }
    site.next_start(Service::Buddy, ScriptedAnswer::status(400));
    assert_eq!(
        ended(site.start(Service::Buddy, "refused", LEASE))
            .await
            .code,
        Some(3)
    );
    let listed = run(&site, &["ledger", "list"]).await;
    assert_eq!(listed.stdout.lines().count(), 3, "{}", listed.stdout);
    assert!(
        listed.stdout.contains("\ttwo\tbuddy/acme/website/2/2\n"),
        "{}",
        listed.stdout
    );
    let shown = run(&site, &["ledger", "show", "refused", "--json"]).await;
    assert_eq!(json(&shown)["stage"], "free");
    assert_eq!(json(&shown)["refusal"]["kind"], "invalid_request");
    let changed = json(&shown)["changed"].to_string();
    let second = changed.trim_matches('"').split('.').next();
    let moment = format!("{} UTC", second.expect("a date").replace('T', " "));
    let watched = run(&site, &["watch", "--key", "refused"]).await;
    assert!(
        watched
            .stderr
            .contains("the last start with the key came to nothing"),
        "{}",
        watched.stderr
    );
    for of in ["list", "show"] {
        let words = if of == "list" {
            vec![]
        } else {
            vec!["refused"]
        };
        let told = run(&site, &[&["ledger", of][..], &words].concat()).await;
        assert!(told.stdout.contains(&moment), "{moment}: {}", told.stdout);
    }
    let shown = run(&site, &["ledger", "show", "one"]).await;
    assert!(
        shown.stdout.contains("buddy/acme/website/2/1"),
        "{}",
        shown.stdout
    );
    assert!(
        shown.stdout.contains("mark      runpipe one "),
        "{}",
        shown.stdout
    );
    let forgotten = run(&site, &["ledger", "forget", "one", "--json"]).await;
    assert_eq!(json(&forgotten), json!({ "forgotten": ["one"] }));
    let unknown = run(&site, &["ledger", "show", "one"]).await;
    assert_eq!(unknown.code, Some(3), "{}", unknown.stderr);
    let pruned = run(&site, &["ledger", "prune", "--older-than", "1h", "--json"]).await;
    assert_eq!(json(&pruned), json!({ "forgotten": [] }));
    let first = ended(site.start(Service::Buddy, "one", LEASE)).await;
    assert_eq!(
        first.stdout, "buddy/acme/website/2/3\n",
        "a forgotten key starts anew"
    );
}

#[tokio::test]
async fn another_machine_goes_on_from_the_ledger() {
    let site = Site::open().await;
    site.sandbox.clear_script();
    let plan = RunPlan::default().ends(Outcome::Failed);
    site.sandbox.next_run(Service::Buddy, plan);
    assert_eq!(
        ended(site.start(Service::Buddy, "deploy-4711", LEASE))
            .await
            .code,
        Some(0)
    );
    let watched = run(&site, &["watch", "--key", "deploy-4711"]).await;
    assert_eq!(watched.code, Some(1), "it failed: {}", watched.stderr);
    assert!(
        watched.stdout.contains("buddy/acme/website/2/1"),
        "{}",
        watched.stdout
    );
    let unknown = run(&site, &["watch", "--key", "another"]).await;
    assert_eq!(unknown.code, Some(3), "{}", unknown.stderr);
    assert!(
        unknown.stderr.ends_with(
            "Not found: the ledger has no key another.\n  \
             Check the key and the ledger.\n"
        ),
        "{}",
        unknown.stderr
    );
}

#[tokio::test]
async fn another_request_under_the_key_is_exit_3() {
    let site = Site::open().await;
    assert_eq!(
        ended(site.start(Service::Buddy, "deploy-4711", LEASE))
            .await
            .code,
        Some(0)
    );
    let mut other = site.start(Service::Buddy, "deploy-4711", LEASE);
    other.args(["--branch", "main"]);
    let ended = ended(other).await;
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    assert!(ended.stderr.contains("/branch/name"), "{}", ended.stderr);
    assert_eq!(site.starts_received(Service::Buddy), 1);
}

#[tokio::test]
async fn a_ledger_that_cannot_be_used_lets_nothing_be_sent() {
    let site = Site::open().await;
    for place in ["/dev/null/ledger", "/dev/null"] {
        let mut start = site.start(Service::Buddy, "deploy-4711", LEASE);
        start.args(["--ledger", place]);
        let ended = ended(start).await;
        assert_eq!(ended.code, Some(5), "{}", ended.stderr);
        assert!(
            ended.stderr.contains("Nothing was sent"),
            "{}",
            ended.stderr
        );
    }
    assert_eq!(site.starts_received(Service::Buddy), 0);
}

/// After exit code 5 certainly nothing was started, and this call has sent something.
#[tokio::test]
async fn a_ledger_that_is_lost_after_the_request_is_no_proof_that_none_was_sent() {
    if store().is_some() {
        return;
    }
    let site = Site::open().await;
    let unclear = ScriptedAnswer::status(500).after(Duration::from_secs(2));
    site.next_start(Service::Buddy, unclear);
    let start = site.start(Service::Buddy, "deploy-4711", LEASE).spawn();
    while site.starts_received(Service::Buddy) == 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let moved = site.ledger().with_extension("moved");
    std::fs::rename(site.ledger(), &moved).expect("it moves");
    std::fs::write(site.ledger(), "").expect("a file in its place");
    let ended = start
        .expect("it starts")
        .wait_with_output()
        .await
        .expect("it ends");
    let told = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(6), "{told}");
    assert!(!told.contains("Nothing was sent"), "{told}");
}

/// A full disk, when the run of a caller that died is found.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_run_that_was_found_is_not_lost_when_the_ledger_takes_nothing() {
    let site = Site::open().await;
    site.next_start(
        Service::Buddy,
        ScriptedAnswer::delayed(Duration::from_secs(4)),
    );
    let mut first = site
        .start(Service::Buddy, "deploy-4711", LEASE)
        .spawn()
        .expect("it starts");
    while site.starts_received(Service::Buddy) == 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    first.kill().await.expect("it dies");
    let second = site.start(Service::Buddy, "deploy-4711", LEASE);
    let second = second.as_std();
    let mut full = tokio::process::Command::new("/bin/sh");
    full.args(["-c", "trap '' XFSZ; ulimit -f 0; exec \"$0\" \"$@\""]);
    full.arg(second.get_program())
        .args(second.get_args())
        .env_clear();
    full.envs(
        second
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    full.stdout(Stdio::piped()).stderr(Stdio::piped());
    let found = ended(full).await;
    assert_eq!(found.code, Some(0), "{}", found.stderr);
    assert_eq!(found.stdout, "buddy/acme/website/2/1\n");
    assert!(
        found.stderr.contains("could not be written to the ledger"),
        "{}",
        found.stderr
    );
    assert_eq!(site.sandbox.started(Service::Buddy), 1);
}

/// What the program was not built for is said before anything is sent.
#[cfg(not(feature = "object-store"))]
#[tokio::test]
async fn a_ledger_in_an_object_store_takes_a_feature() {
    let site = Site::open().await;
    let mut start = site.start(Service::Buddy, "deploy-4711", LEASE);
    start.args(["--ledger", "s3://bucket/keys"]);
    let ended = ended(start).await;
    assert_eq!(ended.code, Some(2), "{}", ended.stderr);
    assert!(
        ended.stderr.contains("--features object-store"),
        "{}",
        ended.stderr
    );
    assert_eq!(site.starts_received(Service::Buddy), 0);
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_before_anything_is_sent() {
    let site = Site::open().await;
    let refused: [&[&str]; 7] = [
        &["--no-mark"],
        &["--key-wait", "5s"],
        &["--key-lease", "5s"],
        &["--ledger", "here"],
        &["--key", " "],
        &["--key", "k", "--mark-variable", "MARK"],
        &["--key", "k", "--reconcile"],
    ];
    for extra in refused {
        let mut start = site.program(&words(Service::Buddy, &site.sandbox));
        start.args(extra);
        let ended = ended(start).await;
        assert_eq!(ended.code, Some(2), "{extra:?}: {}", ended.stderr);
    }
    assert_eq!(site.starts_received(Service::Buddy), 0);
}

#[tokio::test]
async fn what_a_start_with_a_key_prints_is_as_the_schema_says() {
    let site = Site::open().await;
    let mut start = site.start(Service::Buddy, "deploy-4711", LEASE);
    start.arg("--json");
    let start = ended(start).await;
    for (of, line) in [("keyed-run", &start.stdout), ("event", &start.stderr)] {
        let schema = json(&run(&site, &["schema", of]).await);
        let validator = jsonschema::validator_for(&schema).expect("a schema");
        let object: Value = serde_json::from_str(line).expect("JSON");
        assert!(validator.is_valid(&object), "{of}: {line}");
        if let Some(properties) = schema["properties"].as_object() {
            let keys: BTreeSet<&String> = object.as_object().expect("an object").keys().collect();
            assert_eq!(keys, properties.keys().collect(), "{of}: {line}");
        }
    }
}
