//! What names a pipeline and a run of Yunxiao, in both editions.

use std::fmt;

use crate::error::Result;
use crate::place::{Part, Place};
use crate::run::RunRef;
use crate::service::Service;
use crate::services::flow::Pipeline;

/// Stands in a reference for the organization that a Region instance does not have.
const NONE: &str = "-";

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
    /// [`crate::ErrorKind::Configuration`] when the organization's id cannot stand in a URL's path.
    pub fn run(&self, run_id: i64) -> Result<RunRef> {
        self.run_of(&run_id.to_string())
    }

    pub(super) fn organization(&self) -> Option<&str> {
        organization(self.organization_id.as_deref())
    }
}

/// The organization that is meant.
pub(super) fn organization(given: Option<&str>) -> Option<&str> {
    given.filter(|id| *id != NONE)
}

impl fmt::Display for PipelineRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let organization = self.organization().unwrap_or(NONE);
        write!(f, "{organization}/{}", self.pipeline_id)
    }
}

impl Place for PipelineRef {
    const SERVICE: Service = Service::Yunxiao;
    const RUN: &'static str = "run";
    type RunId = i64;

    fn parts(&self) -> Vec<Part> {
        let organization = self.organization().unwrap_or(NONE);
        vec![
            ("organization", organization.to_owned()),
            ("pipeline", self.pipeline_id.to_string()),
        ]
    }

    fn read(run: &RunRef) -> Result<(Self, i64)> {
        let pipeline = PipelineRef {
            organization_id: organization(Some(run.part("organizationId"))).map(str::to_owned),
            pipeline_id: run.number("pipelineId")?,
        };
        Ok((pipeline, run.number("runId")?))
    }
}

impl Pipeline for PipelineRef {
    fn in_organization(&self) -> (Option<&str>, i64) {
        (self.organization(), self.pipeline_id)
    }
}
