//! What names a pipeline and an execution of Buddy.

use std::fmt;

use crate::error::{Error, Result};
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
    /// [`crate::ErrorKind::Configuration`] when workspace or project cannot stand in a URL's path.
    pub fn execution(&self, execution_id: i64) -> Result<RunRef> {
        self.execution_of(&execution_id.to_string())
    }

    pub(super) fn execution_of(&self, execution_id: &str) -> Result<RunRef> {
        RunRef::new(
            Service::Buddy,
            [
                self.workspace.as_str(),
                self.project.as_str(),
                &self.pipeline_id.to_string(),
                execution_id,
            ],
        )
        .map_err(|fault| Error::configuration(fault.to_string()).on_service(Service::Buddy))
    }
}

impl fmt::Display for PipelineRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}/{}/{}",
            self.workspace, self.project, self.pipeline_id
        )
    }
}

/// An execution, taken out of a reference.
pub(super) struct ExecutionRef {
    pub pipeline: PipelineRef,
    pub execution_id: i64,
}

impl ExecutionRef {
    pub fn of(run: &RunRef) -> Result<Self> {
        run.expect_service(Service::Buddy)?;
        let pipeline = PipelineRef::new(
            run.part("workspace"),
            run.part("project"),
            run.number("pipelineId")?,
        );
        Ok(ExecutionRef {
            pipeline,
            execution_id: run.number("executionId")?,
        })
    }
}
