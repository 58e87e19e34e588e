//! Looking for the run that a start may have begun.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Client, PipelineRef, listing, types};
use crate::error::Result;
use crate::reconcile::{Fit, Order, Reconciled, Search};
use crate::run::Run;
use crate::service_client::Connect;

/// The ways in which a run begins that can be a start through the API: by hand (1, vendor page) and
/// by a client (4, seen by two public clients). The others are a timer, a push, another pipeline
/// and a webhook, and whatever the vendor adds.
const BY_A_START: [i64; 2] = [1, 4];

impl Client {
    /// Looks for the run that a start may have begun: one of this pipeline, begun since then, and
    /// not by a timer, a push, another pipeline or a webhook. Starts nothing.
    ///
    /// The service records neither the comment nor the variables of a start, and ignores branches
    /// that do not fit: no parameter can tell two starts apart. A run that somebody else started
    /// meanwhile looks the same, in the console too.
    ///
    /// # Errors
    ///
    /// Every kind that reading the list can fail with.
    pub async fn reconcile(
        &self,
        pipeline: &PipelineRef,
        since: DateTime<Utc>,
    ) -> Result<Reconciled> {
        let client = self.bounded();
        // A request is refused when the clocks are 15 minutes apart: the service's is behind by less
        // than this.
        let not_before = since.checked_sub_signed(TimeDelta::minutes(30));
        let list = listing::runs(&client, pipeline, not_before);
        let search = Search {
            runs: &client,
            session: &client.session,
            since,
            // Documented nowhere.
            order: Order::Unknown,
            // The list tells when a run began; the run itself, when it was created.
            starts_at_once: false,
        };
        let fits = |run: &Run| {
            let summary = run.vendor::<types::PipelineRunSummary>();
            match summary.and_then(|summary| summary.trigger_mode) {
                None => Fit::Agrees,
                Some(trigger) if BY_A_START.contains(&trigger) => Fit::Agrees,
                Some(_) => Fit::No,
            }
        };
        search.among(list, fits).await
    }
}
