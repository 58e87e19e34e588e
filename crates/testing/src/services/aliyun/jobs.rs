//! What may be done with the job of a run.
//!
//! Paths and methods are from the vendor's published specification and its official SDK. Not
//! confirmed, and chosen here: in which state each is taken, that a refused gate stops the run, and
//! that a wish which does not fit is refused inside a 200.

use crate::services::flow::RunView;
use crate::{Call, Context, State};

/// Why nothing was done: a code, and a sentence.
pub(super) struct Refused {
    pub code: &'static str,
    pub sentence: String,
}

/// What is wished for a job.
#[derive(Clone, Copy, Debug)]
enum Wish {
    Pass,
    Refuse,
    Stop,
    Retry,
    Skip,
}

/// Carries out one of the five actions; `None` when the request is for something else, or for a run
/// that does not exist.
pub(super) fn act(
    call: &Call<'_>,
    scope: &str,
    run_id: &str,
    context: &mut Context<'_>,
) -> Option<Result<(), Refused>> {
    let wish = match call.operation() {
        "passPipelineValidate" => Wish::Pass,
        "refusePipelineValidate" => Wish::Refuse,
        "stopPipelineJobRun" => Wish::Stop,
        "retryPipelineJobRun" => Wish::Retry,
        "skipPipelineJobRun" => Wish::Skip,
        _ => return None,
    };
    let now = context.now;
    let run = context.store.get_mut(scope, run_id)?;
    if !(RunView { run: &*run, now }).has_job(&call.path("jobId")) {
        return Some(Err(Refused {
            code: "InvalidPipelineRun.NotFound",
            sentence: format!("There is no job {} in this run.", call.path("jobId")),
        }));
    }
    match (wish, run.state(now)) {
        (Wish::Pass | Wish::Skip, State::Waiting) => drop(run.apply(now)),
        (Wish::Refuse, State::Waiting) => run.cancel(now, true),
        (Wish::Stop, _) => run.cancel(now, false),
        (Wish::Retry, State::Ended(_)) => {
            let plan = context.next_plan();
            context.store.restart(scope, run_id, plan, now);
        }
        (Wish::Pass | Wish::Refuse | Wish::Retry | Wish::Skip, _) => {
            return Some(Err(Refused {
                code: "InvalidPipelineJob.State",
                sentence: "The job cannot do that in its present state.".to_owned(),
            }));
        }
    }
    Some(Ok(()))
}
