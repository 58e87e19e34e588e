//! What changes a run that was started: a stop.

use super::{Client, PipelineRef, generated, operations};
use crate::error::{ErrorKind, Result};
use crate::place::Place;
use crate::run::{Run, RunRef, RunStatus};
use crate::runs::read_back;
use crate::service_client::Connect;

/// What is said of a run that has ended already is not documented.
const MAY_HAVE_ENDED: [ErrorKind; 3] = [
    ErrorKind::InvalidRequest,
    ErrorKind::Conflict,
    ErrorKind::Refused,
];

impl Client {
    pub(super) async fn stop_and_read(&self, run: &RunRef) -> Result<Run> {
        let client = self.bounded();
        let stopped = client.stop(run).await;
        read_back(&client, run, stopped, &MAY_HAVE_ENDED, RunStatus::has_ended).await
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
