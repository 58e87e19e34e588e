//! How Matillion behaves, for the sandbox.
//!
//! From the vendor's pages: problem details, 409 for a tag that is running in an environment, 410
//! for a pipeline that is switched off, 429 with `Retry-After`, the lists and their filters. From
//! public client code: 201 for a start, the form of the token request, details inside `result`
//! ([`crate::SandboxBuilder::matillion_nests_results`]), Cloudflare's mark on answers.
//! Not confirmed, and chosen here: the sentences, the order of the checks, the refusals of the
//! token endpoint, 404 for names that are unknown, and 400 for stopping an execution that has ended.

mod executions;
mod places;
mod problem;
mod tokens;

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::accepted::Accepted;
use crate::fields::with;
use crate::services::entry::Simulated;
use crate::{Answer, Call, Context, Incoming, Mismatch, NewRun, Pipeline, State, Vendor, uuid};
use runpipe::ServiceClient;
use runpipe::matillion::{Client, Credentials};
use runpipe_spec::operation::Operation;

use executions::{View, asked};
use places::{in_environment, in_project};
use problem::Problem;
use tokens::Tokens;

/// Matillion, in the sandbox.
#[derive(Default)]
pub(crate) struct Matillion {
    tokens: Tokens,
    answers: u64,
}

/// The address of the token endpoint: on the same host, outside the API's own path.
pub(crate) fn token_url(url: &str) -> String {
    match url.strip_suffix("/dpc") {
        Some(host) => format!("{host}/oauth/dpc/token"),
        None => url.to_owned(),
    }
}

/// The id of the project that every sandbox has.
const PROJECT: &str = "3f0c9a52-6b1d-4c7e-9a44-2d5e8f7b1c60";

impl Simulated for Client {
    type Vendor = Matillion;
    const BASE_PATH: &'static str = "/dpc";

    fn pipelines() -> Vec<Pipeline> {
        let pipeline = |environment, name| {
            Pipeline::new(
                Self::SERVICE,
                [PROJECT, "Analytics", environment],
                name,
                name,
            )
        };
        vec![
            pipeline("Production", "Load orders"),
            pipeline("Production", "Old load").disabled(),
            pipeline("Test", "Load orders"),
        ]
    }

    fn credentials(accepted: &Accepted, url: &str) -> Credentials {
        let id = accepted.matillion_client_id.as_str();
        let secret = accepted.matillion_client_secret.as_str();
        Credentials::client(id, secret).token_url(token_url(url))
    }
}

impl Vendor for Matillion {
    fn variables(&self, url: &str, accepted: &Accepted) -> Vec<(&'static str, String)> {
        let secret = accepted.matillion_client_secret.clone();
        vec![
            ("RUNPIPE_MATILLION_URL", url.to_owned()),
            ("RUNPIPE_MATILLION_TOKEN_URL", token_url(url)),
            ("MATILLION_CLIENT_ID", accepted.matillion_client_id.clone()),
            ("MATILLION_CLIENT_SECRET", secret),
        ]
    }

    fn undocumented(&self, request: &Incoming) -> Option<&'static str> {
        tokens::is_for(request).then_some("token")
    }

    fn answer_undocumented(
        &mut self,
        _name: &str,
        request: &Incoming,
        context: &mut Context<'_>,
    ) -> Answer {
        self.tokens.exchange(request, context)
    }

    fn knows(&self, head: &Incoming, _accepted: &Accepted, now: DateTime<Utc>) -> bool {
        self.tokens.check(head, now).is_ok()
    }

    fn authorize(
        &mut self,
        request: &Incoming,
        _operation: &Operation,
        context: &Context<'_>,
    ) -> Result<(), Answer> {
        let checked = self.tokens.check(request, context.now);
        checked.map_err(|sentence| Problem::new(401, sentence).answer(Some(&request.path)))
    }

    fn answer(&mut self, call: &Call<'_>, context: &mut Context<'_>) -> Answer {
        let answer = match call.operation() {
            "listProjects" => Ok(places::projects(call, context)),
            "listAgents" => Ok(places::agents(call)),
            "listPipelineExecutions" => executions::list(call, context),
            _ => on_project(call, context),
        };
        answer.unwrap_or_else(|problem| problem.answer(Some(&call.request.path)))
    }

    fn new_run(&self, pipeline: &Pipeline, request: Value) -> NewRun {
        new_run(pipeline, request)
    }

    fn refuse(&self, mismatch: &Mismatch<'_>, request: &Incoming) -> Answer {
        let sentences = mismatch.sentences(request);
        let problem = match mismatch {
            Mismatch::Path => Problem::new(404, sentences.join(" ")),
            Mismatch::Method(_) => Problem::new(405, sentences.join(" ")),
            Mismatch::Violations(_) => Problem::broken_rules(sentences),
        };
        problem.answer(Some(&request.path))
    }

    fn error(&self, request: &Incoming, status: u16, code: &str, sentence: &str) -> Answer {
        if tokens::is_for(request) {
            return tokens::error(status, code, sentence);
        }
        let problem = Problem::new(status, sentence).code(code);
        problem.answer(Some(&request.path))
    }

    fn run_id_key(&self) -> &'static str {
        "pipelineExecutionId"
    }

    fn request_id_header(&self) -> &'static str {
        "cf-ray"
    }

    fn throttle(&self, wait: Duration) -> Answer {
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        let problem = Problem::new(429, "There were too many requests in this minute.");
        problem
            .answer(None)
            .with("retry-after", seconds.to_string())
    }

    /// A gateway stands before the service and marks each answer.
    fn finish(&mut self, answer: &mut Answer, _context: &Context<'_>) {
        self.answers += 1;
        answer.set("cf-ray", format!("{:016x}-LHR", self.answers));
    }
}

