//! What the jobs of a run wrote.

use futures_util::stream::BoxStream;

use super::{Client, PipelineRef, generated, normalize, operations, types};
use crate::error::{ErrorKind, Result};
use crate::place::Place;
use crate::run::{Log, RunRef};
use crate::runs::logs_of;

impl Client {
    /// One log for each job of the run, stage after stage.
    pub(super) fn step_logs<'a>(&'a self, run: &'a RunRef) -> BoxStream<'a, Result<Log>> {
        let jobs = async move {
            let read = self.get(run).await?;
            let jobs = read.vendor::<types::PipelineRun>().map(normalize::jobs);
            Ok(jobs.into_iter().flatten().cloned().collect())
        };
        logs_of(jobs, move |job: types::PipelineRunJob| {
            let name = job.name.unwrap_or_default();
            self.log_of(run, job.id, name, job.start_time.is_some())
        })
    }

    /// One job's log (`LogPipelineJobRun`).
    pub(super) async fn log_of(
        &self,
        run: &RunRef,
        job_id: Option<i64>,
        step: String,
        has_begun: bool,
    ) -> Result<Log> {
        let Some(job_id) = job_id else {
            let text = String::new();
            return Ok(Log { step, text });
        };
        let (call, pipeline, run_id) =
            PipelineRef::call_about(&self.session, &operations::GET_PIPELINE_JOB_RUN_LOG, run)?;
        let call = call.at("job", job_id);
        let answer = generated::client(&call)
            .get_pipeline_job_run_log()
            .organization_id(&pipeline.organization_id)
            .pipeline_id(pipeline.pipeline_id)
            .pipeline_run_id(run_id)
            .job_id(job_id)
            .send()
            .await;
        let log = match call.decoded(answer) {
            Ok(answer) => answer.log,
            // A job that has not begun may have no log at all.
            Err(error)
                if !has_begun
                    && matches!(
                        error.kind(),
                        ErrorKind::NotFound | ErrorKind::InvalidRequest | ErrorKind::Refused
                    ) =>
            {
                None
            }
            Err(error) => return Err(error),
        };
        // `more` says that the job still writes. The operation takes no position to go on from.
        let text = log.and_then(|log| log.content).unwrap_or_default();
        Ok(call.clean_log(Log { step, text }))
    }
}
