//! Nothing that a document says stops on its way to a caller, and every service is everywhere. What is missing is told
//! by its name, once.

use std::fs;
use std::path::PathBuf;

use runpipe::Service;
use runpipe_spec::document::Document;
use runpipe_testing::Sandbox;
use serde_json::Value;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::flags::{
    azure_devops_preview_sent, azure_devops_sent, buddy_sent, flow_sent, matillion_sent,
};
use crate::program::{at, runpipe};

/// Service and list of words; the command that reads one; an answer with one in the place of `*`.
const WORDS: &str = r#"
azure-devops RunState | status azure-devops/acme/site/42/7 | {"id":7,"state":"*"}
azure-devops RunResult | status azure-devops/acme/site/42/7 | {"id":7,"state":"completed","result":"*"}
azure-devops BuildStatus | list azure-devops --organization acme --project site --pipeline id:42 --mine | {"value":[{"id":7,"status":"*","requestedFor":{"id":"ann"}}]}
azure-devops BuildResult | list azure-devops --organization acme --project site --pipeline id:42 --mine | {"value":[{"id":7,"status":"completed","result":"*","requestedFor":{"id":"ann"}}]}
matillion ExecutionStatus | status matillion/p/e | {"result":{"pipelineExecutionId":"e","status":"*"}}
aliyun PipelineRunStatus | status aliyun/60d1/123/9 | {"success":true,"pipelineRun":{"pipelineRunId":9,"status":"*"}}
yunxiao PipelineRunStatus | status yunxiao/60d1/123/9 | {"pipelineRunId":9,"status":"*"}
buddy ExecutionStatus | status buddy/acme/site/2/31 | {"id":31,"status":"*"}
"#;

/// Words that alone say nothing about a run: their vendors' own for what they do not know, one that needs a result, and
/// those of filters.
const SAY_NOTHING: [&str; 5] = ["unknown", "UNKNOWN", "none", "completed", "all"];

/// Operations that no call of the library makes, and why: they are documented for the sandbox, for recordings, and for
/// whoever reads the document.
const NOT_CALLED: &str = "
azure-devops getPipeline: listPipelines says the same
azure-devops listLogs: listBuildLogs says the same, and how long each is
azure-devops getBuildTimelineById: getBuildTimeline gives the newest
azure-devops getApproval: listApprovals says the same
aliyun stopPipelineJobRun: a run is stopped as a whole
aliyun skipPipelineJobRun: jobs are run again, not skipped
buddy getPipeline: listPipelines says the same
buddy listProjects: a project is named by its handle
matillion listAgents: it tells people what --agent-id takes
matillion listArtifacts: it tells people what --version-name takes
";

fn file(path: &str) -> PathBuf {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.join(path)
}

fn text(path: &str) -> String {
    fs::read_to_string(file(path)).unwrap_or_else(|fault| panic!("{path}: {fault}"))
}

/// What lies in a folder.
fn names(folder: &str) -> Vec<String> {
    let entries = fs::read_dir(file(folder)).expect(folder);
    let names = entries.map(|entry| entry.expect("an entry").file_name());
    names.filter_map(|name| name.into_string().ok()).collect()
}

fn module(service: Service) -> String {
    service.name().replace('-', "_")
}

/// The request of a start, and what a start sends with every flag.
fn request(service: Service) -> (&'static str, Vec<Value>) {
    match service {
        Service::AzureDevops => (
            "RunPipelineParameters",
            vec![azure_devops_sent(), azure_devops_preview_sent()],
        ),
        Service::Matillion => ("ExecutePublishedPipelineRequest", vec![matillion_sent()]),
        Service::Aliyun => ("StartPipelineRunParams", vec![flow_sent()]),
        Service::Yunxiao => ("CreatePipelineRunParams", vec![flow_sent()]),
        Service::Buddy => ("RunExecutionRequest", vec![buddy_sent()]),
        other => panic!("{other} has no request here"),
    }
}

/// Every field below a schema that no body has.
fn absent(document: &Document, schema: &Value, bodies: &[&Value], place: &str) -> Vec<String> {
    let schema = document.resolve(schema);
    let parts = schema["allOf"].as_array().into_iter().flatten();
    let mut found: Vec<String> = parts
        .flat_map(|part| absent(document, part, bodies, place))
        .collect();
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let place = format!("{place}.{name}");
        let inner: Vec<&Value> = bodies.iter().filter_map(|body| body.get(name)).collect();
        match inner.is_empty() {
            true => found.push(place),
            false => found.extend(absent(document, property, &inner, &place)),
        }
    }
    let items = bodies.iter().filter_map(|body| body.as_array()).flatten();
    let members = bodies.iter().filter_map(|body| body.as_object());
    let members = members.flat_map(|members| members.values());
    for (key, values) in [
        ("items", items.collect::<Vec<_>>()),
        ("additionalProperties", members.collect()),
    ] {
        if let Some(schema) = schema.get(key).filter(|schema| schema.is_object()) {
            found.extend(absent(document, schema, &values, &format!("{place}.*")));
        }
    }
    found
}

