//! Looking for the run that a start may have begun.
//!
//! Only what is recorded and differs rules a build out. A build that is ruled out wrongly would be
//! started a second time; one that is kept wrongly is shown to a person.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::types::{Build, BuildReason, RunPipelineParameters};
use super::{Client, PipelineRef};
use crate::error::Result;
use crate::json;
use crate::reconcile::{Fit, Reconciled, Search};
use crate::service_client::Connect;

impl Client {
    /// Looks for the run that a start may have begun: a build of this pipeline, queued since then,
    /// and begun by no trigger of its own. The ref, commit, template parameters and variables that
    /// the service records have to match the request. Starts nothing. The runs found hold a
    /// [`super::types::Build`].
    ///
    /// The service records nothing that only this caller knows: somebody else's start with the same
    /// values looks the same.
    ///
    /// # Errors
    ///
    /// Every kind that reading the list can fail with.
    pub async fn reconcile(
        &self,
        pipeline: &PipelineRef,
        request: &RunPipelineParameters,
        since: DateTime<Utc>,
    ) -> Result<Reconciled> {
        let client = self.bounded();
        // The list says when a build was queued.
        let search = Search::new(&client, &client.session, since);
        let fit = |build: &Build| fits(request, build);
        search.among(client.list_builds(pipeline), fit).await
    }
}

/// How well a build fits a request to start a run.
fn fits(request: &RunPipelineParameters, build: &Build) -> Fit {
    let agrees = same_source(request, build)
        && same_parameters(request, build)
        && same_variables(request, build);
    match agrees {
        true => begun(build.reason.as_ref()),
        false => Fit::No,
    }
}

/// What begins a build that somebody asked for. Every other known word is a trigger of another kind
/// (vendor's own words), and a word that nobody knows may be either; if there is none, nothing
/// contradicts it.
fn begun(reason: Option<&BuildReason>) -> Fit {
    use BuildReason as Reason;
    match reason {
        None | Some(Reason::Manual | Reason::UserCreated | Reason::None) => Fit::Agrees,
        Some(
            Reason::IndividualCi
            | Reason::BatchedCi
            | Reason::Schedule
            | Reason::ScheduleForced
            | Reason::ValidateShelveset
            | Reason::CheckInShelveset
            | Reason::PullRequest
            | Reason::BuildCompletion
            | Reason::ResourceTrigger
            | Reason::Triggered
            | Reason::All,
        ) => Fit::No,
        Some(Reason::Unknown(_)) => Fit::Silent,
    }
}

fn same_source(request: &RunPipelineParameters, build: &Build) -> bool {
    let repositories = request.resources.as_ref().map(|all| &all.repositories);
    let Some(own) = repositories.and_then(|all| all.get("self")) else {
        return true;
    };
    let asked = own.ref_name.as_deref();
    // The service may ignore anything but a full ref, and run the default branch (reported by
    // users).
    let asked = asked.filter(|asked| asked.starts_with("refs/"));
    let other_ref = match (asked, build.source_branch.as_deref()) {
        (Some(asked), Some(ran)) => asked != ran,
        _ => false,
    };
    let other_commit = match (own.version.as_deref(), build.source_version.as_deref()) {
        // A commit may be asked for by its first digits.
        (Some(asked), Some(ran)) => !ran
            .to_ascii_lowercase()
            .starts_with(&asked.to_ascii_lowercase()),
        _ => false,
    };
    !other_ref && !other_commit
}

fn same_parameters(request: &RunPipelineParameters, build: &Build) -> bool {
    let Some(recorded) = &build.template_parameters else {
        return true;
    };
    request.template_parameters.iter().all(|(name, asked)| {
        // Recorded values may have been turned into booleans, numbers or objects.
        match recorded.get(name) {
            Some(Value::String(ran)) => ran == asked,
            Some(Value::Bool(ran)) => asked.eq_ignore_ascii_case(&ran.to_string()),
            None | Some(Value::Null | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
                true
            }
        }
    })
}

/// `parameters` of a build is one text of JSON: the variables that were set when it was queued.
fn same_variables(request: &RunPipelineParameters, build: &Build) -> bool {
    let recorded = build.parameters.as_deref();
    let recorded = recorded.and_then(|text| json::tree(text.as_bytes()));
    request
        .variables
        .iter()
        .filter(|(_, variable)| variable.is_secret != Some(true))
        .all(|(name, variable)| {
            let ran = recorded.as_ref().and_then(|all| all.get(name)?.as_str());
            match (ran, variable.value.as_deref()) {
                (Some(ran), Some(asked)) => ran == asked,
                _ => true,
            }
        })
}
