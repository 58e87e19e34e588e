//! A flag that would have no effect, or has no value, is refused before anything is sent.

use wiremock::MockServer;

use crate::program::{START, buddy, runpipe};

async fn expect_silence(server: &MockServer) {
    let requests = server.received_requests().await.expect("recording");
    assert!(requests.is_empty(), "{requests:?}");
}

/// What a start is told to do with its run is not left out in silence.
#[tokio::test]
async fn a_preview_has_no_run_to_wait_for_or_to_keep() {
    let server = MockServer::start().await;
    let words =
        "start azure-devops --organization acme --project site --pipeline id:42 --preview-run";
    for more in [
        &["--watch"][..],
        &["--reconcile"],
        &["--key", "deploy-4711"],
    ] {
        let start = runpipe(words.split_whitespace()).words(more.iter().copied());
        let start = start
            .env("AZURE_DEVOPS_EXT_PAT", "pat")
            .env("HOME", "/nowhere");
        let refused = start.env("RUNPIPE_AZURE_DEVOPS_URL", &server.uri());
        refused.ends_with(2).await.tells("--preview-run");
    }
    expect_silence(&server).await;
}

/// A variable of the caller's that is not set must not start something else.
#[tokio::test]
async fn an_empty_value_is_refused_with_its_flag() {
    let server = MockServer::start().await;
    let azure = "start azure-devops --organization acme --project site --pipeline id:42";
    let buddy = "start buddy --workspace acme --project site --pipeline id:2";
    let list = "list buddy --workspace acme --project site --pipeline id:2";
    for (words, flag) in [
        (azure, "--branch"),
        (azure, "--mark-variable"),
        (buddy, "--branch"),
        (buddy, "--pull-request"),
        (list, "--branch"),
    ] {
        let key = ["--key", "k"]
            .into_iter()
            .filter(|_| flag.starts_with("--mark"));
        let program = runpipe(words.split_whitespace())
            .words([flag, ""])
            .words(key);
        let program = program
            .env("AZURE_DEVOPS_EXT_PAT", "pat")
            .env("BUDDY_TOKEN", "t");
        let program = program.words(["--base-url", &server.uri()]);
        program.ends_with(2).await.tells(format!("{flag} is empty"));
    }
    expect_silence(&server).await;
}

#[tokio::test]
async fn how_to_wait_is_refused_where_nothing_is_waited_for() {
    let server = MockServer::start().await;
    for flag in ["--deadline=5m", "--logs", "--cancel-on-interrupt"] {
        let start = buddy(&server, START).words([flag]);
        let refused = start.ends_with(2).await;
        refused.tells("--watch");
    }
    expect_silence(&server).await;
}

#[tokio::test]
async fn a_flag_without_effect_is_refused() {
    for (words, cure) in [
        ("auth status --base-url https://buddy.example", "--check"),
        ("auth status buddy --retries 1", "--check"),
        ("schema run --record there", "--record"),
        ("sandbox --port 0 --record there", "--record"),
        ("demo --record there", "--record"),
        ("spec check there.json --record there", "--record"),
        (
            "spec probe aliyun --organization-id o --pipeline 1 --record there",
            "--record",
        ),
    ] {
        let program = runpipe(words.split_whitespace()).env("BUDDY_TOKEN", "t");
        let program = program.env("ALIBABA_CLOUD_ACCESS_KEY_ID", "id");
        let program = program.env("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "secret");
        program.ends_with(2).await.tells(cure);
    }
}
