//! How Yunxiao's token API behaves, for the sandbox.
//!
//! From the vendor's pages, its published specification and its own client: the header with the
//! token, the two editions, bare answers, the text with JSON in a start, milliseconds, codes and
//! their statuses; from public clients: a start through the API is trigger 4, and a run shows what
//! it was given. Not confirmed, and chosen here: the sentences, `InvaildData.Failed` for what a
//! pipeline does not take, 403 for an organization that does not exist, the unit of a step's log,
//! and `false` where a gate or a job is not in the state that was asked about.

mod runs;

use std::time::Duration;

use chrono::{DateTime, Utc};
use percent_encoding::percent_decode_str;
use runpipe::ServiceClient;
use runpipe::yunxiao::types::CreatePipelineRunParams;
use runpipe::yunxiao::{Client, Credentials};
use serde_json::{Value, json};

use crate::accepted::Accepted;
use crate::fields::add;
use crate::services::entry::Simulated;
use crate::services::flow::{self, RunView};
use crate::{
    Answer, Call, Context, Incoming, Mismatch, NewRun, Pipeline, State, StoredRun, Vendor, uuid,
};
use runpipe_spec::operation::Operation;

/// Yunxiao, in the sandbox.
#[derive(Debug, Default)]
pub(crate) struct Yunxiao {
    /// Counts the refusals: each has an id of its own.
    refusals: u64,
}

/// The organization of a pipeline on a Region instance: none.
const REGION: &str = "-";
/// The longest page of a list.
const LONGEST_PAGE: usize = 30;
const TOKEN: &str = "x-yunxiao-token";
/// The id of the organization that every sandbox has.
const ORGANIZATION: &str = "60d1c0ffee5ca1ab1e00feed";

impl Simulated for Client {
    type Vendor = Yunxiao;
    /// What stands before the paths of both editions.
    const BASE_PATH: &'static str = "/oapi/v1/flow";

    fn pipelines() -> Vec<Pipeline> {
        let central = |id, name| Pipeline::new(Self::SERVICE, [ORGANIZATION], id, name);
        vec![
            central("123", "web-release"),
            central("124", "web-nightly"),
            Pipeline::new(Self::SERVICE, [REGION], "7", "region-release"),
        ]
    }

    fn credentials(accepted: &Accepted, _url: &str) -> Credentials {
        Credentials::token(accepted.yunxiao_token.as_str())
    }
}

impl Vendor for Yunxiao {
    fn variables(&self, url: &str, accepted: &Accepted) -> Vec<(&'static str, String)> {
        vec![
            ("RUNPIPE_YUNXIAO_URL", url.to_owned()),
            ("YUNXIAO_ACCESS_TOKEN", accepted.yunxiao_token.clone()),
        ]
    }

    /// The central edition has the organization before the documented paths.
    fn documented_path(&self, path: &str) -> Option<String> {
        let (_, rest) = path.strip_prefix("/organizations/")?.split_once('/')?;
        Some(format!("/{rest}"))
    }

    fn knows(&self, head: &Incoming, accepted: &Accepted, _now: DateTime<Utc>) -> bool {
        head.header(TOKEN) == Some(accepted.yunxiao_token.as_str())
    }

    fn authorize(
        &mut self,
        request: &Incoming,
        _operation: &Operation,
        context: &Context<'_>,
    ) -> Result<(), Answer> {
        match request.header(TOKEN) {
            Some(token) if token == context.accepted.yunxiao_token => Ok(()),
            None | Some("") => Err(self.refusal(401, "Unauthorized", "There is no token.")),
            Some(_) => Err(self.refusal(401, "InvalidTokenError", "The token is not known.")),
        }
    }

