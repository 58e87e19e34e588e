//! What the steps of a run wrote.

use std::collections::BTreeMap;

use super::reference::PipelineRunRef;
use super::{Client, generated, in_project, operations, types};
use crate::client::header_text;
use crate::error::{ErrorKind, Result};
use crate::run::{Log, RunRef};

/// One log of a run, not fetched yet.
pub(super) struct LogPlace {
    id: i64,
    step: String,
}

impl Client {
    /// The logs that a run has so far (`listBuildLogs`), by number, each with the name of the step
    /// that wrote it (`getBuildTimeline`).
    pub(super) async fn log_places(&self, run: &RunRef) -> Result<Vec<LogPlace>> {
        let PipelineRunRef { pipeline, run_id } = PipelineRunRef::of(run)?;
        let call = in_project(self.session.call(&operations::LIST_BUILD_LOGS), &pipeline)
            .at("build", run_id)
            .of(run);
        let place = &pipeline;
        let api = generated::client(&call);
        let request = api.list_build_logs().organization(&place.organization);
        let request = request.project(&place.project).build_id(run_id);
        let answer = request.api_version(&*self.api_version).send().await;
        let logs = call.decoded(answer)?;
        let mut steps = self.steps(run).await?;
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
    async fn steps(&self, run: &RunRef) -> Result<BTreeMap<i64, String>> {
        let PipelineRunRef { pipeline, run_id } = PipelineRunRef::of(run)?;
        let call = in_project(
            self.session.call(&operations::GET_BUILD_TIMELINE),
            &pipeline,
        )
        .at("build", run_id)
        .of(run);
        let place = &pipeline;
        let api = generated::client(&call);
        let request = api.get_build_timeline().organization(&place.organization);
        let request = request.project(&place.project).build_id(run_id);
        // 204, and so nothing: the build never got as far as having a timeline.
        let answer = request.api_version(&*self.api_version).send().await;
        let timeline = match call.decoded(answer) {
            Ok(timeline) => timeline,
            // The logs can be read without the names of their steps.
            Err(error) if error.kind() == ErrorKind::NotFound => types::Timeline::default(),
            Err(error) => return Err(error),
        };
        let records = timeline.records.unwrap_or_default().into_iter();
        let named = records.filter_map(|record| Some((record.log?.id?, record.name?)));
        Ok(named.collect())
    }

    /// One log's text (`getBuildLog`).
    pub(super) async fn log_text(&self, run: &RunRef, log: LogPlace) -> Result<Log> {
        let PipelineRunRef { pipeline, run_id } = PipelineRunRef::of(run)?;
        let LogPlace { id, step } = log;
        let call = in_project(self.session.call(&operations::GET_BUILD_LOG), &pipeline)
            .at("build", run_id)
            .at("log", id)
            .of(run);
        let place = &pipeline;
        let api = generated::client(&call);
        let request = api.get_build_log().organization(&place.organization);
        let request = request.project(&place.project).build_id(run_id).log_id(id);
        let answer = request.api_version(&*self.api_version).send().await;
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
