//! The number of a pipeline by its identifier, in one call, with the trap that the call has.

use runpipe::ErrorKind;

use super::*;

const IDENTIFIERS: &str = "/workspaces/acme/identifiers";

/// A service with this answer about ids, and a list in which number 4 is called `deploy`.
async fn service(identifiers: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    on(&server, "GET", IDENTIFIERS, identifiers).await;
    let list = json!({ "pipelines": [{ "id": 4, "name": "deploy" }] });
    on(&server, "GET", PIPELINES, json_answer(list)).await;
    server
}

#[tokio::test]
async fn an_identifier_is_found_in_one_call() {
    let found = json!({ "domain": "acme", "project_identifier": "site", "pipeline_id": 7 });
    let server = service(json_answer(found)).await;
    let named = client(&server)
        .pipeline_named("acme", "site", "deploy")
        .await;
    assert_eq!(named.unwrap(), PipelineRef::new("acme", "site", 7));
    let requests = received(&server).await;
    let [request] = requests.as_slice() else {
        panic!("{} requests", requests.len());
    };
    assert_eq!(request.url.path(), IDENTIFIERS);
    let mut query: Vec<_> = request.url.query_pairs().into_owned().collect();
    query.sort();
    let wanted = [("pipeline", "deploy"), ("project", "site")];
    assert_eq!(
        query,
        wanted.map(|(name, value)| (name.to_owned(), value.to_owned()))
    );
}

#[tokio::test]
async fn an_answer_that_says_nothing_leads_to_the_list() {
    let answers = [
        // The trap: an unknown project is dropped, and what was found is of somewhere else.
        json!({ "domain": "acme", "pipeline_id": 7 }),
        json!({ "domain": "acme", "project_identifier": null, "pipeline_id": 7 }),
        json!({ "domain": "acme", "project_identifier": "site-2", "pipeline_id": 7 }),
        json!({ "domain": "acme", "project_identifier": "site" }),
        json!({ "domain": "acme", "project_identifier": "site", "pipeline_id": null }),
        json!({ "domain": "acme", "project_identifier": "site", "pipeline_id": 0 }),
    ];
    for answer in answers {
        let server = service(json_answer(answer.clone())).await;
        let named = client(&server)
            .pipeline_named("acme", "site", "deploy")
            .await;
        assert_eq!(
            named.unwrap(),
            PipelineRef::new("acme", "site", 4),
            "{answer}"
        );
    }
    // An old installation, and tokens without the scope.
    for status in [400, 401, 403, 404] {
        let server = service(ResponseTemplate::new(status)).await;
        let named = client(&server)
            .pipeline_named("acme", "site", "deploy")
            .await;
        assert_eq!(
            named.unwrap(),
            PipelineRef::new("acme", "site", 4),
            "{status}"
        );
    }
}

#[tokio::test]
async fn a_service_that_cannot_answer_is_not_asked_for_the_list() {
    let server = service(ResponseTemplate::new(503)).await;
    let named = client(&server)
        .pipeline_named("acme", "site", "deploy")
        .await;
    assert_eq!(named.unwrap_err().kind(), ErrorKind::Unavailable);
    let requests = received(&server).await;
    assert!(
        requests
            .iter()
            .all(|request| request.url.path() == IDENTIFIERS)
    );
}
