//! What names a pipeline and a run of Azure DevOps.

use std::fmt;

use crate::error::{Error, Result};
use crate::run::RunRef;
use crate::service::Service;

/// A pipeline of Azure DevOps.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PipelineRef {
    /// The organization; on a server of one's own, the collection.
    pub organization: String,
    /// The project's name or GUID. Blanks and any letters are fine.
    pub project: String,
    /// The pipeline's number: `definitionId` in the address of its pages.
    pub pipeline_id: i64,
    /// The version of the pipeline's definition that is started or previewed; the newest when
    /// `None`. Reading runs does not look at it.
    pub pipeline_version: Option<i64>,
}

impl PipelineRef {
    /// Names a pipeline by its number, in its newest version.
    pub fn new(
        organization: impl Into<String>,
        project: impl Into<String>,
        pipeline_id: i64,
    ) -> Self {
        PipelineRef {
            organization: organization.into(),
            project: project.into(),
            pipeline_id,
            pipeline_version: None,
        }
    }

    /// The same pipeline in one version of its definition (`pipelineVersion`).
    #[must_use]
    pub fn at_version(mut self, pipeline_version: i64) -> Self {
        self.pipeline_version = Some(pipeline_version);
        self
    }

    /// The reference to a run of this pipeline.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::Configuration`] when organization or project cannot stand in a URL's
    /// path.
    pub fn run(&self, run_id: i64) -> Result<RunRef> {
        self.run_of(&run_id.to_string())
    }

    pub(super) fn run_of(&self, run_id: &str) -> Result<RunRef> {
        RunRef::new(
            Service::AzureDevops,
            [
                self.organization.as_str(),
                self.project.as_str(),
                &self.pipeline_id.to_string(),
                run_id,
            ],
        )
        .map_err(|fault| Error::configuration(fault.to_string()).on_service(Service::AzureDevops))
    }
}

impl fmt::Display for PipelineRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}/{}/{}",
            self.organization, self.project, self.pipeline_id
        )
    }
}

/// A run, taken out of a reference. Its id is also the id of the build that carries it out
/// (evidence: the links in recorded answers).
pub(super) struct PipelineRunRef {
    pub pipeline: PipelineRef,
    pub run_id: i64,
}

impl PipelineRunRef {
    pub fn of(run: &RunRef) -> Result<Self> {
        run.expect_service(Service::AzureDevops)?;
        let pipeline = PipelineRef::new(
            run.part("organization"),
            run.part("project"),
            run.number("pipelineId")?,
        );
        Ok(PipelineRunRef {
            pipeline,
            run_id: run.number("runId")?,
        })
    }
}
