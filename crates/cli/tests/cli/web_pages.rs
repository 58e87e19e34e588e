//! The address of a run's page is taken wherever a reference is.

use runpipe::Service;
use runpipe_testing::{Sandbox, SeededRun};
use serde_json::Value;

use crate::program::{at, runpipe};

/// A run on each service: its reference, and the address of its page.
async fn pages(sandbox: &Sandbox) -> Vec<(String, String)> {
    let mut pages = Vec::new();
    for service in Service::ALL {
        let pipeline = &sandbox.pipelines(service)[0];
        let id = sandbox.seed(&SeededRun::of(pipeline)).expect("seeded");
        let mut parts = pipeline.place.clone();
        match service {
            Service::Matillion => parts.truncate(1),
            _ => parts.push(pipeline.id.clone()),
        }
        parts.push(id);
        let run = runpipe::RunRef::new(service, parts).expect("a reference");
        let run = run.to_string();
        let told = at(sandbox, &["status", &run, "--json"]).ends_with(0).await;
        let page = told.json()["url"].as_str().expect("a page").to_owned();
        pages.push((run, page));
    }
    pages
}

#[tokio::test]
async fn every_command_that_takes_a_reference_takes_a_page() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    for (run, page) in pages(&sandbox).await {
        // The site is that of two services: the credential says which is meant.
        let other = match run.starts_with("yunxiao/") {
            true => "ALIBABA_CLOUD_ACCESS_KEY_ID",
            false => "YUNXIAO_ACCESS_TOKEN",
        };
        for command in ["status", "watch", "open", "steps", "logs", "cancel"] {
            let program = at(&sandbox, &[command, &page, "--json"]).without(other);
            let ended = program.ends_with(0).await;
            // A log is an object for each line.
            for line in ended.stdout.lines() {
                let told: Value = serde_json::from_str(line).expect("an object");
                assert_eq!(told["ref"], run.as_str(), "{command} {page}");
            }
            assert!(command == "logs" || ended.stdout.lines().count() == 1);
        }
        let check = at(&sandbox, &["auth", "status", "--check", &page]).without(other);
        check.ends_with(0).await;
    }
}

#[tokio::test]
async fn a_page_and_the_reference_of_its_run_are_watched_once() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    let (run, page) = pages(&sandbox).await.remove(0);
    let ended = at(&sandbox, &["watch", &page, &run, "--json"])
        .ends_with(0)
        .await;
    assert_eq!(ended.stdout.lines().count(), 1, "{}", ended.stdout);
}

#[tokio::test]
async fn what_is_no_page_of_a_run_is_refused_with_what_is_missing() {
    let told = runpipe([
        "status",
        "https://dev.azure.com/acme/Shop/_build?definitionId=3",
    ]);
    let told = told.ends_with(2).await.stderr;
    assert!(
        told.contains("\"Shop\"") && told.contains("the runId is missing"),
        "{told}"
    );
    let told = runpipe(["watch", "https://tfs.example.com/Shop/s3cret"])
        .ends_with(2)
        .await;
    told.tells("--base-url");
    assert!(!told.stderr.contains("s3cret"), "{}", told.stderr);
    // The page is known, the credential is not there.
    let page = "https://app.matillion.com/observability-dashboard/pipeline/e2a4";
    let told = runpipe(["status", page]).ends_with(2).await.stderr;
    assert!(told.contains("no credential for Matillion"), "{told}");
}

#[tokio::test]
async fn nothing_is_sent_to_the_host_of_a_page() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    let elsewhere = Sandbox::start().await.expect("another sandbox");
    let page = format!(
        "{}/acme/Shop/_build/results?buildId=1",
        elsewhere.url(Service::AzureDevops)
    );
    at(&sandbox, &["status", &page]).ends_with(2).await;
    for service in Service::ALL {
        assert!(elsewhere.received(service).is_empty(), "{service}");
    }
}
