//! Nothing that a document says stops on its way to a caller, and every service is everywhere. What is missing is told
//! by its name, once.

use std::fs;
use std::path::PathBuf;

use runpipe::Service;
use runpipe_spec::document::Document;
use runpipe_testing::Sandbox;
use serde_json::{Value, json};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer};

use crate::flags::{
    azure_devops_preview_sent, azure_devops_sent, buddy_sent, flow_sent, matillion_sent,
};
use crate::program::{answer, runpipe};

fn file(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(path)
}

fn text(path: &str) -> String {
    fs::read_to_string(file(path)).unwrap_or_else(|fault| panic!("{path}: {fault}"))
}

/// The last part of what `read` gives for its folder, without this ending.
fn names(folder: &str, ending: &str) -> Vec<String> {
    let entries = fs::read_dir(file(folder)).expect(folder);
    let names = entries.map(|entry| entry.expect("an entry").file_name());
    let names = names.filter_map(|name| Some(name.to_str()?.strip_suffix(ending)?.to_owned()));
    names.collect()
}

/// Puts a word into an answer that is read for a run.
type Answer = fn(&str) -> Value;

/// By document and list of words: the command that reads them, and an answer with one of them.
const WORDS: [(Service, &str, &str, Answer); 8] = [
    (Service::AzureDevops, "RunState", RUN, |word| {
        let result = (word == "completed").then_some("succeeded");
        json!({ "id": 7001, "state": word, "result": result })
    }),
    (
        Service::AzureDevops,
        "RunResult",
        RUN,
        |word| json!({ "id": 7001, "state": "completed", "result": word }),
    ),
    (Service::AzureDevops, "BuildStatus", BUILDS, |word| {
        let result = (word == "completed").then_some("succeeded");
        builds(json!({ "status": word, "result": result }))
    }),
    (Service::AzureDevops, "BuildResult", BUILDS, |word| {
        builds(json!({ "status": "completed", "result": word }))
    }),
    (
        Service::Matillion,
        "ExecutionStatus",
        "status matillion/p/e",
        |word| json!({ "result": { "pipelineExecutionId": "e", "status": word } }),
    ),
    (
        Service::Aliyun,
        "PipelineRunStatus",
        "status aliyun/60d1/123/9",
        |word| json!({ "success": true, "pipelineRun": { "pipelineRunId": 9, "status": word } }),
    ),
    (
        Service::Yunxiao,
        "PipelineRunStatus",
        "status yunxiao/60d1/123/9",
        |word| json!({ "pipelineRunId": 9, "status": word }),
    ),
    (
        Service::Buddy,
        "ExecutionStatus",
        "status buddy/acme/site/2/31",
        |word| json!({ "id": 31, "status": word }),
    ),
];

const RUN: &str = "status azure-devops/acme/site/42/7001";
const BUILDS: &str = "list azure-devops --organization acme --project site --pipeline id:42 --mine";

fn builds(mut build: Value) -> Value {
    build["id"] = json!(7001);
    build["requestedFor"] = json!({ "id": "ann" });
    json!({ "count": 1, "value": [build] })
}

/// Words that say nothing about a run: their vendors' own for what they do not know, and those of filters.
const SAY_NOTHING: [&str; 4] = ["unknown", "UNKNOWN", "none", "all"];

/// Operations that no call of the library makes: they are documented for the sandbox, for recordings, and for whoever
/// reads the document.
const NOT_CALLED: [(Service, &str, &str); 10] = [
    (
        Service::AzureDevops,
        "getPipeline",
        "listPipelines says the same",
    ),
    (
        Service::AzureDevops,
        "listLogs",
        "listBuildLogs says the same, and how long each is",
    ),
    (
        Service::AzureDevops,
        "getBuildTimelineById",
        "getBuildTimeline gives the newest",
    ),
    (
        Service::AzureDevops,
        "getApproval",
        "listApprovals says the same",
    ),
    (
        Service::Aliyun,
        "stopPipelineJobRun",
        "a run is stopped as a whole",
    ),
    (
        Service::Aliyun,
        "skipPipelineJobRun",
        "a run's jobs are retried, not skipped",
    ),
    (Service::Buddy, "getPipeline", "listPipelines says the same"),
    (
        Service::Buddy,
        "listProjects",
        "a project is named by its handle",
    ),
    (
        Service::Matillion,
        "listAgents",
        "it tells people what --agent-id takes",
    ),
    (
        Service::Matillion,
        "listArtifacts",
        "it tells people what --version-name takes",
    ),
];

async fn status_of(command: &str, body: Value) -> String {
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(answer(200, body).insert_header("x-vss-userdata", "ann:ann@acme.example"))
        .mount(&server)
        .await;
    let mut program = runpipe(command.split_whitespace()).words(["--json"]);
    for credential in [
        "AZURE_DEVOPS_EXT_PAT",
        "MATILLION_TOKEN",
        "ALIBABA_CLOUD_ACCESS_KEY_ID",
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
        "YUNXIAO_ACCESS_TOKEN",
        "BUDDY_TOKEN",
    ] {
        program = program.env(credential, "a-credential");
    }
    for service in Service::ALL {
        let name = service.name().to_uppercase().replace('-', "_");
        program = program.env(&format!("RUNPIPE_{name}_URL"), &server.uri());
    }
    let read = program.ends_with(0).await.json();
    let run = read["runs"].get(0).unwrap_or(&read);
    run["status"].as_str().expect("a status").to_owned()
}

