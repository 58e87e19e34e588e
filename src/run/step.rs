//! A part of a run: a stage, a job, a task, an action.

use serde::Serialize;

use super::{RunStatus, Timestamp};
use crate::secrets::Cleaner;

/// A part of a run, as its service reports it: a stage, a job, a task, an action.
///
/// Fields that a vendor does not report are `None`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Step {
    /// Identifies the step within its run: the vendor's id, else its place among the steps.
    pub id: String,
    /// The step's name, as the vendor gives it.
    pub name: String,
    /// The names of the steps around it, the outermost first. Empty at the top.
    pub within: Vec<String>,
    /// What state the step is in.
    pub status: RunStatus,
    /// The word or words from which [`Step::status`] was read, as the vendor spells them.
    pub vendor_status: Option<String>,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// When it ended. Absent while it has not.
    pub finished_at: Option<Timestamp>,
    /// What the vendor says about it: why it failed, or what it is doing right now.
    pub message: Option<String>,
    /// What the service calls the step's log, if it has one.
    #[serde(skip)]
    pub(crate) log: Option<String>,
}

impl Step {
    /// A step about which only its name and state are known. For your own implementations of
    /// [`crate::Runs`], mostly in tests: the fields can be set afterwards.
    pub fn new(id: impl Into<String>, name: impl Into<String>, status: RunStatus) -> Self {
        Step {
            id: id.into(),
            name: name.into(),
            within: Vec::new(),
            status,
            vendor_status: None,
            started_at: None,
            finished_at: None,
            message: None,
            log: None,
        }
    }

    /// Whether [`crate::Runs::step_log`] has anything to request from the service.
    pub fn has_log(&self) -> bool {
        self.log.is_some()
    }

    /// The same step without a secret in any of its texts. A text that repeats a credential names
    /// no log.
    pub(crate) fn clean(mut self, cleaner: &Cleaner) -> Self {
        if cleaner.is_secret(&self.id) {
            cleaner.clean_in_place(&mut self.id);
        }
        self.log = self.log.filter(|log| !cleaner.is_secret(log));
        let optional = [&mut self.vendor_status, &mut self.message];
        let texts = optional.into_iter().flatten().chain(&mut self.within);
        for text in texts.chain([&mut self.name]) {
            cleaner.clean_in_place(text);
        }
        self
    }
}
