//! Pipelines and executions as Buddy shows them, with the addresses under which they are found.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::errors;
use crate::fields::with;
use crate::{Answer, Call, Context, Outcome, Pipeline, State, StoredRun, Trigger, segment};

/// The log of each action.
const LOG: [&str; 3] = ["Preparing the container", "npm run build", "Done"];
/// The commit that stands behind every ref.
const HEAD: &str = "506d8d6b1ac7ad2b34c6f5a1f7c4d0a99f2e7c11";

pub(super) fn word(state: State) -> &'static str {
    match state {
        State::Queued => "ENQUEUED",
        State::Running => "INPROGRESS",
        State::Waiting => "WAITING_FOR_APPLY",
        State::Canceling => "TERMINATING",
        State::Ended(Outcome::Failed) => "FAILED",
        State::Ended(Outcome::Canceled) => "TERMINATED",
        State::Ended(Outcome::Skipped) => "SKIPPED",
        State::Ended(Outcome::Succeeded | Outcome::PartiallySucceeded | Outcome::Never) => {
            "SUCCESSFUL"
        }
    }
}

fn trigger(run: &StoredRun) -> &'static str {
    match run.trigger {
        Trigger::Api | Trigger::Person => "CLICK",
        Trigger::Push => "EVENT",
        Trigger::Schedule => "SCHEDULE",
    }
}

fn date(date: DateTime<Utc>) -> String {
    date.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// A pipeline, with the addresses under which it is found.
pub(super) struct Site<'s> {
    pub url: &'s str,
    pub pipeline: &'s Pipeline,
}

impl<'s> Site<'s> {
    pub fn of(pipeline: &'s Pipeline, context: &Context<'s>) -> Self {
        let url = context.url;
        Site { url, pipeline }
    }

    /// Workspace and project, as they stand in an address.
    fn place(&self) -> [String; 2] {
        [0, 1].map(|part| segment(self.pipeline.part(part)))
    }

    /// Where the API has the project.
    fn project(&self) -> String {
        let (url, [workspace, project]) = (self.url, self.place());
        format!("{url}/workspaces/{workspace}/projects/{project}")
    }

    /// Where a person finds the project.
    fn project_page(&self) -> String {
        format!("https://app.buddy.works/{}", self.place().join("/"))
    }

    pub fn api(&self) -> String {
        format!("{}/pipelines/{}", self.project(), self.pipeline.id)
    }

    pub fn page(&self) -> String {
        let (project, id) = (self.project_page(), &self.pipeline.id);
        format!("{project}/pipelines/pipeline/{id}")
    }

    pub fn number(&self) -> Option<i64> {
        self.pipeline.id.parse().ok()
    }

    pub fn short_pipeline(&self, last: &Value) -> Value {
        let refs = if self.pipeline.any_ref {
            "refs/heads/*"
        } else {
            "refs/heads/main"
        };
        json!({
            "url": self.api(),
            "html_url": self.page(),
            "id": self.number(),
            "identifier": identifier(self.pipeline),
            "name": self.pipeline.name,
            "on": "CLICK",
            "refs": [refs],
            "last_execution_status": last,
            "last_execution_revision": HEAD,
        })
    }

    pub fn pipeline(&self, last: &Value) -> Value {
        let more = json!({
            "priority": "NORMAL",
            "disabled": self.pipeline.disabled,
            "actions": [self.action("INITIAL")],
        });
        with(self.short_pipeline(last), more)
    }

    fn action(&self, last: &str) -> Value {
        json!({
            "url": format!("{}/actions/1", self.api()),
            "html_url": format!("{}/action/1/edit", self.page()),
            "id": 1,
            "name": "Build",
            "type": "BUILD",
            "trigger_time": "ON_EVERY_EXECUTION",
            "last_execution_status": last,
        })
    }

    fn member(&self) -> Value {
        json!({
            "url": format!("{}/workspaces/{}/members/1", self.url, segment(self.pipeline.part(0))),
            "html_url": "https://app.buddy.works/my-id",
            "id": 1,
            "name": "Sandbox",
            "avatar_url": "https://app.buddy.works/image-server/user/0/0/0/1/w/32/h/32/AVATAR.png",
        })
    }

    fn named(&self, kind: &str, name: &str) -> Value {
        let tail = segment(name);
        json!({
            "url": format!("{}/repository/{kind}/{tail}", self.project()),
            "html_url": format!("{}/repository/{kind}/{tail}", self.project_page()),
            "name": name,
        })
    }

    fn commit(&self, revision: &str, run: &StoredRun) -> Value {
        let revision = if revision == "HEAD" { HEAD } else { revision };
        let tail = segment(revision);
        json!({
            "url": format!("{}/repository/commits/{tail}", self.project()),
            "html_url": format!("{}/repository/commit/{tail}", self.project_page()),
            "revision": revision,
            "author_date": date(run.created),
            "commit_date": date(run.created),
            "message": "Bring the sandbox up to date",
            "committer": self.member(),
            "author": self.member(),
        })
    }

