//! How Azure DevOps behaves, for the sandbox.
//!
//! From recorded answers, the vendor's published specification and its official SDK: the sign-in
//! page, the empty 401 and the redirect, errors and their keys, `{count, value}`, dates with seven
//! digits, `_links` with the project's GUID, fields that are absent while a run is in progress, the
//! build behind a run, locations of resources for the SDK. Not confirmed, and chosen here: most
//! sentences, the errors of a wrong api-version, the fields of a preview, and that a rejection cancels
//! the run.

mod approvals;
mod builds;
mod exceptions;
mod locations;
mod logs;
mod page;
mod pipelines;
mod sign_in;
mod site;
mod version;

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::accepted::Accepted;
use crate::services::entry::Simulated;
use crate::{Answer, Call, Context, Incoming, Mismatch, NewRun, Pipeline, StoredRun, Vendor, uuid};
use runpipe::ServiceClient;
use runpipe::azure_devops::{Client, Credentials};
use runpipe_spec::operation::Operation;

use exceptions::exception;
use site::Site;

/// Azure DevOps, in the sandbox.
#[derive(Debug, Default)]
pub(crate) struct AzureDevops {
    /// Counts the requests: each has an id of its own.
    requests: u64,
}

impl Simulated for Client {
    type Vendor = AzureDevops;

    fn pipelines() -> Vec<Pipeline> {
        let place = ["acme", "Website"];
        vec![
            Pipeline::new(Self::SERVICE, place, "42", "build"),
            Pipeline::new(Self::SERVICE, place, "43", "deploy"),
        ]
    }

    fn credentials(accepted: &Accepted, _url: &str) -> Credentials {
        Credentials::pat(accepted.azure_devops_pat.as_str())
    }
}

impl Vendor for AzureDevops {
    fn variables(&self, url: &str, accepted: &Accepted) -> Vec<(&'static str, String)> {
        vec![
            ("RUNPIPE_AZURE_DEVOPS_URL", url.to_owned()),
            ("AZURE_DEVOPS_EXT_PAT", accepted.azure_devops_pat.clone()),
        ]
    }

