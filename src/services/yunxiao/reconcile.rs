//! Looking for the run that a start may have begun.

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::TryStreamExt;

use super::{Client, PipelineRef, likeness, listing, types};
use crate::error::Result;
use crate::reconcile::{Fit, Order, Reconciled, Search};
use crate::run::Run;
use crate::service_client::Connect;
use crate::services::flow::candidate;

/// How far the service's clock may be from this machine's before the list leaves out what is
/// looked for. The search itself goes by the service's own clock.
const MOST_SKEW: TimeDelta = TimeDelta::days(1);

impl Client {
    /// Looks for the run that a start may have begun: one of this pipeline, begun since then and
    /// not by a timer, a push, another pipeline or a webhook, with the remark and the variables that
    /// the start gave. Starts nothing. Each run that could be the one is read.
    ///
    /// A remark (`comment`) that no other start has makes the answer certain. Without one, a run
    /// that somebody else started meanwhile with the same variables looks the same. Where a run does
    /// not show what it was started with, nothing is certain.
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
        let not_before = since.checked_sub_signed(MOST_SKEW);
        let list = listing::runs(&client, pipeline, not_before);
        // The list says neither what a run was given nor when it was created.
        let whole = list.try_filter_map(|listed| {
            let summary = listed.vendor::<types::PipelineRunSummary>();
            let trigger = summary.and_then(|summary| summary.trigger_mode);
            candidate(&client, listed, trigger, since)
        });
        let search = Search {
            runs: &client,
            session: &client.session,
            since,
            // Newest first, by one source; a run that is passed over would be lost.
            order: Order::Unknown,
            starts_at_once: false,
        };
        let fits = |run: &Run| match run.vendor::<types::PipelineRun>() {
            Some(vendor) => likeness::fits(params, vendor),
            None => Fit::Silent,
        };
        search.among(whole, fits).await
    }
}
