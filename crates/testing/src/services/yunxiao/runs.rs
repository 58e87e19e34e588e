//! What only the token API shows of a run.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::fields::{add, with};
use crate::services::flow::RunView;

impl RunView<'_> {
    /// All fields.
    pub fn whole(&self) -> Value {
        let own = json!({
            "pipelineConfigId": 1,
            "pipelineType": "default",
            "groups": [],
            "globalParams": self.variables(),
        });
        let job = json!({
            "jobSign": "compile",
            "params": self.job_params().to_string(),
            "result": "{}",
        });
        let mut whole = with(self.record("codeup", ["commit", "4be1d07c9a52"]), own);
        let info = json!({ "id": self.job_id() });
        add(&mut whole, "/stages/0", json!({ "index": "1" }));
        add(&mut whole, "/stages/0/stageInfo", info);
        add(&mut whole, "/stages/0/stageInfo/jobs/0", job);
        whole
    }

    /// The log of the one job, with the number of its lines.
    pub fn counted_log(&self) -> Value {
        let last = self.text().lines().count();
        with(self.log(), json!({ "last": last }))
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

    /// The one build of the one job: a step that writes, and one after it.
    pub fn steps(&self) -> Value {
        let ended = self.has_ended();
        // The name of a step that has ended says how long it took (evidence: a public client).
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

    /// A piece of the log of a step, counted in bytes of plain text; `None` for a step that does
    /// not exist.
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
