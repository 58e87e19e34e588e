//! What changes a run that was started: a stop.

use super::{Client, PipelineRef, generated, operations, types};
use crate::error::{ErrorKind, Result};
use crate::run::{Run, RunRef, RunStatus};
use crate::runs::read_back;
use crate::service_client::Connect;

/// A run that has ended cannot be stopped, and need not be.
const MAY_HAVE_ENDED: [ErrorKind; 2] = [ErrorKind::Conflict, ErrorKind::InvalidRequest];

impl Client {
    pub(super) async fn stop_and_read(&self, run: &RunRef) -> Result<Run> {
        let client = self.bounded();
        let stopped = client.stop(run).await;
        read_back(&client, run, stopped, &MAY_HAVE_ENDED, RunStatus::has_ended).await
    }

    /// Asks for a stop through the run's build: the pipelines area has no way of its own.
    async fn stop(&self, run: &RunRef) -> Result<()> {
        let (call, pipeline, build_id) =
            PipelineRef::call_about_build(&self.session, &operations::UPDATE_BUILD, run)?;
        let answer = generated::client(&call)
            .update_build()
            .organization(&pipeline.organization)
            .project(&pipeline.project)
            .build_id(build_id)
            .api_version(&*self.api_version)
            .body(types::BuildUpdate::builder().status(types::BuildStatus::Cancelling))
            .send()
            .await;
        call.decoded(answer).map(drop)
    }
}
