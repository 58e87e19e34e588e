//! Ids by names on Buddy, with the trap that the vendor's service has.

use reqwest::Method;
use runpipe::Service;
use runpipe_testing::Sandbox;
use serde_json::Value;

use super::Outcome;
use super::asker::Asker;

#[tokio::test]
async fn an_unknown_project_is_dropped_from_the_answer_and_not_refused() -> Outcome {
    let sandbox = Sandbox::builder().start().await?;
    let mut asker = Asker::new(&sandbox).await?;
    let pipelines = asker
        .good(
            Service::Buddy,
            Method::GET,
            "/workspaces/acme/projects/website/pipelines",
            None,
        )
        .await?;
    let pipeline = &pipelines["pipelines"][0];
    let name = pipeline["identifier"].as_str().unwrap_or_default();
    let none = &Value::Null;
    let table = [
        (
            format!("project=website&pipeline={name}"),
            "website".into(),
            &pipeline["id"],
        ),
        (
            "project=website&pipeline=no-such".to_owned(),
            "website".into(),
            none,
        ),
        (
            format!("project=no-such&pipeline={name}"),
            Value::Null,
            none,
        ),
        (format!("pipeline={name}"), Value::Null, none),
    ];
    for (query, project, id) in table {
        let path = format!("/workspaces/acme/identifiers?{query}");
        let found = asker.good(Service::Buddy, Method::GET, &path, None).await?;
        assert_eq!(found["domain"], "acme", "{query}");
        assert_eq!(found["project_identifier"], project, "{query}");
        assert_eq!(&found["pipeline_id"], id, "{query}");
    }
    let unknown = "/workspaces/no-such/identifiers?project=website";
    let answer = asker
        .ask(Service::Buddy, Method::GET, unknown, None)
        .await?;
    assert_eq!(answer.status, 404, "{}", answer.text);
    Ok(())
}
