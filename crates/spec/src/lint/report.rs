//! The findings of one run, collected by the rules and put in the order of the text.

use super::super::finding::Finding;
use super::position::{Place, Positions};

/// Collects what the rules find.
pub(crate) struct Report<'t> {
    file: &'t str,
    findings: Vec<Finding>,
}

impl<'t> Report<'t> {
    pub fn new(file: &'t str) -> Self {
        let findings = Vec::new();
        Self { file, findings }
    }

    /// Reports a fault of the value at `pointer`.
    pub fn add(
        &mut self,
        rule: &'static str,
        pointer: impl Into<String>,
        problem: impl Into<String>,
        cure: impl Into<String>,
    ) {
        self.add_at(rule, pointer, None, problem, cure);
    }

    /// Reports a fault whose place in the text is not that of the value.
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

    /// Whether any of these rules has found something so far; with no rules, whether any rule has.
    pub fn has(&self, rules: &[&str]) -> bool {
        self.findings
            .iter()
            .any(|finding| rules.is_empty() || rules.contains(&finding.rule))
    }

    /// Drops the findings that do not count.
    #[cfg(feature = "schemas")]
    pub fn retain(&mut self, counts: impl Fn(&Finding) -> bool) {
        self.findings.retain(counts);
    }

    /// The places where a rule has found something so far.
    #[cfg(feature = "schemas")]
    pub fn places(&self, rule: &str) -> Vec<String> {
        let found = self.findings.iter().filter(|finding| finding.rule == rule);
        found.map(|finding| finding.pointer.clone()).collect()
    }

    /// All findings in the order of the text, each once.
    pub fn finish(mut self, positions: &Positions) -> Vec<Finding> {
        for finding in self.findings.iter_mut().filter(|one| one.line.is_none()) {
            let place = positions.place(&finding.pointer);
            (finding.line, finding.column) = place.unzip();
        }
        self.findings.sort_by(|a, b| {
            (a.line, a.column, &a.pointer, a.rule, &a.problem)
                .cmp(&(b.line, b.column, &b.pointer, b.rule, &b.problem))
        });
        self.findings.dedup();
        self.findings
    }
}
