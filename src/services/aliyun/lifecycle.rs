//! What can be done around a run: list, cancel, logs, pipelines, names, reconcile.

use chrono::{DateTime, TimeDelta, Utc};
use futures_core::Stream;
use futures_util::stream::{self, BoxStream};
use futures_util::{StreamExt, TryStreamExt};

use super::fault::said;
use super::reference::PipelineRunRef;
use super::{Client, PipelineRef, at, generated, normalize, operations, types};
use crate::client::Session;
use crate::error::{ErrorKind, Result};
use crate::names;
use crate::paging::{Page, pages};
use crate::reconcile::{Fit, Order, Reconciled, Search};
use crate::run::{Log, Run, RunRef};
use crate::service::Service;
use crate::service_client::Connect;

/// Items in a page. No limit is documented here; the vendor's newer API takes no more than this.
const PER_PAGE: i64 = 30;

/// The ways in which a run begins that can be a start through the API: by hand (1, vendor page) and
/// by a client (4, seen by two public clients). The others are a timer, a push, another pipeline
/// and a webhook, and whatever the vendor adds.
const BY_A_START: [i64; 2] = [1, 4];

impl Client {
    /// The runs of a pipeline (`ListPipelineRuns`), page after page, in the service's order, which
    /// is not documented. Each holds a [`types::PipelineRunSummary`], with fewer fields than
    /// [`Client::get`] reads.
    pub fn list(&self, pipeline: &PipelineRef) -> impl Stream<Item = Result<Run>> + Send + use<> {
        runs(self.session.clone(), pipeline.clone(), None)
    }

    /// The pipelines of an organization (`ListPipelines`), page after page, in the service's order.
    pub fn pipelines(
        &self,
        organization_id: &str,
    ) -> impl Stream<Item = Result<types::PipelineSummary>> + Send + use<> {
        let (session, organization) = (self.session.clone(), organization_id.to_owned());
        pages(Service::Aliyun, None, move |token: Option<String>| {
            let (session, organization) = (session.clone(), organization.clone());
            async move {
                let call = session
                    .call(&operations::LIST_PIPELINES)
                    .at("organization", &organization);
                let api = generated::client(&call);
                let mut request = api.list_pipelines().organization_id(&organization);
                if let Some(token) = token {
                    request = request.next_token(token);
                }
                let answer = request.max_results(PER_PAGE).send().await;
                let list = call.decoded(answer)?;
                let items = list.pipelines.unwrap_or_default();
                Ok(Page {
                    items,
                    next: following(list.next_token),
                })
            }
        })
    }

    /// Reads a pipeline's configuration (`GetPipeline`): which repositories and branches its
    /// sources have, as [`types::StartPipelineRunParams`] names them.
    ///
    /// # Errors
    ///
    /// Every kind that a read can end in; [`ErrorKind::Undecodable`] when the answer holds no
    /// pipeline.
    pub async fn pipeline(&self, pipeline: &PipelineRef) -> Result<types::Pipeline> {
        let call = at(self.session.call(&operations::GET_PIPELINE), pipeline);
        let api = generated::client(&call);
        let request = api
            .get_pipeline()
            .organization_id(&pipeline.organization_id);
        let answer = request.pipeline_id(pipeline.pipeline_id).send().await;
        call.decoded(answer)?.pipeline.ok_or_else(|| {
            call.error(ErrorKind::Undecodable)
                .detail("the answer holds no pipeline")
        })
    }

    /// The pipeline that people call `name`, exactly.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::UnknownName`] when none or several have it; every kind that reading the list can
    /// end in.
    pub async fn pipeline_named(&self, organization_id: &str, name: &str) -> Result<PipelineRef> {
        // The service has a filter by name. Whether it takes a part for the whole is not
        // documented, and the nearest names are wanted too.
        let list =
            self.bounded()
                .pipelines(organization_id)
                .try_filter_map(|pipeline| async move {
                    Ok(pipeline.pipeline_name.zip(pipeline.pipeline_id))
                });
        let id = names::pick(Service::Aliyun, "pipeline", name, list).await?;
        Ok(PipelineRef::new(organization_id, id))
    }

    /// Looks for the run that a start may have begun: one of this pipeline, begun since then, and
    /// not by a timer, a push, another pipeline or a webhook. Starts nothing.
    ///
    /// The service records neither the comment nor the variables of a start, and ignores branches
    /// that do not fit: no parameter can tell two starts apart. A run that somebody else started
    /// meanwhile looks the same, in the console too.
    ///
    /// # Errors
    ///
    /// Every kind that reading the list can end in.
    pub async fn reconcile(
        &self,
        pipeline: &PipelineRef,
        since: DateTime<Utc>,
    ) -> Result<Reconciled> {
        let client = self.bounded();
        // A request is refused when the clocks are 15 minutes apart: the service's is behind by less
        // than this.
        let not_before = since.checked_sub_signed(TimeDelta::minutes(30));
        let list = runs(client.session.clone(), pipeline.clone(), not_before);
        let search = Search {
            runs: &client,
            session: &client.session,
            since,
            // Documented nowhere.
            order: Order::Unknown,
            // The list tells when a run began; the run itself, when it was created.
            starts_at_once: false,
        };
        let fits = |run: &Run| {
            let summary = run.vendor::<types::PipelineRunSummary>();
            match summary.and_then(|summary| summary.trigger_mode) {
                None => Fit::Agrees,
                Some(trigger) if BY_A_START.contains(&trigger) => Fit::Agrees,
                Some(_) => Fit::No,
            }
        };
        search.among(list, fits).await
    }

