//! A run as Yunxiao shows it.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::{Outcome, State, StoredRun, Trigger};

/// When the pipelines were made.
pub(super) const MADE: i64 = 1_772_362_800_000;
/// Who does everything.
pub(super) const ACCOUNT: &str = "1830042217";
/// The source of every pipeline.
pub(super) const REPOSITORY: &str = "https://codeup.aliyun.com/sandbox/web.git";

/// A run at a time.
pub(super) struct RunView<'r> {
    pub run: &'r StoredRun,
    pub now: DateTime<Utc>,
}

impl RunView<'_> {
    /// The state. Yunxiao has no words for a run that is queued or being stopped.
    pub fn word(&self) -> &'static str {
        match self.run.state(self.now) {
            State::Queued | State::Running | State::Canceling => "RUNNING",
            State::Waiting => "WAITING",
            State::Ended(Outcome::Failed) => "FAIL",
            State::Ended(Outcome::Canceled | Outcome::Skipped) => "CANCELED",
            State::Ended(Outcome::Succeeded | Outcome::PartiallySucceeded | Outcome::Never) => {
                "SUCCESS"
            }
        }
    }

    /// What started it, as a number. 4 is not documented: a public client met it on runs that were
    /// started through the API.
    pub fn trigger_mode(&self) -> i64 {
        match self.run.trigger {
            Trigger::Person => 1,
            Trigger::Schedule => 2,
            Trigger::Push => 3,
            Trigger::Api => 4,
        }
    }

    fn began(&self) -> Option<i64> {
        let began = self.run.started_at(self.now);
        began.map(|at| at.timestamp_millis())
    }

    fn ended(&self) -> Option<i64> {
        let ended = self.run.finished_at(self.now);
        ended.map(|at| at.timestamp_millis())
    }

    /// The fields of a list.
    pub fn summary(&self) -> Value {
        json!({
            "pipelineId": self.run.pipeline.parse::<i64>().ok(),
            "pipelineRunId": self.run.number,
            "status": self.word(),
            "startTime": self.run.created.timestamp_millis(),
            "endTime": self.ended(),
            "triggerMode": self.trigger_mode(),
            "creator": null,
            "creatorAccountId": ACCOUNT,
        })
    }

    /// All fields but times of the run itself, which it does not have. Stages are there from the
    /// beginning.
    pub fn whole(&self) -> Value {
        let created = self.run.created.timestamp_millis();
        let changed = self.ended().or(self.began()).unwrap_or(created);
        json!({
            "pipelineId": self.run.pipeline.parse::<i64>().ok(),
            "pipelineRunId": self.run.number,
            "pipelineConfigId": 1,
            "pipelineType": "default",
            "status": self.word(),
            "triggerMode": self.trigger_mode(),
            "createTime": created,
            "updateTime": changed,
            "creatorAccountId": ACCOUNT,
            "modifierAccountId": "",
            "stageGroup": [["Build"]],
            "groups": [],
            "sources": self.sources(),
            "globalParams": self.variables(),
            "stages": [{
                "index": "1",
                "name": "Build",
                "stageInfo": {
                    "id": self.job_id(),
                    "name": "Build",
                    "status": self.word(),
                    "startTime": self.began(),
                    "endTime": self.ended(),
                    "jobs": [{
                        "id": self.job_id(),
                        "name": "Compile",
                        "jobSign": "compile",
                        "status": self.word(),
                        "params": self.job_params().to_string(),
                        "result": "{}",
                        "startTime": self.began(),
                        "endTime": self.ended(),
                        "actions": self.actions(),
                    }],
                },
            }],
        })
    }

    pub fn job_id(&self) -> i64 {
        let pipeline: i64 = self.run.pipeline.parse().unwrap_or_default();
        let number = i64::try_from(self.run.number).unwrap_or_default();
        pipeline.saturating_mul(1_000_000).saturating_add(number)
    }

    fn actions(&self) -> Vec<Value> {
        let waits = self.run.state(self.now) == State::Waiting;
        let pass = json!({ "type": "PassPipelineValidate", "disable": false, "params": {} });
        waits.then_some(pass).into_iter().collect()
    }

    fn remark(&self) -> &str {
        let remark = self.run.request.get("comment").and_then(Value::as_str);
        remark.unwrap_or_default()
    }

    /// The variables that the start gave, and its remark.
    fn variables(&self) -> Vec<Value> {
        let given = self.run.request.get("envs").and_then(Value::as_object);
        let given = given.into_iter().flatten();
        let mut variables: Vec<(&str, &str)> = given
            .map(|(name, value)| (name.as_str(), value.as_str().unwrap_or_default()))
            .collect();
        variables.push(("BUILD_REMARK", self.remark()));
        variables.push(("FLOW_INST_RUNNING_COMMENT", self.remark()));
        let variable = |(key, value): (&str, &str)| {
            json!({
                "key": key, "value": value, "encrypted": false, "masked": false,
                "runningConfig": true, "type": "string",
            })
        };
        variables.into_iter().map(variable).collect()
    }

    fn job_params(&self) -> Value {
        json!({
            "FLOW_INST_RUNNING_COMMENT": self.remark(),
            "BUILD_REMARK": self.remark(),
            "FLOW_SYSTEM_IDENTIFICATION_PARAM_TRIGGER_SOURCE": "POP_API",
        })
    }

    /// The branches that were asked for; the sources' own without any.
    fn sources(&self) -> Vec<Value> {
        let asked = |key: &str| self.run.request.get(key).and_then(Value::as_object);
        let maps = ["runningBranchs", "runningTags"].into_iter();
        let mut sources: Vec<(&str, &str)> = maps
            .filter_map(asked)
            .flatten()
            .map(|(repository, name)| (repository.as_str(), name.as_str().unwrap_or_default()))
            .collect();
        let branches = self.run.request.get("branchModeBranchs");
        let branches = branches.and_then(Value::as_array).into_iter().flatten();
        let branches = branches.filter_map(Value::as_str);
        sources.extend(branches.map(|branch| (REPOSITORY, branch)));
        if sources.is_empty() {
            sources.push((REPOSITORY, "master"));
        }
        let source = |(number, (repository, branch)): (usize, (&str, &str))| {
            json!({
                "sign": format!("source_{}", number + 1),
                "type": "codeup",
                "data": { "branch": branch, "commit": "4be1d07c9a52", "repo": repository },
            })
        };
        sources.into_iter().enumerate().map(source).collect()
    }

    fn has_ended(&self) -> bool {
        matches!(self.run.state(self.now), State::Ended(_))
    }

    /// What the job wrote.
    fn text(&self) -> &'static str {
        match self.has_ended() {
            true => "compile\ndone\n",
            false => "compile\n",
        }
    }

    /// The log of the one job.
    pub fn log(&self) -> Value {
        let text = self.text();
        json!({ "content": text, "more": !self.has_ended(), "last": text.lines().count() })
    }

    /// The one build of the one job: a step that writes, and one after it.
    pub fn steps(&self) -> Value {
        let ended = self.has_ended();
        // The name of a step that has ended tells how long it took (evidence: a public client).
        let (name, status) = match ended {
            true => ("Command(1s)", "success"),
            false => ("Command", "running"),
        };
        let step = |index: i64, name: &str, status: &str, running: bool| {
            json!({
                "stepIndex": index, "stepName": name, "nodeIndex": index, "nodeName": name,
                "parentIndex": 0, "status": status, "finish": ended, "running": running,
                "stepApiVersion": "v2", "supportDebug": false,
            })
        };
        let then = if ended { "success" } else { "ready" };
        let steps = [
            step(1, name, status, !ended),
            step(2, "Upload", then, false),
        ];
        json!([{
            "jobId": self.job_id(),
            "buildId": self.build_id(),
            "actionCode": "EXECUTION_COMPONENT_BUILD",
            "actionName": "Build",
            "startTime": self.run.started_at(self.now).map(written),
            "endTime": self.run.finished_at(self.now).map(written),
            "buildProcessNodes": steps,
        }])
    }

    fn build_id(&self) -> i64 {
        self.job_id().saturating_add(1)
    }

    /// A piece of the log of a step, counted in bytes of plain text; `None` for a step that there
    /// is not.
    pub fn step_log(&self, of: (i64, i64), offset: i64, limit: i64) -> Option<Value> {
        let text = match of {
            (build, 1) if build == self.build_id() => self.text(),
            (build, 2) if build == self.build_id() => "",
            _ => return None,
        };
        let whole = i64::try_from(text.len()).unwrap_or_default();
        let from = offset.clamp(0, whole);
        let to = from.saturating_add(limit.max(0)).min(whole);
        let piece = usize::try_from(from).ok().zip(usize::try_from(to).ok());
        let piece = piece
            .and_then(|(from, to)| text.get(from..to))
            .unwrap_or_default();
        let last = if piece.is_empty() { -1 } else { to };
        Some(json!({ "logs": piece, "more": to < whole, "last": last }))
    }
}

/// A time of a build, without an offset: Beijing's.
fn written(at: DateTime<Utc>) -> String {
    let there = at + chrono::TimeDelta::hours(8);
    there.format("%Y-%m-%d %H:%M:%S.0").to_string()
}
