//! What changes a run that was started: a stop, and what is decided about its jobs.

use super::{Client, PipelineRef, generated, operations};
use crate::decision::Decision;
use crate::error::{ErrorKind, Result};
use crate::place::Place;
use crate::run::{Run, RunRef, RunStatus};
use crate::runs::read_back;
use crate::service_client::Connect;
use crate::services::flow::{self, Jobs, MAY_HAVE_ENDED, Wish};

/// Asks for something about a job. An answer that does not say that it was done proves nothing.
macro_rules! ask {
    ($client:ident, $run:ident, $job_id:ident, $constant:ident, $method:ident) => {{
        let (call, pipeline, run_id) =
            PipelineRef::call_about(&$client.session, &operations::$constant, $run)?;
        let call = call.at("job", $job_id);
        let answer = generated::client(&call)
            .$method()
            .organization_id(&pipeline.organization_id)
            .pipeline_id(pipeline.pipeline_id)
            .pipeline_run_id(run_id)
            .job_id($job_id)
            .send()
            .await;
        match call.decoded(answer)?.success {
            Some(true) => Ok(()),
            Some(false) | None => Err(call
                .error(ErrorKind::OutcomeUnknown)
                .detail("the answer does not say that it was done")),
        }
    }};
}

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
        let (call, pipeline, run_id) =
            PipelineRef::call_about(&self.session, &operations::STOP_PIPELINE_RUN, run)?;
        let answer = generated::client(&call)
            .stop_pipeline_run()
            .organization_id(&pipeline.organization_id)
            .pipeline_id(pipeline.pipeline_id)
            .pipeline_run_id(run_id)
            .send()
            .await;
        call.decoded(answer).map(drop)
    }
}

impl Jobs for Client {
    async fn ask(&self, run: &RunRef, job_id: i64, wish: Wish) -> Result<()> {
        match wish {
            Wish::Pass => ask!(
                self,
                run,
                job_id,
                PASS_PIPELINE_VALIDATE,
                pass_pipeline_validate
            ),
            Wish::Refuse => {
                ask!(
                    self,
                    run,
                    job_id,
                    REFUSE_PIPELINE_VALIDATE,
                    refuse_pipeline_validate
                )
            }
            Wish::Retry => {
                ask!(
                    self,
                    run,
                    job_id,
                    RETRY_PIPELINE_JOB_RUN,
                    retry_pipeline_job_run
                )
            }
        }
    }
}
