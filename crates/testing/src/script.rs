//! Scripted scenarios: the next answers, and how the next runs go.

use std::collections::BTreeMap;
use std::time::Duration;

use http::{HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::fault::Fault;
use super::plan::{RunPlan, seconds};
use runpipe::Service;
use runpipe::recording::Exchange;

/// How many rules are kept of each service.
pub(super) const MOST_RULES: usize = 1_000;

/// What happens in a sandbox instead of the usual. Read from JSON:
///
/// ```
/// use runpipe_testing::Script;
///
/// let script: Script = r#"{ "rules": [
///   { "service": "buddy", "operation": "runExecution", "times": 2, "answer": { "status": 429 } },
///   { "service": "buddy", "operation": "runExecution", "answer": { "fault": "cut_after_id" } },
///   { "service": "buddy", "run": { "takes_seconds": 60, "ends": "failed" } },
///   { "times": "always", "run": { "takes_seconds": 0.2 } }
/// ] }"#.parse()?;
/// # Ok::<(), runpipe_testing::InvalidScript>(())
/// ```
///
/// Rules are checked in order; the first that fits and is not used up applies.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Script {
    /// The rules.
    #[serde(default)]
    pub rules: Vec<Rule>,
}

/// One rule: either an answer or a run's plan.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rule {
    /// The service it is for; every service if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<Service>,
    /// The `operationId` that an answer is for (`token` for Matillion's token endpoint); every
    /// operation if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// How often it is used: once if left out.
    pub times: Times,
    /// The answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<ScriptedAnswer>,
    /// How a started run goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<RunPlan>,
}

/// How often a rule is used. In JSON a number, or `"always"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Times {
    /// This many times.
    Count(u32),
    /// For as long as the sandbox lives.
    Always(Always),
}

/// The word `always`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Always {
    /// The word `always`.
    Always,
}

impl Default for Times {
    fn default() -> Self {
        Times::Count(1)
    }
}

/// An answer instead of the true one. It is sent unchanged, whatever the document says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ScriptedAnswer {
    /// The status. Left out, the true answer is sent (after the delay).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Headers of the answer.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// The body: a text is sent unchanged, everything else as JSON. If left out, it is the example
    /// that the document gives for this status, with its headers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// The name of one of the document's examples; the first if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub example: Option<String>,
    /// What is wrong with the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<Fault>,
    /// How long the answer is held back, in seconds of real time.
    pub delay_seconds: f64,
    /// Whether the service first does what was asked: a start whose answer is lost.
    pub acts: bool,
    /// The path that was asked where the answer was recorded, percent-encoded, below the service's address. If
    /// another id is asked for, the answer has that one, here and in what else was recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded_at: Option<String>,
}

impl ScriptedAnswer {
    /// The document's example for a status.
    pub fn status(status: u16) -> Self {
        ScriptedAnswer {
            status: Some(status),
            ..ScriptedAnswer::default()
        }
    }

    /// The true answer, held back.
    pub fn delayed(delay: Duration) -> Self {
        ScriptedAnswer::default().after(delay)
    }

    /// Sets a header.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.insert(name.into(), value.into());
        self
    }

    /// Sets the body: a text is sent unchanged, everything else as JSON.
    #[must_use]
    pub fn body(mut self, body: impl Into<Value>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// Makes the answer wrong.
    #[must_use]
    pub fn fault(mut self, fault: Fault) -> Self {
        self.fault = Some(fault);
        self
    }

    /// Names the document's example that is sent.
    #[must_use]
    pub fn example(mut self, name: impl Into<String>) -> Self {
        self.example = Some(name.into());
        self
    }

    /// Holds the answer back, in real time.
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay_seconds = delay.as_secs_f64();
        self
    }

    /// Lets the service first do what was asked.
    #[must_use]
    pub fn after_acting(mut self) -> Self {
        self.acts = true;
        self
    }

    /// Whether it can be sent.
    pub(super) fn check(&self) -> Result<(), String> {
        let final_one = |status: u16| (200..=599).contains(&status);
        let faulty = self.fault.is_some_and(Fault::needs_status);
        if self.status.is_some_and(|status| !final_one(status)) {
            return Err(
                "answers with a status that no final answer has: use 200 to 599".to_owned(),
            );
        }
        if self.status.is_none() && (self.body.is_some() || self.example.is_some()) {
            return Err("has a body without a status: give it `status`".to_owned());
        }
        if self.status.is_none() && faulty {
            return Err("refuses without a status: give it `status`".to_owned());
        }
        match self
            .headers
            .iter()
            .find(|(name, value)| !is_sendable(name, value))
        {
            Some((name, _)) => Err(format!(
                "has a header {name:?} that cannot be sent: give it another name or value, or leave it out"
            )),
            None => Ok(()),
        }
    }

    pub(super) fn delay(&self) -> Option<Duration> {
        Some(seconds(self.delay_seconds)).filter(|delay| !delay.is_zero())
    }
}