    /// The fields that a list shows too. What is empty is there as `null`.
    pub fn short_execution(&self, run: &StoredRun, now: DateTime<Utc>) -> Value {
        let asked = |key: &str, member: &str| {
            let value = run.request.get(key)?.get(member)?.as_str()?;
            Some(value.to_owned())
        };
        let (tag, request) = (asked("tag", "name"), asked("pull_request", "name"));
        let branch = asked("branch", "name");
        let branch = branch.or((tag.is_none() && request.is_none()).then(|| "main".to_owned()));
        let branch = branch.map(|name| {
            let branch = self.named("branches", &name);
            with(branch, json!({ "default": name == "main" }))
        });
        let state = run.state(now);
        let to = asked("to_revision", "revision").unwrap_or_else(|| "HEAD".to_owned());
        let from = asked("from_revision", "revision");
        json!({
            "url": format!("{}/executions/{}", self.api(), run.id),
            "html_url": format!("{}/execution/{}", self.page(), hex_id(run, 0)),
            "id": run.number,
            "start_date": date(run.started_at(now).unwrap_or(run.created)),
            "finish_date": run.finished_at(now).map(date),
            "delay_until": run.request.get("delay_until"),
            "triggeredOn": trigger(run),
            "priority": run.request.get("priority").cloned().unwrap_or(json!("NORMAL")),
            "refresh": run.request.get("refresh").cloned().unwrap_or(json!(false)),
            "status": word(state),
            "comment": run.request.get("comment"),
            "branch": branch,
            "tag": tag.map(|name| self.named("tags", &name)),
            "pull_request": request.map(|name| self.named("pull_requests", &name)),
            "from_revision": from.map(|revision| self.commit(&revision, run)),
            "to_revision": self.commit(&to, run),
            "creator": self.member(),
            "pipeline": self.short_pipeline(&json!(word(state))),
        })
    }

    pub fn execution(&self, run: &StoredRun, now: DateTime<Utc>) -> Value {
        let word = word(run.state(now));
        let action = json!({
            "action_execution_id": hex_id(run, 1),
            "status": word,
            "progress": run.progress(now),
            "action": self.action(word),
            "start_date": run.started_at(now).map(date),
            "finish_date": run.finished_at(now).map(date),
        });
        let more = json!({ "action_executions": [action] });
        with(self.short_execution(run, now), more)
    }

    pub fn action_log(&self, run: &StoredRun, asked: &str, now: DateTime<Utc>) -> Answer {
        let id = hex_id(run, 1);
        if asked != id {
            return no_action_execution(asked);
        }
        let state = run.state(now);
        let log = json!({
            "url": format!("{}/executions/{}/action_executions/{id}", self.api(), run.id),
            "html_url": format!("{}/execution/{}", self.page(), hex_id(run, 0)),
            "action_execution_id": id,
            "start_date": run.started_at(now).map(date),
            "finish_date": run.finished_at(now).map(date),
            "error_message": (word(state) == "FAILED").then_some("The command ended with exit code 1"),
            "status": word(state),
            "progress": run.progress(now),
            "action": self.action(word(state)),
            "passed_variables": [],
            "outputted_variables": [],
            "log": lines(state),
        });
        Answer::json(200, &log)
    }

    /// Some lines of the same log.
    pub fn action_log_lines(&self, run: &StoredRun, call: &Call<'_>, now: DateTime<Utc>) -> Answer {
        let (id, asked) = (hex_id(run, 1), call.path("action_execution_id"));
        if asked != id {
            return no_action_execution(&asked);
        }
        let number = |name, default| {
            let number = call.number(name).unwrap_or(default);
            usize::try_from(number).unwrap_or_default()
        };
        let (offset, limit) = (number("offset", 0), number("limit", 100).min(1000));
        let all = lines(run.state(now));
        let some: Vec<&str> = all.iter().skip(offset).take(limit).copied().collect();
        let page = json!({
            "url": format!("{}/executions/{}/action_executions/{id}/logs", self.api(), run.id),
            "html_url": format!("{}/execution/{}", self.page(), hex_id(run, 0)),
            "offset": offset,
            "element_count": some.len(),
            "total_element_count": all.len(),
            "logs": some,
        });
        Answer::json(200, &page)
    }
}

/// The name of a pipeline for machines.
pub(super) fn identifier(pipeline: &Pipeline) -> String {
    pipeline.name.to_lowercase().replace(' ', "-")
}

/// What an action has written so far.
fn lines(state: State) -> &'static [&'static str] {
    match state {
        State::Queued => &[],
        State::Ended(_) => &LOG,
        State::Running | State::Waiting | State::Canceling => LOG.split_at(2).0,
    }
}

fn no_action_execution(asked: &str) -> Answer {
    let sentence = format!("There is no action execution {asked} of this execution.");
    errors(404, [sentence])
}

/// The 24 hexadecimal digits of a page's address: another number than the id.
fn hex_id(run: &StoredRun, part: u64) -> String {
    let pipeline: u64 = run.pipeline.parse().unwrap_or_default();
    format!(
        "65a1{:06x}{:08x}{:06x}",
        pipeline & 0xff_ffff,
        run.number & 0xffff_ffff,
        part
    )
}
