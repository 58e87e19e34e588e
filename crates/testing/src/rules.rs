//! The rules of a service that are still to be played.

use std::collections::VecDeque;

use super::plan::RunPlan;
use super::recorded_ids::RecordedIds;
use super::script::{MOST_RULES, Rule, Script, ScriptedAnswer, Times};
use runpipe::Service;

/// How many bytes of rules are kept of each service.
const MOST_BYTES: usize = 16 << 20;

/// The rules of one service that have not been used up. Bounded: the newest are kept.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    /// Each with its size.
    rules: VecDeque<(Rule, usize)>,
    bytes: usize,
    recorded_ids: RecordedIds,
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

    /// The answer that is scripted for an operation that is asked at this path, if one is.
    pub fn next_answer(&mut self, operation: Option<&str>, path: &str) -> Option<ScriptedAnswer> {
        let fits = |rule: &Rule| {
            let mine = rule
                .operation
                .as_deref()
                .is_none_or(|wanted| Some(wanted) == operation);
            rule.answer.is_some() && mine
        };
        let mut answer = self.take(fits)?.answer?;
        self.recorded_ids.replace(&mut answer, path);
        Some(answer)
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
