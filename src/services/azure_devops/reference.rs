//! What names a pipeline and a run of Azure DevOps.

use std::borrow::Cow;
use std::fmt;

use super::Client;
use crate::client::{Call, Operation, Session};
use crate::error::Result;
use crate::place::Place;
use crate::run::RunRef;
use crate::service::Service;

/// A pipeline of Azure DevOps.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PipelineRef {
    /// The organization; on your own server, the collection.
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
    /// [`crate::ErrorKind::Configuration`] when organization or project cannot be part of a URL's
    /// path.
    pub fn run(&self, run_id: i64) -> Result<RunRef> {
        self.run_of(run_id)
    }

    /// Begins a call about the pipeline's project.
    pub(super) fn call_in_project(&self, session: &Session, operation: &'static Operation) -> Call {
        let call = session
            .call(operation)
            .at("organization", &self.organization);
        call.at("project", &self.project)
    }
}

impl Client {
    /// Begins a call about the build that carries out a run. It has the same id (evidence: the links
    /// in recorded answers).
    pub(super) fn about_build(&self, operation: &'static Operation, run: &RunRef) -> Result<Call> {
        let (pipeline, run_id) = PipelineRef::of(run)?;
        let call = pipeline.call_in_project(&self.session, operation);
        Ok(call.at("build", run_id).of(run))
    }
}

impl fmt::Display for PipelineRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f)?;
        match self.pipeline_version {
            Some(version) => write!(f, "@{version}"),
            None => Ok(()),
        }
    }
}

impl Place for PipelineRef {
    const SERVICE: Service = Service::AzureDevops;
    const NAMES: &'static [&'static str] = &["organization", "project", "pipeline", "run"];
    const NUMBERS: &'static [&'static str] = &["pipelineId", "runId"];
    type RunId = i64;

    fn values(&self) -> impl Iterator<Item = Cow<'_, str>> {
        let (organization, project) = (&self.organization, &self.project);
        let pipeline_id = self.pipeline_id.to_string();
        [organization.into(), project.into(), pipeline_id.into()].into_iter()
    }

    fn read(run: &RunRef) -> Result<(Self, i64)> {
        let (organization, project) = (run.part("organization"), run.part("project"));
        let pipeline = PipelineRef::new(organization, project, run.number("pipelineId")?);
        Ok((pipeline, run.number("runId")?))
    }
}
