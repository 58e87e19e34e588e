//! What the steps of a run wrote.

use std::collections::BTreeMap;

use futures_util::TryStreamExt;
use progenitor_client::ResponseValue;

use super::reference::PipelineRunRef;
use super::{Client, generated, in_project, types};
use crate::error::{ErrorKind, Result};
use crate::run::{Log, RunRef};
use crate::transport::{Call, Operation};

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
        let operation = in_project(Operation::read("listBuildLogs"), &pipeline)
            .at("build", run_id)
            .of(run);
        let place = &pipeline;
        let send = |call: Call| async move {
            let client = generated::Client::from(call);
            let call = client.list_build_logs().organization(&place.organization);
            let call = call.project(&place.project).build_id(run_id);
            call.api_version(&*self.api_version).send().await
        };
        let logs = self.session.call(&operation, send).await?.into_inner();
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
        let operation = in_project(Operation::read("getBuildTimeline"), &pipeline)
            .at("build", run_id)
            .of(run);
        let place = &pipeline;
        let send = |call: Call| async move {
            let client = generated::Client::from(call);
            let call = client
                .get_build_timeline()
                .organization(&place.organization);
            let call = call.project(&place.project).build_id(run_id);
            match call.api_version(&*self.api_version).send().await {
                // 204: the build never got as far as having a timeline.
                Err(progenitor_client::Error::InvalidResponsePayload(body, _))
                    if body.is_empty() =>
                {
                    Ok(no_timeline())
                }
                answer => answer,
            }
        };
        let timeline = match self.session.call(&operation, send).await {
            Ok(timeline) => timeline.into_inner(),
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
        let operation = in_project(Operation::read("getBuildLog"), &pipeline)
            .at("build", run_id)
            .at("log", id)
            .of(run);
        let place = &pipeline;
        let send = |call: Call| async move {
            let client = generated::Client::from(call);
            let call = client.get_build_log().organization(&place.organization);
            let call = call.project(&place.project).build_id(run_id).log_id(id);
            let answer = call.api_version(&*self.api_version).send().await?;
            let (status, headers) = (answer.status(), answer.headers().clone());
            let chunks = answer.into_inner_stream();
            let body = chunks.try_collect::<Vec<_>>().await;
            let body = body.map_err(progenitor_client::Error::ResponseBodyError)?;
            Ok(ResponseValue::new(body.concat(), status, headers))
        };
        let answer = self.session.call(&operation, send).await?;
        let is_json = answer
            .headers()
            .get(http::header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .is_some_and(|kind| kind.starts_with("application/json"));
        let body = answer.into_inner();
        let text = match is_json {
            true => lines(&body),
            false => None,
        };
        let text = text.unwrap_or_else(|| String::from_utf8_lossy(&body).into_owned());
        Ok(Log { step, text })
    }
}

fn no_timeline() -> ResponseValue<types::Timeline> {
    ResponseValue::new(
        types::Timeline::default(),
        http::StatusCode::NO_CONTENT,
        http::HeaderMap::new(),
    )
}

/// `{"count": 2, "value": ["…", "…"]}`: a log as a service sends it that does not look at `Accept`.
fn lines(body: &[u8]) -> Option<String> {
    let body: serde_json::Value = serde_json::from_slice(body).ok()?;
    let lines = body.get("value")?.as_array()?.iter();
    let lines: Vec<&str> = lines.filter_map(|line| line.as_str()).collect();
    Some(lines.join("\n"))
}
