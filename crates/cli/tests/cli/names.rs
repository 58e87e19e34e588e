//! `--pipeline` with digits in it: never the pipeline that was not meant.

use std::time::Duration;

use serde_json::{Value, json};
use wiremock::matchers::{method, path, path_regex};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::program::{Ended, answer, received, runpipe};

/// Numbers and names.
type Pipelines = &'static [(i64, &'static str)];

/// A service that takes numbers, where number 7 and number 9 can be started.
struct Service {
    place: &'static str,
    /// Where its pipelines are listed.
    list: &'static str,
    /// The start of a pipeline: what stands before the number, and after it.
    start: (&'static str, &'static str),
    started: fn() -> Value,
    listed: fn(Pipelines) -> Value,
}

const SERVICES: [Service; 4] = [
    Service {
        place: "azure-devops --organization acme --project site",
        list: "/acme/site/_apis/pipelines",
        start: ("/acme/site/_apis/pipelines/", "/runs"),
        started: || json!({ "id": 1, "state": "inProgress" }),
        listed: |pipelines| {
            let pipelines = pipelines.iter();
            let pipelines = pipelines.map(|(id, name)| json!({ "id": id, "name": name }));
            json!({ "value": pipelines.collect::<Vec<_>>() })
        },
    },
    Service {
        place: "aliyun --organization-id acme",
        list: "/organization/acme/pipelines",
        start: ("/organizations/acme/pipelines/", "/run"),
        started: || json!({ "success": true, "pipelineRunId": 1 }),
        listed: |pipelines| {
            let pipelines = pipelines.iter();
            let pipelines =
                pipelines.map(|(id, name)| json!({ "pipelineId": id, "pipelineName": name }));
            json!({ "success": true, "pipelines": pipelines.collect::<Vec<_>>() })
        },
    },
    Service {
        place: "yunxiao --organization-id acme",
        list: "/oapi/v1/flow/organizations/acme/pipelines",
        start: ("/oapi/v1/flow/organizations/acme/pipelines/", "/runs"),
        started: || json!(1),
        listed: |pipelines| {
            let pipelines = pipelines.iter();
            let pipelines =
                pipelines.map(|(id, name)| json!({ "pipelineId": id, "pipelineName": name }));
            json!(pipelines.collect::<Vec<_>>())
        },
    },
    Service {
        place: "buddy --workspace acme --project site",
        list: "/workspaces/acme/projects/site/pipelines",
        start: ("/workspaces/acme/projects/site/pipelines/", "/executions"),
        started: || json!({ "id": 1, "status": "INPROGRESS" }),
        listed: |pipelines| {
            let pipelines = pipelines.iter();
            let pipelines = pipelines.map(|(id, name)| json!({ "id": id, "name": name }));
            json!({ "pipelines": pipelines.collect::<Vec<_>>() })
        },
    },
];

impl Service {
    /// A server that starts any pipeline, and answers the list of them with this.
    async fn with_list(&self, list: ResponseTemplate) -> MockServer {
        let server = MockServer::start().await;
        let get = Mock::given(method("GET")).and(path(self.list));
        get.respond_with(list).mount(&server).await;
        let (before, after) = self.start;
        let start = Mock::given(method("POST")).and(path_regex(format!("^{before}[0-9]+{after}$")));
        let started = answer(200, (self.started)());
        start.respond_with(started).mount(&server).await;
        server
    }

    async fn with_pipelines(&self, pipelines: Pipelines) -> MockServer {
        self.with_list(answer(200, (self.listed)(pipelines))).await
    }

