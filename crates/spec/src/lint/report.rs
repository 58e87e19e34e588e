//! The findings of one run, collected by the rules and put in the order of the text.

use super::super::finding::Finding;
use super::position::{Place, Positions};

/// Collects what the rules find.
pub(super) struct Report<'t> {
    file: &'t str,
    positions: Positions,
    findings: Vec<Finding>,
}

impl<'t> Report<'t> {
    pub fn new(file: &'t str, positions: Positions) -> Self {
        Self {
            file,
            positions,
            findings: Vec::new(),
        }
    }

    /// Reports a fault of the value at `pointer`.
    pub fn add(
        &mut self,
        rule: &'static str,
        pointer: impl Into<String>,
        problem: impl Into<String>,
        cure: impl Into<String>,
    ) {
        let pointer = pointer.into();
        let place = self.positions.place(&pointer);
        self.add_at(rule, pointer, place, problem, cure);
    }

    /// Reports a fault whose place in the text is known.
    pub fn add_at(
        &mut self,
        rule: &'static str,
        pointer: impl Into<String>,
        place: Option<Place>,
        problem: impl Into<String>,
        cure: impl Into<String>,
    ) {
        self.findings.push(Finding {
            file: self.file.to_owned(),
            pointer: pointer.into(),
            line: place.map(|(line, _)| line),
            column: place.map(|(_, column)| column),
            rule,
            problem: problem.into(),
            cure: cure.into(),
        });
    }

    /// Keys that the text has twice, with their places.
    pub fn duplicates(&self) -> Vec<(String, Place)> {
        self.positions.duplicates.clone()
    }

    /// Whether any of these rules has found something so far; with no rules, whether any rule has.
    pub fn has(&self, rules: &[&str]) -> bool {
        self.findings
            .iter()
            .any(|finding| rules.is_empty() || rules.contains(&finding.rule))
    }

    /// The places where a rule has found something so far.
    #[cfg(feature = "schemas")]
    pub fn places(&self, rule: &str) -> Vec<String> {
        let found = self.findings.iter().filter(|finding| finding.rule == rule);
        found.map(|finding| finding.pointer.clone()).collect()
    }

    /// All findings in the order of the text, each once.
    pub fn finish(mut self) -> Vec<Finding> {
        self.findings.sort_by(|a, b| {
            (a.line, a.column, &a.pointer, a.rule, &a.problem)
                .cmp(&(b.line, b.column, &b.pointer, b.rule, &b.problem))
        });
        self.findings.dedup();
        self.findings
    }
}
