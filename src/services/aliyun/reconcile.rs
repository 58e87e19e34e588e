//! Looking for the run that a start may have begun.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Client, PipelineRef, listing, types};
use crate::error::Result;
use crate::reconcile::Reconciled;
use crate::service_client::Connect;
use crate::services::flow;

impl Client {
    /// Looks for the run that a start may have begun: one of this pipeline, begun since then, and
    /// not by a timer, a push, another pipeline or a webhook. Starts nothing. Each run that could be
    /// the one is read.
    ///
    /// The remark and variables that a run shows have to match the request, and a unique remark
    /// (`comment`) makes the answer certain. It is not confirmed that this API shows them: for a
    /// run that does not, only pipeline and time are known, and one that somebody else started in
    /// the meantime looks the same.
    ///
    /// # Errors
    ///
    /// Every kind that reading the list or a run can fail with.
    pub async fn reconcile(
        &self,
        pipeline: &PipelineRef,
        params: &types::StartPipelineRunParams,
        since: DateTime<Utc>,
    ) -> Result<Reconciled> {
        let client = self.bounded();
        // A request is refused when the clocks are 15 minutes apart: the service's is behind by less
        // than this.
        let not_before = since.checked_sub_signed(TimeDelta::minutes(30));
        let pages = listing::run_pages(&client, pipeline, not_before);
        let remark = params.comment.as_deref();
        flow::reconcile(&client, pages, since, remark, &params.envs).await
    }
}
