//! The pipelines area: list, start, preview.

use serde_json::{Value, json};

use super::exceptions::exception;
use super::page::{collection, page};
use super::site::Site;
use super::text_at;
use crate::fields::with;
use crate::{Answer, Call, Context, NewRun, Pipeline};

/// The id of the first run of a sandbox is the one after this.
const FIRST_RUN: u64 = 7000;
/// The YAML of every pipeline, with its templates expanded.
const YAML: &str =
    "stages:\n- stage: Build\n  jobs:\n  - job: Compile\n    steps:\n    - script: make\n";

/// The pipelines of a project, by name.
pub(super) fn list(call: &Call<'_>, here: &[&Pipeline], context: &Context<'_>) -> Answer {
    let mut here = here.to_vec();
    here.sort_by_key(|pipeline| pipeline.name.to_lowercase());
    if call
        .text("orderBy")
        .is_some_and(|order| order.to_ascii_lowercase().ends_with("desc"))
    {
        here.reverse();
    }
    let sites = here.iter().map(|pipeline| Site::of(pipeline, context));
    page(call, sites.map(|site| site.pipeline(false)).collect())
}

/// All runs of a pipeline. The operation has no pages.
pub(super) fn list_runs(site: &Site<'_>, scope: &str, context: &Context<'_>) -> Answer {
    let runs = context.store.newest_of(scope);
    let runs = runs.filter(|run| run.pipeline == site.pipeline.id);
    let items = runs.map(|run| site.listed_run(run, context.now));
    collection(&items.collect::<Vec<_>>())
}

/// Starts a run, or only previews it.
pub(super) fn run(call: &Call<'_>, site: &Site<'_>, context: &mut Context<'_>) -> Answer {
    let body = call.body();
    let previews = body
        .get("previewRun")
        .and_then(Value::as_bool)
        .unwrap_or_default();
    if previews {
        return preview(call, site, true);
    }
    if let Err(refusal) = check(body) {
        return refusal;
    }
    if body.get("yamlOverride").is_some() {
        return invalid("yamlOverride goes with previewRun only.");
    }
    if site.pipeline.disabled {
        return invalid(&format!("The pipeline {} is disabled.", site.pipeline.id));
    }
    let run = context.start(new_run(site.pipeline, body.clone()));
    Answer::json(200, &site.run(&run, context.now))
}

pub(super) fn new_run(pipeline: &Pipeline, request: Value) -> NewRun {
    NewRun::new(scope(pipeline), pipeline, request, |_, number| {
        (FIRST_RUN + number).to_string()
    })
}

/// What the ids of runs are unique within: the project.
pub(super) fn scope(pipeline: &Pipeline) -> String {
    format!("{}/{}", pipeline.part(0), pipeline.part(1))
}

/// The YAML that would run. A start that only previews gives a run without an id.
pub(super) fn preview(call: &Call<'_>, site: &Site<'_>, as_run: bool) -> Answer {
    if let Err(refusal) = check(call.body()) {
        return refusal;
    }
    let yaml = text_at(call.body(), "/yamlOverride").unwrap_or(YAML);
    let run = as_run.then(|| json!({ "state": "unknown", "pipeline": site.reference() }));
    let preview = with(json!({ "finalYaml": yaml }), run.unwrap_or_default());
    Answer::json(200, &preview)
}

/// What the service itself finds wrong, beyond the document.
fn check(body: &Value) -> Result<(), Answer> {
    // The service sets these, and nobody else.
    let variables = body.get("variables").and_then(Value::as_object);
    let reserved = |name: &&String| name.to_ascii_lowercase().starts_with("build.");
    let reserved: Vec<&str> = variables
        .into_iter()
        .flat_map(|all| all.keys())
        .filter(reserved)
        .map(String::as_str)
        .collect();
    if !reserved.is_empty() {
        let sentence = format!(
            "You can't set the following variables ({}).",
            reserved.join(", ")
        );
        return Err(invalid(&sentence));
    }
    let stages = body.get("stagesToSkip").and_then(Value::as_array);
    let odd =
        |stage: &&str| stage.is_empty() || !stage.chars().all(|c| c.is_alphanumeric() || c == '_');
    let odd = stages
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .find(odd);
    match odd {
        Some(stage) => Err(invalid(&format!("'{stage}' is not a valid stage to skip."))),
        None => Ok(()),
    }
}

fn invalid(sentence: &str) -> Answer {
    exception(400, "PipelineValidationException", sentence)
}
