//! What names a project and an execution of Matillion.

use std::borrow::Cow;
use std::fmt;

use crate::error::Result;
use crate::place::Place;
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
    /// [`crate::ErrorKind::Configuration`] when one of the two ids cannot be part of a URL's path.
    pub fn execution(&self, execution_id: impl Into<String>) -> Result<RunRef> {
        self.run_of(execution_id.into())
    }
}

impl fmt::Display for ProjectRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f)
    }
}

impl Place for ProjectRef {
    const SERVICE: Service = Service::Matillion;
    const NAMES: &'static [&'static str] = &["project", "execution"];
    const NUMBERS: &'static [&'static str] = &[];
    type RunId = String;

    fn values(&self) -> impl Iterator<Item = Cow<'_, str>> {
        [Cow::from(&self.project_id)].into_iter()
    }

    fn read(run: &RunRef) -> Result<(Self, String)> {
        let project = ProjectRef::new(run.part("projectId"));
        Ok((project, run.part("executionId").to_owned()))
    }
}
