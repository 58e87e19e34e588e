//! Whether a run was given what a start was given. The service records the remark and the variables
//! of a start in the run's variables, and the remark in the parameters of its jobs, too (two public
//! clients tell their runs apart by it). Whether every kind of pipeline shows all of it is not
//! confirmed: what is not shown proves nothing.

use super::normalize::jobs;
use super::types::{CreatePipelineRunParams, PipelineRun};
use crate::json;
use crate::reconcile::Fit;

/// What the remark of a start is called.
const REMARK: [&str; 2] = ["FLOW_INST_RUNNING_COMMENT", "BUILD_REMARK"];

/// The ways in which a run begins that can be a start through the API: by hand (1, vendor page) and
/// through the API (4, seen by a public client). The others are a timer, a push, another pipeline
/// and a webhook, and whatever the vendor adds.
const BY_A_START: [i64; 2] = [1, 4];

/// Whether what triggered a run can be a start through the API.
pub(super) fn may_be_a_start(trigger_mode: Option<i64>) -> bool {
    trigger_mode.is_none_or(|mode| BY_A_START.contains(&mode))
}

/// How well a run fits what a start gave.
pub(super) fn fits(params: &CreatePipelineRunParams, run: &PipelineRun) -> Fit {
    if !may_be_a_start(run.trigger_mode) {
        return Fit::No;
    }
    let variables = variables(params, run);
    let asked = params.comment.as_deref().unwrap_or_default().trim();
    match (variables, asked, remark(run)) {
        (Fit::No, _, _) => Fit::No,
        (_, "", Some(has)) if !has.is_empty() => Fit::No,
        (variables, "", _) => variables,
        // Only this start has the remark.
        (_, asked, Some(has)) if asked == has => Fit::Marked,
        (_, _, Some(_)) => Fit::No,
        (_, _, None) => Fit::Silent,
    }
}

/// How well the run's variables fit those of the start.
fn variables(params: &CreatePipelineRunParams, run: &PipelineRun) -> Fit {
    let mut fit = Fit::Agrees;
    for (name, asked) in &params.envs {
        let mut shown = run.global_params.iter().flatten();
        let shown = shown.find(|param| param.key.as_deref() == Some(name));
        let open =
            shown.filter(|param| param.encrypted != Some(true) && param.masked != Some(true));
        match open.and_then(|param| param.value.as_deref()) {
            Some(value) if value == asked => {}
            Some(_) => return Fit::No,
            None => fit = Fit::Silent,
        }
    }
    fit
}

/// The remark that a run was started with; `None` where nothing says whether it had one.
fn remark(run: &PipelineRun) -> Option<String> {
    let params = run.global_params.iter().flatten();
    let params = params.filter_map(|param| param.key.as_deref().zip(param.value.as_deref()));
    let in_variables = params
        .filter(|(key, _)| REMARK.contains(key))
        .map(|(_, value)| value.trim().to_owned());
    let in_jobs = jobs(run).filter_map(|job| {
        let params = json::tree(job.params.as_deref()?.as_bytes())?;
        let remark = REMARK.iter().find_map(|key| params.get(*key)?.as_str());
        remark.map(|remark| remark.trim().to_owned())
    });
    let mut remarks = in_variables.chain(in_jobs).peekable();
    let any = remarks.peek().is_some();
    remarks
        .find(|remark| !remark.is_empty())
        .or_else(|| any.then(String::new))
}