/// The operations without a call, and those that are called though they are said to have none.
fn unreached(service: Service, document: &Document) -> Vec<String> {
    let folders = [
        format!("src/services/{}", module(service)),
        "src/services/flow".to_owned(),
    ];
    let sources = folders.iter().flat_map(|folder| {
        let sources = names(folder).into_iter();
        sources.map(move |name| text(&format!("{folder}/{name}")))
    });
    // The names of functions, without what distinguishes them from an operationId.
    let sources = sources.collect::<String>().replace('_', "").to_lowercase();
    let is_called = |id: &str| {
        let mut words = sources.split(|c: char| !c.is_alphanumeric());
        words.any(|word| word == id.to_lowercase())
    };
    let ids = document.operations().iter().map(|operation| &operation.id);
    let wrong = ids.filter_map(|id| {
        let is_known = NOT_CALLED.contains(&format!("\n{service} {id}: "));
        match (is_called(id), is_known) {
            (false, false) => Some(format!("the operation {id} has no call")),
            (true, true) => Some(format!(
                "the operation {id} has a call, and stands in NOT_CALLED"
            )),
            (true, false) | (false, true) => None,
        }
    });
    wrong.collect()
}

/// The documented words that have no status.
async fn unmapped(sandbox: &Sandbox, service: Service, document: &Document) -> Vec<String> {
    let mut found = Vec::new();
    for line in WORDS.trim().lines() {
        let row: Vec<&str> = line.split(" | ").collect();
        let [list, command, body] = row[..] else {
            panic!("{line}")
        };
        let Some(list) = list.strip_prefix(&format!("{service} ")) else {
            continue;
        };
        let pointer = format!("/components/schemas/{list}/enum");
        let words = document.at(&pointer).and_then(Value::as_array).expect(list);
        for word in words.iter().filter_map(Value::as_str) {
            let server = MockServer::start().await;
            let json = ResponseTemplate::new(200)
                .set_body_raw(body.replace('*', word), "application/json");
            let json = json.insert_header("x-vss-userdata", "ann:ann@acme.example");
            Mock::given(any()).respond_with(json).mount(&server).await;
            let words: Vec<&str> = command.split_whitespace().chain(["--json"]).collect();
            let url = format!("RUNPIPE_{}_URL", module(service).to_uppercase());
            let read = at(sandbox, &words).env(&url, &server.uri());
            let read = read.ends_with(0).await.json();
            let status = &read["runs"].get(0).unwrap_or(&read)["status"];
            if (status == "unknown") != SAY_NOTHING.contains(&word) {
                found.push(format!("the word {word} of {list} is read as {status}"));
            }
        }
    }
    found
}

#[tokio::test]
async fn whatever_is_documented_reaches_a_caller_and_every_service_is_everywhere() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    let commands = runpipe(["start", "--help"]).ends_with(0).await.stdout;
    let (campaign, changes) = (text("tests/faults.rs"), text("CHANGELOG.md"));
    let documents = names("specs").into_iter();
    let documents = documents.filter_map(|name| Some(name.strip_suffix(".json")?.to_owned()));
    let mut missing: Vec<String> = documents
        .filter(|name| name.parse::<Service>().is_err())
        .map(|name| format!("specs/{name}.json: there is no such service in src/service.rs"))
        .collect();
    for service in Service::ALL {
        let released = format!("specs/released/{service}.json");
        for (is_there, place) in [
            (
                commands.contains(&format!("  {service} ")),
                "the program: crates/cli/src/services/mod.rs",
            ),
            (
                !sandbox.pipelines(service).is_empty(),
                "the sandbox: crates/testing/src/services/mod.rs",
            ),
            (
                campaign.contains(&format!("<{}::Client>", module(service))),
                "the campaign: tests/faults.rs",
            ),
            (
                file(&released).exists() || changes.contains(&format!("- `{service}`: ")),
                "the released documents, nor new in CHANGELOG.md",
            ),
        ] {
            if !is_there {
                missing.push(format!("{service} is not in {place}"));
            }
        }
        let name = format!("specs/{service}.json");
        let document = Document::parse(&name, &text(&name)).expect("a document");
        let (schema, bodies) = request(service);
        let described = document.at(&format!("/components/schemas/{schema}"));
        let bodies: Vec<&Value> = bodies.iter().collect();
        let fields = absent(&document, described.expect(schema), &bodies, schema);
        let mut found: Vec<String> = fields
            .iter()
            .map(|field| format!("the field {field} has no flag"))
            .collect();
        found.extend(unreached(service, &document));
        found.extend(unmapped(&sandbox, service, &document).await);
        missing.extend(found.iter().map(|what| format!("{name}: {what}")));
    }
    assert!(missing.is_empty(), "missing:\n{}", missing.join("\n"));
}
