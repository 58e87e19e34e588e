//! What the steps of a run wrote.

use std::collections::BTreeMap;

use futures_util::stream::BoxStream;

use super::{Client, PipelineRef, generated, operations, types};
use crate::client::header_text;
use crate::error::{ErrorKind, Result};
use crate::run::{Log, RunRef};
use crate::runs::logs_of;

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
        let (call, pipeline, build_id) =
            PipelineRef::call_about_build(&self.session, &operations::LIST_BUILD_LOGS, run)?;
        let answer = generated::client(&call)
            .list_build_logs()
            .organization(&pipeline.organization)
            .project(&pipeline.project)
            .build_id(build_id)
            .api_version(&*self.api_version)
            .send()
            .await;
        let logs = call.decoded(answer)?;
        let mut steps = self.step_names(run).await?;
        let ids = logs.value.unwrap_or_default().into_iter();
        let places = ids.filter_map(|log| {
            let id = log.id?;
            let step = steps.remove(&id);
            let step = step.unwrap_or_else(|| format!("log {id}"));
            Some(LogPlace { id, step })
        });
        Ok(places.collect())
    }

    /// The names of the steps, by the number of their log.
    async fn step_names(&self, run: &RunRef) -> Result<BTreeMap<i64, String>> {
        let records = self.timeline(run).await?.into_iter();
        let named = records.filter_map(|record| Some((record.log?.id?, record.name?)));
        Ok(named.collect())
    }

    /// What is known of the parts of a run (`getBuildTimeline`). Nothing of a run that has none.
    pub(super) async fn timeline(&self, run: &RunRef) -> Result<Vec<types::TimelineRecord>> {
        let (call, pipeline, build_id) =
            PipelineRef::call_about_build(&self.session, &operations::GET_BUILD_TIMELINE, run)?;
        // 204, and so nothing: the build never got as far as having a timeline.
        let answer = generated::client(&call)
            .get_build_timeline()
            .organization(&pipeline.organization)
            .project(&pipeline.project)
            .build_id(build_id)
            .api_version(&*self.api_version)
            .send()
            .await;
        let timeline = match call.decoded(answer) {
            Ok(timeline) => timeline,
            // The logs can be read without the names of their steps.
            Err(error) if error.kind() == ErrorKind::NotFound => types::Timeline::default(),
            Err(error) => return Err(error),
        };
        Ok(timeline.records.unwrap_or_default())
    }

    /// One log's text (`getBuildLog`).
    pub(super) async fn log_of(&self, run: &RunRef, log: LogPlace) -> Result<Log> {
        let LogPlace { id, step } = log;
        let (call, pipeline, build_id) =
            PipelineRef::call_about_build(&self.session, &operations::GET_BUILD_LOG, run)?;
        let call = call.at("log", id);
        let answer = generated::client(&call)
            .get_build_log()
            .organization(&pipeline.organization)
            .project(&pipeline.project)
            .build_id(build_id)
            .log_id(id)
            .api_version(&*self.api_version)
            .send()
            .await;
        let (body, headers) = call.text(answer)?;
        let is_json = header_text(&headers, http::header::CONTENT_TYPE.as_str())
            .is_some_and(|kind| kind.starts_with("application/json"));
        let text = match is_json {
            true => lines(&body),
            false => None,
        };
        let text = text.unwrap_or_else(|| String::from_utf8_lossy(&body).into_owned());
        Ok(call.clean_log(Log { step, text }))
    }
}

/// `{"count": 2, "value": ["…", "…"]}`: a log as a service sends it that does not look at `Accept`.
fn lines(body: &[u8]) -> Option<String> {
    let body: serde_json::Value = serde_json::from_slice(body).ok()?;
    let lines = body.get("value")?.as_array()?.iter();
    let lines: Vec<&str> = lines.filter_map(|line| line.as_str()).collect();
    Some(lines.join("\n"))
}
