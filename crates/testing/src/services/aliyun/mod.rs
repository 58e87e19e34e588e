//! How Aliyun Yunxiao behaves, for the sandbox.
//!
//! From the vendor's pages and its official SDK: the signature and its refusals, the form with
//! `params`, the envelope, milliseconds, codes and their statuses. Not confirmed, and chosen here:
//! the sentences, the order in which the gateway checks, and that a start of a pipeline that is
//! switched off is refused inside a 200.

mod gateway;
mod jobs;
mod sentences;

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::accepted::Accepted;
use crate::fields::with;
use crate::paging;
use crate::services::entry::Simulated;
use crate::services::flow::{self, RunView};
use crate::{Answer, Call, Context, Incoming, Mismatch, NewRun, Pipeline, Vendor, uuid};
use runpipe::ServiceClient;
use runpipe::aliyun::{Client, Credentials};
use runpipe_spec::operation::Operation;

use gateway::Nonces;

/// Aliyun, in the sandbox.
#[derive(Debug, Default)]
pub(crate) struct Aliyun {
    nonces: Nonces,
    /// Counts the requests: each has an id of its own.
    requests: u64,
}

/// The longest page of a list.
const LONGEST_PAGE: usize = 50;

/// The id of the organization that every sandbox has.
const ORGANIZATION: &str = "60d1c0ffee5ca1ab1e00feed";

impl Simulated for Client {
    type Vendor = Aliyun;

    fn pipelines() -> Vec<Pipeline> {
        vec![
            Pipeline::new(Self::SERVICE, [ORGANIZATION], "123", "web-release"),
            Pipeline::new(Self::SERVICE, [ORGANIZATION], "124", "web-nightly"),
        ]
    }

    fn credentials(accepted: &Accepted, _url: &str) -> Credentials {
        let id = accepted.aliyun_access_key_id.as_str();
        Credentials::access_key(id, accepted.aliyun_access_key_secret.as_str())
    }
}

impl Vendor for Aliyun {
    fn variables(&self, url: &str, accepted: &Accepted) -> Vec<(&'static str, String)> {
        let (id, secret) = (
            accepted.aliyun_access_key_id.clone(),
            accepted.aliyun_access_key_secret.clone(),
        );
        vec![
            ("RUNPIPE_ALIYUN_URL", url.to_owned()),
            ("ALIBABA_CLOUD_ACCESS_KEY_ID", id),
            ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", secret),
        ]
    }

    /// The signature covers the body: the head alone shows whose key it is.
    fn knows(&self, head: &Incoming, accepted: &Accepted, _now: DateTime<Utc>) -> bool {
        gateway::claim(head, accepted).is_ok()
    }

    fn authorize(
        &mut self,
        request: &Incoming,
        operation: &Operation,
        context: &Context<'_>,
    ) -> Result<(), Answer> {
        gateway::check(request, operation, context, &mut self.nonces)
            .map_err(|refusal| refusal.answer(request, &self.request_id()))
    }

    fn answer(&mut self, call: &Call<'_>, context: &mut Context<'_>) -> Answer {
        let organization = call.path("organizationId");
        let pipelines = context.pipelines.iter();
        let mut here = pipelines.filter(|pipeline| pipeline.part(0) == organization);
        if here.clone().next().is_none() {
            let sentence = format!("There is no organization {organization}.");
            return self.missing("InvalidOrganization.NotFound", sentence, context);
        }
        if call.operation() == "listPipelines" {
            let items = flow::listed(call, here, "creatorAccountId");
            return self.list(call, "pipelines", items);
        }
        let id = call.path("pipelineId");
        let Some(pipeline) = here.find(|pipeline| pipeline.id == id) else {
            let sentence = format!("There is no pipeline {id}.");
            return self.missing("InvalidPipeline.NotFound", sentence, context);
        };
        let scope = pipeline.path();
        match call.operation() {
            "startPipelineRun" => return self.start(call, pipeline, context),
            "listPipelineRuns" => {
                let runs = flow::runs(call, &scope, context, "endTime");
                let items = runs.iter().map(RunView::summary).collect();
                return self.list(call, "pipelineRuns", items);
            }
            "getPipeline" => {
                let described = flow::described(pipeline, "Codeup");
                return self.success(json!({ "pipeline": described }));
            }
            _ => {}
        }
        let (run_id, now) = (call.path("pipelineRunId"), context.now);
        if call.operation() == "stopPipelineRun"
            && let Some(run) = context.store.get_mut(&scope, &run_id)
        {
            run.cancel(now, false);
            return self.success(json!({}));
        }
        match jobs::act(call, &scope, &run_id, context) {
            Some(Ok(())) => return self.success(json!({})),
            Some(Err(refused)) => {
                let message = sentences::with_reason(refused.code, &refused.sentence);
                return self.failure(200, refused.code, &message);
            }
            None => {}
        }
        let Some(run) = context.store.get(&scope, &run_id) else {
            let sentence = format!("There is no run {run_id} of this pipeline.");
            return self.missing("InvalidPipelineRun.NotFound", sentence, context);
        };
        let view = RunView { run, now };
        match call.operation() {
            "getPipelineJobRunLog" => match view.has_job(&call.path("jobId")) {
                true => self.success(json!({ "log": view.log() })),
                false => {
                    let sentence = "There is no such job in this run.".to_owned();
                    self.missing("InvalidPipelineRun.NotFound", sentence, context)
                }
            },
            "getPipelineRun" => {
                let record = view.record("Codeup", ["commint", "{\"id\":\"4be1d07c9a52\"}"]);
                self.success(json!({ "pipelineRun": record }))
            }
            _ => call.unknown(),
        }
    }

