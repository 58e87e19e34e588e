//! What changes an execution that was started: a stop.

use super::{Client, api, operations, types};
use crate::decision::Decision;
use crate::error::{Error, ErrorKind, Result};
use crate::run::{Run, RunRef, RunStatus};
use crate::runs::read_back;
use crate::service::Service;
use crate::service_client::Connect;

/// A refusal of one of these kinds can be because the execution has ended, or because an earlier
/// attempt has reached the service.
const MAY_HAVE_ENDED: [ErrorKind; 6] = [
    ErrorKind::Conflict,
    ErrorKind::Disabled,
    ErrorKind::InvalidRequest,
    ErrorKind::NotFound,
    ErrorKind::Refused,
    ErrorKind::Undecodable,
];

impl Client {
    /// Asks Matillion to stop an execution (`terminatePipelineExecution`) and reads it back: in an
    /// orderly way, or hard with `force`. [`crate::Runs::cancel`] does not force.
    ///
    /// It takes a while: the execution may still be running, or [`crate::RunStatus::Canceling`],
    /// when it is read back. What the service answers for an execution that has ended is not
    /// documented; a refusal is not an error if the execution turns out to have ended, or to be
    /// stopping already and no force was asked for.
    ///
    /// # Errors
    ///
    /// As [`Client::get`], and the service's refusal if the execution goes on.
    pub async fn cancel(&self, run: &RunRef, force: bool) -> Result<Run> {
        let client = self.bounded();
        let stopped = client.stop(run, force).await;
        let is_wanted =
            |status: RunStatus| status.has_ended() || (status == RunStatus::Canceling && !force);
        read_back(&client, run, stopped, &MAY_HAVE_ENDED, is_wanted).await
    }

    pub(super) async fn stop_and_read(&self, run: &RunRef) -> Result<Run> {
        self.cancel(run, false).await
    }

    /// No run of Matillion waits for anybody.
    #[allow(clippy::unused_async, reason = "the services' other clients ask")]
    pub(super) async fn carry_out(&self, run: &RunRef, _: &Decision) -> Result<Run> {
        run.expect_service(Service::Matillion)?;
        let why = "an execution never waits for anybody";
        Err(Error::unsupported(Service::Matillion, run, why))
    }

    /// The API has no way to run an execution again.
    #[allow(clippy::unused_async, reason = "the services' other clients ask")]
    pub(super) async fn retry_failed(&self, run: &RunRef, _: Option<&str>) -> Result<Run> {
        run.expect_service(Service::Matillion)?;
        let why = "an execution cannot be run again";
        let error = Error::unsupported(Service::Matillion, run, why);
        Err(error.advise("Start the pipeline again: that makes another execution."))
    }

    async fn stop(&self, run: &RunRef, force: bool) -> Result<()> {
        let call = self.about(&operations::TERMINATE_PIPELINE_EXECUTION, run)?;
        api(&call)
            .terminate_pipeline_execution()
            .body(&types::TerminatePipelineExecutionRequest {
                force_update: force,
                status: types::TerminationStatus::Cancelled,
            })
            .send()
            .await
            .map(drop)
    }
}
