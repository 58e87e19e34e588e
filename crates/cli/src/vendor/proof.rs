//! What a service takes as proof, for people: which variables, where from, and what it has to allow.

use runpipe::Service;

use crate::process::environment::Environment;
use crate::process::exit::Failure;

/// What a service takes as proof.
#[derive(Debug)]
pub struct Proof {
    /// Each way to give it: the variables that have to be set together. The first way that is there
    /// is taken.
    pub ways: &'static [&'static [&'static str]],
    /// Variables that may be set too.
    pub also: &'static [&'static str],
    /// Where to get it.
    pub from: &'static str,
    /// The least that it has to allow.
    pub allows: &'static str,
}

impl Proof {
    /// The variables of the way that is taken, where one is there.
    ///
    /// Fails when a variable is not UTF-8.
    pub fn found(&self, environment: &Environment) -> Result<Option<&[&'static str]>, Failure> {
        for way in self.ways {
            let mut all = true;
            for name in *way {
                all &= environment.text(name)?.is_some();
            }
            if all {
                return Ok(Some(way));
            }
        }
        Ok(None)
    }

    /// `A, or B and C`.
    pub fn variables(&self) -> String {
        let ways: Vec<String> = self.ways.iter().map(|way| way.join(" and ")).collect();
        ways.join(", or ")
    }

    /// There is none: what to set.
    pub fn missing(&self, service: Service) -> Failure {
        Failure::usage(
            format!("there is no credential for {}", service.title()),
            format!("Set {}. {}", self.variables(), self.origin()),
        )
    }

    /// Where it comes from, and what it has to allow.
    pub fn origin(&self) -> String {
        format!(
            "It is made {}, and has to allow {}.",
            self.from, self.allows
        )
    }
}
