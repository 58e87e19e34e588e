//! What the steps of a job wrote.

use futures_util::stream::BoxStream;

use super::edition::api;
use super::{Client, operations, types};
use crate::error::{ErrorKind, Result};
use crate::run::{Log, RunRef};
use crate::runs::logs_of;

/// How much of a step's log is asked for at once. Neither unit nor limit is documented.
const PIECE: i64 = 10_000;
/// A log of more pieces has no end that anybody could wait for.
const MOST_PIECES: usize = 1_000;
/// Nobody reads a longer one either, in bytes.
const LONGEST_LOG: usize = 32 << 20;

impl Client {
    /// The steps of a job (`GetPipelineJobSteps`), build after build.
    ///
    /// The name of a step changes when it ends: the service adds how long it took.
    ///
    /// # Errors
    ///
    /// Every kind that a read can end in.
    pub async fn job_steps(
        &self,
        run: &RunRef,
        job_id: i64,
    ) -> Result<Vec<types::PipelineJobBuild>> {
        let call = self.about_job(&operations::GET_PIPELINE_JOB_STEPS, run, job_id)?;
        let answer = api(&call)?.get_pipeline_job_steps().send().await?;
        Ok(answer.0)
    }

    /// The logs of a job's steps (`GetPipelineJobStepLog`), in their order, each fetched when it is
    /// asked for. The log of the whole job is among [`crate::Runs::logs`].
    pub fn job_step_logs<'a>(&'a self, run: &'a RunRef, job_id: i64) -> BoxStream<'a, Result<Log>> {
        let steps = async move {
            let builds = self.job_steps(run, job_id).await?;
            Ok(builds.into_iter().flat_map(steps_of).collect())
        };
        logs_of(steps, move |step| self.whole_step_log(run, job_id, step))
    }

    /// The log of a step, piece after piece.
    async fn whole_step_log(&self, run: &RunRef, job_id: i64, step: JobStep) -> Result<Log> {
        let operation = &operations::GET_PIPELINE_JOB_STEP_LOG;
        let mut log = Log {
            step: step.name,
            text: String::new(),
        };
        let mut offset = 0_i64;
        for _ in 0..MOST_PIECES {
            let call = self.about_job(operation, run, job_id)?;
            let piece = api(&call)?
                .get_pipeline_job_step_log()
                .step_index(step.index)
                .build_id(step.build_id)
                .offset(offset)
                .limit(PIECE)
                .send()
                .await?;
            log.text.push_str(&piece.logs.unwrap_or_default());
            // A place that does not lead on is the end, whatever `more` says.
            let more = piece.more == Some(true);
            match piece.last.filter(|last| more && *last > offset) {
                Some(_) if log.text.len() > LONGEST_LOG => break,
                Some(next) => offset = next,
                None => return Ok(call.clean_log(log)),
            }
        }
        let call = self.about_job(operation, run, job_id)?;
        let error = call.error(ErrorKind::Undecodable);
        Err(error.detail("the log of the step is too long"))
    }
}

/// A step whose log can be asked for.
struct JobStep {
    build_id: i64,
    index: i64,
    name: String,
}

/// The steps of a build: where they really are, else where the published specification puts them.
fn steps_of(build: types::PipelineJobBuild) -> Vec<JobStep> {
    let nodes = build.build_process_nodes.filter(|nodes| !nodes.is_empty());
    let nodes = nodes.or(build.steps).unwrap_or_default();
    let step = |node: types::PipelineJobStep| {
        Some(JobStep {
            build_id: build.build_id?,
            index: node.step_index?,
            name: node.step_name.or(node.node_name).unwrap_or_default(),
        })
    };
    nodes.into_iter().filter_map(step).collect()
}
