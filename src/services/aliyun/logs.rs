//! What the jobs of a run wrote.

use futures_util::stream::BoxStream;

use super::{Client, generated, normalize, operations, types};
use crate::error::Result;
use crate::run::{Log, RunRef};
use crate::service_client::Connect;
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
        let call = self.about(&operations::GET_PIPELINE_JOB_RUN_LOG, run)?;
        let call = call.at("job", job_id);
        let api = generated::client(&call);
        let answer = api.get_pipeline_job_run_log().send().await;
        // `more` says that the job still writes. The operation takes no position to go on from.
        let log = call.decoded(answer)?.log;
        Ok(log.and_then(|log| log.content).unwrap_or_default())
    }
}
