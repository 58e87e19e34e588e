//! What came of the cases, counted by class.

use std::collections::BTreeMap;
use std::fmt;

use runpipe::Service;

/// How a case ended for the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// The caller holds the run.
    Held,
    /// The caller knows that nothing was started, and nothing was.
    NothingStarted,
    /// The caller knows that it does not know; reconciling found the run.
    UnknownAndFound,
    /// The same; reconciling says that it is not certain.
    UnknownAndUncertain,
    /// The same; there was no run to find.
    UnknownAndNone,
    /// A read brought the run.
    Read,
    /// A read failed.
    NotRead,
    /// The library or the campaign broke.
    Broken,
}

const OUTCOMES: [(Outcome, &str); 8] = [
    (Outcome::Held, "held"),
    (Outcome::NothingStarted, "nothing"),
    (Outcome::UnknownAndFound, "found"),
    (Outcome::UnknownAndUncertain, "uncertain"),
    (Outcome::UnknownAndNone, "none"),
    (Outcome::Read, "read"),
    (Outcome::NotRead, "not read"),
    (Outcome::Broken, "broken"),
];

/// How often a class led to which outcome, and which promises were broken.
#[derive(Default)]
pub struct Table {
    counts: BTreeMap<String, BTreeMap<Outcome, usize>>,
    cases: usize,
    failures: Vec<String>,
}

impl Table {
    pub fn count(&mut self, service: Service, classes: Vec<String>, outcome: Outcome) {
        self.cases += 1;
        let classes = classes
            .into_iter()
            .chain([format!("service: {}", service.title())]);
        for class in classes {
            *self
                .counts
                .entry(class)
                .or_default()
                .entry(outcome)
                .or_default() += 1;
        }
    }

    pub fn fail(&mut self, failure: String) {
        self.failures.push(failure);
    }

    pub fn add(&mut self, other: Table) {
        self.cases += other.cases;
        self.failures.extend(other.failures);
        for (class, outcomes) in other.counts {
            let own = self.counts.entry(class).or_default();
            for (outcome, count) in outcomes {
                *own.entry(outcome).or_default() += count;
            }
        }
    }

    pub fn cases(&self) -> usize {
        self.cases
    }

    pub fn failures(&self) -> &[String] {
        &self.failures
    }

    /// How often a class led to an outcome.
    pub fn of(&self, class: &str, outcome: Outcome) -> usize {
        let outcomes = self.counts.get(class);
        outcomes
            .and_then(|outcomes| outcomes.get(&outcome))
            .copied()
            .unwrap_or(0)
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<60}{:>8}", "class (of the first answer)", "cases")?;
        OUTCOMES
            .iter()
            .try_for_each(|(_, name)| write!(f, "{name:>10}"))?;
        writeln!(f)?;
        for (class, outcomes) in &self.counts {
            write!(f, "{class:<60}{:>8}", outcomes.values().sum::<usize>())?;
            for (outcome, _) in OUTCOMES {
                write!(f, "{:>10}", self.of(class, outcome))?;
            }
            writeln!(f)?;
        }
        write!(
            f,
            "{} cases, {} broken promises",
            self.cases,
            self.failures.len()
        )
    }
}
