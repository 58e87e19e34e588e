//! The resources of a request, which flags set one by one.

use serde_json::{Value, json};

use super::Request;
use crate::flags::pair::distinct;
use crate::flags::variables::secrets;
use crate::process::environment::Environment;
use crate::process::exit::Failure;

impl Request {
    /// What the flags say of repositories and of other resources.
    pub(super) fn resources(&self, environment: &Environment) -> Result<Value, Failure> {
        let own = |value: &Option<String>| value.clone().map(|value| ("self".to_owned(), value));
        let mut refs = distinct("--repo-ref", &self.repo_ref)?;
        refs.extend(own(&self.branch));
        refs.values_mut().for_each(|name| *name = full_ref(name));
        let mut commits = distinct("--repo-version", &self.repo_version)?;
        commits.extend(own(&self.version));
        let tokens = secrets("--repo-token", &self.repo_token, environment)?;
        let kinds = distinct("--repo-token-type", &self.repo_token_type)?;
        let builds = distinct("--build", &self.build)?;
        let containers = distinct("--container", &self.container)?;
        let packages = distinct("--package", &self.package)?;
        let pipelines = distinct("--pipeline-resource", &self.pipeline_resource)?;
        let texts = [
            ("repositories", "refName", refs),
            ("repositories", "version", commits),
            ("repositories", "token", tokens),
            ("repositories", "tokenType", kinds),
            ("builds", "version", builds),
            ("containers", "version", containers),
            ("packages", "version", packages),
            ("pipelines", "version", pipelines),
        ];
        let mut resources = json!({});
        for (kind, field, values) in texts {
            for (alias, value) in values {
                let one = json!({ kind: { alias: { field: value } } });
                json_patch::merge(&mut resources, &one);
            }
        }
        for (alias, id) in distinct("--pipeline-resource-run", &self.pipeline_resource_run)? {
            let id: i64 = id.parse().map_err(|_| {
                Failure::usage(
                    format!("--pipeline-resource-run {alias}: the id is not a number"),
                    "Give the number after buildId= in the run's address.",
                )
            })?;
            let one = json!({ "pipelines": { alias: { "runId": id } } });
            json_patch::merge(&mut resources, &one);
        }
        Ok(resources)
    }
}

/// The service may silently ignore a short name, and run the default branch.
fn full_ref(name: &str) -> String {
    if name.starts_with("refs/") {
        name.to_owned()
    } else {
        format!("refs/heads/{name}")
    }
}
