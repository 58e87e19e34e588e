//! What changes a run that was started: a stop, an approval, a retry.

use super::{Client, api, operations, types};
use crate::client::Effect;
use crate::decision::Decision;
use crate::error::{ErrorKind, Result};
use crate::names::the_one;
use crate::run::{Run, RunRef, RunStatus};
use crate::runs::{read_after, read_back};
use crate::service::Service;
use crate::service_client::Connect;

/// A run that has ended cannot be stopped, and need not be.
const MAY_HAVE_ENDED: [ErrorKind; 2] = [ErrorKind::Conflict, ErrorKind::InvalidRequest];

impl Client {
    pub(super) async fn stop_and_read(&self, run: &RunRef) -> Result<Run> {
        let client = self.bounded();
        let stopped = client.stop(run).await;
        read_back(&client, run, stopped, &MAY_HAVE_ENDED, RunStatus::has_ended).await
    }

    /// Asks for a stop through the run's build: the pipelines area has no way of its own.
    async fn stop(&self, run: &RunRef) -> Result<()> {
        let call = self.about_build(&operations::UPDATE_BUILD, run)?;
        call.expect_permitted(Effect::Set)?;
        self.run_of_pipeline(run).await?;
        api(&call)
            .update_build()
            .body(&types::BuildUpdate {
                status: Some(types::BuildStatus::Cancelling),
                ..Default::default()
            })
            .send()
            .await
            .map(drop)
    }

    /// Approves or rejects the approval that a stage waits for. More than one person may have to
    /// approve: the run then still waits.
    pub(super) async fn carry_out(&self, run: &RunRef, decision: &Decision) -> Result<Run> {
        decision.expect_no_variables(Service::AzureDevops, run)?;
        let client = self.bounded();
        let read = client.get(run).await?;
        let gate = decision.gate_of(&read)?;
        let sent = client.update_approval(run, gate, decision).await;
        read_after(&client, run, sent).await
    }

    /// Runs the failed jobs of a stage again, and the stages after it.
    pub(super) async fn retry_failed(&self, run: &RunRef, step: Option<&str>) -> Result<Run> {
        let client = self.bounded();
        client.run_of_pipeline(run).await?;
        let records = client.timeline(run).await?;
        let failed = records.iter().filter(|record| has_failed(record));
        let called = failed.filter_map(|record| {
            // YAML and the operation know it by this; `refName` is younger (7.2).
            let name = record
                .ref_name
                .as_deref()
                .or(record.identifier.as_deref())?;
            Some((record.name.as_deref().unwrap_or(name), name, name))
        });
        let stage = the_one(run, step, "stage", "has failed", called)?;
        let sent = client.retry_stage(run, stage).await;
        read_after(&client, run, sent).await
    }

    /// Asks for a stage to be run again (`updateStage`). Never sent twice.
    async fn retry_stage(&self, run: &RunRef, stage: &str) -> Result<()> {
        let call = self.about_build(&operations::UPDATE_STAGE, run)?;
        let call = call.at("stage", stage);
        api(&call)
            .update_stage()
            .body(&types::StageUpdate {
                force_retry_all_jobs: Some(false),
                state: types::StageUpdateState::Retry,
            })
            .send()
            .await
            .map(drop)
    }
}

/// Whether a record is a stage that can be run again.
fn has_failed(record: &types::TimelineRecord) -> bool {
    use types::TaskResult as Ended;
    let ended = [Ended::Failed, Ended::Canceled, Ended::Abandoned];
    record.type_.as_deref() == Some("Stage")
        && record
            .result
            .as_ref()
            .is_some_and(|result| ended.contains(result))
}
