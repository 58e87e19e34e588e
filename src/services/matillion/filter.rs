//! Which executions a list holds.

use chrono::{DateTime, SecondsFormat, Utc};

use super::reference::ProjectRef;
use super::types::{ExecutionStatus, PipelineExecution};

/// Which executions [`super::Client::list`] returns: all that the credential may see, unless
/// narrowed. Every condition has to hold.
///
/// ```
/// use runpipe::matillion::{ListFilter, ProjectRef, types::ExecutionStatus};
///
/// let failed = ListFilter::default()
///     .project(&ProjectRef::new("5b0d6e52-91c7-4f3a-8d24-6a7c1e9f0b38"))
///     .pipeline("Nightly load")
///     .status(ExecutionStatus::Failed);
/// # let _ = failed;
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListFilter {
    pub(super) project: Option<ProjectRef>,
    pub(super) pipeline: Option<String>,
    pub(super) environment: Option<String>,
    pub(super) started_after: Option<String>,
    pub(super) started_before: Option<String>,
    pub(super) time_frame: Option<String>,
    pub(super) status: Option<ExecutionStatus>,
    pub(super) schedule: Option<String>,
}

impl ListFilter {
    /// Only executions of this project.
    #[must_use]
    pub fn project(mut self, project: &ProjectRef) -> Self {
        self.project = Some(project.clone());
        self
    }

    /// Only executions of the pipeline of exactly this name. The service itself compares parts of
    /// names; the rest is left out here.
    #[must_use]
    pub fn pipeline(mut self, name: impl Into<String>) -> Self {
        self.pipeline = Some(name.into());
        self
    }

    /// Only executions in the environment of this name.
    #[must_use]
    pub fn environment(mut self, name: impl Into<String>) -> Self {
        self.environment = Some(name.into());
        self
    }

    /// Only executions that began then or later.
    #[must_use]
    pub fn started_after(mut self, moment: DateTime<Utc>) -> Self {
        self.started_after = Some(written(moment));
        self
    }

    /// Only executions that began then or earlier.
    #[must_use]
    pub fn started_before(mut self, moment: DateTime<Utc>) -> Self {
        self.started_before = Some(written(moment));
        self
    }

    /// Only executions that began within this time before now. The form is not confirmed; a public
    /// client sends ISO 8601 durations (`P1D` is a day).
    #[must_use]
    pub fn time_frame(mut self, duration: impl Into<String>) -> Self {
        self.time_frame = Some(duration.into());
        self
    }

    /// Only executions in this state.
    #[must_use]
    pub fn status(mut self, status: ExecutionStatus) -> Self {
        self.status = Some(status);
        self
    }

    /// Only executions that the schedule of this id started.
    #[must_use]
    pub fn schedule(mut self, schedule_id: impl Into<String>) -> Self {
        self.schedule = Some(schedule_id.into());
        self
    }

    /// What the service does not check: the whole name.
    pub(super) fn holds(&self, execution: &PipelineExecution) -> bool {
        match &self.pipeline {
            Some(name) => execution.pipeline_name.as_ref() == Some(name),
            None => true,
        }
    }
}

fn written(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Millis, true)
}
