//! What names a pipeline and a run of Aliyun Yunxiao.

use std::borrow::Cow;
use std::fmt;

use crate::error::Result;
use crate::place::Place;
use crate::run::RunRef;
use crate::service::Service;

/// A pipeline of Aliyun Yunxiao.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PipelineRef {
    /// The organization's id: the text after `/organization/` in the address of its console.
    pub organization_id: String,
    /// The pipeline's number. The console's address may show a short text in its place, which the
    /// API does not take: [`super::Client::pipeline_named`] finds the number.
    pub pipeline_id: i64,
}

impl PipelineRef {
    /// Names a pipeline by its number.
    pub fn new(organization_id: impl Into<String>, pipeline_id: i64) -> Self {
        PipelineRef {
            organization_id: organization_id.into(),
            pipeline_id,
        }
    }

    /// The reference to a run of this pipeline. Runs are counted from 1 in each pipeline.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::Configuration`] when the organization's id cannot be part of a URL's path.
    pub fn run(&self, run_id: i64) -> Result<RunRef> {
        self.run_of(run_id)
    }
}

impl fmt::Display for PipelineRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f)
    }
}

impl Place for PipelineRef {
    const SERVICE: Service = Service::Aliyun;
    const NAMES: &'static [&'static str] = &["organization", "pipeline", "run"];
    const NUMBERS: &'static [&'static str] = &["pipelineId", "runId"];
    type RunId = i64;

    fn values(&self) -> impl Iterator<Item = Cow<'_, str>> {
        let pipeline_id = self.pipeline_id.to_string();
        [Cow::from(&self.organization_id), pipeline_id.into()].into_iter()
    }

    fn read(run: &RunRef) -> Result<(Self, i64)> {
        let pipeline = PipelineRef::new(run.part("organizationId"), run.number("pipelineId")?);
        Ok((pipeline, run.number("runId")?))
    }
}
