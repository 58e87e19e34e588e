//! `list --mine`: only where a service says whose credential it is.

use runpipe::Service;
use runpipe_testing::{Sandbox, SeededRun, Trigger};
use serde_json::json;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer};

use crate::program::{answer, at, runpipe};

const LIST: [&str; 8] = [
    "list",
    "azure-devops",
    "--organization",
    "acme",
    "--project",
    "Website",
    "--pipeline",
    "id:42",
];

#[tokio::test]
async fn own_runs_are_told_from_those_of_others() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    let pipelines = sandbox.pipelines(Service::AzureDevops);
    let pipeline = pipelines
        .iter()
        .find(|one| one.id == "42")
        .expect("a pipeline");
    let pushed = SeededRun::of(pipeline).trigger(Trigger::Push);
    sandbox.seed(&pushed).expect("seeded");
    let own = sandbox.seed(&SeededRun::of(pipeline)).expect("seeded");
    sandbox.seed(&pushed).expect("seeded");
    let all = at(&sandbox, &LIST).ends_with(0).await.stdout;
    assert_eq!(all.lines().count(), 3, "{all}");
    let mine = at(&sandbox, &LIST)
        .words(["--mine"])
        .ends_with(0)
        .await
        .stdout;
    assert_eq!(mine.lines().count(), 1, "{mine}");
    assert!(mine.trim_end().ends_with(&format!("/{own}")), "{mine}");
}

#[tokio::test]
async fn where_no_answer_tells_nothing_is_guessed() {
    let server = MockServer::start().await;
    let builds = json!({ "value": [{ "id": 7, "requestedFor": { "id": "x" } }] });
    Mock::given(any())
        .respond_with(answer(200, builds))
        .mount(&server)
        .await;
    let list = runpipe(LIST).words(["--mine", "--retries", "0"]);
    let list = list
        .env("AZURE_DEVOPS_EXT_PAT", "pat")
        .env("RUNPIPE_AZURE_DEVOPS_URL", &server.uri());
    let told = list.ends_with(5).await;
    told.tells("whose credential it is");
    // A service that tells it nowhere has no such flag.
    let buddy = "list buddy --workspace a --project b --pipeline 2 --mine";
    runpipe(buddy.split(' ')).ends_with(2).await;
}
