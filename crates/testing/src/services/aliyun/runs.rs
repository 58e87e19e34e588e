//! A run as Aliyun shows it.

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
    /// The state. Aliyun has no words for a run that is queued or being stopped.
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

    /// What started it, as a number. 4 is not documented: it is seen on runs that were started through
    /// the API (evidence: two public clients of the newer API).
    pub fn trigger_mode(&self) -> i64 {
        match self.run.trigger {
            Trigger::Person => 1,
            Trigger::Schedule => 2,
            Trigger::Push => 3,
            Trigger::Api => 4,
        }
    }

    fn began(&self) -> Option<i64> {
        self.run
            .started_at(self.now)
            .map(|at| at.timestamp_millis())
    }

    fn ended(&self) -> Option<i64> {
        self.run
            .finished_at(self.now)
            .map(|at| at.timestamp_millis())
    }

    /// The fields of a list.
    pub fn summary(&self) -> Value {
        json!({
            "pipelineId": self.run.pipeline.parse::<i64>().ok(),
            "pipelineRunId": self.run.number,
            "status": self.word(),
            "startTime": self.run.created.timestamp_millis(),
            "endTime": self.ended(),
            "creatorAccountId": ACCOUNT,
            "triggerMode": self.trigger_mode(),
        })
    }

    /// All fields. Stages are there from the beginning.
    pub fn whole(&self) -> Value {
        let changed = self
            .ended()
            .or(self.began())
            .unwrap_or(self.run.created.timestamp_millis());
        json!({
            "creatorAccountId": ACCOUNT,
            "modifierAccountId": ACCOUNT,
            "createTime": self.run.created.timestamp_millis(),
            "updateTime": changed,
            "pipelineId": self.run.pipeline.parse::<i64>().ok(),
            "pipelineRunId": self.run.number,
            "status": self.word(),
            "triggerMode": self.trigger_mode(),
            "stageGroup": [["Build"]],
            "sources": self.sources(),
            "stages": [{
                "name": "Build",
                "stageInfo": {
                    "name": "Build",
                    "status": self.word(),
                    "startTime": self.began(),
                    "endTime": self.ended(),
                    "jobs": [{
                        "id": self.job_id(),
                        "name": "Compile",
                        "status": self.word(),
                        "params": "{}",
                        "startTime": self.began(),
                        "endTime": self.ended(),
                        "actions": self.actions(),
                    }],
                },
            }],
        })
    }

    fn job_id(&self) -> i64 {
        let pipeline: i64 = self.run.pipeline.parse().unwrap_or_default();
        let number = i64::try_from(self.run.number).unwrap_or_default();
        pipeline.saturating_mul(1_000_000).saturating_add(number)
    }

    /// Whether this is the id of its one job.
    pub fn has_job(&self, job: &str) -> bool {
        job == self.job_id().to_string()
    }

    fn actions(&self) -> Vec<Value> {
        let waits = self.run.state(self.now) == State::Waiting;
        let pass = json!({ "type": "PassPipelineValidate", "disable": false, "params": {} });
        waits.then_some(pass).into_iter().collect()
    }

    /// The branches that were asked for; the sources' own without any.
    fn sources(&self) -> Vec<Value> {
        let asked = |key: &str| self.run.request.get(key).and_then(Value::as_object);
        let mut sources: Vec<(String, String)> = Vec::new();
        for (repository, name) in ["runningBranchs", "runningTags"]
            .into_iter()
            .filter_map(asked)
            .flatten()
        {
            sources.push((
                repository.clone(),
                name.as_str().unwrap_or_default().to_owned(),
            ));
        }
        let branches = self
            .run
            .request
            .get("branchModeBranchs")
            .and_then(Value::as_array);
        for branch in branches.into_iter().flatten().filter_map(Value::as_str) {
            sources.push((REPOSITORY.to_owned(), branch.to_owned()));
        }
        if sources.is_empty() {
            sources.push((REPOSITORY.to_owned(), "master".to_owned()));
        }
        let source = |(number, (repository, branch)): (usize, (String, String))| {
            json!({
                "sign": format!("source_{}", number + 1),
                "type": "Codeup",
                "data": { "branch": branch, "commint": "{\"id\":\"4be1d07c9a52\"}", "repo": repository },
            })
        };
        sources.into_iter().enumerate().map(source).collect()
    }

    /// The log of the one job; `None` for another job's id.
    pub fn log(&self, job: &str) -> Option<Value> {
        self.has_job(job).then(|| {
            let ended = matches!(self.run.state(self.now), State::Ended(_));
            let content = if ended {
                "compile\ndone\n"
            } else {
                "compile\n"
            };
            json!({ "content": content, "more": !ended })
        })
    }
}
