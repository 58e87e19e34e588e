//! What is decided about the jobs of a run: a gate is passed or refused, a job is run again.

use super::Job;
use crate::run::{Gate, GateKind};

/// What is asked for a job.
#[derive(Clone, Copy, Debug)]
pub(in crate::services) enum Wish {
    Pass,
    Refuse,
    Retry,
}

/// A waiting job, as what its run is waiting for. The service never says who may act.
pub(super) fn gate(job: &Job<'_>) -> Gate {
    let kind = match (job.id, job.is_gate) {
        (Some(_), true) => GateKind::Approval,
        (None, _) | (_, false) => GateKind::Other,
    };
    let id = job.id.map_or(String::new(), |id| id.to_string());
    let mut gate = Gate::new(id, job.name, kind);
    if kind == GateKind::Other {
        gate.message = Some("It waits for a resource or for a person.".to_owned());
    }
    gate
}
