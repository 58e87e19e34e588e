//! What a step of a run wrote.

use serde::Serialize;

use crate::secrets::Cleaner;

/// The log of one step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Log {
    /// The step's name, as the vendor gives it: an action, a job, a task.
    pub step: String,
    /// What it wrote, unchanged. It may contain control characters: pass it through
    /// [`crate::text::printable`] before it is shown on a terminal.
    pub text: String,
}

impl Log {
    /// The same log without a secret in it.
    pub(crate) fn clean(mut self, cleaner: &Cleaner) -> Self {
        cleaner.clean_in_place(&mut self.step);
        cleaner.clean_in_place(&mut self.text);
        self
    }
}
