//! What this API does about a run and its jobs. The rest is in [`flow`](crate::services::flow).

use super::edition::api;
use super::{Client, normalize, operations, types};
use crate::client::{Call, Operation};
use crate::error::{ErrorKind, Result};
use crate::reconcile::Fit;
use crate::run::{Run, RunRef};
use crate::runs::look_first;
use crate::service_client::Connect;
use crate::services::flow::{Flow, Shown, Wish};

impl Client {
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
    /// answer was not `true`: the gate may have been passed. Every other kind says that it was not.
    pub async fn pass(&self, run: &RunRef, job_id: i64) -> Result<()> {
        let call = self.about_job(&operations::PASS_PIPELINE_VALIDATE, run, job_id)?;
        done(&call, api(&call)?.pass_pipeline_validate().send().await)
    }

    /// Refuses at a manual gate (`RefusePipelineValidate`): the run ends there. Never sent twice.
    ///
    /// # Errors
    ///
    /// As [`Client::pass`].
    pub async fn refuse(&self, run: &RunRef, job_id: i64) -> Result<()> {
        let call = self.about_job(&operations::REFUSE_PIPELINE_VALIDATE, run, job_id)?;
        done(&call, api(&call)?.refuse_pipeline_validate().send().await)
    }

    /// Runs a job once more (`RetryPipelineJobRun`); the run goes on with it. Starts work: never
    /// sent twice.
    ///
    /// # Errors
    ///
    /// As [`Client::pass`].
    pub async fn retry_job(&self, run: &RunRef, job_id: i64) -> Result<()> {
        let call = self.about_job(&operations::RETRY_PIPELINE_JOB_RUN, run, job_id)?;
        done(&call, api(&call)?.retry_pipeline_job_run().send().await)
    }

    /// Skips a job (`SkipPipelineJobRun`); the run goes on with the jobs after it. Starts work:
    /// never sent twice.
    ///
    /// # Errors
    ///
    /// As [`Client::pass`].
    pub async fn skip_job(&self, run: &RunRef, job_id: i64) -> Result<()> {
        let call = self.about_job(&operations::SKIP_PIPELINE_JOB_RUN, run, job_id)?;
        done(&call, api(&call)?.skip_pipeline_job_run().send().await)
    }
}

/// What was sent may have been done. An answer that does not say that it was proves nothing.
fn done(call: &Call, sent: Result<types::Success>) -> Result<()> {
    let done = match sent.map_err(look_first)? {
        types::Success::Boolean(done) => done,
        types::Success::String(text) => text.trim().eq_ignore_ascii_case("true"),
    };
    match done {
        true => Ok(()),
        false => Err(look_first(
            call.error(ErrorKind::OutcomeUnknown)
                .detail("the answer does not say that it was done"),
        )),
    }
}

impl Flow for Client {
    type Answer = types::PipelineRun;
    const SILENT: Fit = Fit::Silent;

    fn shown(answer: &types::PipelineRun) -> Shown<'_> {
        normalize::shown(answer)
    }

    fn trigger_mode(listed: &Run) -> Option<i64> {
        let summary = listed.vendor::<types::PipelineRunSummary>();
        summary.and_then(|summary| summary.trigger_mode)
    }

    /// One job's log (`GetPipelineJobRunLog`).
    async fn job_log(&self, run: &RunRef, job_id: i64) -> Result<String> {
        let call = self.about_job(&operations::GET_PIPELINE_JOB_RUN_LOG, run, job_id)?;
        // `more` says that the job still writes. The operation takes no place to go on from.
        let answer = api(&call)?.get_pipeline_job_run_log().send().await?;
        Ok(answer.content.unwrap_or_default())
    }

    /// Asks for a stop (`UpdatePipelineRun`, which can do nothing else). Asking twice does no harm.
    async fn stop(&self, run: &RunRef) -> Result<()> {
        let call = self.about(&operations::UPDATE_PIPELINE_RUN, run)?;
        api(&call)?.update_pipeline_run().send().await.map(drop)
    }

    async fn ask(&self, run: &RunRef, job_id: i64, wish: Wish) -> Result<()> {
        match wish {
            Wish::Pass => self.pass(run, job_id).await,
            Wish::Refuse => self.refuse(run, job_id).await,
            Wish::Retry => self.retry_job(run, job_id).await,
        }
    }
}