    fn answer(&mut self, call: &Call<'_>, context: &mut Context<'_>) -> Answer {
        let organization = organization(call.request);
        let pipelines = context.pipelines.iter();
        let mut here = pipelines.filter(|pipeline| pipeline.part(0) == organization);
        if here.clone().next().is_none() {
            let code = "Forbidden.InvalidUser.UserNotInCurrentOrganization";
            let there_is = context.what_there_is();
            let sentence = format!("The token's owner is not in {organization}. {there_is}");
            return self.refusal(403, code, &sentence);
        }
        if call.operation() == "listPipelines" {
            return page(call, flow::listed(call, here, "createAccountId"));
        }
        let id = call.path("pipelineId");
        let Some(pipeline) = here.find(|pipeline| pipeline.id == id) else {
            let sentence = format!("There is no pipeline {id}.");
            return self.missing(&sentence, context);
        };
        let scope = pipeline.path();
        match call.operation() {
            "createPipelineRun" => return self.start(call, pipeline, context),
            "listPipelineRuns" => {
                let runs = flow::runs(call, &scope, context, "endTme");
                return page(call, runs.iter().map(RunView::summary).collect());
            }
            "getPipeline" => return Answer::json(200, &described(pipeline)),
            "getLatestPipelineRun" => {
                let newest = context.store.newest_of(&scope).next();
                let newest = newest.map(|run| run.id.clone()).unwrap_or_default();
                return self.read(call, &scope, &newest, context);
            }
            _ => {}
        }
        let run_id = call.path("pipelineRunId");
        self.read(call, &scope, &run_id, context)
    }

    fn new_run(&self, pipeline: &Pipeline, request: Value) -> NewRun {
        NewRun::numbered(pipeline, request)
    }

    fn refuse(&self, mismatch: &Mismatch<'_>, request: &Incoming) -> Answer {
        let sentence = mismatch.sentences(request).join(" ");
        match mismatch {
            Mismatch::Path => self.refusal(404, "NotFound", &sentence),
            Mismatch::Method(_) => self.refusal(405, "MethodNotAllowed", &sentence),
            Mismatch::Violations(_) => self.refusal(400, "BadRequest", &sentence),
        }
    }

    fn error(&self, _request: &Incoming, status: u16, code: &str, sentence: &str) -> Answer {
        self.refusal(status, code, sentence)
    }

    fn run_id_key(&self) -> &'static str {
        "pipelineRunId"
    }

    /// None is documented: the id is in the body of a refusal.
    fn request_id_header(&self) -> &'static str {
        "x-request-id"
    }

    fn throttle(&self, wait: Duration) -> Answer {
        let text = "There were too many requests.";
        self.refusal(429, "TooManyRequests", text)
            .with("retry-after", wait.as_secs().to_string())
    }

    fn finish(&mut self, answer: &mut Answer, _context: &Context<'_>) {
        if answer.status >= 400 {
            self.refusals += 1;
        }
    }
}

impl Yunxiao {
    fn refusal(&self, status: u16, code: &str, message: &str) -> Answer {
        let id = uuid("yunxiao refusal", self.refusals);
        Answer::json(
            status,
            &json!({ "errorCode": code, "errorMessage": message, "requestId": id }),
        )
    }

    fn missing(&self, sentence: &str, context: &Context<'_>) -> Answer {
        let sentence = format!("{sentence} {}", context.what_there_is());
        self.refusal(404, "NotFound", &sentence)
    }

    fn start(&self, call: &Call<'_>, pipeline: &Pipeline, context: &mut Context<'_>) -> Answer {
        let text = call.body().get("params").and_then(Value::as_str);
        let params: Value = match serde_json::from_str(text.unwrap_or("{}")) {
            Ok(params) => params,
            Err(fault) => {
                let sentence = format!("The text params is no JSON: {fault}.");
                return self.refusal(400, "InvaildData.Failed", &sentence);
            }
        };
        if let Err(fault) = serde_json::from_value::<CreatePipelineRunParams>(params.clone()) {
            let sentence = format!("The JSON in params is not what it has to be: {fault}.");
            return self.refusal(400, "InvaildData.Failed", &sentence);
        }
        if params.pointer("/envs/version").is_some() {
            let sentence = "The name version is reserved and cannot be one of envs.";
            return self.refusal(400, "InvaildData.Failed", sentence);
        }
        if pipeline.disabled {
            let sentence = "The pipeline is switched off.";
            return self.refusal(400, "InvaildData.Failed", sentence);
        }
        let run = context.start(self.new_run(pipeline, params));
        Answer::json(200, &json!(run.number))
    }

