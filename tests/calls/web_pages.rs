//! The promise: the address of a run's page leads back to the run's reference.

use futures_util::TryStreamExt;
use proptest::prelude::*;
use runpipe::{
    ErrorKind, InvalidWebPage, Run, Runs, Service, ServiceClient, aliyun, azure_devops, buddy,
    matillion, yunxiao,
};
use runpipe_testing::{Pipeline, Sandbox, SandboxClient, SeededRun};

/// Names as people give them to projects.
fn names() -> impl Strategy<Value = String> {
    let text = "[a-zA-Z0-9äß中 %&+#?=._-]{1,12}".prop_map(|text| text.trim().to_owned());
    text.prop_filter("a name", |name| {
        !name.is_empty() && !name.starts_with(['_', '.', '-'])
    })
}

/// Every run of a pipeline, and what its page leads back to.
async fn lead_back<C: SandboxClient + Runs>(pipeline: Pipeline, at: C::Pipeline) {
    let sandbox = Sandbox::builder().pipeline(pipeline.clone()).start().await;
    let sandbox = sandbox.expect("a sandbox");
    for _ in 0..3 {
        sandbox.seed(&SeededRun::of(&pipeline)).expect("seeded");
    }
    let client: C = sandbox.client().expect("a client");
    let runs: Vec<Run> = client.list(&at).try_collect().await.expect("a list");
    assert_eq!(runs.len(), 3);
    for run in runs {
        let run = Runs::get(&client, &run.reference).await.expect("a run");
        let address = run.url.expect("a page");
        // As it is copied, with what the site adds while one looks around.
        let part = if address.contains('?') {
            "&view=logs"
        } else {
            "?tab=logs"
        };
        for copied in [address.clone(), format!(" {address}{part}#top\n")] {
            let page = C::web_page(&copied, &sandbox.url(C::SERVICE)).expect(&copied);
            let found = client.run_on(&page).await.expect(&copied);
            assert_eq!(found, run.reference, "{copied}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    #[test]
    fn every_run_s_page_leads_back_to_its_reference(
        place in [names(), names()],
        number in 1..i64::from(u32::MAX),
    ) {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let [first, second] = place;
        let project = format!("3f0c9a52-6b1d-4c7e-9a44-{number:012x}");
        let pipeline = |service, place: &[&str]| {
            Pipeline::new(service, place.iter().copied(), number.to_string(), "build")
        };
        runtime.block_on(async {
            lead_back::<azure_devops::Client>(
                pipeline(Service::AzureDevops, &[&first, &second]),
                azure_devops::PipelineRef::new(&first, &second, number),
            ).await;
            lead_back::<matillion::Client>(
                pipeline(Service::Matillion, &[&project, &second, "Test"]),
                matillion::ProjectRef::new(&project),
            ).await;
            lead_back::<aliyun::Client>(
                pipeline(Service::Aliyun, &[&first]),
                aliyun::PipelineRef::new(&first, number),
            ).await;
            lead_back::<yunxiao::Client>(
                pipeline(Service::Yunxiao, &[&first]),
                yunxiao::PipelineRef::new(&first, number),
            ).await;
            lead_back::<buddy::Client>(
                pipeline(Service::Buddy, &[&first, &second]),
                buddy::PipelineRef::new(&first, &second, number),
            ).await;
        });
    }
}

fn named<C: ServiceClient>(address: &str, parts: &[(&str, &str)]) {
    let page = C::web_page(address, C::BASE_URL).expect(address);
    assert_eq!(page.service(), C::SERVICE);
    for (name, value) in parts {
        assert_eq!(page.part(name), Some(*value), "{address}");
    }
}

#[test]
fn each_vendor_s_addresses_are_understood() {
    let azure = [
        ("organization", "acme"),
        ("project", "My Shop"),
        ("runId", "7001"),
    ];
    for address in [
        "https://dev.azure.com/acme/My%20Shop/_build/results?buildId=7001",
        "https://dev.azure.com/acme/My%20Shop/_build/results?view=logs&buildId=7001&j=1&t=2",
        "https://dev.azure.com/acme/My%20Shop/_build?buildId=7001&definitionId=3",
        "https://acme.visualstudio.com/My%20Shop/_build/results?buildId=7001",
        "https://acme.visualstudio.com/DefaultCollection/My%20Shop/_build/index?buildId=7001",
    ] {
        named::<azure_devops::Client>(address, &azure);
    }
    let own = "https://tfs.example.com/tfs/Main/Shop/_build/results?buildId=9";
    let page = azure_devops::Client::web_page(own, "https://tfs.example.com/tfs/").expect(own);
    assert_eq!(page.part("organization"), Some("Main"));
    let matillion = "https://app.matillion.com/observability-dashboard/pipeline/e2a4?x=1";
    named::<matillion::Client>(matillion, &[("executionId", "e2a4")]);
    let flow = "https://flow.aliyun.com/pipelines/42/builds/7?organizationId=60d1";
    let parts = [
        ("organizationId", "60d1"),
        ("pipelineId", "42"),
        ("runId", "7"),
    ];
    named::<aliyun::Client>(flow, &parts);
    named::<yunxiao::Client>(flow, &parts);
    for host in [
        "app.buddy.works",
        "app.eu.buddy.works",
        "app.asia.buddy.works",
    ] {
        let page = "acme/site/pipelines/pipeline/2/execution/5f0c";
        let parts = [
            ("workspace", "acme"),
            ("project", "site"),
            ("pipelineId", "2"),
        ];
        named::<buddy::Client>(&format!("https://{host}/{page}"), &parts);
    }
    let own = "https://buddy.example.com/acme/site/pipelines/pipeline/2/execution/5f0c";
    buddy::Client::web_page(own, "https://buddy.example.com/api").expect(own);
}

#[test]
fn an_address_that_names_no_run_says_what_it_names_and_what_is_missing() {
    let azure = azure_devops::Client::web_page;
    let fault = azure("https://dev.azure.com/acme/Shop/_build?definitionId=3", "");
    let text = fault.expect_err("no run").to_string();
    let told = "the address names the organization \"acme\" and the project \"Shop\" and the \
                pipelineId \"3\" on Azure DevOps, and that is not a run: the runId is missing";
    assert!(text.starts_with(told), "{text}");
    assert!(text.ends_with("?buildId={runId}"), "{text}");
    let flow = "https://flow.aliyun.com/pipelines/42/builds/7";
    let fault =
        aliyun::Client::web_page(flow, aliyun::Client::BASE_URL).expect_err("no organization");
    assert!(
        fault.to_string().contains("the organizationId is missing"),
        "{fault}"
    );
    for address in [
        "https://app.buddy.works/acme",
        "https://app.buddy.works/acme/site/pipelines/pipeline/2",
        "https://app.buddy.works/",
    ] {
        let fault = buddy::Client::web_page(address, buddy::Client::BASE_URL).expect_err(address);
        assert!(matches!(fault, InvalidWebPage::NoRun { .. }), "{fault:?}");
    }
    for (address, expected) in [
        (
            "https://dev.azure.com.evil.example/acme/Shop/_build/results?buildId=1",
            false,
        ),
        (
            "https://evilvisualstudio.com/Shop/_build/results?buildId=1",
            false,
        ),
        (
            "ftp://dev.azure.com/acme/Shop/_build/results?buildId=1",
            true,
        ),
        ("buddy/acme/site/2/31", true),
        (
            "https://dev.azure.com/acme/%FF/_build/results?buildId=1",
            true,
        ),
    ] {
        let fault = azure(address, azure_devops::Client::BASE_URL).expect_err(address);
        assert_eq!(
            fault == InvalidWebPage::Address,
            expected,
            "{address}: {fault:?}"
        );
    }
}

/// Where the page does not name it: Matillion's.
#[tokio::test]
async fn a_page_leads_to_the_project_of_its_own_run() {
    let projects = [1, 2].map(|number| format!("3f0c9a52-6b1d-4c7e-9a44-{number:012x}"));
    let pipelines = projects.each_ref().map(|project| {
        let place = [project.as_str(), "Shop", "Test"];
        Pipeline::new(Service::Matillion, place, "1", "build")
    });
    let builder = Sandbox::builder().pipeline(pipelines[0].clone());
    let sandbox = builder.pipeline(pipelines[1].clone()).start().await;
    let sandbox = sandbox.expect("a sandbox");
    for pipeline in &pipelines {
        sandbox.seed(&SeededRun::of(pipeline)).expect("seeded");
    }
    let client = sandbox.matillion().expect("a client");
    for project in &projects {
        let runs = ServiceClient::list(&client, &matillion::ProjectRef::new(project));
        let runs: Vec<Run> = runs.try_collect().await.expect("a list");
        let run = client.get(&runs[0].reference).await.expect("a run");
        let page = matillion::Client::web_page(&run.url.expect("a page"), "").expect("a page");
        assert_eq!(client.run_on(&page).await.expect("a run"), run.reference);
    }
}

#[tokio::test]
async fn a_page_that_no_run_has_is_not_found_and_no_other_service_is_asked() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    let url = sandbox.url(Service::Buddy);
    let pipeline = &sandbox.pipelines(Service::Buddy)[0];
    sandbox.seed(&SeededRun::of(pipeline)).expect("seeded");
    let place = format!("{}/{}", pipeline.place.join("/"), "pipelines/pipeline");
    let address = format!(
        "https://app.buddy.works/{place}/{}/execution/0",
        pipeline.id
    );
    let page = buddy::Client::web_page(&address, &url).expect("a page");
    let buddy = sandbox.buddy().expect("a client");
    let error = buddy.run_on(&page).await.expect_err("no run has it");
    assert_eq!(error.kind(), ErrorKind::NotFound);
    let matillion = "https://app.matillion.com/observability-dashboard/pipeline/none";
    let page = matillion::Client::web_page(matillion, "").expect("a page");
    let client = sandbox.matillion().expect("a client");
    let error = client.run_on(&page).await.expect_err("no run has it");
    assert_eq!(error.kind(), ErrorKind::NotFound);
    let error = buddy.run_on(&page).await.expect_err("another service");
    assert_eq!(error.kind(), ErrorKind::Configuration);
}

#[test]
fn a_place_is_shown_as_a_reference_names_it() {
    for (shown, place) in [
        (
            azure_devops::PipelineRef::new("acme", "My Site", 42).to_string(),
            "acme/My Site/42",
        ),
        (matillion::ProjectRef::new("p1").to_string(), "p1"),
        (
            aliyun::PipelineRef::new("5ebbc", 123).to_string(),
            "5ebbc/123",
        ),
        (
            yunxiao::PipelineRef::new("5ebbc", 123).to_string(),
            "5ebbc/123",
        ),
        (
            buddy::PipelineRef::new("acme", "site", 2).to_string(),
            "acme/site/2",
        ),
    ] {
        assert_eq!(shown, place);
    }
}
