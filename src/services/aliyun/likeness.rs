//! What a run shows of what a start gave. Whether this API shows any of it is not confirmed.

use super::normalize::jobs;
use super::types::{PipelineRun, StartPipelineRunParams};
use crate::reconcile::Fit;
use crate::services::flow::{self, Given, Traces};

/// How well a run fits what a start gave. Only what it shows makes it certain; where it shows nothing,
/// pipeline and time have to do.
pub(super) fn fits(params: &StartPipelineRunParams, run: &PipelineRun) -> Fit {
    let variables = run.global_params.iter().flatten().filter_map(|param| {
        let hidden = param.encrypted == Some(true) || param.masked == Some(true);
        let value = param.value.as_deref().filter(|_| !hidden);
        Some((param.key.as_deref()?, value))
    });
    let given = Given {
        remark: params.comment.as_deref(),
        variables: &params.envs,
    };
    let traces = Traces {
        trigger_mode: run.trigger_mode,
        remark: run.comment.as_deref(),
        variables: variables.collect(),
        params: jobs(run).filter_map(|job| job.params.as_deref()).collect(),
    };
    match flow::fits(&given, &traces) {
        Fit::Silent => Fit::Agrees,
        fit @ (Fit::No | Fit::Agrees | Fit::Marked) => fit,
    }
}