/// Every field below a schema that no body has.
fn absent(
    document: &Document,
    schema: &Value,
    bodies: &[&Value],
    place: &str,
    found: &mut Vec<String>,
) {
    let schema = document.resolve(schema);
    let inner =
        |key: &str| -> Vec<&Value> { bodies.iter().filter_map(|body| body.get(key)).collect() };
    for part in schema["allOf"].as_array().into_iter().flatten() {
        absent(document, part, bodies, place, found);
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let (place, bodies) = (format!("{place}.{name}"), inner(name));
        match bodies.is_empty() {
            true => found.push(place),
            false => absent(document, property, &bodies, &place, found),
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
            absent(document, schema, &values, &format!("{place}.*"), found);
        }
    }
}

/// The request of a start, and what a start sends with every flag.
fn requests() -> [(Service, &'static str, Vec<Value>); 5] {
    [
        (
            Service::AzureDevops,
            "RunPipelineParameters",
            vec![azure_devops_sent(), azure_devops_preview_sent()],
        ),
        (
            Service::Matillion,
            "ExecutePublishedPipelineRequest",
            vec![matillion_sent()],
        ),
        (Service::Aliyun, "StartPipelineRunParams", vec![flow_sent()]),
        (
            Service::Yunxiao,
            "CreatePipelineRunParams",
            vec![flow_sent()],
        ),
        (Service::Buddy, "RunExecutionRequest", vec![buddy_sent()]),
    ]
}

/// The sources that may call an operation of a service.
fn sources(service: Service) -> String {
    let folder = format!("src/services/{}", service.name().replace('-', "_"));
    let folders = [folder.as_str(), "src/services/flow"];
    let files = folders.iter().flat_map(|folder| {
        names(folder, "")
            .into_iter()
            .map(move |name| format!("{folder}/{name}"))
    });
    files.map(|file| text(&file)).collect()
}

fn snake(id: &str) -> String {
    let mut name = String::new();
    for c in id.chars() {
        if c.is_uppercase() {
            name.push('_');
        }
        name.extend(c.to_lowercase());
    }
    name
}

#[tokio::test]
async fn whatever_is_documented_reaches_a_caller_and_every_service_is_everywhere() {
    let mut missing = Vec::new();
    let sandbox = Sandbox::start().await.expect("a sandbox");
    let commands = runpipe(["start", "--help"]).ends_with(0).await.stdout;
    let campaign = text("tests/faults.rs");
    let changes = text("CHANGELOG.md");
    for name in names("specs", ".json") {
        if !Service::ALL.iter().any(|service| service.name() == name) {
            missing.push(format!("specs/{name}.json: no row in src/service.rs"));
        }
    }
    for service in Service::ALL {
        let file_name = format!("specs/{service}.json");
        let document = Document::parse(&file_name, &text(&file_name)).expect("a document");
        let module = service.name().replace('-', "_");
        let places = [
            (
                commands.contains(&format!("  {service} ")),
                "crates/cli/src/services/mod.rs",
            ),
            (
                !sandbox.pipelines(service).is_empty(),
                "crates/testing/src/services/mod.rs",
            ),
            (
                campaign.contains(&format!("campaign::<{module}::Client>")),
                "tests/faults.rs",
            ),
            (
                file(&format!("specs/released/{service}.json")).exists()
                    || changes.contains(service.title()),
                "specs/released, nor in CHANGELOG.md as new",
            ),
        ];
        for (_, place) in places.iter().filter(|(is_there, _)| !is_there) {
            missing.push(format!("{service}: not in {place}"));
        }
        let sources = sources(service);
        for operation in document.operations() {
            let id = operation.id.as_str();
            let name = snake(id);
            let is_called = sources
                .split(|c: char| !(c.is_alphanumeric() || c == '_'))
                .any(|word| word == name);
            let is_known = NOT_CALLED
                .iter()
                .any(|(of, known, _)| *of == service && *known == id);
            if is_called == is_known {
                let what = if is_known {
                    "is called, and stands in NOT_CALLED"
                } else {
                    "has no caller"
                };
                missing.push(format!("{file_name}: the operation {id} {what}"));
            }
        }
        for (_, schema, bodies) in requests().iter().filter(|(of, ..)| *of == service) {
            let pointer = format!("/components/schemas/{schema}");
            let described = document.at(&pointer).expect(schema);
            let bodies: Vec<&Value> = bodies.iter().collect();
            let mut found = Vec::new();
            absent(&document, described, &bodies, schema, &mut found);
            missing.extend(
                found
                    .iter()
                    .map(|field| format!("{file_name}: the field {field} has no flag of start")),
            );
        }
        for (_, schema, command, body) in WORDS.iter().filter(|(of, ..)| *of == service) {
            let pointer = format!("/components/schemas/{schema}/enum");
            let words = document
                .at(&pointer)
                .and_then(Value::as_array)
                .expect(schema);
            for word in words.iter().filter_map(Value::as_str) {
                let is_unknown = status_of(command, body(word)).await == "unknown";
                if is_unknown != SAY_NOTHING.contains(&word) {
                    missing.push(format!(
                        "{file_name}: the word {word} of {schema} has no status"
                    ));
                }
            }
        }
    }
    assert!(
        missing.is_empty(),
        "{} are missing:\n{}",
        missing.len(),
        missing.join("\n")
    );
}
