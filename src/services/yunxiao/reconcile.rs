//! Looking for the run that a start may have begun.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Client, PipelineRef, listing, types};
use crate::error::Result;
use crate::reconcile::Reconciled;
use crate::service_client::Connect;
use crate::services::flow;

/// How far the service's clock may be from this machine's before the list omits the run. The search
/// itself goes by the service's own clock.
const MOST_SKEW: TimeDelta = TimeDelta::days(1);

impl Client {
    /// Looks for the run that a start may have begun: one of this pipeline, begun since then and
    /// not by a timer, a push, another pipeline or a webhook, with the remark and the variables that
    /// the start gave. Starts nothing. Each run that could be the one is read.
    ///
    /// A unique remark (`comment`) makes the answer certain. Without one, a run that somebody else
    /// started in the meantime with the same variables looks the same. If a run does not show its
    /// input, nothing is certain.
    ///
    /// # Errors
    ///
    /// Every kind that reading the list or a run can end in.
    pub async fn reconcile(
        &self,
        pipeline: &PipelineRef,
        params: &types::CreatePipelineRunParams,
        since: DateTime<Utc>,
    ) -> Result<Reconciled> {
        let client = self.bounded();
        let pages = listing::run_pages(&client, pipeline, since.checked_sub_signed(MOST_SKEW));
        let remark = params.comment.as_deref();
        flow::reconcile(&client, pages, since, remark, &params.envs).await
    }
}
