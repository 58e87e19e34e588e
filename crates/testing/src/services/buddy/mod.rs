//! How Buddy behaves, for the sandbox.
//!
//! From the vendor's pages: scopes, `errors[]`, rate-limit headers, the fields of an execution,
//! `null` for what is empty. Not confirmed, and chosen here: the sentences, that a cancelled
//! execution that has ended stays as it is, and that a retry begins the same execution anew.

mod identifiers;
mod lists;
mod site;

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::accepted::Accepted;
use crate::services::entry::Simulated;
use crate::{
    Answer, Call, Context, Incoming, Mismatch, NewRun, Pipeline, State, StoredRun, Vendor,
};
use runpipe::ServiceClient;
use runpipe::buddy::{Client, Credentials};
use runpipe_spec::operation::Operation;

use identifiers::identifiers;
use lists::{list_executions, list_pipelines, list_projects, newest};
use site::Site;

/// Buddy, in the sandbox.
#[derive(Debug, Default)]
pub(crate) struct Buddy;

impl Simulated for Client {
    type Vendor = Buddy;

    fn pipelines() -> Vec<Pipeline> {
        let place = ["acme", "website"];
        vec![
            Pipeline::new(Self::SERVICE, place, "1", "test"),
            Pipeline::new(Self::SERVICE, place, "2", "deploy"),
            Pipeline::new(Self::SERVICE, place, "3", "branches").any_ref(),
            Pipeline::new(Self::SERVICE, place, "4", "old").disabled(),
        ]
    }

    fn credentials(accepted: &Accepted, _url: &str) -> Credentials {
        Credentials::token(accepted.buddy_token.as_str())
    }
}

impl Vendor for Buddy {
    fn variables(&self, url: &str, accepted: &Accepted) -> Vec<(&'static str, String)> {
        vec![
            ("RUNPIPE_BUDDY_URL", url.to_owned()),
            ("BUDDY_TOKEN", accepted.buddy_token.clone()),
        ]
    }

    fn knows(&self, head: &Incoming, accepted: &Accepted, _now: DateTime<Utc>) -> bool {
        let token = head.authorization("Bearer").unwrap_or_default();
        let known = [&accepted.buddy_token, &accepted.buddy_read_token];
        !token.is_empty() && known.iter().any(|known| *known == token)
    }

    fn authorize(
        &mut self,
        request: &Incoming,
        operation: &Operation,
        context: &Context<'_>,
    ) -> Result<(), Answer> {
        let accepted = context.accepted;
        if !self.knows(request, accepted, context.now) {
            return Err(errors(
                401,
                ["Unauthorized: the token is missing or is not valid."],
            ));
        }
        let runs = matches!(operation.id.as_str(), "runExecution" | "updateExecution");
        if runs && request.authorization("Bearer") == Some(&accepted.buddy_read_token) {
            let sentence = "The token cannot receive data here: it lacks the scope EXECUTION_RUN.";
            return Err(errors(403, [sentence]));
        }
        Ok(())
    }

    fn answer(&mut self, call: &Call<'_>, context: &mut Context<'_>) -> Answer {
        let (workspace, project) = (call.path("workspace"), call.path("project_name"));
        let place = format!("{workspace}/{project}");
        if call.operation() == "listProjects" {
            return list_projects(call, context);
        }
        if call.operation() == "getIdentifiers" {
            return identifiers(call, context);
        }
        let mut here = context
            .pipelines
            .iter()
            .filter(|pipeline| pipeline.place == [&*workspace, &*project]);
        let in_project = here.clone().next().is_some();
        if call.operation() == "listPipelines" && in_project {
            return list_pipelines(call, &here.collect::<Vec<_>>(), context);
        }
        let id = call.path("pipeline_id");
        let Some(pipeline) = here.find(|pipeline| pipeline.id == id) else {
            let sentence = format!("There is no pipeline {id} in {place}.");
            return errors(404, [sentence, context.what_there_is()]);
        };
        let (site, scope) = (Site::of(pipeline, context), pipeline.path());
        match call.operation() {
            "getPipeline" => Answer::json(200, &site.pipeline(&newest(&scope, context))),
            "runExecution" => run(call, &site, context),
            "listExecutions" => list_executions(call, &site, &scope, context),
            "getExecution" => on_execution(call, &scope, context, |run, context| {
                Answer::json(200, &site.execution(run, context.now))
            }),
            "updateExecution" => update(call, &site, &scope, context),
            "getActionExecution" => on_execution(call, &scope, context, |run, context| {
                site.action_log(run, &call.path("action_execution_id"), context.now)
            }),
            "listActionExecutionLogs" => on_execution(call, &scope, context, |run, context| {
                site.action_log_lines(run, call, context.now)
            }),
            _ => call.unknown(),
        }
    }

