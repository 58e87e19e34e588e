//! Looking for the execution that a start may have begun.

use chrono::{DateTime, Utc};

use super::types::{Execution, ExecutionTrigger, RunExecutionRequest};
use super::{Client, PipelineRef, normalize};
use crate::error::Result;
use crate::reconcile::{Fit, Reconciled, Search};
use crate::service_client::Connect;

/// Git itself never shortens a commit further; a shorter text may be a branch's name.
const SHORTEST_COMMIT: usize = 7;

impl Client {
    /// Looks for the execution that a start may have begun: one of this pipeline, since then, with
    /// the request's comment (when it had one), ref and commit. Starts nothing.
    ///
    /// A unique comment makes the answer certain. Without one it is no better than
    /// [`Reconciled::Uncertain`]: Buddy does not say when it created an execution.
    ///
    /// # Errors
    ///
    /// Every kind that reading the list can fail with.
    pub async fn reconcile(
        &self,
        pipeline: &PipelineRef,
        request: &RunExecutionRequest,
        since: DateTime<Utc>,
    ) -> Result<Reconciled> {
        let client = self.bounded();
        // An execution may wait for its turn, and `start_date` may be when that came.
        let search = Search::new(&client, &client.session, since);
        let fit = |execution: &Execution| fits(request, execution);
        search.among(client.list(pipeline), fit).await
    }
}

/// How well an execution fits a start.
///
/// `CLICK` is a person or this API (vendor pages); every other known word is another trigger, and a
/// word that nobody knows may be either. If the vendor names no trigger, nothing contradicts it.
fn fits(request: &RunExecutionRequest, execution: &Execution) -> Fit {
    use ExecutionTrigger as Trigger;
    let trigger = execution.triggered_on.as_ref();
    let begun = match trigger.or(execution.triggered_on_2026.as_ref()) {
        None | Some(Trigger::Click) => Fit::Agrees,
        Some(
            Trigger::Event
            | Trigger::Schedule
            | Trigger::Pipeline
            | Trigger::Webhook
            | Trigger::Email,
        ) => Fit::No,
        Some(Trigger::Unknown(_)) => Fit::Silent,
    };
    if !same_ref(request, execution) || !same_commit(request, execution) {
        return Fit::No;
    }
    let asked = request.comment.as_deref().filter(|text| !text.is_empty());
    begun.and(match (asked, execution.comment.as_deref()) {
        (Some(asked), Some(has)) if asked == has => Fit::Marked,
        (Some(_), _) => Fit::No,
        (None, Some(has)) if !has.is_empty() => Fit::No,
        (None, _) => Fit::Agrees,
    })
}

/// Whether an execution is of the ref that a request asked for. A request that named none fits any.
fn same_ref(request: &RunExecutionRequest, execution: &Execution) -> bool {
    let asked = [
        request.tag.as_ref().map(|tag| tag.name.as_str()),
        request
            .pull_request
            .as_ref()
            .map(|request| request.name.as_str()),
        request.branch.as_ref().map(|branch| branch.name.as_str()),
    ];
    let ran = normalize::requested_ref(execution);
    match asked.into_iter().flatten().next() {
        // The short executions of a list may name no ref at all.
        Some(asked) => ran.is_none_or(|ran| ran == asked),
        None => true,
    }
}

/// Whether an execution is of the commit that a request asked for, by all its digits or the first.
/// `HEAD` and other words stand for any commit; beside a tag or a pull request it is not known
/// which of them the service takes.
fn same_commit(request: &RunExecutionRequest, execution: &Execution) -> bool {
    let revision = request.to_revision.as_ref();
    let asked = revision.map(|commit| commit.revision.to_ascii_lowercase());
    let asked = asked.filter(|asked| {
        let alone = request.tag.is_none() && request.pull_request.is_none();
        alone
            && asked.len() >= SHORTEST_COMMIT
            && asked.bytes().all(|byte| byte.is_ascii_hexdigit())
    });
    let commit = execution.to_revision.as_ref();
    let ran = commit.and_then(|commit| commit.revision.as_deref());
    match (asked, ran) {
        (Some(asked), Some(ran)) => ran.to_ascii_lowercase().starts_with(&asked),
        _ => true,
    }
}
