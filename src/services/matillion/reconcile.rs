//! Looking for the execution that a start may have begun.

use chrono::{DateTime, Utc};

use super::types::{ExecutePublishedPipelineRequest, ExecutionTrigger, PipelineExecution};
use super::{Client, ListFilter, ProjectRef};
use crate::error::Result;
use crate::reconcile::{Fit, Reconciled, Search};
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
    /// have.
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
        let environment: &str = &request.environment_name;
        // Not narrowed by time: the service's clock is not known before it has answered.
        let filter = ListFilter::default()
            .project(project)
            .pipeline_part(stem(&request.pipeline_name))
            .environment(environment);
        let client = self.bounded();
        let search = Search {
            // No word of the vendor's says that an execution waits for its turn.
            starts_at_once: true,
            ..Search::new(&client, &client.session, since)
        };
        let fit = |execution: &PipelineExecution| fits(request, execution);
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

/// How well an execution fits a start.
///
/// `API` is this start's trigger (vendor page). Every other known word is another trigger; a word
/// that nobody knows may be either. If the vendor names none, or `UNKNOWN`, nothing contradicts it.
fn fits(request: &ExecutePublishedPipelineRequest, execution: &PipelineExecution) -> Fit {
    use ExecutionTrigger as Trigger;
    let (name, environment) = (&execution.pipeline_name, &execution.environment_name);
    let begun = match &execution.trigger {
        None | Some(Trigger::Api | Trigger::VendorUnknown) => Fit::Agrees,
        Some(Trigger::Designer | Trigger::Schedule | Trigger::ScheduleRunNow | Trigger::Manual) => {
            Fit::No
        }
        Some(Trigger::Unknown(_)) => Fit::Silent,
    };
    let agrees = name
        .as_deref()
        .is_none_or(|ran| same_pipeline(&request.pipeline_name, ran))
        && environment
            .as_deref()
            .is_none_or(|ran| *request.environment_name == ran);
    match agrees {
        true => begun,
        false => Fit::No,
    }
}