/// Answers what is asked of one project.
fn on_project(call: &Call<'_>, context: &mut Context<'_>) -> Result<Answer, Problem> {
    let project = in_project(&call.path("projectId"), context)?;
    match call.operation() {
        "listEnvironments" => return Ok(places::environments(call, &project)),
        "listArtifacts" => return places::artifacts(call, &project, context),
        "listPublishedPipelines" => return places::published(call, &project, context),
        "executePublishedPipeline" => return start(call, &project, context),
        _ => {}
    }
    // As the catalogue writes it, whatever the request's letters.
    let scope = project.first().map_or("", |pipeline| pipeline.part(0));
    let id = call.path("pipelineExecutionId").to_lowercase();
    let missing = || {
        let detail = format!("There is no pipeline execution {id} in this project.");
        Problem::new(404, detail)
    };
    let now = context.now;
    if call.operation() == "terminatePipelineExecution" {
        let run = context.store.get_mut(scope, &id).ok_or_else(missing)?;
        if (View { run: &*run, now }).has_ended() {
            let detail = format!("The pipeline execution {id} has ended.");
            return Err(Problem::new(400, detail));
        }
        let force = call.body().get("forceUpdate").and_then(Value::as_bool);
        run.cancel(now, force.unwrap_or_default());
        return Ok(Answer::json(200, &json!({ "pipelineExecutionId": id })));
    }
    let run = context.store.get(scope, &id).ok_or_else(missing)?;
    let view = View { run, now };
    Ok(match call.operation() {
        "getPipelineExecutionStatus" => Answer::json(200, &json!({ "status": view.word() })),
        "listPipelineExecutionSteps" => places::page(call, view.steps()),
        "getPipelineExecution" if context.settings.nest_results => {
            Answer::json(200, &view.nested())
        }
        "getPipelineExecution" => Answer::json(200, &view.flat()),
        _ => call.unknown(),
    })
}

/// Starts a run. Any version and any agent will do.
fn start(
    call: &Call<'_>,
    project: &[&Pipeline],
    context: &mut Context<'_>,
) -> Result<Answer, Problem> {
    let request = call.body();
    let text = |key: &str| request.get(key).and_then(Value::as_str).unwrap_or_default();
    let (environment, name) = (text("environmentName"), text("pipelineName"));
    let here = in_environment(environment, project, context)?;
    let Some(pipeline) = here.iter().find(|pipeline| pipeline.id == name) else {
        let there = context.what_there_is();
        let detail =
            format!("Pipeline {name} is not published to environment {environment}. {there}");
        return Err(Problem::new(404, detail));
    };
    if pipeline.disabled {
        let detail = format!("Pipeline {name} has been disabled.");
        return Err(Problem::new(410, detail));
    }
    let (scope, tag) = (pipeline.part(0), text("executionTag"));
    if !tag.is_empty() && is_running(tag, scope, environment, context) {
        let detail =
            format!("An execution with tag {tag} is still running in environment {environment}.");
        return Err(Problem::new(409, detail));
    }
    let run = context.start(new_run(pipeline, request.clone()));
    Ok(Answer::json(201, &json!({ "pipelineExecutionId": run.id })))
}

fn new_run(pipeline: &Pipeline, request: Value) -> NewRun {
    let request = with(request, json!({ "environmentName": pipeline.part(2) }));
    let scope = pipeline.part(0).to_owned();
    NewRun::new(scope, pipeline, request, |_, number| {
        uuid("matillion execution", number)
    })
}

/// Whether an execution with this tag is under way in an environment.
fn is_running(tag: &str, scope: &str, environment: &str, context: &Context<'_>) -> bool {
    context.store.newest_of(scope).any(|run| {
        asked(run, "executionTag") == tag
            && asked(run, "environmentName") == environment
            && !matches!(run.state(context.now), State::Ended(_))
    })
}
