//! What a run waits for. A run in progress does not say that it waits: its timeline does.
//!
//! A record of the type `Checkpoint.Approval` has the approval's id for its own, is `inProgress` while
//! the approval is waited for, and belongs to the stage that waits by way of a `Checkpoint`. Evidence:
//! public clients (three take the record's id for the approval's, four more go by type and state); the
//! vendor documents neither.

use super::{Client, api, operations, types};
use crate::decision::Decision;
use crate::error::{ErrorKind, Result};
use crate::run::{Gate, GateKind, RunRef};

/// An approval is waited for.
pub(super) const APPROVAL: &str = "Checkpoint.Approval";
/// The pipeline may not use a protected resource yet.
const PERMISSION: &str = "Checkpoint.Authorization";
/// What is deeper than this belongs to no stage.
const DEEPEST: usize = 8;

impl Client {
    /// What a run waits for (`getBuildTimeline`), and who may act (`listApprovals`).
    pub(super) async fn gates(&self, run: &RunRef) -> Result<Vec<Gate>> {
        let mut gates = waiting(&self.timeline(run).await?);
        let approvals = gates.iter().filter(|gate| gate.kind == GateKind::Approval);
        let ids: Vec<&str> = approvals.map(|gate| gate.id.as_str()).collect();
        if !ids.is_empty() {
            let approvals = self.approvals(run, ids.join(",")).await?;
            gates.retain_mut(|gate| {
                let approval = approvals.iter().find(|one| is_of(one, gate));
                approval.is_none_or(|approval| describe(gate, approval))
            });
        }
        Ok(gates)
    }

    async fn approvals(&self, run: &RunRef, ids: String) -> Result<Vec<types::Approval>> {
        let call = self.about_build(&operations::LIST_APPROVALS, run)?;
        let answer = api(&call)
            .list_approvals()
            .approval_ids(ids)
            .expand(types::ApprovalExpand::Steps)
            .send()
            .await?;
        Ok(answer.value.unwrap_or_default())
    }

    /// Approves or rejects (`updateApprovals`). Never sent twice.
    pub(super) async fn update_approval(
        &self,
        run: &RunRef,
        gate: &Gate,
        decision: &Decision,
    ) -> Result<()> {
        let call = self.about_build(&operations::UPDATE_APPROVALS, run)?;
        let asked = match decision.approves() {
            true => types::ApprovalStatus::Approved,
            false => types::ApprovalStatus::Rejected,
        };
        let update = types::ApprovalUpdate {
            approval_id: gate.id.clone(),
            comment: decision.comment_text().map(str::to_owned),
            status: asked.clone(),
        };
        let updated = api(&call)
            .update_approvals()
            .body(&types::ApprovalUpdates(vec![update]))
            .send()
            .await?
            .value
            .unwrap_or_default();
        let unknown = |what| Err(call.error(ErrorKind::OutcomeUnknown).detail(what));
        let Some(approval) = updated.iter().find(|approval| is_of(approval, gate)) else {
            return unknown("the answer does not name the approval".to_owned());
        };
        match approval.status.as_ref() {
            Some(other) if !is_open(Some(other)) && !comes_of(&asked, other) => {
                unknown(format!("the answer says that the approval is {other}"))
            }
            // More people may have to act.
            Some(_) | None => Ok(()),
        }
    }
}

fn is_of(approval: &types::Approval, gate: &Gate) -> bool {
    let id = approval.id.as_deref();
    id.is_some_and(|id| id.eq_ignore_ascii_case(&gate.id))
}

/// The records of a timeline at which a run waits for somebody.
pub(super) fn waiting(records: &[types::TimelineRecord]) -> Vec<Gate> {
    use types::{TaskResult as Ended, TimelineRecordState as State};
    let gate = |record: &types::TimelineRecord| {
        let is_at = record.state == Some(State::InProgress);
        let by_hand = record.result == Some(Ended::ManuallyQueued);
        let (kind, message) = match record.type_.as_deref() {
            Some(APPROVAL) if is_at => (GateKind::Approval, None),
            Some(PERMISSION) if is_at => (
                GateKind::Other,
                Some("The pipeline needs permission to use a protected resource."),
            ),
            // From version 7.2 of the API.
            Some(_) | None if by_hand => {
                (GateKind::Other, Some("Somebody has to start it by hand."))
            }
            Some(_) | None => return None,
        };
        let name = stage_of(record, records).or(record.name.as_deref());
        let mut gate = Gate::new(record.id.clone()?, name.unwrap_or_default(), kind);
        gate.message = message.map(str::to_owned);
        Some(gate)
    };
    records.iter().filter_map(gate).collect()
}

/// The name of the stage that a record belongs to.
fn stage_of<'r>(
    record: &'r types::TimelineRecord,
    records: &'r [types::TimelineRecord],
) -> Option<&'r str> {
    let mut at = record;
    for _ in 0..DEEPEST {
        if at.type_.as_deref() == Some("Stage") {
            return at.name.as_deref();
        }
        let parent = at.parent_id.as_ref()?;
        at = records.iter().find(|one| one.id.as_ref() == Some(parent))?;
    }
    None
}

/// Adds who may act. `false` where nobody has to any more.
fn describe(gate: &mut Gate, approval: &types::Approval) -> bool {
    let told = approval.instructions.clone();
    gate.message = told.filter(|text| !text.trim().is_empty());
    let steps = approval.steps.iter().flatten();
    let open = steps.filter(|step| is_open(step.status.as_ref()));
    gate.who = open
        .filter_map(|step| step.assigned_approver.as_ref()?.display_name.clone())
        .collect();
    is_open(approval.status.as_ref())
}

/// Whether an approval is in this state because somebody wished it so.
fn comes_of(asked: &types::ApprovalStatus, status: &types::ApprovalStatus) -> bool {
    use types::ApprovalStatus::{Approved, Deferred};
    status == asked || (*status == Deferred && *asked == Approved)
}

/// Whether somebody still has to act.
fn is_open(status: Option<&types::ApprovalStatus>) -> bool {
    use types::ApprovalStatus as Status;
    match status {
        None
        | Some(Status::Undefined | Status::Uninitiated | Status::Pending | Status::Unknown(_)) => {
            true
        }
        Some(
            Status::Approved
            | Status::Rejected
            | Status::Skipped
            | Status::Canceled
            | Status::TimedOut
            | Status::Deferred
            | Status::Failed
            | Status::Completed
            | Status::All,
        ) => false,
    }
}