/// Whether a header is allowed in an answer. Only the sandbox decides where the answer ends.
fn is_sendable(name: &str, value: &str) -> bool {
    let framing = ["connection", "content-length", "transfer-encoding"];
    !framing
        .iter()
        .any(|framing| framing.eq_ignore_ascii_case(name))
        && HeaderName::from_bytes(name.as_bytes()).is_ok()
        && HeaderValue::from_str(value).is_ok()
}

impl Rule {
    /// The next answer of a service.
    pub fn answer(service: Service, answer: ScriptedAnswer) -> Self {
        Rule {
            service: Some(service),
            answer: Some(answer),
            ..Rule::default()
        }
    }

    /// How the next run on a service goes.
    pub fn run(service: Service, plan: RunPlan) -> Self {
        Rule {
            service: Some(service),
            run: Some(plan),
            ..Rule::default()
        }
    }

    /// Only for this operation.
    #[must_use]
    pub fn operation(mut self, operation: impl Into<String>) -> Self {
        self.operation = Some(operation.into());
        self
    }

    /// This many times.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Times::Count(times);
        self
    }

    /// For as long as the sandbox lives.
    #[must_use]
    pub fn always(mut self) -> Self {
        self.times = Times::Always(Always::Always);
        self
    }

    /// Whether it says one thing and not two.
    fn check(&self, number: usize) -> Result<(), InvalidScript> {
        let checked = match (&self.answer, &self.run) {
            (None, None) => Err("says nothing: give it `answer` or `run`".to_owned()),
            (Some(_), Some(_)) => {
                Err("has both `answer` and `run`: make two rules of it".to_owned())
            }
            (None, Some(_)) if self.operation.is_some() => {
                Err("has a run for one operation: leave `operation` out".to_owned())
            }
            (None, Some(_)) => Ok(()),
            (Some(answer), None) => answer.check(),
        };
        checked.map_err(|error| InvalidScript(format!("rule {number} {error}")))
    }
}

impl Script {
    /// A script with these rules.
    pub fn new(rules: impl IntoIterator<Item = Rule>) -> Self {
        Script {
            rules: rules.into_iter().collect(),
        }
    }

    /// A script that replays a recording: each answer once, in order, whatever its operation is
    /// asked. If another place is asked for than the recorded one, the answers are about that. Undocumented
    /// exchanges are left out.
    pub fn replaying(recording: &[Exchange]) -> Self {
        let rules = recording.iter().filter_map(|exchange| {
            let response = &exchange.response;
            let answer = ScriptedAnswer {
                status: Some(response.status),
                headers: response.headers.clone(),
                body: Some(match &response.body {
                    Value::Null => Value::String(String::new()),
                    body => body.clone(),
                }),
                recorded_at: Some(exchange.request.path.clone()),
                ..ScriptedAnswer::default()
            };
            Some(Rule::answer(exchange.service?, answer).operation(exchange.operation.clone()?))
        });
        Script::new(rules)
    }

    pub(super) fn check(&self) -> Result<(), InvalidScript> {
        if self.rules.len() > MOST_RULES {
            return Err(InvalidScript(format!(
                "it has {} rules, and the sandbox keeps {MOST_RULES} rules of a service",
                self.rules.len()
            )));
        }
        self.rules
            .iter()
            .zip(1..)
            .try_for_each(|(rule, number)| rule.check(number))
    }
}

impl std::str::FromStr for Script {
    type Err = InvalidScript;

    /// Reads a script from JSON.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let script: Script =
            serde_json::from_str(text).map_err(|error| InvalidScript(error.to_string()))?;
        script.check()?;
        Ok(script)
    }
}

/// A script that cannot be played; says which rule and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the script cannot be played: {0}")]
pub struct InvalidScript(pub(super) String);
