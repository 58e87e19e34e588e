//! What this API does about a run and its jobs. The rest is in [`flow`](crate::services::flow).

use super::{Client, api, normalize, operations, types};
use crate::error::{ErrorKind, Result};
use crate::reconcile::Fit;
use crate::run::{Run, RunRef};
use crate::service_client::Connect;
use crate::services::flow::{Flow, Shown, Wish};

impl Flow for Client {
    type Answer = types::PipelineRun;
    // Whether this API shows anything of a start is not confirmed: pipeline and time have to do.
    const SILENT: Fit = Fit::Agrees;

    fn shown(answer: &types::PipelineRun) -> Shown<'_> {
        normalize::shown(answer)
    }

    fn trigger_mode(listed: &Run) -> Option<i64> {
        let summary = listed.vendor::<types::PipelineRunSummary>();
        summary.and_then(|summary| summary.trigger_mode)
    }

    /// One job's log (`LogPipelineJobRun`).
    async fn job_log(&self, run: &RunRef, job_id: i64) -> Result<String> {
        let call = self.about(&operations::GET_PIPELINE_JOB_RUN_LOG, run)?;
        let call = call.at("job", job_id);
        // `more` says that the job still writes. The operation takes no position to go on from.
        let log = api(&call).get_pipeline_job_run_log().send().await?.log;
        Ok(log.and_then(|log| log.content).unwrap_or_default())
    }

    /// Asks for a stop. Asking twice does no harm.
    async fn stop(&self, run: &RunRef) -> Result<()> {
        let call = self.about(&operations::STOP_PIPELINE_RUN, run)?;
        api(&call).stop_pipeline_run().send().await.map(drop)
    }

    /// An answer that does not say that it was done proves nothing.
    async fn ask(&self, run: &RunRef, job_id: i64, wish: Wish) -> Result<()> {
        let operation = match wish {
            Wish::Pass => &operations::PASS_PIPELINE_VALIDATE,
            Wish::Refuse => &operations::REFUSE_PIPELINE_VALIDATE,
            Wish::Retry => &operations::RETRY_PIPELINE_JOB_RUN,
        };
        let call = self.about(operation, run)?;
        let call = call.at("job", job_id);
        let api = api(&call);
        let answer = match wish {
            Wish::Pass => api.pass_pipeline_validate().send().await,
            Wish::Refuse => api.refuse_pipeline_validate().send().await,
            Wish::Retry => api.retry_pipeline_job_run().send().await,
        };
        match answer?.success {
            Some(true) => Ok(()),
            Some(false) | None => Err(call
                .error(ErrorKind::OutcomeUnknown)
                .detail("the answer does not say that it was done")),
        }
    }
}
