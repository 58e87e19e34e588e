//! Executions as Matillion reports them, and the list of them.

use std::time::Duration;

use chrono::{DateTime, SecondsFormat, SubsecRound, TimeDelta, Utc};
use serde_json::{Value, json};

use super::problem::Problem;
use crate::fields::with;
use crate::{Answer, Call, Context, Outcome, State, StoredRun, Trigger, uuid};

/// The step that does the work of every pipeline.
const STEP: &str = "Rewrite table";
/// Why it fails, when it does.
const FAILURE: &str = "table ORDERS does not exist";

/// One execution at a time.
pub(super) struct View<'v> {
    pub run: &'v StoredRun,
    pub now: DateTime<Utc>,
}

impl View<'_> {
    /// No word for a queue is documented: what waits, for its turn or for a person, is running.
    pub fn word(&self) -> &'static str {
        match self.run.state(self.now) {
            State::Queued | State::Running | State::Waiting => "RUNNING",
            State::Canceling => "CANCELLING",
            State::Ended(Outcome::Failed) => "FAILED",
            State::Ended(Outcome::Canceled) => "CANCELLED",
            State::Ended(Outcome::Skipped) => "SKIPPED",
            State::Ended(Outcome::Succeeded | Outcome::PartiallySucceeded | Outcome::Never) => {
                "SUCCESS"
            }
        }
    }

    pub fn has_ended(&self) -> bool {
        matches!(self.run.state(self.now), State::Ended(_))
    }

    /// As precise as it is reported, so that a filter matches what was read.
    fn started(&self) -> DateTime<Utc> {
        self.run.created.trunc_subsecs(3)
    }

    fn trigger(&self) -> &'static str {
        match self.run.trigger {
            Trigger::Api => "API",
            Trigger::Person => "DESIGNER",
            Trigger::Push => "UNKNOWN",
            Trigger::Schedule => "SCHEDULE",
        }
    }

    /// The only schedule, if it started the execution.
    fn schedule(&self) -> Option<String> {
        let scheduled = self.run.trigger == Trigger::Schedule;
        scheduled.then(|| uuid("matillion schedule", 1))
    }

    fn environment(&self) -> &str {
        asked(self.run, "environmentName")
    }

    /// What the execution has to say about its end.
    fn message(&self) -> Option<String> {
        match self.run.state(self.now) {
            State::Ended(Outcome::Failed) => Some(format!("\"{STEP}\": Failure, {FAILURE}")),
            State::Ended(Outcome::Canceled) => Some(format!("\"{STEP}\": Cancelled")),
            State::Ended(Outcome::Skipped) => None,
            State::Ended(Outcome::Succeeded | Outcome::PartiallySucceeded | Outcome::Never) => {
                Some(format!("\"{STEP}\": Success"))
            }
            State::Queued | State::Running | State::Waiting | State::Canceling => None,
        }
    }

    /// The fields of the vendor page. What is not known yet is left out.
    pub fn flat(&self) -> Value {
        let project = json!({ "projectId": self.run.scope });
        with(self.without_project(), project)
    }

    /// The form that public clients read: inside `result`, and without the project's id.
    pub fn nested(&self) -> Value {
        json!({ "result": self.without_project() })
    }

    fn without_project(&self) -> Value {
        let fields = json!({
            "pipelineExecutionId": self.run.id,
            "pipelineName": self.run.pipeline,
            "pipelineType": "ORCHESTRATION",
            "environmentName": self.environment(),
            "status": self.word(),
            "startedAt": date(self.started()),
            "trigger": self.trigger(),
        });
        let more = json!({
            "scheduleId": self.schedule(),
            "message": self.message(),
            "finishedAt": self.run.finished_at(self.now).map(date),
        });
        with(fields, more)
    }

    /// The steps. One that is skipped has ended and has no times.
    pub fn steps(&self) -> Vec<Value> {
        let skipped = self.run.state(self.now) == State::Ended(Outcome::Skipped);
        let started = (!skipped).then(|| date(self.started()));
        let finished = self.run.finished_at(self.now);
        let finished = finished.filter(|_| !skipped).map(date);
        let failed = self.word() == "FAILED";
        let first = json!({
            "status": if skipped { "SKIPPED" } else { "SUCCESS" },
            "startedAt": started,
            "finishedAt": started,
        });
        let second = json!({
            "status": self.word(),
            "startedAt": started,
            "finishedAt": finished,
            "message": failed.then_some(FAILURE),
        });
        let step = |number: u64, name: &str, result: Value| json!({ "id": format!("{}-{number}", self.run.id), "name": name, "result": result });
        vec![step(1, "Start", first), step(2, STEP, second)]
    }
}

/// A text of the request that started a run.
pub(super) fn asked<'r>(run: &'r StoredRun, key: &str) -> &'r str {
    run.request
        .get(key)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

