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
        logs_of(jobs, move |job| self.log_of(run, job))
    }

    /// One job's log (`LogPipelineJobRun`).
    async fn log_of(&self, run: &RunRef, job: types::PipelineRunJob) -> Result<Log> {
        let step = job.name.unwrap_or_default();
        let Some(job_id) = job.id else {
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
                if job.start_time.is_none()
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
