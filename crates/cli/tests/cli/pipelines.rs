//! `runpipe pipelines`: which pipelines can be started.

use runpipe_testing::Sandbox;
use serde_json::json;

use crate::program::at;
use crate::schemas::holds;

#[tokio::test]
async fn every_service_lists_its_pipelines() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    let organization = "60d1c0ffee5ca1ab1e00feed";
    let project = "3f0c9a52-6b1d-4c7e-9a44-2d5e8f7b1c60";
    for words in [
        &[
            "azure-devops",
            "--organization",
            "acme",
            "--project",
            "Website",
        ][..],
        &[
            "matillion",
            "--project-id",
            project,
            "--environment",
            "Test",
        ],
        &["matillion", "--project-id", project],
        &["aliyun", "--organization-id", organization],
        &["yunxiao", "--organization-id", organization],
        &["buddy", "--workspace", "acme", "--project", "website"],
    ] {
        let words: Vec<&str> = ["pipelines"]
            .into_iter()
            .chain(words.iter().copied())
            .collect();
        let ended = at(&sandbox, &words).words(["--json"]).ends_with(0).await;
        holds("pipelines", &ended.stdout).await;
        let listed = ended.json();
        let listed = listed["pipelines"].as_array().expect("pipelines");
        assert!(!listed.is_empty(), "{words:?}");
        let rows = at(&sandbox, &words).ends_with(0).await.stdout;
        assert_eq!(rows.lines().count(), listed.len(), "{rows}");
        for (row, pipeline) in rows.lines().zip(listed) {
            let [id, name] = ["pipeline", "name"].map(|key| pipeline[key].as_str().expect("text"));
            assert!(row.starts_with(&format!("{id}\t{name}")), "{row}");
        }
    }
    let words = [
        "pipelines",
        "buddy",
        "--workspace",
        "acme",
        "--project",
        "website",
        "--json",
    ];
    let listed = at(&sandbox, &words).ends_with(0).await.json();
    let listed = listed["pipelines"].as_array().expect("pipelines");
    assert!(listed.iter().any(|one| one["pipeline"] == json!("2")));
}