    fn new_run(&self, pipeline: &Pipeline, request: Value) -> NewRun {
        new_run(pipeline, request)
    }

    fn refuse(&self, mismatch: &Mismatch<'_>, request: &Incoming) -> Answer {
        let status = match mismatch {
            Mismatch::Path => 404,
            Mismatch::Method(_) => 405,
            Mismatch::Violations(_) => 400,
        };
        errors(status, mismatch.sentences(request))
    }

    fn error(&self, _request: &Incoming, status: u16, code: &str, sentence: &str) -> Answer {
        let error = json!({ "message": sentence, "code": code });
        Answer::json(status, &json!({ "errors": [error] }))
    }

    fn run_id_key(&self) -> &'static str {
        "id"
    }

    /// Buddy documents none.
    fn request_id_header(&self) -> &'static str {
        "x-request-id"
    }

    fn throttle(&self, _wait: Duration) -> Answer {
        errors(429, ["API rate limit exceeded."])
    }

    fn finish(&mut self, answer: &mut Answer, context: &Context<'_>) {
        let (limit, left) = context.budget.unwrap_or((1000, 999));
        answer.set("x-rate-limit-limit", limit.to_string());
        answer.set("x-rate-limit-remaining", left.to_string());
        if context.budget.is_some() {
            answer.set(
                "x-rate-limit-reset",
                context.budget_ends.timestamp().to_string(),
            );
        }
    }
}

fn errors<S: Into<String>>(status: u16, sentences: impl IntoIterator<Item = S>) -> Answer {
    let errors = sentences
        .into_iter()
        .map(|sentence| json!({ "message": sentence.into() }));
    Answer::json(status, &json!({ "errors": errors.collect::<Vec<_>>() }))
}

fn run(call: &Call<'_>, site: &Site<'_>, context: &mut Context<'_>) -> Answer {
    let request = call.body();
    if site.pipeline.disabled {
        return errors(400, ["The pipeline is disabled."]);
    }
    let named = ["branch", "tag", "pull_request"]
        .iter()
        .any(|key| request.get(key).is_some());
    if site.pipeline.any_ref && !named {
        return errors(
            400,
            ["Name a branch, a tag or a pull request: the pipeline runs on several."],
        );
    }
    let run = context.start(new_run(site.pipeline, request.clone()));
    Answer::json(200, &site.execution(&run, context.now))
}

fn new_run(pipeline: &Pipeline, request: Value) -> NewRun {
    let until = request.get("delay_until").and_then(Value::as_str);
    let begins = until.and_then(|until| DateTime::parse_from_rfc3339(until).ok());
    NewRun {
        begins: begins.map(|begins| begins.to_utc()),
        ..NewRun::numbered(pipeline, request)
    }
}

fn on_execution(
    call: &Call<'_>,
    scope: &str,
    context: &Context<'_>,
    then: impl FnOnce(&StoredRun, &Context<'_>) -> Answer,
) -> Answer {
    let id = call.path("execution_id");
    match context.store.get(scope, &id) {
        Some(run) => then(run, context),
        None => errors(
            404,
            [format!("There is no execution {id} of this pipeline.")],
        ),
    }
}

fn update(call: &Call<'_>, site: &Site<'_>, scope: &str, context: &mut Context<'_>) -> Answer {
    let id = call.path("execution_id");
    let now = context.now;
    let asked = call.body().get("operation").and_then(Value::as_str);
    let asked = asked.unwrap_or_default();
    let plan = (asked == "RETRY").then(|| context.next_plan());
    let done = match (context.store.get_mut(scope, &id), asked) {
        (None, _) => return on_execution(call, scope, context, |_, _| Answer::empty(404)),
        (Some(run), "CANCEL") => {
            run.cancel(now, false);
            true
        }
        (Some(run), "APPLY" | "APPLY_VARIABLES" | "SET_VARIABLES" | "APPROVE_VT") => run.apply(now),
        (Some(run), "RUN_DELAYED") => run.begin_now(now),
        (Some(run), "RETRY") => matches!(run.state(now), State::Ended(_)),
        (Some(_), _) => false,
    };
    if !done {
        let sentence = format!("The execution cannot do {asked} in its present state.");
        return errors(400, [sentence]);
    }
    if let Some(plan) = plan {
        context.store.restart(scope, &id, plan, now);
    }
    on_execution(call, scope, context, |run, _| {
        Answer::json(200, &site.execution(run, now))
    })
}
