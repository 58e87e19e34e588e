//! Looking for the execution that a start may have begun.

use chrono::{DateTime, Utc};

use super::types::{ExecutePublishedPipelineRequest, ExecutionTrigger, PipelineExecution};
use super::{Client, ListFilter, ProjectRef};
use crate::error::Result;
use crate::reconcile::{Fit, Order, Reconciled, Search};
use crate::service_client::Connect;

/// What pipeline files are called. Some clients leave it out of the name and some do not
/// (evidence: public client code).
const FILE_ENDINGS: [&str; 2] = [".orch.yaml", ".tran.yaml"];

impl Client {
    /// Looks for the execution that a start may have begun. Starts nothing.
    ///
    /// Matillion's list does not tell the `executionTag`, so what fits is any execution of this
    /// pipeline in this environment that an API call began since then; somebody else's start of
    /// the same pipeline fits too. A name fits with and without the file ending that pipelines
    /// have. One in other letters, or of another folder, may be the same.
    ///
    /// # Errors
    ///
    /// Every kind that reading the list can fail with.
    pub async fn reconcile(
        &self,
        project: &ProjectRef,
        request: &ExecutePublishedPipelineRequest,
        since: DateTime<Utc>,
    ) -> Result<Reconciled> {
        // Not narrowed by time: the service's clock is not known before it has answered. Nor by names:
        // what the service takes for the same name is not documented.
        let filter = ListFilter::default().project(project);
        let client = self.bounded();
        let order = match client.session.lists_prove() {
            // "Newest start first" (vendor page) says nothing of one that has not begun.
            true => Order::Unknown,
            false => Order::NewestFirst,
        };
        let search = Search {
            order,
            // No word of the vendor's says that an execution waits for its turn.
            starts_at_once: true,
            ..Search::new(&client, &client.session, since)
        };
        let fit = |execution: &PipelineExecution| fits(project, request, execution);
        search.among(client.list(&filter), fit).await
    }
}

/// The part of a pipeline's name that every way of writing it has.
fn stem(name: &str) -> &str {
    let ending = FILE_ENDINGS
        .iter()
        .find_map(|ending| name.strip_suffix(ending));
    ending.filter(|stem| !stem.is_empty()).unwrap_or(name)
}

/// Whether two names can be the same pipeline's: equal, or equal but for a file ending that one of
/// them lacks.
fn same_pipeline(asked: &str, ran: &str) -> bool {
    asked == ran || stem(asked) == ran || asked == stem(ran)
}

/// How well the name that an execution shows fits the one that was asked for.
fn named(asked: &str, ran: Option<&str>, same: fn(&str, &str) -> bool) -> Fit {
    let plain = |name: &str| {
        let name = name.rsplit('/').next().unwrap_or_default();
        name.trim().to_lowercase()
    };
    match ran {
        Some(ran) if same(asked, ran) => Fit::Agrees,
        Some(ran) if same(&plain(asked), &plain(ran)) => Fit::Silent,
        Some(_) => Fit::No,
        None => Fit::Agrees,
    }
}

/// How well an execution fits a start.
///
/// `API` is this start's trigger (vendor page). Every other known word is another trigger; a word
/// that nobody knows may be either. If the vendor names none, or `UNKNOWN`, nothing contradicts it.
///
/// The list is that of the project. An execution that names another may be the one, by another name of
/// the same project.
fn fits(
    project: &ProjectRef,
    request: &ExecutePublishedPipelineRequest,
    execution: &PipelineExecution,
) -> Fit {
    use ExecutionTrigger as Trigger;
    let begun = match &execution.trigger {
        None | Some(Trigger::Api | Trigger::VendorUnknown) => Fit::Agrees,
        Some(Trigger::Designer | Trigger::Schedule | Trigger::ScheduleRunNow | Trigger::Manual) => {
            Fit::No
        }
        Some(Trigger::Unknown(_)) => Fit::Silent,
    };
    let name = execution.pipeline_name.as_deref();
    let environment = execution.environment_name.as_deref();
    let here = match &execution.project_id {
        Some(told) if !told.eq_ignore_ascii_case(&project.project_id) => Fit::Silent,
        Some(_) | None => Fit::Agrees,
    };
    begun
        .and(here)
        .and(named(&request.pipeline_name, name, same_pipeline))
        .and(named(&request.environment_name, environment, str::eq))
}
