//! `runpipe spec probe`: reads alone, one after the other, and a report that anybody may see.

use std::time::Duration;

use runpipe::Service;
use runpipe_testing::{Received, RunPlan, Sandbox};

use crate::dry_runs::{start, words};
use crate::program::{Program, at};

/// What is asked for a token changes nothing either.
fn changes(request: &&Received) -> bool {
    request.method != "GET" && request.operation.as_deref() != Some("token")
}

/// A probe of the pipeline that the other tests start.
fn probe(sandbox: &Sandbox, service: Service, more: &[&str]) -> Program {
    let of_the_request = ["--branch", "--var", "--env"];
    let place = words(service).into_iter();
    let place = place.take_while(|word| !of_the_request.contains(word));
    at(sandbox, &["spec", "probe"])
        .words(place)
        .words(more.iter().copied())
}

/// What names something of the reader's.
fn expect_nothing_of_the_readers(sandbox: &Sandbox, report: &str) {
    for service in Service::ALL {
        for pipeline in sandbox.pipelines(service) {
            for part in pipeline.place.iter().filter(|part| part.len() > 4) {
                assert!(!report.contains(part), "{part}: {report}");
            }
        }
    }
    for (name, value) in sandbox.variables() {
        assert!(!report.contains(&value), "{name}: {report}");
    }
}

#[tokio::test]
async fn it_reads_one_after_the_other_and_changes_nothing() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    for service in Service::ALL {
        sandbox.next_run(service, RunPlan::default().takes(Duration::ZERO));
        start(&sandbox, service, &[]).ends_with(0).await;
        let before = sandbox.received(service).len();
        // Each answer is held back: a request that comes earlier was not the next one.
        let held = 0.05;
        let script = format!(
            r#"{{ "rules": [{{ "service": "{service}", "times": "always", "answer": {{ "delay_seconds": {held} }} }}] }}"#
        );
        sandbox
            .play(&script.parse().expect("a script"))
            .expect("it plays");
        let probed = probe(&sandbox, service, &[]).ends_with(0).await;
        let requests = sandbox.received(service).split_off(before);
        assert!(requests.len() >= 4, "{service}: {requests:?}");
        assert_eq!(
            requests.iter().filter(changes).count(),
            0,
            "{service}: {requests:?}"
        );
        for pair in requests.windows(2) {
            let after = (pair[1].at - pair[0].at).as_seconds_f64();
            assert!(after >= held, "{service}: {pair:?} after {after} s");
        }
        let title = service.title();
        assert!(
            probed.stderr.starts_with(&format!(
                "Reads on {title}, one after the other: the list of pipelines, "
            )),
            "{}",
            probed.stderr
        );
        // The report says what was called, operation by operation.
        let asked = requests.iter().filter_map(|one| one.operation.as_deref());
        let asked: Vec<_> = asked
            .filter(|one| *one != "token")
            .map(|one| format!("called: {one} 200"))
            .collect();
        let called: Vec<_> = probed
            .stdout
            .lines()
            .filter(|line| line.starts_with("called: "))
            .collect();
        assert_eq!(called, asked, "{service}");
        let first = format!(
            "runpipe {} spec probe {service}, 20",
            env!("CARGO_PKG_VERSION")
        );
        assert!(probed.stdout.starts_with(&first), "{}", probed.stdout);
        probed.prints(" exchanges read; 0 findings");
        expect_nothing_of_the_readers(&sandbox, &probed.stdout);
    }
}

#[tokio::test]
async fn with_start_it_starts_one_run_and_reads_that() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    for service in Service::ALL {
        let probed = probe(&sandbox, service, &["--start"]).ends_with(0).await;
        assert_eq!(sandbox.started(service), 1, "{service}");
        let requests = sandbox.received(service);
        assert_eq!(
            requests.iter().filter(changes).count(),
            1,
            "{service}: {requests:?}"
        );
        assert!(
            probed.stderr.starts_with("Starts one run, then reads on "),
            "{}",
            probed.stderr
        );
        assert!(!probed.stdout.contains("not read: "), "{}", probed.stdout);
    }
    // The flags of the request are for a start alone.
    let comment = ["--comment", "from a probe"];
    let refused = probe(&sandbox, Service::Buddy, &comment).ends_with(2).await;
    refused.tells("--start");
    let program = probe(&sandbox, Service::Buddy, &comment).words(["--start"]);
    program.ends_with(0).await;
    let started = sandbox
        .received(Service::Buddy)
        .into_iter()
        .rfind(|one| changes(&one));
    let body = started.and_then(|request| request.json()).expect("a start");
    assert_eq!(body["comment"], "from a probe");
}

#[tokio::test]
async fn a_refused_credential_and_what_cannot_be_read_are_told() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    let program = probe(&sandbox, Service::Buddy, &[]).env("BUDDY_TOKEN", "of-somebody-else");
    let refused = program.ends_with(4).await;
    assert!(
        refused.stderr.starts_with("Reads on Buddy"),
        "{}",
        refused.stderr
    );
    refused.prints("not read: the list of runs: authentication, 401");
    assert!(
        !refused.stderr.contains("of-somebody-else"),
        "{}",
        refused.stderr
    );
    // Where one read fails, the others are made all the same.
    start(&sandbox, Service::Buddy, &[]).ends_with(0).await;
    let script = r#"{ "rules": [{ "service": "buddy", "operation": "listPipelines", "answer": { "status": 403 } }] }"#;
    sandbox
        .play(&script.parse().expect("a script"))
        .expect("it plays");
    let told = probe(&sandbox, Service::Buddy, &[]).ends_with(1).await;
    told.prints("not read: the list of pipelines: authentication, 403");
    told.prints("called: getExecution 200");
}

#[tokio::test]
async fn what_the_document_does_not_say_is_in_the_report() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    let script = r#"{ "rules": [{ "service": "buddy", "operation": "getExecution", "times": "always", "answer":
        { "status": 200, "body": { "id": 7, "status": "SUCCESSFUL", "approver": "Ann Lee of acme" } } }] }"#;
    sandbox
        .play(&script.parse().expect("a script"))
        .expect("it plays");
    let told = probe(&sandbox, Service::Buddy, &["--start"])
        .ends_with(1)
        .await
        .stdout;
    assert!(
        told.contains("undocumented field Execution.approver: "),
        "{told}"
    );
    assert!(!told.contains("Ann") && !told.contains("acme"), "{told}");
}
