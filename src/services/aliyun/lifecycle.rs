//! What changes a run that was started: a stop, and what is decided about its jobs.

use super::{Client, generated, operations};
use crate::decision::Decision;
use crate::error::{ErrorKind, Result};
use crate::run::{Run, RunRef, RunStatus};
use crate::runs::read_back;
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

    /// Asks for a stop. Asking twice does no harm.
    async fn stop(&self, run: &RunRef) -> Result<()> {
        let call = self.about(&operations::STOP_PIPELINE_RUN, run)?;
        let answer = generated::client(&call).stop_pipeline_run().send().await;
        call.decoded(answer).map(drop)
    }
}

impl Jobs for Client {
    /// An answer that does not say that it was done proves nothing.
    async fn ask(&self, run: &RunRef, job_id: i64, wish: Wish) -> Result<()> {
        let operation = match wish {
            Wish::Pass => &operations::PASS_PIPELINE_VALIDATE,
            Wish::Refuse => &operations::REFUSE_PIPELINE_VALIDATE,
            Wish::Retry => &operations::RETRY_PIPELINE_JOB_RUN,
        };
        let call = self.about(operation, run)?.at("job", job_id);
        let api = generated::client(&call);
        let answer = match wish {
            Wish::Pass => api.pass_pipeline_validate().send().await,
            Wish::Refuse => api.refuse_pipeline_validate().send().await,
            Wish::Retry => api.retry_pipeline_job_run().send().await,
        };
        match call.decoded(answer)?.success {
            Some(true) => Ok(()),
            Some(false) | None => Err(call
                .error(ErrorKind::OutcomeUnknown)
                .detail("the answer does not say that it was done")),
        }
    }
}