    fn new_run(&self, pipeline: &Pipeline, request: Value) -> NewRun {
        NewRun::numbered(pipeline, request)
    }

    fn refuse(&self, mismatch: &Mismatch<'_>, request: &Incoming) -> Answer {
        let sentence = mismatch.sentences(request).join(" ");
        match mismatch {
            Mismatch::Path => gateway::GatewayError::new(404, "InvalidApi.NotFound", sentence),
            Mismatch::Method(_) => {
                gateway::GatewayError::new(400, "UnsupportedHTTPMethod", sentence)
            }
            Mismatch::Violations(_) => {
                return self.refused(400, "InvalidParam.ParamNotPresent", &sentence);
            }
        }
        .answer(request, &self.request_id())
    }

    fn error(&self, _request: &Incoming, status: u16, code: &str, sentence: &str) -> Answer {
        match status {
            200..=299 => self.failure(status, code, sentence),
            _ => self.service_error(status, code, sentence),
        }
    }

    fn run_id_key(&self) -> &'static str {
        "pipelineRunId"
    }

    fn request_id_header(&self) -> &'static str {
        "x-acs-request-id"
    }

    fn throttle(&self, wait: Duration) -> Answer {
        // Documented as 400; the header is in milliseconds (evidence: the official SDK).
        self.service_error(400, "Throttling.User", "There were too many requests.")
            .with("x-acs-retry-after", wait.as_millis().to_string())
    }

    fn finish(&mut self, answer: &mut Answer, _context: &Context<'_>) {
        answer.set("x-acs-request-id", self.request_id());
        self.requests += 1;
    }
}

impl Aliyun {
    fn request_id(&self) -> String {
        uuid("aliyun request", self.requests).to_uppercase()
    }

    /// A 200 with the envelope around the result.
    fn success(&self, result: Value) -> Answer {
        let envelope = json!({
            "requestId": self.request_id(),
            "success": true,
            "errorCode": "",
            "errorMessage": "",
        });
        Answer::json(200, &with(result, envelope))
    }

    /// A refusal inside an answer that looks like a success.
    fn failure(&self, status: u16, code: &str, message: &str) -> Answer {
        let body = json!({
            "requestId": self.request_id(),
            "success": false,
            "errorCode": code,
            "errorMessage": message,
        });
        Answer::json(status, &body)
    }

    /// An error of the service behind the gateway: its keys are in small letters.
    fn service_error(&self, status: u16, code: &str, message: &str) -> Answer {
        let id = self.request_id();
        Answer::json(
            status,
            &json!({ "code": code, "message": message, "requestId": id }),
        )
    }

    /// A refusal in the vendor's words, and what the sandbox knows better.
    fn refused(&self, status: u16, code: &str, reason: &str) -> Answer {
        self.service_error(status, code, &sentences::with_reason(code, reason))
    }

    fn missing(&self, code: &str, sentence: String, context: &Context<'_>) -> Answer {
        let reason = format!("{sentence} {}", context.what_there_is());
        self.refused(404, code, &reason)
    }

    fn start(&self, call: &Call<'_>, pipeline: &Pipeline, context: &mut Context<'_>) -> Answer {
        let params = call
            .body()
            .get("params")
            .cloned()
            .unwrap_or_else(|| json!({}));
        if params.pointer("/envs/version").is_some() {
            let sentence = "The name version is reserved and cannot be one of envs.";
            return self.refused(400, "InvalidParam.ParamNotPresent", sentence);
        }
        if pipeline.disabled {
            return self.failure(200, "Pipeline.Disabled", "The pipeline is switched off.");
        }
        let run = context.start(self.new_run(pipeline, params));
        self.success(json!({ "pipelineRunId": run.number }))
    }

    /// A page of a list.
    fn list(&self, call: &Call<'_>, key: &str, items: Vec<Value>) -> Answer {
        let size = call.count("maxResults").unwrap_or(10);
        let size = size.clamp(1, LONGEST_PAGE);
        let total = items.len();
        let Some((page, next)) = paging::page(items, call.text("nextToken"), size) else {
            let sentence = "The token nextToken is not one of this list.";
            return self.refused(400, "InvalidParam.ParamNotPresent", sentence);
        };
        let list = json!({ "totalCount": total, key: page });
        self.success(with(list, json!({ "nextToken": next })))
    }
}
