//! Where the program finds each vendor: every region, and the addresses that are given in their place.

use serde_json::{Value, json};
use wiremock::MockServer;
use wiremock::matchers::any;

use crate::program::answer;
use crate::vendors::Vendors;

fn run() -> Value {
    json!({ "id": 31, "status": "RUNNING", "success": true, "pipelineRun": { "status": "RUNNING" } })
}

const CREDENTIALS: [(&str, &str); 6] = [
    ("AZURE_DEVOPS_EXT_PAT", "token"),
    ("MATILLION_TOKEN", "token"),
    ("ALIBABA_CLOUD_ACCESS_KEY_ID", "id"),
    ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "secret"),
    ("YUNXIAO_ACCESS_TOKEN", "token"),
    ("BUDDY_TOKEN", "token"),
];

/// The words after `status`, and where the request goes: literally, so that an address that changes is somebody's
/// decision.
const VENDORS: [(&str, &str); 15] = [
    (
        "azure-devops/acme/Shop/42/31",
        "https://dev.azure.com/acme/Shop/_apis/",
    ),
    (
        "matillion/p/e",
        "https://eu1.api.matillion.com/dpc/v1/projects/p/",
    ),
    (
        "matillion/p/e --region eu1",
        "https://eu1.api.matillion.com/dpc/v1/projects/p/",
    ),
    (
        "matillion/p/e --region eu",
        "https://eu1.api.matillion.com/dpc/v1/projects/p/",
    ),
    (
        "matillion/p/e --region us1",
        "https://us1.api.matillion.com/dpc/v1/projects/p/",
    ),
    (
        "matillion/p/e --region US",
        "https://us1.api.matillion.com/dpc/v1/projects/p/",
    ),
    (
        "matillion/p/e --region au1",
        "https://au1.api.matillion.com/dpc/v1/projects/p/",
    ),
    (
        "matillion/p/e --region au",
        "https://au1.api.matillion.com/dpc/v1/projects/p/",
    ),
    (
        "aliyun/o/123/41",
        "https://devops.cn-hangzhou.aliyuncs.com/organization/o/",
    ),
    (
        "yunxiao/o/123/41",
        "https://openapi-rdc.aliyuncs.com/oapi/v1/flow/organizations/o/",
    ),
    (
        "buddy/acme/website/2/31",
        "https://api.buddy.works/workspaces/acme/",
    ),
    (
        "buddy/acme/website/2/31 --region us",
        "https://api.buddy.works/workspaces/acme/",
    ),
    (
        "buddy/acme/website/2/31 --region eu",
        "https://api.eu.buddy.works/workspaces/acme/",
    ),
    (
        "buddy/acme/website/2/31 --region Asia",
        "https://api.asia.buddy.works/workspaces/acme/",
    ),
    (
        "azure-devops/acme/Shop/42/31 --base-url https://azure.example/tfs",
        "https://azure.example/tfs/acme/Shop/_apis/",
    ),
];

#[tokio::test]
async fn every_region_has_its_own_address() {
    let vendors = Vendors::answering(run()).await;
    for (words, address) in VENDORS {
        let program = vendors.runpipe("status").words(words.split(' '));
        let program = CREDENTIALS
            .iter()
            .fold(program, |program, (name, value)| program.env(name, value));
        program.ends_with(0).await;
        let sent = vendors.take();
        assert!(!sent.is_empty(), "{words}");
        for sent in sent {
            let start = format!("GET {address}");
            assert!(sent.line.starts_with(&start), "{words}: {}", sent.line);
        }
    }
}

#[tokio::test]
async fn a_variable_names_another_address_and_a_flag_goes_before_it() {
    let services = [
        ("azure-devops/acme/Shop/42/31", "RUNPIPE_AZURE_DEVOPS_URL"),
        ("matillion/p/e", "RUNPIPE_MATILLION_URL"),
        ("aliyun/o/123/41", "RUNPIPE_ALIYUN_URL"),
        ("yunxiao/-/123/41", "RUNPIPE_YUNXIAO_URL"),
        ("buddy/acme/website/2/31", "RUNPIPE_BUDDY_URL"),
    ];
    for (reference, variable) in services {
        let vendors = Vendors::answering(run()).await;
        let (named, given) = (serving().await, serving().await);
        let status = || {
            let program = vendors.runpipe("status").words([reference]);
            let program = CREDENTIALS
                .iter()
                .fold(program, |program, (name, value)| program.env(name, value));
            program.env(variable, &named.uri())
        };
        status().ends_with(0).await;
        assert_eq!(
            (requests(&named).await, requests(&given).await),
            (1, 0),
            "{variable}"
        );
        let url = given.uri();
        status().words(["--base-url", &url]).ends_with(0).await;
        assert_eq!(
            (requests(&named).await, requests(&given).await),
            (1, 1),
            "{variable}"
        );
        assert!(vendors.take().is_empty(), "{variable}");
    }
}

async fn serving() -> MockServer {
    let server = MockServer::start().await;
    wiremock::Mock::given(any())
        .respond_with(answer(200, run()))
        .mount(&server)
        .await;
    server
}

async fn requests(server: &MockServer) -> usize {
    server.received_requests().await.unwrap_or_default().len()
}
