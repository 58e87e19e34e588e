//! What the two APIs of Yunxiao Flow show alike: they are one product.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::{Call, Context, Outcome, Pipeline, State, StoredRun, Trigger};

/// When the pipelines were made.
const MADE: i64 = 1_772_362_800_000;
/// Who does everything.
const ACCOUNT: &str = "1830042217";
/// The source of every pipeline.
const REPOSITORY: &str = "https://codeup.aliyun.com/sandbox/web.git";

/// A pipeline's record. Of its source, each API shows more.
pub(super) fn described(pipeline: &Pipeline, kind: &str) -> Value {
    json!({
        "name": pipeline.name,
        "envId": 0,
        "envName": "Daily",
        "createTime": MADE,
        "updateTime": MADE,
        "creatorAccountId": ACCOUNT,
        "modifierAccountId": ACCOUNT,
        "tagList": [],
        "pipelineConfig": {
            "flow": "stages: {}\n",
            "settings": "{}",
            "sources": [{
                "sign": "source_1",
                "type": kind,
                "data": { "branch": "master", "repo": REPOSITORY },
            }],
        },
    })
}

/// The pipelines that a list asks for. The APIs spell one key in two ways.
pub(super) fn listed<'p>(
    call: &Call<'_>,
    here: impl Iterator<Item = &'p Pipeline>,
    account: &str,
) -> Vec<Value> {
    let wanted = call.text("pipelineName");
    here.filter(|pipeline| wanted.is_none_or(|name| name == pipeline.name))
        .map(|pipeline| {
            json!({
                "pipelineId": pipeline.id.parse::<i64>().ok(),
                "pipelineName": pipeline.name,
                "createTime": MADE,
                account: ACCOUNT,
            })
        })
        .collect()
}

/// The runs that a list asks for, the newest first. The APIs spell the end of the time in two ways.
pub(super) fn runs<'s>(
    call: &Call<'_>,
    scope: &str,
    context: &'s Context<'_>,
    until: &str,
) -> Vec<RunView<'s>> {
    let now = context.now;
    let views = context.store.newest_of(scope);
    let views = views.map(|run| RunView { run, now });
    let fits = |view: &RunView<'_>| {
        let begun = view.run.created.timestamp_millis();
        let word = call.text("status");
        word.is_none_or(|wanted| wanted == view.word())
            && call.number("startTime").is_none_or(|from| begun >= from)
            && call.number(until).is_none_or(|until| begun <= until)
            && call
                .number("triggerMode")
                .is_none_or(|mode| mode == view.trigger_mode())
    };
    views.filter(fits).collect()
}

/// A run at a time.
pub(super) struct RunView<'r> {
    pub run: &'r StoredRun,
    pub now: DateTime<Utc>,
}

impl RunView<'_> {
    /// The state. There are no words for a run that is queued or being stopped.
    fn word(&self) -> &'static str {
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
    fn trigger_mode(&self) -> i64 {
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

    pub fn has_ended(&self) -> bool {
        matches!(self.run.state(self.now), State::Ended(_))
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

    /// The fields that both APIs show. Stages are there from the beginning; the run has no times of its
    /// own but those of its record. `kind` is that of its sources, and `commit` what they say of one.
    pub fn record(&self, kind: &str, commit: [&str; 2]) -> Value {
        let created = self.run.created.timestamp_millis();
        let changed = self.ended().or(self.began()).unwrap_or(created);
        let waits = self.run.state(self.now) == State::Waiting;
        let pass = json!({ "type": "PassPipelineValidate", "disable": false, "params": {} });
        let actions: Vec<Value> = waits.then_some(pass).into_iter().collect();
        json!({
            "creatorAccountId": ACCOUNT,
            "modifierAccountId": ACCOUNT,
            "createTime": created,
            "updateTime": changed,
            "pipelineId": self.run.pipeline.parse::<i64>().ok(),
            "pipelineRunId": self.run.number,
            "status": self.word(),
            "triggerMode": self.trigger_mode(),
            "stageGroup": [["Build"]],
            "sources": self.sources(kind, commit),
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
                        "actions": actions,
                    }],
                },
            }],
        })
    }

    /// The id of its one job.
    pub fn job_id(&self) -> i64 {
        let pipeline: i64 = self.run.pipeline.parse().unwrap_or_default();
        let number = i64::try_from(self.run.number).unwrap_or_default();
        pipeline.saturating_mul(1_000_000).saturating_add(number)
    }

    /// Whether this is the id of its one job.
    pub fn has_job(&self, job: &str) -> bool {
        job == self.job_id().to_string()
    }

    /// The branches that were asked for; the sources' own without any.
    fn sources(&self, kind: &str, [key, commit]: [&str; 2]) -> Vec<Value> {
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
                "type": kind,
                "data": { "branch": branch, key: commit, "repo": repository },
            })
        };
        sources.into_iter().enumerate().map(source).collect()
    }

    /// What the job wrote.
    pub fn text(&self) -> &'static str {
        match self.has_ended() {
            true => "compile\ndone\n",
            false => "compile\n",
        }
    }

    /// The log of the one job.
    pub fn log(&self) -> Value {
        json!({ "content": self.text(), "more": !self.has_ended() })
    }
}
