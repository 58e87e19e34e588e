//! Requests with the right credentials, in the shapes that the vendors' own clients send.

use std::error::Error;

use reqwest::Method;
use runpipe::Service;
use runpipe_testing::{EchoForm, Sandbox};
use serde_json::{Value, json};

use super::aliyun::Draft;
use super::{Answer, Outcome, http, send};

pub(crate) const MATILLION: &str = "/v1/projects/3f0c9a52-6b1d-4c7e-9a44-2d5e8f7b1c60";
pub(crate) const ALIYUN: &str = "/organization/60d1c0ffee5ca1ab1e00feed";
/// The central edition. Behind the organization the paths are the same on a Region instance.
pub(crate) const YUNXIAO: &str = "/organizations/60d1c0ffee5ca1ab1e00feed/pipelines";
pub(crate) const AZURE: &str = "/acme/Website/_apis";
pub(crate) const BUDDY: &str = "/workspaces/acme/projects/website";

/// Sends requests with the right credentials.
pub(crate) struct Asker<'s> {
    sandbox: &'s Sandbox,
    pub token: String,
    nonce: u32,
}

impl<'s> Asker<'s> {
    pub async fn new(sandbox: &'s Sandbox) -> Result<Self, Box<dyn Error>> {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", &sandbox.accepted().matillion_client_id),
            ("client_secret", &sandbox.accepted().matillion_client_secret),
        ];
        let answer = send(http().post(sandbox.token_url()).form(&form)).await?;
        let token = answer.json()["access_token"]
            .as_str()
            .ok_or("no token")?
            .to_owned();
        Ok(Asker {
            sandbox,
            token,
            nonce: 0,
        })
    }

    pub async fn ask(
        &mut self,
        service: Service,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<Answer, Box<dyn Error>> {
        let url = format!("{}{path}", self.sandbox.url(service));
        let request = http().request(method.clone(), url);
        let request = match service {
            Service::Aliyun => {
                self.nonce += 1;
                let (path, query) = path.split_once('?').unwrap_or((path, ""));
                let action = match path {
                    path if path.ends_with("/run") => "StartPipelineRun",
                    path if path.ends_with("/pass") => "PassPipelineValidate",
                    path if path.ends_with("/refuse") => "RefusePipelineValidate",
                    path if path.ends_with("/skip") => "SkipPipelineJobRun",
                    path if path.contains("/jobs/") && path.ends_with("/stop") => {
                        "StopPipelineJobRun"
                    }
                    path if path.contains("/jobs/") => "RetryPipelineJobRun",
                    path if path.ends_with("/stop") => "StopPipelineRun",
                    path if path.ends_with("/logs") => "LogPipelineJobRun",
                    path if path.ends_with("/pipelineRuns") => "ListPipelineRuns",
                    path if path.contains("/pipelineRuns/") => "GetPipelineRun",
                    path if path.ends_with("/pipelines") => "ListPipelines",
                    _ => "GetPipeline",
                };
                let mut draft = Draft::read(
                    self.sandbox,
                    &self.nonce.to_string(),
                    path.to_owned(),
                    action,
                );
                draft.form = path.ends_with("/run");
                if let Some(params) = body {
                    let params = EchoForm::FormEncoded.write(&params.to_string());
                    draft.body = format!("params={params}");
                }
                draft.method = method;
                draft.query = query.to_owned();
                return draft.send(self.sandbox).await;
            }
            Service::Yunxiao => {
                request.header("x-yunxiao-token", &self.sandbox.accepted().yunxiao_token)
            }
            Service::Matillion => request.bearer_auth(&self.token),
            Service::AzureDevops => request
                .basic_auth("", Some(&self.sandbox.accepted().azure_devops_pat))
                .header("accept", "application/json;api-version=7.1"),
            Service::Buddy => request.bearer_auth(&self.sandbox.accepted().buddy_token),
            other => panic!("{other} has no part here"),
        };
        send(match body {
            Some(body) => request.json(&body),
            None => request,
        })
        .await
    }

    /// Asks, and expects that the answer is a good one.
    pub async fn good(
        &mut self,
        service: Service,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<Value, Box<dyn Error>> {
        let answer = self.ask(service, method.clone(), path, body).await?;
        let good = matches!(answer.status, 200 | 201);
        assert!(
            good,
            "{service} {method} {path}: {} {}",
            answer.status, answer.text
        );
        Ok(answer.json())
    }

    /// Starts a run on each service, and gives the paths that lead to it.
    pub async fn start(&mut self) -> Result<Vec<(Service, String)>, Box<dyn Error>> {
        let post = Method::POST;
        let run = format!("{AZURE}/pipelines/42/runs");
        let body = json!({
            "resources": { "repositories": { "self": { "refName": "refs/heads/main" } } },
            "variables": { "a": { "value": "b" } },
            "templateParameters": { "c": "d" },
        });
        let run = self
            .good(Service::AzureDevops, post.clone(), &run, Some(body))
            .await?;
        let azure = run["id"].to_string();
        let body = json!({ "pipelineName": "Load orders", "environmentName": "Test" });
        let path = format!("{MATILLION}/pipeline-executions");
        let run = self
            .good(Service::Matillion, post.clone(), &path, Some(body))
            .await?;
        let matillion = run["pipelineExecutionId"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        let path = "/organizations/60d1c0ffee5ca1ab1e00feed/pipelines/123/run";
        let run = self.good(Service::Aliyun, post.clone(), path, None).await?;
        let aliyun = run["pipelineRunId"].to_string();
        let body = json!({ "params": json!({ "envs": { "A": "b" }, "comment": "c" }).to_string() });
        let path = format!("{YUNXIAO}/123/runs");
        let run = self.good(Service::Yunxiao, post.clone(), &path, Some(body));
        let yunxiao = run.await?.to_string();
        let body = json!({
            "tag": { "name": "v1" },
            "from_revision": { "revision": "0a1b" },
            "to_revision": { "revision": "2c3d" },
            "delay_until": "2026-01-01T00:00:00.000Z",
            "priority": "HIGH",
        });
        let path = format!("{BUDDY}/pipelines/2/executions");
        let run = self.good(Service::Buddy, post, &path, Some(body)).await?;
        let buddy = run["id"].to_string();
        Ok(vec![
            (Service::AzureDevops, azure),
            (Service::Matillion, matillion),
            (Service::Aliyun, aliyun),
            (Service::Yunxiao, yunxiao),
            (Service::Buddy, buddy),
        ])
    }

    /// Reads a run in every way that there is.
    pub async fn read(&mut self, service: Service, id: &str) -> Outcome {
        let paths = match service {
            Service::AzureDevops => vec![
                run_path(service, id),
                format!("{AZURE}/pipelines/42/runs"),
                format!("{AZURE}/pipelines/42/runs/{id}/logs?$expand=signedContent"),
                format!("{AZURE}/build/builds/{id}"),
                format!(
                    "{AZURE}/build/builds?definitions=42&$top=1&statusFilter=all&queryOrder=queueTimeAscending"
                ),
                format!("{AZURE}/build/builds/{id}/timeline"),
                format!("{AZURE}/build/builds/{id}/logs"),
            ],
            Service::Matillion => vec![
                run_path(service, id),
                format!("{MATILLION}/pipeline-executions/{id}/status"),
                format!("{MATILLION}/pipeline-executions/{id}/steps"),
                "/v1/pipeline-executions?limit=2&pipelineName=LOAD&timeFrame=P1D".to_owned(),
            ],
            Service::Aliyun => vec![
                format!("{ALIYUN}/pipelines/123/pipelineRuns"),
                run_path(service, id),
            ],
            Service::Yunxiao => vec![
                format!("{YUNXIAO}/123/runs"),
                format!("{YUNXIAO}/123/runs/latestPipelineRun"),
                run_path(service, id),
            ],
            Service::Buddy => vec![
                format!("{BUDDY}/pipelines/2"),
                format!("{BUDDY}/pipelines/2/executions?per_page=2"),
                run_path(service, id),
            ],
            other => panic!("{other} has no part here"),
        };
        let mut answers = Vec::new();
        for path in paths {
            answers.push(self.good(service, Method::GET, &path, None).await?);
        }
        // The logs of a step are named in what was read.
        let found = |pointer: &str| answers.iter().find_map(|answer| answer.pointer(pointer));
        let log = match service {
            Service::AzureDevops => found("/records/1/log/id")
                .map(|log| format!("{AZURE}/build/builds/{id}/logs/{log}?startLine=1&endLine=2")),
            Service::Aliyun => found("/pipelineRun/stages/0/stageInfo/jobs/0/id")
                .map(|job| format!("{ALIYUN}/pipeline/123/pipelineRun/{id}/job/{job}/logs")),
            Service::Yunxiao => found("/stages/0/stageInfo/jobs/0/id")
                .map(|job| format!("{YUNXIAO}/123/runs/{id}/job/{job}/log")),
            Service::Buddy => found("/action_executions/0/action_execution_id")
                .and_then(Value::as_str)
                .map(|action| {
                    format!("{BUDDY}/pipelines/2/executions/{id}/action_executions/{action}")
                }),
            // Its steps have no logs.
            Service::Matillion => None,
            other => panic!("{other} has no part here"),
        };
        if let Some(log) = log {
            if service == Service::Buddy {
                let some = format!("{log}/logs?offset=1&limit=1");
                self.good(service, Method::GET, &some, None).await?;
            }
            self.good(service, Method::GET, &log, None).await?;
        }
        let timeline = answers
            .iter()
            .find(|answer| answer.get("records").is_some());
        if let Some(timeline) = timeline.and_then(|timeline| timeline["id"].as_str()) {
            let path = format!("{AZURE}/build/builds/{id}/timeline/{timeline}");
            self.good(service, Method::GET, &path, None).await?;
        }
        Ok(())
    }

    /// Acts on what a waiting run waits for, in every way that there is.
    pub async fn act(&mut self, service: Service, id: &str) -> Outcome {
        match service {
            Service::AzureDevops => {
                let list = format!("{AZURE}/pipelines/approvals?state=pending&$expand=steps");
                let list = self.good(service, Method::GET, &list, None).await?;
                let approval = list["value"][0]["id"].as_str().unwrap_or_default();
                let one = format!("{AZURE}/pipelines/approvals/{approval}?$expand=permissions");
                self.good(service, Method::GET, &one, None).await?;
                let body = json!([{ "approvalId": approval, "status": "approved" }]);
                let path = format!("{AZURE}/pipelines/approvals");
                self.good(service, Method::PATCH, &path, Some(body)).await?;
                let stage = format!("{AZURE}/build/builds/{id}/stages/Build");
                let body = json!({ "state": "cancel" });
                self.good(service, Method::PATCH, &stage, Some(body))
                    .await?;
            }
            Service::Aliyun => {
                let job = self.aliyun_job(id).await?;
                for (method, verb) in [
                    (Method::POST, "/pass"),
                    (Method::POST, "/refuse"),
                    (Method::PUT, "/skip"),
                    (Method::PUT, "/stop"),
                    (Method::PUT, ""),
                ] {
                    self.good(service, method, &format!("{job}{verb}"), None)
                        .await?;
                }
            }
            Service::Matillion | Service::Buddy | Service::Yunxiao => {}
            other => panic!("{other} has no part here"),
        }
        Ok(())
    }

    /// Where the one job of a run is.
    pub async fn aliyun_job(&mut self, id: &str) -> Result<String, Box<dyn Error>> {
        let path = run_path(Service::Aliyun, id);
        let run = self.good(Service::Aliyun, Method::GET, &path, None).await?;
        let job = &run["pipelineRun"]["stages"][0]["stageInfo"]["jobs"][0]["id"];
        Ok(format!("{path}/jobs/{job}"))
    }

    pub async fn cancel(&mut self, service: Service, id: &str) -> Outcome {
        let (method, path, body) = match service {
            Service::AzureDevops => (
                Method::PATCH,
                format!("{AZURE}/build/builds/{id}"),
                Some(json!({ "status": "cancelling" })),
            ),
            Service::Matillion => (
                Method::PATCH,
                format!("{MATILLION}/pipeline-executions/{id}"),
                Some(json!({ "status": "CANCELLED", "forceUpdate": false })),
            ),
            Service::Aliyun => (
                Method::PUT,
                format!("{ALIYUN}/pipelines/123/pipelineRuns/{id}/stop"),
                None,
            ),
            Service::Yunxiao => (Method::PUT, run_path(service, id), None),
            Service::Buddy => (
                Method::PATCH,
                format!("{BUDDY}/pipelines/2/executions/{id}"),
                Some(json!({ "operation": "CANCEL" })),
            ),
            other => panic!("{other} has no part here"),
        };
        self.good(service, method, &path, body).await?;
        Ok(())
    }
}

/// Where a run is read that [`Asker::start`] has started.
pub(crate) fn run_path(service: Service, id: &str) -> String {
    match service {
        Service::AzureDevops => format!("{AZURE}/pipelines/42/runs/{id}"),
        Service::Matillion => format!("{MATILLION}/pipeline-executions/{id}"),
        Service::Aliyun => format!("{ALIYUN}/pipelines/123/pipelineRuns/{id}"),
        Service::Yunxiao => format!("{YUNXIAO}/123/runs/{id}"),
        Service::Buddy => format!("{BUDDY}/pipelines/2/executions/{id}"),
        other => panic!("{other} has no part here"),
    }
}