fn date(date: DateTime<Utc>) -> String {
    date.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// The conditions of a list. All that are there have to hold.
struct Filter<'f> {
    project: Option<&'f str>,
    /// A part of the name, in small letters.
    pipeline: Option<String>,
    environment: Option<&'f str>,
    after: Option<DateTime<Utc>>,
    before: Option<DateTime<Utc>>,
    status: Option<&'f str>,
    schedule: Option<&'f str>,
}

impl<'f> Filter<'f> {
    fn of(call: &'f Call<'_>, now: DateTime<Utc>) -> Result<Self, Problem> {
        let moment = |name: &str| match call.text(name).map(DateTime::parse_from_rfc3339) {
            None => Ok(None),
            Some(Ok(moment)) => Ok(Some(moment.to_utc())),
            Some(Err(_)) => {
                let rule = format!("{name} is no moment like 2026-05-01T10:00:00Z");
                Err(broken(rule))
            }
        };
        let frame = call.text("timeFrame").map(|text| {
            let unknown = || broken("timeFrame is no duration like P1D or PT6H");
            time_frame(text, now).ok_or_else(unknown)
        });
        let frame = frame.transpose()?;
        Ok(Filter {
            project: call.text("projectId"),
            pipeline: call.text("pipelineName").map(str::to_lowercase),
            environment: call.text("environmentName"),
            // Both have to hold, so the later one counts.
            after: moment("startedAfter")?.max(frame),
            before: moment("startedBefore")?,
            status: call.text("status"),
            schedule: call.text("scheduleId"),
        })
    }

    fn holds(&self, view: &View<'_>) -> bool {
        let (run, started) = (view.run, view.started());
        self.schedule
            .is_none_or(|id| view.schedule().as_deref() == Some(id))
            && self
                .project
                .is_none_or(|project| project.eq_ignore_ascii_case(&run.scope))
            && self
                .pipeline
                .as_ref()
                .is_none_or(|part| run.pipeline.to_lowercase().contains(part))
            && self
                .environment
                .is_none_or(|name| name == view.environment())
            && self.after.is_none_or(|after| started >= after)
            && self.before.is_none_or(|before| started <= before)
            && self.status.is_none_or(|word| word == view.word())
    }
}

fn broken(rule: impl Into<String>) -> Problem {
    Problem::broken_rules(vec![rule.into()])
}

/// The executions that a request asks for, newest start first. The token for the next batch names
/// the last execution of this one, so that starts in between move nothing.
pub(super) fn list(call: &Call<'_>, context: &Context<'_>) -> Result<Answer, Problem> {
    let filter = Filter::of(call, context.now)?;
    let limit = call.count("limit").unwrap_or(25).clamp(1, 100);
    let mut runs = context.store.newest_first();
    if let Some(token) = call.text("paginationToken") {
        let last = token.strip_prefix("after-").unwrap_or_default();
        if !runs.by_ref().any(|run| run.id == last) {
            return Err(broken("paginationToken is none that was given out"));
        }
    }
    let now = context.now;
    let views = runs.map(|run| View { run, now });
    let mut views = views.filter(|view| filter.holds(view));
    let batch: Vec<View<'_>> = views.by_ref().take(limit).collect();
    let last = batch.last().filter(|_| views.next().is_some());
    let more = last.map(|view| format!("after-{}", view.run.id));
    let results: Vec<Value> = batch.iter().map(View::flat).collect();
    let list = with(json!({ "results": results }), json!({ "more": more }));
    Ok(Answer::json(200, &list))
}

/// The beginning of a time frame that ends now: an ISO 8601 duration in weeks, days, hours, minutes
/// and seconds. `None` when it is written in another way.
fn time_frame(text: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let rest = text.strip_prefix('P').filter(|rest| !rest.is_empty())?;
    let (days, time) = match rest.split_once('T') {
        Some((_, "")) => return None,
        Some(parts) => parts,
        None => (rest, ""),
    };
    let days = seconds(days, &[('W', 604_800), ('D', 86_400)])?;
    let time = seconds(time, &[('H', 3600), ('M', 60), ('S', 1)])?;
    let length = TimeDelta::from_std(Duration::from_secs(days.checked_add(time)?)).ok()?;
    now.checked_sub_signed(length)
}

/// The sum of `1W2D`, with the units in their order.
fn seconds(mut text: &str, units: &[(char, u64)]) -> Option<u64> {
    let mut units = units.iter();
    let mut sum = 0_u64;
    while !text.is_empty() {
        let (number, tail) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
        let mut tail = tail.chars();
        let letter = tail.next()?;
        let (_, length) = units.find(|(unit, _)| *unit == letter)?;
        sum = sum.checked_add(number.parse::<u64>().ok()?.checked_mul(*length)?)?;
        text = tail.as_str();
    }
    Some(sum)
}