    async fn run(&self, server: &MockServer, command: &str, pipeline: &str) -> Ended {
        let words = format!("{command} {} --retries 0 --timeout 3s", self.place);
        runpipe(words.split_whitespace())
            .words(["--pipeline", pipeline, "--base-url", &server.uri()])
            .env("AZURE_DEVOPS_EXT_PAT", "pat")
            .env("ALIBABA_CLOUD_ACCESS_KEY_ID", "id")
            .env("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "secret")
            .env("YUNXIAO_ACCESS_TOKEN", "token")
            .env("BUDDY_TOKEN", "token")
            .run()
            .await
    }

    /// The number of the one pipeline that was started.
    async fn started(&self, server: &MockServer) -> Option<i64> {
        assert!(received(server, "POST").await <= 1);
        let requests = server.received_requests().await.expect("recording");
        let mut posts = requests.iter().filter(|one| one.method.as_str() == "POST");
        let path = posts.next()?.url.path().to_owned();
        let (before, after) = self.start;
        let number = path.strip_prefix(before)?.strip_suffix(after)?;
        number.parse().ok()
    }
}

#[tokio::test]
async fn starts_what_is_meant_or_nothing() {
    // What is given, the service's pipelines, and the number that is started.
    let cases: [(&str, Pipelines, Option<i64>); 16] = [
        ("7", &[(7, "deploy"), (9, "test")], Some(7)),
        ("7", &[(7, "7"), (9, "test")], Some(7)),
        ("7", &[], Some(7)),
        ("7", &[(7, "deploy"), (9, "7")], None),
        ("7", &[(9, "7")], None),
        ("7", &[(9, "7"), (10, "7")], None),
        ("7", &[(9, "07"), (10, "7 ")], Some(7)),
        ("007", &[(7, "deploy"), (9, "007")], Some(9)),
        ("007", &[(7, "deploy")], None),
        ("+7", &[(7, "deploy")], None),
        (" 7", &[(7, "deploy")], None),
        ("٧", &[(7, "deploy")], None),
        ("99999999999999999999", &[(7, "deploy")], None),
        ("id:7", &[(9, "7")], Some(7)),
        ("name:7", &[(7, "deploy"), (9, "7")], Some(9)),
        ("name:7", &[(7, "deploy")], None),
    ];
    for service in SERVICES {
        for (given, pipelines, started) in cases {
            let server = service.with_pipelines(pipelines).await;
            let ended = service.run(&server, "start", given).await;
            let what = format!(
                "{} {given:?} of {pipelines:?}: {}",
                service.place, ended.stderr
            );
            assert_eq!(service.started(&server).await, started, "{what}");
            assert_eq!(ended.status.code() == Some(0), started.is_some(), "{what}");
        }
    }
}

#[tokio::test]
async fn digits_that_are_a_number_and_a_name_are_said_to_be_both() {
    for service in SERVICES {
        let server = service.with_pipelines(&[(7, "deploy"), (9, "7")]).await;
        let ended = service.run(&server, "start", "7").await;
        assert_eq!(ended.status.code(), Some(2), "{}", ended.stderr);
        for part in ["id:9", "--pipeline id:7", "--pipeline name:7"] {
            ended.tells(part);
        }
    }
}

#[tokio::test]
async fn a_list_that_is_not_read_stops_the_start_unless_the_service_refuses_it() {
    let answers = [
        (ResponseTemplate::new(403), true),
        (ResponseTemplate::new(404), true),
        (ResponseTemplate::new(503), false),
        (ResponseTemplate::new(200).set_body_string("{"), false),
        (
            answer(200, json!({})).set_delay(Duration::from_secs(60)),
            false,
        ),
    ];
    for service in SERVICES {
        for (list, starts) in &answers {
            let server = service.with_list(list.clone()).await;
            let ended = service.run(&server, "start", "7").await;
            let started = service.started(&server).await;
            assert_eq!(started.is_some(), *starts, "{}", ended.stderr);
            if !starts {
                ended.tells("id:7");
                assert!(
                    matches!(ended.status.code(), Some(2 | 5)),
                    "{}",
                    ended.stderr
                );
            }
        }
    }
}

#[tokio::test]
async fn nothing_is_looked_up_where_there_is_no_doubt_or_no_harm() {
    for service in SERVICES {
        for (command, pipeline) in [("start", "id:7"), ("list", "7"), ("list", "id:7")] {
            let server = service.with_pipelines(&[(9, "7")]).await;
            service.run(&server, command, pipeline).await;
            let requests = server.received_requests().await.expect("recording");
            let looked = requests
                .iter()
                .any(|request| request.url.path() == service.list);
            assert!(!looked, "{command} {pipeline}");
        }
    }
}
