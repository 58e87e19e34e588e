//! What names a project and an execution of Matillion.

use std::fmt;

use crate::error::{Error, Result};
use crate::run::RunRef;
use crate::service::Service;

/// A project of Matillion. Its pipelines and environments go by their names.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ProjectRef {
    /// The project's id, a UUID. [`super::Client::project_named`] finds it by name.
    pub project_id: String,
}

impl ProjectRef {
    /// Names a project by its id.
    pub fn new(project_id: impl Into<String>) -> Self {
        ProjectRef {
            project_id: project_id.into(),
        }
    }

    /// The reference to an execution in this project.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::Configuration`] when one of the two ids cannot stand in a URL's path.
    pub fn execution(&self, execution_id: impl Into<String>) -> Result<RunRef> {
        let parts = [self.project_id.clone(), execution_id.into()];
        RunRef::new(Service::Matillion, parts)
            .map_err(|fault| Error::configuration(fault.to_string()).on_service(Service::Matillion))
    }
}

impl fmt::Display for ProjectRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.project_id)
    }
}

/// An execution, taken out of a reference.
pub(super) struct ExecutionRef {
    pub project: ProjectRef,
    pub execution_id: String,
}

impl ExecutionRef {
    pub fn of(run: &RunRef) -> Result<Self> {
        run.expect_service(Service::Matillion)?;
        Ok(ExecutionRef {
            project: ProjectRef::new(run.part("projectId")),
            execution_id: run.part("executionId").to_owned(),
        })
    }
}
