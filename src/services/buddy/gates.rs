//! What an execution waits for, and how it is given.

use super::types::{
    Execution, ExecutionOperation, ExecutionStatus, PassVariableRequest, ShortActionExecution,
    UpdateExecutionRequest,
};
use crate::decision::Decision;
use crate::error::{Error, Result};
use crate::run::{Gate, GateKind, Run};
use crate::service::Service;

/// What a word waits for.
#[derive(Clone)]
pub(super) struct Wait {
    pub kind: GateKind,
    /// In words.
    pub what: &'static str,
    /// What gives it. For settable variables and visual tests by the names alone; not confirmed.
    operation: ExecutionOperation,
}

/// What a word waits for; `None` where it waits for nobody.
pub(super) fn waits_for(word: &ExecutionStatus) -> Option<Wait> {
    use ExecutionOperation as Operation;
    use GateKind::{Approval, Other, Variables};
    let (kind, what, operation) = match word {
        ExecutionStatus::WaitingForApply => {
            (Approval, "waits for somebody to apply it", Operation::Apply)
        }
        ExecutionStatus::WaitingForVariables => (
            Variables,
            "waits for values of its variables",
            Operation::ApplyVariables,
        ),
        ExecutionStatus::WaitingForSettableVariables => (
            Variables,
            "waits for values of its variables",
            Operation::SetVariables,
        ),
        ExecutionStatus::WaitingForVtSession => (
            Approval,
            "waits for a visual test session",
            Operation::ApproveVt,
        ),
        ExecutionStatus::Unknown(word) if word.starts_with("WAITING_FOR_") => {
            (Other, "waits for a person", Operation::Apply)
        }
        ExecutionStatus::Initial
        | ExecutionStatus::Enqueued
        | ExecutionStatus::Inprogress
        | ExecutionStatus::Terminating
        | ExecutionStatus::Successful
        | ExecutionStatus::Failed
        | ExecutionStatus::Terminated
        | ExecutionStatus::Skipped
        | ExecutionStatus::NotExecuted
        | ExecutionStatus::Unknown(_) => return None,
    };
    Some(Wait {
        kind,
        what,
        operation,
    })
}

/// An action that waits.
pub(super) struct Waiting<'a> {
    pub gate: Gate,
    pub word: &'a ExecutionStatus,
    pub wait: Wait,
}

/// The actions that wait. One that has no id of its own is called by its execution's.
pub(super) fn waiting<'a>(
    execution: &'a Execution,
    id: &'a str,
) -> impl Iterator<Item = Waiting<'a>> {
    let actions = execution.action_executions.iter().flatten();
    actions.filter_map(move |action| {
        let word = action.status.as_ref()?;
        let wait = waits_for(word)?;
        let own = action.action_execution_id.clone();
        let own = own.unwrap_or_else(|| id.to_owned());
        let gate = Gate::new(own, name(action), wait.kind);
        Some(Waiting { gate, word, wait })
    })
}

fn name(action: &ShortActionExecution) -> &str {
    let name = action.action.as_ref();
    let name = name.and_then(|action| action.name.as_deref());
    name.unwrap_or_default()
}

/// The call that gives a gate of an execution what it is waiting for.
///
/// # Errors
///
/// [`crate::ErrorKind::Configuration`] when values are missing, or are given to a gate that waits
/// for none; [`crate::ErrorKind::Unsupported`] when several actions wait and the service gives the meant
/// one no id: it would approve any.
pub(super) fn request(
    run: &Run,
    gate: &Gate,
    decision: &Decision,
) -> Result<UpdateExecutionRequest> {
    let execution = run.vendor::<Execution>();
    let actions = execution.into_iter();
    let mut actions = actions.flat_map(|execution| waiting(execution, &run.id));
    let action = actions.find(|waiting| waiting.gate.id == gate.id);
    let whole = execution.and_then(|execution| waits_for(execution.status.as_ref()?));
    let wait = action.map(|waiting| waiting.wait).or(whole);
    let operation = wait.map_or(ExecutionOperation::Apply, |wait| wait.operation);
    if gate.id == run.id && run.waits_for.len() > 1 {
        let why = "it does not say which of the waiting actions is meant";
        let error = Error::unsupported(Service::Buddy, &run.reference, why);
        return Err(error.advise("Approve it on the run's page."));
    }
    let given = decision.variables();
    // The service demands values with this operation.
    let are_missing = operation == ExecutionOperation::ApplyVariables && given.is_empty();
    let are_too_many = gate.kind != GateKind::Variables && !given.is_empty();
    if are_missing || are_too_many {
        let fault = match are_missing {
            true => "the run is waiting for values of variables",
            false => "the run is not waiting for values of variables",
        };
        let error = Error::configuration(fault).on_service(Service::Buddy);
        return Err(error.about_run(Some(run.reference.clone())));
    }
    let variables = given.iter().map(|(key, given)| PassVariableRequest {
        encrypted: given.is_secret.then_some(true),
        key: key.clone(),
        value: given.value.clone(),
    });
    Ok(UpdateExecutionRequest {
        // Without it, whatever waits is approved.
        approve_action_id: (gate.id != run.id).then(|| gate.id.clone()),
        operation,
        variables: variables.collect(),
    })
}
