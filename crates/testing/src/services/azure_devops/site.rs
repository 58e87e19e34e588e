//! Pipelines and runs as Azure DevOps shows them, with the addresses under which they are found.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::fields::with;
use crate::{Context, Outcome, Pipeline, State, StoredRun, segment, uuid};

/// The commit behind every ref that names none.
const COMMIT: &str = "4c1f8e2d9a7b60533f21aa90bb6cd4e5f6071829";

/// A pipeline, and where the service is.
pub(super) struct Site<'s> {
    pub url: &'s str,
    pub pipeline: &'s Pipeline,
}

/// A date with seven digits after the second, as the service writes it.
pub(super) fn date(date: DateTime<Utc>) -> String {
    format!("{}0Z", date.format("%Y-%m-%dT%H:%M:%S%.6f"))
}

/// What a run says of itself: its state, and its result once it has ended.
///
/// A run has no word for "queued", "skipped" and "partially succeeded".
fn words(state: State) -> (&'static str, Option<&'static str>) {
    match state {
        State::Queued | State::Running | State::Waiting => ("inProgress", None),
        State::Canceling => ("canceling", None),
        State::Ended(Outcome::Failed) => ("completed", Some("failed")),
        State::Ended(Outcome::Canceled | Outcome::Skipped) => ("completed", Some("canceled")),
        State::Ended(Outcome::PartiallySucceeded) => ("completed", Some("unknown")),
        State::Ended(Outcome::Succeeded | Outcome::Never) => ("completed", Some("succeeded")),
    }
}

impl<'s> Site<'s> {
    pub fn of(pipeline: &'s Pipeline, context: &Context<'s>) -> Self {
        let url = context.url;
        Site { url, pipeline }
    }

    /// The GUID of the project: links always have it, whatever the request used.
    pub fn project_id(&self) -> String {
        let Pipeline { place, .. } = self.pipeline;
        uuid(&place.join("/").to_lowercase(), 0)
    }

    /// The start of every address.
    pub fn project(&self) -> String {
        format!(
            "{}/{}/{}",
            self.url,
            segment(self.pipeline.part(0)),
            self.project_id()
        )
    }

    pub fn api(&self) -> String {
        format!("{}/_apis/pipelines/{}", self.project(), self.pipeline.id)
    }

    /// The page of a run or a build for people.
    pub fn results_page(&self, run: &StoredRun) -> String {
        format!("{}/_build/results?buildId={}", self.project(), run.id)
    }

    pub fn number(&self) -> Option<i64> {
        self.pipeline.id.parse().ok()
    }

    /// A pipeline as others refer to it.
    pub fn reference(&self) -> Value {
        json!({
            "url": format!("{}?revision=1", self.api()),
            "id": self.number(),
            "revision": 1,
            "name": self.pipeline.name,
            "folder": "\\",
        })
    }

    /// A pipeline; in a list without its configuration.
    pub fn pipeline(&self, whole: bool) -> Value {
        let configuration = json!({
            "path": "azure-pipelines.yml",
            "repository": { "id": self.project_id(), "type": "azureReposGit" },
            "type": "yaml",
        });
        let more = json!({
            "_links": {
                "self": { "href": format!("{}?revision=1", self.api()) },
                "web": { "href": self.definition_page() },
            },
            "configuration": whole.then_some(configuration),
        });
        with(self.reference(), more)
    }

    /// The page of the pipeline for people.
    fn definition_page(&self) -> String {
        let (project, id) = (self.project(), &self.pipeline.id);
        format!("{project}/_build/definition?definitionId={id}")
    }

    /// The build number, which is also the run's name.
    pub fn run_name(&self, run: &StoredRun) -> String {
        format!("{}.{}", run.created.format("%Y%m%d"), run.number)
    }

    /// The fields that a list has. Result and end are absent while the run is in progress.
    pub fn listed_run(&self, run: &StoredRun, now: DateTime<Utc>) -> Value {
        let (state, result) = words(run.state(now));
        let api = format!("{}/runs/{}", self.api(), run.id);
        let listed = json!({
            "_links": {
                "self": { "href": api },
                "web": { "href": self.results_page(run) },
                "pipeline.web": { "href": self.definition_page() },
                "pipeline": { "href": format!("{}?revision=1", self.api()) },
            },
            "templateParameters": run.request.get("templateParameters").cloned().unwrap_or(json!({})),
            "pipeline": self.reference(),
            "state": state,
            "createdDate": date(run.created),
            "url": api,
            "id": run.id.parse::<i64>().ok(),
            "name": self.run_name(run),
        });
        let ended = run.finished_at(now).map(date);
        with(listed, json!({ "result": result, "finishedDate": ended }))
    }

    /// A run with everything: resources, variables, the YAML's origin.
    pub fn run(&self, run: &StoredRun, now: DateTime<Utc>) -> Value {
        let (reference, version) = source(run);
        let repository = json!({
            "repository": { "id": self.project_id(), "type": "azureReposGit" },
            "refName": reference,
            "version": version,
        });
        let yaml = json!({
            "rootYamlFile": { "ref": reference, "yamlFile": "azure-pipelines.yml", "repoAlias": "self" },
            "includedTemplates": [],
            "extendedTemplates": [],
        });
        let variables = run.request.get("variables").and_then(Value::as_object);
        let variables = variables.cloned().map(|mut variables| {
            variables.values_mut().for_each(|one| *one = shown(one));
            variables
        });
        let more = json!({
            "resources": { "repositories": { "self": repository } },
            "yamlDetails": yaml,
            "variables": variables,
        });
        with(self.listed_run(run, now), more)
    }
}

/// The value of a secret variable is never given back.
fn shown(variable: &Value) -> Value {
    let secret = variable
        .get("isSecret")
        .and_then(Value::as_bool)
        .unwrap_or_default();
    let value = variable.get("value").filter(|_| !secret);
    json!({ "value": value, "isSecret": secret })
}

/// The ref and the commit that a run is of. A short ref is silently ignored, and the default branch
/// runs.
pub(super) fn source(run: &StoredRun) -> (String, String) {
    let own = run.request.pointer("/resources/repositories/self");
    let text = |key: &str| own.and_then(|own| own.get(key)).and_then(Value::as_str);
    let reference = text("refName").filter(|name| name.starts_with("refs/"));
    let reference = reference.unwrap_or("refs/heads/main").to_owned();
    (reference, text("version").unwrap_or(COMMIT).to_owned())
}
