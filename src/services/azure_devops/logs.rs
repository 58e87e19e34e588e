//! What the steps of a run wrote.

use std::collections::BTreeMap;

use futures_util::stream::BoxStream;

use super::{Client, api, operations, types};
use crate::client::{Call, header_text};
use crate::error::{ErrorKind, Result};
use crate::run::{Log, LogMark, LogPart, RunRef, RunStatus, Step};
use crate::runs::logs_of;
use crate::service_client::LogParts;

/// So many lines are asked for at once.
const MOST_LINES: i64 = 2000;

/// One log of a run, not fetched yet.
pub(super) struct LogPlace {
    pub id: i64,
    pub step: String,
}

impl Client {
    pub(super) fn step_logs<'a>(&'a self, run: &'a RunRef) -> BoxStream<'a, Result<Log>> {
        logs_of(self.log_places(run), move |log| self.log_of(run, log))
    }

    /// The logs that a run has so far (`listBuildLogs`), by number, each with the name of the step
    /// that wrote it (`getBuildTimeline`).
    async fn log_places(&self, run: &RunRef) -> Result<Vec<LogPlace>> {
        let logs = self.logs_of_build(run).await?;
        let mut steps = self.step_names(run).await?;
        let places = logs.into_iter().filter_map(|log| {
            let id = log.id?;
            let step = steps.remove(&id);
            let step = step.unwrap_or_else(|| format!("log {id}"));
            Some(LogPlace { id, step })
        });
        Ok(places.collect())
    }

    /// What is known of the logs of a run (`listBuildLogs`).
    async fn logs_of_build(&self, run: &RunRef) -> Result<Vec<types::BuildLog>> {
        let call = self.about_build(&operations::LIST_BUILD_LOGS, run)?;
        let answer = api(&call).list_build_logs().send().await?;
        Ok(answer.value.unwrap_or_default())
    }

    /// The names of the steps, by the number of their log.
    async fn step_names(&self, run: &RunRef) -> Result<BTreeMap<i64, String>> {
        let records = self.timeline(run).await?.into_iter();
        let named = records.filter_map(|record| Some((record.log?.id?, record.name?)));
        let mut names = BTreeMap::new();
        names.extend(named);
        Ok(names)
    }

    /// What is known about the parts of a run. Nothing for a run that has none, or one that does
    /// not exist: a caller who has not seen the run asks for it.
    pub(super) async fn timeline(&self, run: &RunRef) -> Result<Vec<types::TimelineRecord>> {
        Ok(self.timeline_there(run).await?.unwrap_or_default())
    }

    /// The same (`getBuildTimeline`); `None` where the service finds no timeline.
    pub(super) async fn timeline_there(
        &self,
        run: &RunRef,
    ) -> Result<Option<Vec<types::TimelineRecord>>> {
        let call = self.about_build(&operations::GET_BUILD_TIMELINE, run)?;
        // 204, and so nothing: the build never got as far as having a timeline.
        match api(&call).get_build_timeline().send().await {
            Ok(timeline) => Ok(Some(timeline.records.unwrap_or_default())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// One log's text (`getBuildLog`).
    pub(super) async fn log_of(&self, run: &RunRef, log: LogPlace) -> Result<Log> {
        let LogPlace { id, step } = log;
        let (call, text) = self.log_text(run, id, None, None).await?;
        Ok(call.clean_log(Log { step, text }))
    }

    /// The lines of a log from the first to the last, or all.
    async fn log_text(
        &self,
        run: &RunRef,
        id: i64,
        first: Option<i64>,
        last: Option<i64>,
    ) -> Result<(Call, String)> {
        let call = self.about_build(&operations::GET_BUILD_LOG, run)?;
        let call = call.at("log", id);
        let api = api(&call);
        let mut request = api.get_build_log();
        if let Some(first) = first {
            request = request.start_line(first);
        }
        if let Some(last) = last {
            request = request.end_line(last);
        }
        let body = request.send().await?;
        let headers = call.headers();
        let is_json = header_text(&headers, http::header::CONTENT_TYPE)
            .is_some_and(|kind| kind.starts_with("application/json"));
        let text = match is_json {
            true => lines(&body),
            false => None,
        };
        let text = text.unwrap_or_else(|| String::from_utf8_lossy(&body).into_owned());
        Ok((call, text))
    }
}

impl LogParts for Client {
    /// The logs as steps. Of a log that no step is known to have written the state is not known.
    async fn steps_with_logs(&self, run: &RunRef) -> Result<Option<Vec<Step>>> {
        let places = self.log_places(run).await?.into_iter();
        let steps = places.map(|LogPlace { id, step }| {
            let id = id.to_string();
            let mut step = Step::new(id.clone(), step, RunStatus::Unknown);
            step.log = Some(id);
            step.clean(&self.session.cleaner())
        });
        Ok(Some(steps.collect()))
    }

    /// Lines of one log (`getBuildLog`).
    ///
    /// Whether the service counts lines from 0 or from 1 is not documented: the last line that was
    /// read is asked for again, and known by its text. Each begins with its own time.
    async fn log_after(&self, run: &RunRef, step: &Step, from: LogMark) -> Result<Option<LogPart>> {
        let Some(id) = step.log.as_deref().and_then(|id| id.parse().ok()) else {
            return Ok(None);
        };
        let begin = match from.before_end() {
            Some(most) => {
                let logs = self.logs_of_build(run).await?.into_iter();
                let mut counts = logs.filter(|log| log.id == Some(id));
                match counts.next().and_then(|log| log.line_count) {
                    Some(count) => count.saturating_sub(most).max(0),
                    // Only the whole shows its end.
                    None => return Ok(None),
                }
            }
            None => from.lines(),
        };
        let first = (begin > 0).then_some(begin);
        let last = begin.saturating_add(MOST_LINES);
        let (call, text) = self.log_text(run, id, first, Some(last)).await?;
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let more = i64::try_from(lines.len()).is_ok_and(|count| count >= MOST_LINES);
        if from.comes_back() && !text.ends_with('\n') && !step.status.has_ended() {
            // The line that is being written.
            lines.pop();
        }
        if lines.first().is_some_and(|line| from.ends_with(line)) {
            lines.remove(0);
        }
        let part = LogPart::after(from, lines, more, false);
        Ok(Some(part.clean(&call.session().cleaner())))
    }
}

/// `{"count": 2, "value": ["…", "…"]}`: a log as a service sends it that does not look at `Accept`.
fn lines(body: &[u8]) -> Option<String> {
    let body: serde_json::Value = serde_json::from_slice(body).ok()?;
    let lines = body.get("value")?.as_array()?.iter();
    let lines: Vec<&str> = lines.filter_map(|line| line.as_str()).collect();
    Some(lines.join("\n"))
}
