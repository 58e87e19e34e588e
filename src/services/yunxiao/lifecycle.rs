//! What changes a run that was started: a stop, and what is decided about its jobs.

use super::{Client, edition, operations};
use crate::client::{Call, Operation};
use crate::decision::Decision;
use crate::error::Result;
use crate::run::{Run, RunRef, RunStatus};
use crate::runs::{look_first, read_back};
use crate::service_client::Connect;
use crate::services::flow::{self, Jobs, MAY_HAVE_ENDED, Wish};

impl Client {
    pub(super) async fn stop_and_read(&self, run: &RunRef) -> Result<Run> {
        let client = self.bounded();
        let stopped = client.stop(run).await;
        read_back(&client, run, stopped, &MAY_HAVE_ENDED, RunStatus::has_ended).await
    }

    pub(super) async fn carry_out(&self, run: &RunRef, decision: &Decision) -> Result<Run> {
        flow::carry_out(self, run, decision).await
    }

    pub(super) async fn retry_failed(&self, run: &RunRef, step: Option<&str>) -> Result<Run> {
        flow::retry_failed(self, run, step).await
    }

    /// Asks for a stop (`UpdatePipelineRun`, which can do nothing else). Asking twice does no harm.
    async fn stop(&self, run: &RunRef) -> Result<()> {
        let call = self.about(&operations::UPDATE_PIPELINE_RUN, run)?;
        let answer = edition::client(&call)?.update_pipeline_run().send().await;
        call.decoded(answer).map(drop)
    }

    /// Begins a call about a job.
    pub(super) fn about_job(
        &self,
        operation: &'static Operation,
        run: &RunRef,
        job_id: i64,
    ) -> Result<Call> {
        Ok(self.about(operation, run)?.at("job", job_id))
    }

    /// Passes a manual gate (`PassPipelineValidate`): the run goes on. Starts work: never sent
    /// twice.
    ///
    /// Which job waits is in [`super::types::PipelineRun`], which [`Client::get`] leaves in the run:
    /// one of its actions is `PassPipelineValidate`.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::OutcomeUnknown`] when the request was sent and no clear answer came, or the
    /// answer was `false`: the gate may have been passed. Every other kind says that it was not.
    pub async fn pass(&self, run: &RunRef, job_id: i64) -> Result<()> {
        let call = self.about_job(&operations::PASS_PIPELINE_VALIDATE, run, job_id)?;
        let answer = edition::client(&call)?
            .pass_pipeline_validate()
            .send()
            .await;
        call.decoded(answer).map(drop).map_err(look_first)
    }

    /// Refuses at a manual gate (`RefusePipelineValidate`): the run ends there. Never sent twice.
    ///
    /// # Errors
    ///
    /// As [`Client::pass`].
    pub async fn refuse(&self, run: &RunRef, job_id: i64) -> Result<()> {
        let call = self.about_job(&operations::REFUSE_PIPELINE_VALIDATE, run, job_id)?;
        let answer = edition::client(&call)?
            .refuse_pipeline_validate()
            .send()
            .await;
        call.decoded(answer).map(drop).map_err(look_first)
    }

    /// Runs a job once more (`RetryPipelineJobRun`); the run goes on with it. Starts work: never
    /// sent twice.
    ///
    /// # Errors
    ///
    /// As [`Client::pass`].
    pub async fn retry_job(&self, run: &RunRef, job_id: i64) -> Result<()> {
        let call = self.about_job(&operations::RETRY_PIPELINE_JOB_RUN, run, job_id)?;
        let answer = edition::client(&call)?
            .retry_pipeline_job_run()
            .send()
            .await;
        call.decoded(answer).map(drop).map_err(look_first)
    }

    /// Skips a job (`SkipPipelineJobRun`); the run goes on with the jobs after it. Starts work:
    /// never sent twice.
    ///
    /// # Errors
    ///
    /// As [`Client::pass`].
    pub async fn skip_job(&self, run: &RunRef, job_id: i64) -> Result<()> {
        let call = self.about_job(&operations::SKIP_PIPELINE_JOB_RUN, run, job_id)?;
        let answer = edition::client(&call)?.skip_pipeline_job_run().send().await;
        call.decoded(answer).map(drop).map_err(look_first)
    }
}

impl Jobs for Client {
    async fn ask(&self, run: &RunRef, job_id: i64, wish: Wish) -> Result<()> {
        match wish {
            Wish::Pass => self.pass(run, job_id).await,
            Wish::Refuse => self.refuse(run, job_id).await,
            Wish::Retry => self.retry_job(run, job_id).await,
        }
    }
}
