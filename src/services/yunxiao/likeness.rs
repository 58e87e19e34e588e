//! What a run shows of what a start gave.

use super::normalize::shown;
use super::types::{CreatePipelineRunParams, PipelineRun};
use crate::reconcile::Fit;
use crate::services::flow;

/// How well a run fits what a start gave.
pub(super) fn fits(params: &CreatePipelineRunParams, run: &PipelineRun) -> Fit {
    flow::fits(params.comment.as_deref(), &params.envs, &shown(run))
}
