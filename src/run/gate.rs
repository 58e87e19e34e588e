//! What a run waits for, and who may act.

use serde::Serialize;

use crate::secrets::Cleaner;

/// Something that a run waits for: an approval, a manual gate, values of variables.
///
/// [`crate::Runs::decide`] gives it, where [`GateKind`] says that a call can.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Gate {
    /// Tells the gate apart from the others of its run: the vendor's id of the approval, the job or
    /// the action.
    pub id: String,
    /// What waits, as the vendor names it: a stage, a job, an action.
    pub name: String,
    /// What it waits for.
    pub kind: GateKind,
    /// Who may act, people or groups, by the names that the vendor shows. Empty where the vendor
    /// does not say.
    pub who: Vec<String>,
    /// What those who may act are told.
    pub message: Option<String>,
}

/// What a gate waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum GateKind {
    /// A yes or a no.
    Approval,
    /// Values of variables.
    Variables,
    /// Something that no call of this library gives: a free machine, a permission, a word that
    /// nobody has documented. See [`Gate::message`] and [`crate::Run::url`].
    Other,
}

impl GateKind {
    /// Whether [`crate::Runs::decide`] can give it.
    pub const fn is_decidable(self) -> bool {
        matches!(self, Self::Approval | Self::Variables)
    }
}

impl Gate {
    /// A gate of which no more is known. For your own implementations of [`crate::Runs`], mostly in
    /// tests: the fields can be set afterwards.
    pub fn new(id: impl Into<String>, name: impl Into<String>, kind: GateKind) -> Self {
        Gate {
            id: id.into(),
            name: name.into(),
            kind,
            who: Vec::new(),
            message: None,
        }
    }

    /// The same gate without a secret in any of its texts. The id is left as it is: it is needed as
    /// it is.
    pub(super) fn clean(&mut self, cleaner: &Cleaner) {
        let texts = self.who.iter_mut().chain(&mut self.message);
        for text in texts.chain([&mut self.name]) {
            cleaner.clean_in_place(text);
        }
    }
}
