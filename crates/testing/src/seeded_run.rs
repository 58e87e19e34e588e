//! Runs that exist without a client having started them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::catalogue::Pipeline;
use super::plan::RunPlan;
use runpipe::Service;

/// What started a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Trigger {
    /// A client, through the API.
    #[default]
    Api,
    /// A person. Azure DevOps and Buddy do not distinguish this from the API.
    Person,
    /// A push to the repository. Matillion has no such trigger: it reports an unknown one.
    Push,
    /// The clock.
    Schedule,
}

/// A run that exists since a time of your choice, whoever started it.
///
/// ```
/// # #[tokio::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use chrono::TimeDelta;
/// use runpipe::Service;
/// use runpipe_testing::{Sandbox, SeededRun, Trigger};
///
/// let sandbox = Sandbox::start().await?;
/// let pipeline = &sandbox.pipelines(Service::Buddy)[0];
/// let minutes_ago = sandbox.now() - TimeDelta::minutes(5);
/// let id = sandbox.seed(&SeededRun::of(pipeline).trigger(Trigger::Push).created(minutes_ago))?;
/// assert_eq!(id, "1");
/// assert_eq!(sandbox.started(Service::Buddy), 0);
/// # Ok(())
/// # }
/// ```
///
/// In JSON, for `POST /_sandbox/runs`, where all but the first three may be left out:
///
/// ```json
/// {
///   "service": "buddy", "place": ["acme", "website"], "pipeline": "2",
///   "trigger": "push", "created": "2026-05-01T09:55:00Z",
///   "request": { "branch": { "name": "main" } },
///   "run": { "takes_seconds": 60, "ends": "failed" }
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeededRun {
    pub(super) service: Service,
    pub(super) place: Vec<String>,
    pub(super) pipeline: String,
    #[serde(default)]
    pub(super) trigger: Trigger,
    #[serde(default)]
    pub(super) created: Option<DateTime<Utc>>,
    #[serde(default)]
    pub(super) request: Option<Value>,
    #[serde(default)]
    pub(super) run: RunPlan,
}

impl SeededRun {
    /// A run of a pipeline, created now, as if the API had been called.
    pub fn of(pipeline: &Pipeline) -> Self {
        SeededRun {
            service: pipeline.service,
            place: pipeline.place.clone(),
            pipeline: pipeline.id.clone(),
            trigger: Trigger::default(),
            created: None,
            request: None,
            run: RunPlan::default(),
        }
    }

    /// Sets what started it.
    #[must_use]
    pub fn trigger(mut self, trigger: Trigger) -> Self {
        self.trigger = trigger;
        self
    }

    /// Sets when it was created, by the services' clock.
    #[must_use]
    pub fn created(mut self, at: DateTime<Utc>) -> Self {
        self.created = Some(at);
        self
    }

    /// Sets the request: the body of a start. For Aliyun and Yunxiao it is the content of `params`.
    #[must_use]
    pub fn request(mut self, body: impl Into<Value>) -> Self {
        self.request = Some(body.into());
        self
    }

    /// Sets how it goes, from the time it was created on.
    #[must_use]
    pub fn plan(mut self, plan: RunPlan) -> Self {
        self.run = plan;
        self
    }

    pub(super) fn is_of(&self, pipeline: &Pipeline) -> bool {
        let SeededRun { service, place, .. } = self;
        (*service, place, &self.pipeline) == (pipeline.service, &pipeline.place, &pipeline.id)
    }
}

/// A run for a pipeline that the sandbox does not have; lists the existing ones.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the run cannot be added: {0}")]
pub struct UnknownPipeline(pub(super) String);
