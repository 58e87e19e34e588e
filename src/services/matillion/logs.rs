//! What the steps of an execution said.

use futures_util::stream::{BoxStream, StreamExt};

use super::Client;
use crate::error::Result;
use crate::run::{Log, RunRef};

impl Client {
    /// Matillion keeps no text of a step but its message.
    pub(super) fn step_logs<'a>(&'a self, run: &'a RunRef) -> BoxStream<'a, Result<Log>> {
        let steps = self.steps(run).map(move |step| {
            let step = step?;
            let message = step.result.and_then(|result| result.message);
            let log = Log {
                step: step.name.unwrap_or_default(),
                text: message.unwrap_or_default(),
            };
            Ok(log.clean(&self.session.cleaner()))
        });
        steps.boxed()
    }
}
