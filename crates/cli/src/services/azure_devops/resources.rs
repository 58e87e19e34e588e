//! The resources of a request, which flags set one by one.

use runpipe::azure_devops::types;

use super::Request;
use crate::flags::pair::distinct;
use crate::flags::variables::secrets;
use crate::process::environment::Environment;
use crate::process::exit::Failure;

impl Request {
    /// Puts what the flags say of repositories and of other resources into a request.
    pub(super) fn add_resources(
        &self,
        resources: &mut types::RunResourcesParameters,
        environment: &Environment,
    ) -> Result<(), Failure> {
        let own = |value: &Option<String>| value.clone().map(|value| ("self".to_owned(), value));
        let repositories = &mut resources.repositories;
        let refs = distinct("--repo-ref", &self.repo_ref)?.into_iter();
        for (alias, name) in refs.chain(own(&self.branch)) {
            repositories.entry(alias).or_default().ref_name = Some(full_ref(&name));
        }
        let commits = distinct("--repo-version", &self.repo_version)?.into_iter();
        for (alias, commit) in commits.chain(own(&self.version)) {
            repositories.entry(alias).or_default().version = Some(commit);
        }
        for (alias, token) in secrets("--repo-token", &self.repo_token, environment)? {
            repositories.entry(alias).or_default().token = Some(token);
        }
        for (alias, kind) in distinct("--repo-token-type", &self.repo_token_type)? {
            repositories.entry(alias).or_default().token_type = Some(kind);
        }
        for (alias, version) in distinct("--build", &self.build)? {
            resources.builds.entry(alias).or_default().version = Some(version);
        }
        for (alias, version) in distinct("--container", &self.container)? {
            resources.containers.entry(alias).or_default().version = Some(version);
        }
        for (alias, version) in distinct("--package", &self.package)? {
            resources.packages.entry(alias).or_default().version = Some(version);
        }
        for (alias, version) in distinct("--pipeline-resource", &self.pipeline_resource)? {
            resources.pipelines.entry(alias).or_default().version = Some(version);
        }
        for (alias, id) in distinct("--pipeline-resource-run", &self.pipeline_resource_run)? {
            let id = id.parse().map_err(|_| {
                Failure::usage(
                    format!("--pipeline-resource-run {alias}: the id is not a number"),
                    "Give the number after buildId= in the run's address.",
                )
            })?;
            resources.pipelines.entry(alias).or_default().run_id = Some(id);
        }
        Ok(())
    }
}

/// Whether nothing is said of any resource.
pub(super) fn is_empty(resources: &types::RunResourcesParameters) -> bool {
    let types::RunResourcesParameters {
        builds,
        containers,
        packages,
        pipelines,
        repositories,
    } = resources;
    builds.is_empty()
        && containers.is_empty()
        && packages.is_empty()
        && pipelines.is_empty()
        && repositories.is_empty()
}

/// The service may ignore a short name in silence, and run the default branch.
fn full_ref(name: &str) -> String {
    if name.starts_with("refs/") {
        name.to_owned()
    } else {
        format!("refs/heads/{name}")
    }
}
