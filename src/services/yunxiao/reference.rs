//! What names a pipeline and a run of Yunxiao, in both editions.

use std::borrow::Cow;
use std::fmt;

use crate::client::{Call, Operation, Session};
use crate::error::Result;
use crate::place::Place;
use crate::run::RunRef;
use crate::service::Service;
use crate::services::flow::page::NO_ORGANIZATION;

/// What a call calls its organization.
pub(super) const ORGANIZATION: &str = "organization";

/// A pipeline of Yunxiao.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PipelineRef {
    /// The organization's id, in the central edition. `None` on a Region instance, which has no
    /// organizations; `-` means the same.
    pub organization_id: Option<String>,
    /// The pipeline's number.
    pub pipeline_id: i64,
}

impl PipelineRef {
    /// Names a pipeline of the central edition by its number.
    pub fn new(organization_id: impl Into<String>, pipeline_id: i64) -> Self {
        PipelineRef {
            organization_id: Some(organization_id.into()),
            pipeline_id,
        }
    }

    /// Names a pipeline of a Region instance by its number.
    pub fn in_region(pipeline_id: i64) -> Self {
        PipelineRef {
            organization_id: None,
            pipeline_id,
        }
    }

    /// The reference to a run of this pipeline. Runs are counted from 1 in each pipeline.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::Configuration`] when the organization's id cannot be part of a URL's
    /// path.
    pub fn run(&self, run_id: i64) -> Result<RunRef> {
        self.run_of(run_id)
    }

    pub(super) fn organization(&self) -> Option<&str> {
        organization(self.organization_id.as_deref())
    }
}

/// The organization that is meant.
pub(super) fn organization(given: Option<&str>) -> Option<&str> {
    given.filter(|id| *id != NO_ORGANIZATION)
}

impl fmt::Display for PipelineRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let organization = self.organization().unwrap_or(NO_ORGANIZATION);
        write!(f, "{organization}/{}", self.pipeline_id)
    }
}

impl Place for PipelineRef {
    const SERVICE: Service = Service::Yunxiao;
    const NAMES: &'static [&'static str] = &[ORGANIZATION, "pipeline", "run"];
    const NUMBERS: &'static [&'static str] = &["pipelineId", "runId"];
    type RunId = i64;

    fn values(&self) -> impl Iterator<Item = Cow<'_, str>> {
        let organization = self.organization().unwrap_or(NO_ORGANIZATION);
        [organization.into(), self.pipeline_id.to_string().into()].into_iter()
    }

    /// A Region instance has no organization in its paths.
    fn call(&self, session: &Session, operation: &'static Operation) -> Call {
        let parts = Self::NAMES.iter().copied().zip(self.values());
        let parts = parts.filter(|(_, value)| value != NO_ORGANIZATION);
        session.call(operation).at_all(parts)
    }

    fn call_about(session: &Session, operation: &'static Operation, run: &RunRef) -> Result<Call> {
        Self::check(run)?;
        if organization(Some(run.part("organizationId"))).is_some() {
            return Ok(session.call(operation).at_run(Self::NAMES, run));
        }
        let (pipeline, run_id) = Self::read(run)?;
        Ok(pipeline.call(session, operation).at("run", run_id).of(run))
    }

    fn read(run: &RunRef) -> Result<(Self, i64)> {
        let pipeline = PipelineRef {
            organization_id: organization(Some(run.part("organizationId"))).map(str::to_owned),
            pipeline_id: run.number("pipelineId")?,
        };
        Ok((pipeline, run.number("runId")?))
    }
}
