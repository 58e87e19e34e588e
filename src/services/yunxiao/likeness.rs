//! What a run shows of what a start gave.

use super::normalize::jobs;
use super::types::{CreatePipelineRunParams, PipelineRun};
use crate::reconcile::Fit;
use crate::services::flow::{self, Given, Traces};

/// How well a run fits what a start gave.
pub(super) fn fits(params: &CreatePipelineRunParams, run: &PipelineRun) -> Fit {
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
        remark: None,
        variables: variables.collect(),
        params: jobs(run).filter_map(|job| job.params.as_deref()).collect(),
    };
    flow::fits(&given, &traces)
}