    fn undocumented(&self, request: &Incoming) -> Option<&'static str> {
        locations::name(request)
    }

    fn answer_undocumented(
        &mut self,
        name: &str,
        request: &Incoming,
        context: &mut Context<'_>,
    ) -> Answer {
        match sign_in::check(request, context.accepted, context.url) {
            Ok(()) => locations::answer(name),
            Err(refusal) => refusal,
        }
    }

    fn documented_path(&self, path: &str) -> Option<String> {
        locations::documented_path(path)
    }

    /// The official program spells the status of a build with a capital; the service takes both.
    fn as_documented(&self, request: &Incoming, operation: &Operation) -> Option<Incoming> {
        builds::in_small_letters(request).filter(|_| operation.id == "updateBuild")
    }

    fn knows(&self, head: &Incoming, accepted: &Accepted, _now: DateTime<Utc>) -> bool {
        sign_in::check(head, accepted, "").is_ok()
    }

    fn authorize(
        &mut self,
        request: &Incoming,
        _operation: &Operation,
        context: &Context<'_>,
    ) -> Result<(), Answer> {
        sign_in::check(request, context.accepted, context.url)?;
        version::check(request)
    }

    fn answer(&mut self, call: &Call<'_>, context: &mut Context<'_>) -> Answer {
        let (organization, project) = (call.path("organization"), call.path("project"));
        let is_here = |pipeline: &&Pipeline| {
            let guid = Site { url: "", pipeline }.project_id();
            pipeline.part(0).eq_ignore_ascii_case(&organization)
                && (pipeline.part(1).eq_ignore_ascii_case(&project)
                    || guid.eq_ignore_ascii_case(&project))
        };
        let here: Vec<&Pipeline> = context.pipelines.iter().filter(is_here).collect();
        let Some(first) = here.first().copied() else {
            let sentence = format!(
                "TF200016: There is no project {project}. {}",
                context.what_there_is()
            );
            return exception(404, "ProjectDoesNotExistWithNameException", &sentence);
        };
        let scope = pipelines::scope(first);
        match call.operation() {
            "listPipelines" => return pipelines::list(call, &here, context),
            "listBuilds" => return builds::list(call, &here, &scope, context),
            "listApprovals" => return approvals::list(call, &here, &scope, context),
            "getApproval" => return approvals::get(call, &here, &scope, context),
            "updateApprovals" => return approvals::update(call, &here, &scope, context),
            _ => {}
        }
        if call.matched.path_parameters.contains_key("buildId") {
            return self.of_build(call, &here, &scope, context);
        }
        let id = call.path("pipelineId");
        let Some(pipeline) = here.into_iter().find(|pipeline| pipeline.id == id) else {
            let sentence = format!("There is no pipeline {id}. {}", context.what_there_is());
            return exception(404, "PipelineNotFoundException", &sentence);
        };
        let site = Site::of(pipeline, context);

        match call.operation() {
            "getPipeline" => return Answer::json(200, &site.pipeline(true)),
            "previewPipeline" => return pipelines::preview(call, &site, false),
            "runPipeline" => return pipelines::run(call, &site, context),
            "listRuns" => return pipelines::list_runs(&site, &scope, context),
            _ => {}
        }
        let run_id = call.path("runId");
        let run = context
            .store
            .get(&scope, &run_id)
            .filter(|run| run.pipeline == id);
        match (run, call.operation()) {
            (Some(run), "getRun") => Answer::json(200, &site.run(run, context.now)),
            (Some(run), "listLogs") => logs::of_run(call, &site, run, context.now),
            (Some(_), _) => call.unknown(),
            (None, _) => {
                let sentence = format!("There is no run {run_id} of the pipeline {id}.");
                exception(404, "RunNotFoundException", &sentence)
            }
        }
    }

    fn new_run(&self, pipeline: &Pipeline, request: Value) -> NewRun {
        pipelines::new_run(pipeline, request)
    }

    fn refuse(&self, mismatch: &Mismatch<'_>, request: &Incoming) -> Answer {
        let sentence = mismatch.sentences(request).join(" ");
        match mismatch {
            Mismatch::Path => {
                let text = format!(
                    "The controller for path '{}' was not found. {sentence}",
                    request.path
                );
                Answer::typed(404, "text/plain; charset=utf-8", text)
            }
            Mismatch::Method(_) => exception(405, "HttpMethodNotAllowedException", &sentence),
            Mismatch::Violations(_) => exception(400, "InvalidArgumentValueException", &sentence),
        }
    }

    fn error(&self, _request: &Incoming, status: u16, code: &str, sentence: &str) -> Answer {
        exception(status, code, sentence)
    }

    fn run_id_key(&self) -> &'static str {
        "id"
    }

    fn request_id_header(&self) -> &'static str {
        "activityid"
    }

    fn throttle(&self, wait: Duration) -> Answer {
        let sentence = "TF400733: The request has been canceled: there were too many.";
        let seconds = format!("{}", wait.as_secs_f64().ceil());
        exception(429, "RequestBlockedException", sentence)
            .with("retry-after", &seconds)
            .with("x-ratelimit-resource", "Concurrency")
            .with("x-ratelimit-remaining", "0")
    }

    fn finish(&mut self, answer: &mut Answer, _context: &Context<'_>) {
        let id = uuid("azure request", self.requests);
        self.requests += 1;
        answer.set("activityid", &id);
        answer.set("x-vss-e2eid", &id);
        let (user, mail) = builds::CALLER;
        answer.set("x-vss-userdata", format!("{user}:{mail}"));
    }
}

impl AzureDevops {
    /// What is asked of the build behind a run: their ids are the same.
    fn of_build(
        &self,
        call: &Call<'_>,
        here: &[&Pipeline],
        scope: &str,
        context: &mut Context<'_>,
    ) -> Answer {
        let (id, now) = (call.path("buildId"), context.now);
        if call.operation() == "updateBuild" {
            builds::update(call, scope, &id, context);
        }
        let found: Option<(&StoredRun, &Pipeline)> =
            context.store.get(scope, &id).and_then(|run| {
                let pipeline = here.iter().find(|pipeline| pipeline.id == run.pipeline)?;
                Some((run, *pipeline))
            });
        let Some((run, pipeline)) = found else {
            let sentence = format!("There is no build {id}.");
            return exception(404, "BuildNotFoundException", &sentence);
        };
        let site = Site::of(pipeline, context);
        if call.operation() == "updateStage" {
            let run = run.clone();
            return builds::update_stage(call, scope, &run, context);
        }
        match call.operation() {
            "getBuildTimeline" => Answer::json(200, &logs::timeline(&site, run, now)),
            "getBuildTimelineById" => logs::timeline_by_id(call, &site, run, now),
            "listBuildLogs" => logs::of_build(&site, run, now),
            "getBuildLog" => logs::text(call, run, now),
            "getBuild" | "updateBuild" => Answer::json(200, &builds::build(&site, run, now)),
            _ => call.unknown(),
        }
    }
}

/// A member of the request body that is text.
fn text_at<'v>(body: &'v Value, pointer: &str) -> Option<&'v str> {
    body.pointer(pointer).and_then(Value::as_str)
}
