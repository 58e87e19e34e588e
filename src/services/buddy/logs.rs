//! What the actions of an execution wrote.

use futures_util::stream::BoxStream;

use super::steps::step;
use super::{Client, api, operations, types};
use crate::client::Call;
use crate::error::{ErrorKind, Result};
use crate::run::{Log, LogMark, LogPart, RunRef, Step};
use crate::runs::logs_of;
use crate::service_client::{Connect, LogParts};

/// The most lines that are served at once.
const MOST_LINES: i64 = 1000;

impl Client {
    pub(super) fn step_logs<'a>(&'a self, run: &'a RunRef) -> BoxStream<'a, Result<Log>> {
        logs_of(
            self.actions(run),
            move |action: types::ShortActionExecution| {
                let name = action.action.and_then(|action| action.name);
                self.log_of(run, action.action_execution_id, name.unwrap_or_default())
            },
        )
    }

    async fn actions(&self, run: &RunRef) -> Result<Vec<types::ShortActionExecution>> {
        let read = self.get(run).await?;
        let execution = read.vendor::<types::Execution>();
        let actions = execution.and_then(|execution| execution.action_executions.clone());
        Ok(actions.unwrap_or_default())
    }

    /// One action's log.
    pub(super) async fn log_of(
        &self,
        run: &RunRef,
        action: Option<String>,
        step: String,
    ) -> Result<Log> {
        let Some(id) = action else {
            let text = String::new();
            return Ok(Log { step, text });
        };
        let (call, action) = self.action(run, id).await?;
        let text = action.log.unwrap_or_default().join("\n");
        Ok(call.clean_log(Log { step, text }))
    }

    /// Lines of a log, and how many it has; `None` at a server of one's own that is older than the
    /// operation (2026).
    async fn lines_of(
        &self,
        run: &RunRef,
        id: &str,
        begin: i64,
        most: i64,
    ) -> Result<Option<(Vec<String>, i64)>> {
        let call = self.about(&operations::LIST_ACTION_EXECUTION_LOGS, run)?;
        let call = call.at("action", id);
        let answer = api(&call)
            .list_action_execution_logs()
            .offset(begin)
            .limit(most)
            .send()
            .await;
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) if error.kind() == ErrorKind::NotFound && begin == 0 => return Ok(None),
            Err(error) => return Err(error),
        };
        if answer.offset.is_some_and(|told| told != begin) {
            let error = call.error(ErrorKind::Undecodable);
            return Err(error.detail("the answer has other lines than those asked for"));
        }
        let total = answer.total_element_count.unwrap_or_default();
        Ok(Some((answer.logs.unwrap_or_default(), total)))
    }

    /// What one action of an execution did (`getActionExecution`), its log with it.
    pub(super) async fn action(
        &self,
        run: &RunRef,
        id: String,
    ) -> Result<(Call, types::ActionExecution)> {
        let call = self.about(&operations::GET_ACTION_EXECUTION, run)?;
        let call = call.at("action", &id);
        let action = api(&call).get_action_execution().send().await?;
        Ok((call, action))
    }
}

impl LogParts for Client {
    /// The actions as steps, without the reasons of those that failed: each costs a request.
    async fn steps_with_logs(&self, run: &RunRef) -> Result<Option<Vec<Step>>> {
        let actions = self.actions(run).await?;
        let steps = actions.iter().enumerate();
        let steps = steps.map(|(place, action)| step(place, action).clean(&self.session.cleaner()));
        Ok(Some(steps.collect()))
    }

    /// Lines of one action's log (`listActionExecutionLogs`).
    async fn log_after(&self, run: &RunRef, step: &Step, from: LogMark) -> Result<Option<LogPart>> {
        let Some(id) = &step.log else {
            return Ok(None);
        };
        let begin = match from.before_end() {
            Some(most) => match self.lines_of(run, id, 0, 1).await? {
                Some((_, total)) => total.saturating_sub(most).max(0),
                None => return Ok(None),
            },
            None => from.lines(),
        };
        let Some((lines, total)) = self.lines_of(run, id, begin, MOST_LINES).await? else {
            return Ok(None);
        };
        let count = i64::try_from(lines.len()).unwrap_or(i64::MAX);
        let more = begin.saturating_add(count) < total;
        let part = LogPart::after(from, lines, more, !step.status.has_ended());
        Ok(Some(part.clean(&self.session.cleaner())))
    }
}
