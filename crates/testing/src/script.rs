//! Scripted scenarios: the next answers are these, the next runs go like this.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::plan::{RunPlan, seconds};
use runpipe::Service;

/// How many rules are kept of each service, and how many bytes of them.
const MOST_RULES: usize = 1_000;
const MOST_BYTES: usize = 16 << 20;

/// What is to happen in a sandbox instead of what would happen. Read from JSON:
///
/// ```
/// use runpipe_testing::Script;
///
/// let script: Script = r#"{ "rules": [
///   { "service": "buddy", "operation": "runExecution", "times": 2, "answer": { "status": 429 } },
///   { "service": "buddy", "run": { "takes_seconds": 60, "ends": "failed" } },
///   { "times": "always", "run": { "takes_seconds": 0.2 } }
/// ] }"#.parse()?;
/// # Ok::<(), runpipe_testing::InvalidScript>(())
/// ```
///
/// Rules are looked at in their order; the first that fits and has not been used up counts.
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
    /// The service it is for; every one when it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<Service>,
    /// The `operationId` that an answer is for (`token` for Matillion's token endpoint); every one
    /// when it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// How often it is used: once when it is left out.
    pub times: Times,
    /// What is answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<ScriptedAnswer>,
    /// How a run goes that is started.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<RunPlan>,
}

/// How often a rule is used. In JSON a number, or `"always"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Times {
    /// So many times.
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

/// An answer instead of the true one. It is sent as it is, whatever the document says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ScriptedAnswer {
    /// The status. Left out, the true answer is sent (after the delay).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Headers of the answer.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// The body: a text is sent as it is, everything else as JSON. Left out, it is the example that
    /// the document gives for this status, with its headers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// Which of the document's examples is meant, by its name; the first when it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub example: Option<String>,
    /// How long the answer is held back, in seconds of real time.
    pub delay_seconds: f64,
    /// Whether the service does what was asked before this is answered: a start whose answer is
    /// lost.
    pub acts: bool,
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

    /// Sets the body: a text as it is, everything else as JSON.
    #[must_use]
    pub fn body(mut self, body: impl Into<Value>) -> Self {
        self.body = Some(body.into());
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

    /// Lets the service do what was asked before this is answered.
    #[must_use]
    pub fn after_acting(mut self) -> Self {
        self.acts = true;
        self
    }

    pub(super) fn delay(&self) -> Option<Duration> {
        Some(seconds(self.delay_seconds)).filter(|delay| !delay.is_zero())
    }
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

    /// So many times.
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
        let error = match (&self.answer, &self.run) {
            (None, None) => "says nothing: give it `answer` or `run`",
            (Some(_), Some(_)) => "has both `answer` and `run`: make two rules of it",
            (None, Some(_)) if self.operation.is_some() => {
                "has a run for one operation: leave `operation` out"
            }
            (
                Some(ScriptedAnswer {
                    status: Some(status),
                    ..
                }),
                _,
            ) if !(200..=599).contains(status) => {
                "answers with a status that no final answer has: use 200 to 599"
            }
            (
                Some(ScriptedAnswer {
                    status: None,
                    body,
                    example,
                    ..
                }),
                _,
            ) if body.is_some() || example.is_some() => {
                "has a body without a status: give it `status`"
            }
            _ => return Ok(()),
        };
        Err(InvalidScript(format!("rule {number} {error}")))
    }
}

impl Script {
    /// A script with these rules.
    pub fn new(rules: impl IntoIterator<Item = Rule>) -> Self {
        Script {
            rules: rules.into_iter().collect(),
        }
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

/// The rules of one service that have not been used up. Bounded: the newest are kept.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    /// Each with its size.
    rules: VecDeque<(Rule, usize)>,
    bytes: usize,
}

impl Rules {
    /// Adds the rules of a script that are for this service, after those that are there.
    pub fn add(&mut self, script: &Script, service: Service) {
        let mine = |rule: &&Rule| rule.service.is_none_or(|of| of == service);
        for rule in script.rules.iter().filter(mine) {
            let size = serde_json::to_string(rule).map_or(0, |text| text.len());
            self.bytes = self.bytes.saturating_add(size);
            self.rules.push_back((rule.clone(), size));
        }
        while self.rules.len() > MOST_RULES || self.bytes > MOST_BYTES {
            self.remove(0);
        }
    }

    pub fn clear(&mut self) {
        *self = Rules::default();
    }

    /// The rules that are left, in their order.
    pub fn all(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter().map(|(rule, _)| rule)
    }

    /// The answer that is scripted for an operation, if one is.
    pub fn next_answer(&mut self, operation: Option<&str>) -> Option<ScriptedAnswer> {
        let fits = |rule: &Rule| {
            let mine = rule
                .operation
                .as_deref()
                .is_none_or(|wanted| Some(wanted) == operation);
            rule.answer.is_some() && mine
        };
        self.take(fits)?.answer
    }

    /// How the next run goes.
    pub fn next_plan(&mut self) -> RunPlan {
        let plan = self.take(|rule| rule.run.is_some());
        plan.and_then(|rule| rule.run).unwrap_or_default()
    }

    fn take(&mut self, fits: impl Fn(&Rule) -> bool) -> Option<Rule> {
        let fits = |(rule, _): &(Rule, usize)| rule.times != Times::Count(0) && fits(rule);
        let index = self.rules.iter().position(fits)?;
        let (rule, _) = self.rules.get_mut(index)?;
        let used = rule.clone();
        if let Times::Count(left) = &mut rule.times {
            *left = left.saturating_sub(1);
            if *left == 0 {
                self.remove(index);
            }
        }
        Some(used)
    }

    fn remove(&mut self, index: usize) {
        if let Some((_, size)) = self.rules.remove(index) {
            self.bytes = self.bytes.saturating_sub(size);
        }
    }
}
