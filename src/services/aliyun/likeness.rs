//! What a run shows of what a start gave. Whether this API shows any of it is not confirmed.

use super::normalize::shown;
use super::types::{PipelineRun, StartPipelineRunParams};
use crate::reconcile::Fit;
use crate::services::flow;

/// How well a run fits what a start gave. Only what it shows makes it certain; where it shows nothing,
/// pipeline and time have to do.
pub(super) fn fits(params: &StartPipelineRunParams, run: &PipelineRun) -> Fit {
    match flow::fits(params.comment.as_deref(), &params.envs, &shown(run)) {
        Fit::Silent => Fit::Agrees,
        fit @ (Fit::No | Fit::Agrees | Fit::Marked) => fit,
    }
}
