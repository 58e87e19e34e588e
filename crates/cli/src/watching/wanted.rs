//! Which steps of a run are meant.

use runpipe::Step;

use super::view::path;
use crate::process::exit::Failure;

/// Which steps' logs are wanted.
#[derive(Debug, Default)]
pub struct Wanted(String);

impl Wanted {
    /// Those whose name contains this; all without it.
    pub fn new(part: Option<&str>) -> Self {
        Wanted(part.unwrap_or_default().to_lowercase())
    }

    /// Whether a step of that name is one of them.
    pub fn is(&self, name: &str) -> bool {
        name.to_lowercase().contains(&self.0)
    }

    /// Fails when a name was asked for and none had it.
    pub fn was_found(&self, found: usize, others: &[String]) -> Result<(), Failure> {
        if found > 0 || self.0.is_empty() {
            return Ok(());
        }
        let advice = match others {
            [] => "It has no logs, or none yet: runpipe steps shows its steps.".to_owned(),
            names => format!("It has logs of: {}.", names.join(", ")),
        };
        // What was typed is not repeated: it may have got into the wrong place.
        let message = "no step with a log has the text after --step in its name";
        Err(Failure::usage(message, advice))
    }

    /// As [`Wanted::was_found`], for steps.
    pub fn was_found_in(&self, steps: &[Step]) -> Result<(), Failure> {
        let found = steps.iter().filter(|step| self.is(&step.name)).count();
        let names: Vec<String> = steps.iter().map(path).collect();
        self.was_found(found, &names)
    }
}
