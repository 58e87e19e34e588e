//! What each answer about an execution becomes.

use runpipe::{ErrorKind, RunStatus};
use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
struct Case {
    name: String,
    answer: Value,
    run: Map<String, Value>,
}

#[tokio::test]
async fn an_execution_is_read_whatever_is_missing() {
    for case in rows::<Case>("buddy/executions") {
        let server = MockServer::start().await;
        on(&server, "GET", EXECUTION, json_answer(case.answer)).await;
        let read = client(&server).get(&run()).await;
        let read = read.unwrap_or_else(|error| panic!("{}: {error}", case.name));
        assert_eq!(read.reference, run(), "{}", case.name);
        assert!(read.vendor::<types::Execution>().is_some(), "{}", case.name);
        assert_holds(&serde_json::to_value(&read).unwrap(), &case.run, &case.name);
    }
}

/// Every word that the document knows, and what it means.
const WORDS: [(&str, RunStatus); 14] = [
    ("INITIAL", RunStatus::Queued),
    ("ENQUEUED", RunStatus::Queued),
    ("INPROGRESS", RunStatus::Running),
    ("TERMINATING", RunStatus::Canceling),
    ("SUCCESSFUL", RunStatus::Succeeded),
    ("FAILED", RunStatus::Failed),
    ("TERMINATED", RunStatus::Canceled),
    ("SKIPPED", RunStatus::Skipped),
    ("NOT_EXECUTED", RunStatus::Skipped),
    ("WAITING_FOR_APPLY", RunStatus::Waiting),
    ("WAITING_FOR_VARIABLES", RunStatus::Waiting),
    ("WAITING_FOR_SETTABLE_VARIABLES", RunStatus::Waiting),
    ("WAITING_FOR_VT_SESSION", RunStatus::Waiting),
    // One that Buddy may add.
    ("WAITING_FOR_THE_MOON", RunStatus::Waiting),
];

#[tokio::test]
async fn every_word_has_one_meaning() {
    for (word, status) in WORDS {
        let server = always(json_answer(json!({ "id": 31, "status": word }))).await;
        let read = client(&server).get(&run()).await.unwrap();
        assert_eq!(read.status, status, "{word}");
        assert_eq!(read.vendor_status.as_deref(), Some(word));
        // A start is answered in the same words.
        let started = client(&server).start(&pipeline(), &nothing_asked()).await;
        assert_eq!(started.unwrap().status, status, "{word}");
    }
}

#[tokio::test]
async fn a_reference_of_another_service_is_refused_and_nothing_is_sent() {
    let server = always(json_answer(json!({ "id": 31 }))).await;
    for reference in [
        "matillion/p/e",
        "buddy/acme/site/two/31",
        "buddy/acme/site/2/latest",
    ] {
        let Ok(reference) = reference.parse::<RunRef>() else {
            continue;
        };
        let error = client(&server).get(&reference).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{reference}");
    }
    assert!(received(&server).await.is_empty());
}

#[tokio::test]
async fn a_header_of_the_callers_is_sent_unless_the_credential_has_it() {
    let server = always(json_answer(json!({ "id": 31 }))).await;
    let [via, of_credential] = ["via", "authorization"].map(http::HeaderName::from_static);
    let mine = http::HeaderValue::from_static("mine");
    let client = client(&server).with_header(via, mine.clone());
    client
        .with_header(of_credential, mine)
        .get(&run())
        .await
        .unwrap();
    let headers = &received(&server).await[0].headers;
    assert_eq!(headers["via"], "mine");
    assert_ne!(headers["authorization"], "mine");
}