    /// Asks for a stop. Asking twice does no harm.
    async fn stop(&self, run: &RunRef) -> Result<()> {
        let PipelineRunRef { pipeline, run_id } = PipelineRunRef::of(run)?;
        let call = at(self.session.call(&operations::STOP_PIPELINE_RUN), &pipeline)
            .at("run", run_id)
            .of(run);
        let place = &pipeline;
        let api = generated::client(&call);
        let request = api
            .stop_pipeline_run()
            .organization_id(&place.organization_id);
        let request = request.pipeline_id(place.pipeline_id);
        let answer = request.pipeline_run_id(run_id).send().await;
        call.decoded(answer).map(drop)
    }

    pub(super) async fn stop_and_read(&self, run: &RunRef) -> Result<Run> {
        let client = self.bounded();
        match client.stop(run).await {
            Ok(()) => Client::get(&client, run).await,
            // What is said of a run that has ended already is not documented.
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::InvalidRequest | ErrorKind::Conflict | ErrorKind::Refused
                ) =>
            {
                match Client::get(&client, run).await {
                    Ok(read) if read.status.has_ended() => Ok(read),
                    _ => Err(error),
                }
            }
            Err(error) => Err(error),
        }
    }

    async fn job_log(&self, run: &RunRef, job: types::PipelineRunJob) -> Result<Log> {
        let step = job.name.unwrap_or_default();
        let Some(job_id) = job.id else {
            let text = String::new();
            return Ok(Log { step, text });
        };
        let PipelineRunRef { pipeline, run_id } = PipelineRunRef::of(run)?;
        let call = at(
            self.session.call(&operations::GET_PIPELINE_JOB_RUN_LOG),
            &pipeline,
        )
        .at("run", run_id)
        .at("job", job_id)
        .of(run);
        let place = &pipeline;
        let api = generated::client(&call);
        let request = api
            .get_pipeline_job_run_log()
            .organization_id(&place.organization_id);
        let request = request
            .pipeline_id(place.pipeline_id)
            .pipeline_run_id(run_id);
        let answer = request.job_id(job_id).send().await;
        let log = match call.decoded(answer) {
            Ok(answer) => answer.log,
            // A job that has not begun may have no log at all.
            Err(error)
                if job.start_time.is_none()
                    && matches!(
                        error.kind(),
                        ErrorKind::NotFound | ErrorKind::InvalidRequest | ErrorKind::Refused
                    ) =>
            {
                None
            }
            Err(error) => return Err(error),
        };
        // `more` says that the job still writes. The operation takes no position to go on from.
        let text = log.and_then(|log| log.content).unwrap_or_default();
        Ok(call.clean_log(Log { step, text }))
    }
}

/// The runs of a pipeline, those that began since then (on this machine's clock) if that is given.
fn runs(
    session: Session,
    pipeline: PipelineRef,
    since: Option<DateTime<Utc>>,
) -> impl Stream<Item = Result<Run>> + Send + use<> {
    pages(Service::Aliyun, None, move |token: Option<String>| {
        let (session, pipeline) = (session.clone(), pipeline.clone());
        async move {
            let call = at(session.call(&operations::LIST_PIPELINE_RUNS), &pipeline);
            let place = &pipeline;
            let api = generated::client(&call);
            let request = api
                .list_pipeline_runs()
                .organization_id(&place.organization_id);
            let mut request = request.pipeline_id(place.pipeline_id).max_results(PER_PAGE);
            if let Some(token) = token {
                request = request.next_token(token);
            }
            if let Some(since) = since {
                request = request.start_time(since.timestamp_millis());
            }
            let answer = request.send().await;
            let list = call.decoded(answer)?;
            let items = list.pipeline_runs.unwrap_or_default().into_iter();
            let items = items.filter_map(|item| {
                let run = normalize::listed(&pipeline, item)?;
                Some(run.map(|run| call.clean_run(run)))
            });
            Ok(Page {
                items: items.collect::<Result<Vec<_>>>()?,
                next: following(list.next_token),
            })
        }
    })
}

/// The token of the next page. The last page has an empty one or none.
fn following(told: Option<String>) -> Option<Option<String>> {
    told.filter(|token| said(token).is_some()).map(Some)
}

impl Client {
    /// One log for each job of the run, stage after stage.
    pub(super) fn step_logs<'a>(&'a self, run: &'a RunRef) -> BoxStream<'a, Result<Log>> {
        let jobs = async move {
            let read = Client::get(self, run).await?;
            let jobs: Vec<_> = read
                .vendor::<types::PipelineRun>()
                .map(|run| normalize::jobs(run).cloned().collect())
                .unwrap_or_default();
            Ok(stream::iter(jobs.into_iter().map(Ok)))
        };
        let jobs = stream::once(jobs).try_flatten();
        jobs.and_then(move |job| self.job_log(run, job)).boxed()
    }
}
