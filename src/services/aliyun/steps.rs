//! The jobs of a run, each within its stage.

use super::Client;
use crate::error::Result;
use crate::run::{Log, RunRef, Step};
use crate::services::flow;

impl Client {
    /// The jobs of a run as steps.
    pub(super) async fn all_steps(&self, run: &RunRef) -> Result<Vec<Step>> {
        flow::all_steps(self, run).await
    }

    pub(super) async fn log_of_step(&self, run: &RunRef, step: &Step) -> Result<Option<Log>> {
        flow::log_of_step(self, run, step).await
    }
}