    /// What is about one run.
    fn read(
        &self,
        call: &Call<'_>,
        scope: &str,
        run_id: &str,
        context: &mut Context<'_>,
    ) -> Answer {
        let now = context.now;
        let Some(run) = context.store.get_mut(scope, run_id) else {
            let sentence = format!("There is no run {run_id} of this pipeline.");
            return self.missing(&sentence, context);
        };
        match call.operation() {
            "getPipelineRun" | "getLatestPipelineRun" => {
                return Answer::json(200, &RunView { run, now }.whole());
            }
            "updatePipelineRun" => {
                let stops = !matches!(run.state(now), State::Ended(_));
                run.cancel(now, false);
                return done(stops);
            }
            _ => {}
        }
        if !(RunView { run, now }).has_job(&call.path("jobId")) {
            return self.missing("There is no such job in this run.", context);
        }
        match call.operation() {
            "passPipelineValidate" => done(run.apply(now)),
            "refusePipelineValidate" => done(refuse(run, now)),
            "skipPipelineJobRun" => done(run.apply(now)),
            "retryPipelineJobRun" => {
                let ended = matches!(run.state(now), State::Ended(_));
                if ended {
                    let plan = context.next_plan();
                    context.store.restart(scope, run_id, plan, now);
                }
                done(ended)
            }
            "getPipelineJobRunLog" => Answer::json(200, &RunView { run, now }.counted_log()),
            "getPipelineJobSteps" => Answer::json(200, &RunView { run, now }.steps()),
            "getPipelineJobStepLog" => {
                let number = |name: &str| call.number(name).unwrap_or_default();
                let view = RunView { run, now };
                let of = (number("buildId"), number("stepIndex"));
                match view.step_log(of, number("offset"), number("limit")) {
                    Some(piece) => Answer::json(200, &piece),
                    None => self.missing("There is no such step in this job.", context),
                }
            }
            _ => call.unknown(),
        }
    }
}

/// Whether it was done: the whole answer.
fn done(done: bool) -> Answer {
    Answer::json(200, &json!(done))
}

/// Ends a run at its gate.
fn refuse(run: &mut StoredRun, now: DateTime<Utc>) -> bool {
    let waits = run.state(now) == State::Waiting;
    if waits {
        run.cancel(now, true);
    }
    waits
}

/// Which organization a request is for; none on a Region instance.
fn organization(request: &Incoming) -> String {
    let path = request.full_path.strip_prefix(Client::BASE_PATH);
    let path = path.and_then(|path| path.strip_prefix("/organizations/"));
    let id = path.and_then(|path| path.split('/').next());
    percent_decode_str(id.unwrap_or(REGION))
        .decode_utf8_lossy()
        .into_owned()
}

/// A page of a list, which is the whole answer.
fn page(call: &Call<'_>, items: Vec<Value>) -> Answer {
    let number = |name: &str, otherwise: usize| call.count(name).unwrap_or(otherwise).max(1);
    let size = number("perPage", 10).min(LONGEST_PAGE);
    let before = size.saturating_mul(number("page", 1) - 1);
    let page: Vec<Value> = items.into_iter().skip(before).take(size).collect();
    Answer::json(200, &Value::Array(page))
}

fn described(pipeline: &Pipeline) -> Value {
    let mut described = flow::described(pipeline, "codeup");
    add(&mut described, "/pipelineConfig", json!({ "version": "1" }));
    let data = "/pipelineConfig/sources/0/data";
    add(&mut described, data, json!({ "isBranchMode": false }));
    described
}
