//! What a run is waiting for, and who may act.

use serde::Serialize;

use crate::secrets::Cleaner;

/// Something that a run is waiting for: an approval, a manual gate, values of variables.
///
/// [`crate::Runs::decide`] gives it, if [`GateKind`] says that a call can.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Gate {
    /// Identifies the gate within its run: the vendor's id of the approval, the job or the action.
    pub id: String,
    /// What is waiting, as the vendor names it: a stage, a job, an action.
    pub name: String,
    /// What it is waiting for.
    pub kind: GateKind,
    /// Who may act, people or groups, by the names that the vendor shows. Empty if the vendor does
    /// not say.
    pub who: Vec<String>,
    /// The message to those who may act.
    pub message: Option<String>,
}

/// What a gate is waiting for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum GateKind {
    /// An approval or a rejection.
    Approval,
    /// Values of variables.
    Variables,
    /// Something that no call of this library gives: a free machine, a permission, an undocumented
    /// word. See [`Gate::message`] and [`crate::Run::url`].
    Other,
}

impl GateKind {
    /// Whether [`crate::Runs::decide`] can give it.
    pub const fn is_decidable(self) -> bool {
        matches!(self, Self::Approval | Self::Variables)
    }
}

impl Gate {
    /// A gate about which nothing more is known. For your own implementations of [`crate::Runs`],
    /// mostly in tests: the fields can be set afterwards.
    pub fn new(id: impl Into<String>, name: impl Into<String>, kind: GateKind) -> Self {
        Gate {
            id: id.into(),
            name: name.into(),
            kind,
            who: Vec::new(),
            message: None,
        }
    }

    /// The same gate without a secret in any of its texts. The id stays unchanged: it is needed
    /// unchanged.
    pub(super) fn clean(&mut self, cleaner: &Cleaner) {
        let texts = self.who.iter_mut().chain(&mut self.message);
        for text in texts.chain([&mut self.name]) {
            cleaner.clean_in_place(text);
        }
    }
}
