//! An approval, a rejection and a retry count as a start: each is sent once, again only where an answer
//! proves that nothing was done, and its outcome is said to be unknown where nothing proves it.

use std::sync::atomic::{AtomicUsize, Ordering};

use runpipe::{Decision, Error, ErrorKind, RunStatus, Runs, SendError, yunxiao};
use serde_json::json;

use super::changes::{Comes, answer, azure_reads, changes, outcome, page};
use super::*;

fn expect_unknown(name: &str, error: &Error) {
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{name}: {error}");
    assert!(error.may_have_started(), "{name}");
    assert!(error.run().is_some(), "{name}: {error}");
    assert!(error.advice().contains("Read the run"), "{name}: {error}");
    assert!(
        !error.to_string().contains("Nothing was"),
        "{name}: {error}"
    );
}

#[tokio::test]
async fn what_was_taken_is_done_once() {
    for change in changes() {
        let (made, sent) = outcome(&change, &[Comes::Done]).await;
        let made = made.unwrap_or_else(|error| panic!("{}: {error}", change.name));
        assert_eq!(made.reference, run(change.run), "{}", change.name);
        assert_ne!(made.status, RunStatus::Unknown, "{}", change.name);
        assert_eq!((sent, made.warnings.len()), (1, 0), "{}", change.name);
    }
}

#[tokio::test]
async fn what_proves_nothing_is_not_sent_again_and_is_told_as_unknown() {
    for change in changes() {
        let mut proves_nothing = vec![
            Comes::Nothing(SendError::perhaps_sent("reset")),
            answer(500, json!({ "message": "no" })),
            answer(500, json!({ "errorCode": "InternalServerError" })),
            page(502),
            page(503),
            answer(408, json!({})),
            answer(499, json!({})),
            // A proxy's page in place of the answer.
            page(200),
        ];
        if change.has_body {
            proves_nothing.push(answer(200, json!([7])));
            proves_nothing.push(Comes::Answer(200, "application/json", "{\"val".to_owned()));
            proves_nothing.push(Comes::Answer(200, "application/json", String::new()));
        }
        for comes in proves_nothing {
            let (made, sent) = outcome(&change, &[comes, Comes::Done]).await;
            expect_unknown(change.name, &made.expect_err(change.name));
            assert_eq!(sent, 1, "{}", change.name);
        }
    }
}

/// A run that is run again may get another number; an approval begins no other run.
#[tokio::test]
async fn an_approval_that_is_answered_about_another_run_is_unknown() {
    let mut approvals = changes();
    approvals.retain(|change| change.name == "buddy approve");
    for change in approvals {
        for text in [r#"{"id": 8, "status": "INPROGRESS"}"#, r#"{"id": 8, "sta"#] {
            let other = Comes::Answer(200, "application/json", text.to_owned());
            let (made, sent) = outcome(&change, &[other]).await;
            let error = made.expect_err("another run");
            expect_unknown(change.name, &error);
            assert_eq!(error.run(), Some(&run(change.run)));
            assert_eq!(sent, 1);
        }
    }
}

#[tokio::test]
async fn what_proves_that_nothing_was_done_is_believed() {
    for change in changes() {
        let name = change.name;
        for comes in [
            Comes::Nothing(SendError::not_sent("no route")),
            answer(429, json!({})),
        ] {
            let (made, sent) = outcome(&change, &[comes, Comes::Done]).await;
            assert!(made.is_ok(), "{name}: {made:?}");
            assert_eq!(sent, 2, "{name}");
        }
        // With another token, where there is one.
        let (made, sent) = outcome(&change, &[answer(401, json!({})), Comes::Done]).await;
        match change.renews {
            true => assert!(made.is_ok() && sent == 2, "{name}: {made:?}"),
            false => {
                let error = made.expect_err(name);
                assert_eq!(error.kind(), ErrorKind::Authentication, "{name}: {error}");
                assert_eq!(sent, 1, "{name}");
            }
        }
        for (status, kind, attempts) in [
            (400, ErrorKind::InvalidRequest, 1),
            (403, ErrorKind::Authentication, 1),
            (404, ErrorKind::NotFound, 1),
            (409, ErrorKind::Conflict, 1),
            (429, ErrorKind::RateLimited, 3),
        ] {
            let (made, sent) = outcome(&change, &[answer(status, json!({}))]).await;
            let error = made.expect_err(name);
            assert_eq!(error.kind(), kind, "{name}: {error}");
            assert_eq!(sent, attempts, "{name}: {error}");
        }
    }
}

/// What the service has taken is not taken back by a read that fails afterwards.
#[tokio::test]
async fn a_run_that_cannot_be_read_back_was_decided_all_the_same() {
    static READS: AtomicUsize = AtomicUsize::new(0);
    let reads = |path: &str| match path.ends_with("/7") && READS.fetch_add(1, Ordering::SeqCst) > 0
    {
        true => json!([]),
        false => azure_reads(path),
    };
    let mut change = changes().remove(0);
    change.reads = reads;
    let (made, sent) = outcome(&change, &[Comes::Done]).await;
    let made = made.expect("it was taken");
    assert_eq!((made.status, sent), (RunStatus::Unknown, 1));
    assert!(
        made.warnings[0].contains("has done it"),
        "{:?}",
        made.warnings
    );
}

#[tokio::test]
async fn what_a_service_does_not_have_is_said_before_anything_is_sent() {
    let cases: [(&str, Option<Decision>); 9] = [
        ("matillion/p1/mine", Some(Decision::approve())),
        ("matillion/p1/mine", Some(Decision::reject())),
        ("matillion/p1/mine", None),
        ("buddy/acme/site/42/7", Some(Decision::reject())),
        (
            "buddy/acme/site/42/7",
            Some(Decision::approve().comment("yes")),
        ),
        ("aliyun/acme/42/7", Some(Decision::approve().comment("yes"))),
        (
            "aliyun/acme/42/7",
            Some(Decision::approve().variable("A", "b")),
        ),
        ("yunxiao/acme/42/7", Some(Decision::reject().comment("no"))),
        (
            "azure-devops/acme/site/42/7",
            Some(Decision::approve().secret("A", "b")),
        ),
    ];
    // Nobody listens there.
    let url = "http://127.0.0.1:9";
    let flow = yunxiao::Client::builder().base_url(url);
    let flow = flow.credentials(yunxiao::Credentials::token(SECRET));
    let clients: [Box<dyn Runs>; 5] = [
        Box::new(matillion(url)),
        Box::new(buddy(url)),
        Box::new(aliyun(url)),
        Box::new(flow.build().expect("a client")),
        Box::new(azure(url)),
    ];
    for (reference, decision) in cases {
        let run = run(reference);
        let client = clients
            .iter()
            .find(|client| client.service() == run.service());
        let client = client.expect("a client");
        let refused = match &decision {
            Some(decision) => client.decide(&run, decision).await,
            None => client.retry(&run, None).await,
        };
        let error = refused.expect_err(reference);
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{reference}: {error}");
        assert!(
            error
                .to_string()
                .starts_with("Not supported by this service"),
            "{error}"
        );
        assert_eq!(error.run(), Some(&run));
    }
}

#[test]
fn no_text_shows_a_value_that_is_given_to_a_run() {
    let decision = Decision::approve()
        .secret("KEY", SECRET)
        .variable("OPEN", SECRET);
    let shown = format!("{decision:?} {decision:#?}");
    assert!(
        shown.contains("KEY") && !shown.contains("s3cret"),
        "{shown}"
    );
}
