//! What the jobs of a run wrote.

use futures_util::stream::BoxStream;

use super::{Client, PipelineRef, generated, normalize, operations, types};
use crate::error::Result;
use crate::place::Place;
use crate::run::{Log, RunRef};
use crate::services::flow::{self, Flow, Shown};

impl Client {
    /// One log for each job of the run, stage after stage.
    pub(super) fn step_logs<'a>(&'a self, run: &'a RunRef) -> BoxStream<'a, Result<Log>> {
        flow::step_logs(self, run)
    }
}

impl Flow for Client {
    type Answer = types::PipelineRun;

    fn shown(answer: &types::PipelineRun) -> Shown<'_> {
        normalize::shown(answer)
    }

    /// One job's log (`LogPipelineJobRun`).
    async fn job_log(&self, run: &RunRef, job_id: i64) -> Result<String> {
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
        // `more` says that the job still writes. The operation takes no position to go on from.
        let log = call.decoded(answer)?.log;
        Ok(log.and_then(|log| log.content).unwrap_or_default())
    }
}
