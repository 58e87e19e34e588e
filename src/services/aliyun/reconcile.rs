//! Looking for the run that a start may have begun.

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::TryStreamExt;

use super::{Client, PipelineRef, likeness, listing, types};
use crate::error::Result;
use crate::reconcile::{Fit, Order, Reconciled, Search};
use crate::run::Run;
use crate::service_client::Connect;
use crate::services::flow::candidate;

impl Client {
    /// Looks for the run that a start may have begun: one of this pipeline, begun since then, and
    /// not by a timer, a push, another pipeline or a webhook. Starts nothing. Each run that could be
    /// the one is read.
    ///
    /// What a run shows of the remark and the variables of its start has to be what the request says,
    /// and a remark (`comment`) that no other start has makes the answer certain. Whether this API
    /// shows them is not confirmed: of a run that does not, only pipeline and time are known, and one
    /// that somebody else started meanwhile looks the same.
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
        let list = listing::runs(&client, pipeline, not_before);
        let whole = list.try_filter_map(|listed| {
            let summary = listed.vendor::<types::PipelineRunSummary>();
            let trigger = summary.and_then(|summary| summary.trigger_mode);
            candidate(&client, listed, trigger, since)
        });
        let search = Search {
            runs: &client,
            session: &client.session,
            since,
            // Documented nowhere.
            order: Order::Unknown,
            // The list tells when a run began; the run itself, when it was created.
            starts_at_once: false,
        };
        let fits = |run: &Run| match run.vendor::<types::PipelineRun>() {
            Some(vendor) => likeness::fits(params, vendor),
            None => Fit::Agrees,
        };
        search.among(whole, fits).await
    }
}
