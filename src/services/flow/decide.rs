//! What is decided about the jobs of a run: a gate is passed or refused, a job is run again.

use super::Job;
use crate::decision::Decision;
use crate::error::{Error, Result};
use crate::names::the_one;
use crate::run::{Gate, GateKind, Run, RunRef, RunStatus};
use crate::runs::{Runs, read_after};
use crate::service_client::Connect;

/// What is asked for a job.
#[derive(Clone, Copy, Debug)]
pub(in crate::services) enum Wish {
    Pass,
    Refuse,
    Retry,
}

/// A client of either API.
pub(in crate::services) trait Jobs: Connect + Runs + Clone {
    /// Asks for it. Never sent twice.
    fn ask(&self, run: &RunRef, job_id: i64, wish: Wish)
    -> impl Future<Output = Result<()>> + Send;
}

/// A job that waits, as what its run waits for. Who may act is told nowhere.
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

/// Passes or refuses the gate that a run waits at.
pub(in crate::services) async fn carry_out<C: Jobs>(
    client: &C,
    run: &RunRef,
    decision: &Decision,
) -> Result<Run> {
    let service = client.service();
    run.expect_service(service)?;
    decision.expect_no_comment(service, run)?;
    decision.expect_no_variables(service, run)?;
    let client = client.bounded();
    let read = client.get(run).await?;
    let job = &decision.gate_of(&read)?.id;
    let wish = match decision.approves() {
        true => Wish::Pass,
        false => Wish::Refuse,
    };
    let sent = client.ask(run, number(run, job)?, wish).await;
    read_after(&client, run, sent).await
}

/// Runs a job again that failed; the run goes on with it.
pub(in crate::services) async fn retry_failed<C: Jobs>(
    client: &C,
    run: &RunRef,
    step: Option<&str>,
) -> Result<Run> {
    let client = client.bounded();
    let steps = client.steps(run).await?;
    let failed = [RunStatus::Failed, RunStatus::Canceled];
    let failed = steps.iter().filter(|step| failed.contains(&step.status));
    let called = failed.filter_map(|step| {
        let id = step.log.as_deref()?;
        Some((step.name.as_str(), id, id))
    });
    let job = the_one(step, "job", "has failed", called).map_err(|error| {
        let error = error.on_service(run.service());
        error.about_run(Some(run.clone()))
    })?;
    let sent = client.ask(run, number(run, job)?, Wish::Retry).await;
    read_after(&client, run, sent).await
}

/// The number of a job. What this library wrote as a number is one.
fn number(run: &RunRef, id: &str) -> Result<i64> {
    id.parse().map_err(|_| {
        let error = Error::configuration(format!("the job {id:?} has no number"));
        error.on_service(run.service()).about_run(Some(run.clone()))
    })
}
