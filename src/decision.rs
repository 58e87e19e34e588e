//! A decision about a waiting run.

use std::collections::BTreeMap;
use std::fmt;

use crate::error::{Error, Result};
use crate::names::the_one;
use crate::run::{Gate, Run, RunRef};
use crate::service::Service;

/// What [`crate::Runs::decide`] tells the service about a run that waits.
///
/// ```
/// use runpipe::Decision;
///
/// let yes = Decision::approve().comment("The tide is right.");
/// let no = Decision::reject().gate("Deploy");
/// # let _ = (yes, no);
/// ```
#[derive(Clone)]
pub struct Decision {
    approves: bool,
    gate: Option<String>,
    comment: Option<String>,
    variables: BTreeMap<String, Variable>,
}

/// A value that a run is waiting for.
#[derive(Clone)]
pub(crate) struct Variable {
    pub value: String,
    pub is_secret: bool,
}

impl Decision {
    /// Lets the run go on.
    pub fn approve() -> Self {
        Decision {
            approves: true,
            gate: None,
            comment: None,
            variables: BTreeMap::new(),
        }
    }

    /// Refuses: the waiting part of the run is not carried out.
    pub fn reject() -> Self {
        Decision {
            approves: false,
            ..Decision::approve()
        }
    }

    /// Names the gate, by its name or its id. Needed if the run is waiting at several.
    #[must_use]
    pub fn gate(mut self, gate: impl Into<String>) -> Self {
        self.gate = Some(gate.into());
        self
    }

    /// Gives the reason. Azure DevOps shows it beside the approval.
    #[must_use]
    pub fn comment(mut self, comment: impl Into<String>) -> Self {
        self.comment = Some(comment.into());
        self
    }

    /// Gives a value to a variable that the run is waiting for (Buddy).
    #[must_use]
    pub fn variable(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.with(name.into(), value.into(), false)
    }

    /// The same, for a value that nobody may see: the service keeps it encrypted, and no text of
    /// this library shows it.
    #[must_use]
    pub fn secret(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.with(name.into(), value.into(), true)
    }

    fn with(mut self, name: String, value: String, is_secret: bool) -> Self {
        self.variables.insert(name, Variable { value, is_secret });
        self
    }

    pub(crate) fn approves(&self) -> bool {
        self.approves
    }

    pub(crate) fn comment_text(&self) -> Option<&str> {
        self.comment.as_deref()
    }

    pub(crate) fn variables(&self) -> &BTreeMap<String, Variable> {
        &self.variables
    }

    /// Refuses a comment for a service that keeps none: it would be lost silently.
    pub(crate) fn expect_no_comment(&self, service: Service, run: &RunRef) -> Result<()> {
        match self.comment {
            None => Ok(()),
            Some(_) => Err(Error::unsupported(service, run, "it keeps no comment")
                .advise("Leave the comment out.")),
        }
    }

    /// Refuses values for a service whose runs never wait for any.
    pub(crate) fn expect_no_variables(&self, service: Service, run: &RunRef) -> Result<()> {
        match self.variables.is_empty() {
            true => Ok(()),
            false => Err(
                Error::unsupported(service, run, "its runs never wait for values")
                    .advise("Leave the variables out."),
            ),
        }
    }

    /// The one gate of a run that the decision is about.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::NothingToDo`] when nothing waits for a decision;
    /// [`crate::ErrorKind::UnknownName`] when several gates do and none is named, or when none has
    /// that name.
    pub(crate) fn gate_of<'r>(&self, run: &'r Run) -> Result<&'r Gate> {
        let gates = run.waits_for.iter().filter(|gate| gate.kind.is_decidable());
        let called = gates.map(|gate| (gate.name.as_str(), gate.id.as_str(), gate));
        let asked = self.gate.as_deref();
        let which = "waits for a decision";
        the_one(&run.reference, asked, "gate", which, called)
    }
}

/// Without the values of variables, which may be secret.
impl fmt::Debug for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&String> = self.variables.keys().collect();
        f.debug_struct("Decision")
            .field("approves", &self.approves)
            .field("gate", &self.gate)
            .field("comment", &self.comment)
            .field("variables", &names)
            .finish()
    }
}
