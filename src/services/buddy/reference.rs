//! What names a pipeline and an execution of Buddy.

use std::borrow::Cow;
use std::fmt;

use crate::error::Result;
use crate::place::Place;
use crate::run::RunRef;
use crate::service::Service;

/// A pipeline of Buddy.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PipelineRef {
    /// The workspace's handle, as in the address of its pages.
    pub workspace: String,
    /// The project's handle.
    pub project: String,
    /// The pipeline's number.
    pub pipeline_id: i64,
}

impl PipelineRef {
    /// Names a pipeline by its number.
    pub fn new(workspace: impl Into<String>, project: impl Into<String>, pipeline_id: i64) -> Self {
        PipelineRef {
            workspace: workspace.into(),
            project: project.into(),
            pipeline_id,
        }
    }

    /// The reference to an execution of this pipeline.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::Configuration`] when workspace or project cannot be part of a URL's path.
    pub fn execution(&self, execution_id: i64) -> Result<RunRef> {
        self.run_of(execution_id)
    }
}

impl fmt::Display for PipelineRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f)
    }
}

impl Place for PipelineRef {
    const SERVICE: Service = Service::Buddy;
    const NAMES: &'static [&'static str] = &["workspace", "project", "pipeline", "execution"];
    const NUMBERS: &'static [&'static str] = &["pipelineId", "executionId"];
    type RunId = i64;

    fn values(&self) -> impl Iterator<Item = Cow<'_, str>> {
        let (workspace, project) = (&self.workspace, &self.project);
        let pipeline_id = self.pipeline_id.to_string();
        [workspace.into(), project.into(), pipeline_id.into()].into_iter()
    }

    fn read(run: &RunRef) -> Result<(Self, i64)> {
        let pipeline_id = run.number("pipelineId")?;
        let pipeline = PipelineRef::new(run.part("workspace"), run.part("project"), pipeline_id);
        Ok((pipeline, run.number("executionId")?))
    }
}
