//! What can be done around a run: list, cancel, logs, pipelines, names, reconcile.

use chrono::{DateTime, Utc};
use futures_core::Stream;
use futures_util::future::{BoxFuture, FutureExt};
use futures_util::stream::{self, BoxStream};
use futures_util::{StreamExt, TryStreamExt};

use super::fault::said;
use super::reference::PipelineRunRef;
use super::{Client, PipelineRef, at, envelope, generated, normalize, types};
use crate::error::{ErrorKind, Result};
use crate::names;
use crate::paging::{Page, pages};
use crate::reconcile::{self, Reconciled};
use crate::run::{Log, Run, RunRef};
use crate::service::Service;
use crate::services::Runs;
use crate::transport::{Call, Operation, Session};

/// Items in a page. No limit is documented here; the vendor's newer API takes no more than this.
const PER_PAGE: i64 = 30;

/// The ways in which a run begins that are certainly no start through the API: a timer, a push,
/// another pipeline, a webhook (vendor pages).
const OTHER_TRIGGERS: [i64; 4] = [2, 3, 5, 6];

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
        pages(None, move |token: Option<String>| {
            let (session, organization) = (session.clone(), organization.clone());
            async move {
                let operation = Operation::read("listPipelines").at("organization", &organization);
                let (organization, asked) = (&organization, &token);
                let send = |call: Call| async move {
                    let client = generated::Client::from(call);
                    let mut call = client.list_pipelines().organization_id(organization);
                    if let Some(token) = asked {
                        call = call.next_token(token);
                    }
                    call.max_results(PER_PAGE).send().await
                };
                let answer = session.call_checked(&operation, send, envelope::refusal);
                let list = answer.await?.into_inner();
                let items = list.pipelines.unwrap_or_default();
                Ok(Page {
                    items,
                    next: following(token, list.next_token),
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
        let operation = at(Operation::read("getPipeline"), pipeline);
        let send = |call: Call| async move {
            let client = generated::Client::from(call);
            let call = client
                .get_pipeline()
                .organization_id(&pipeline.organization_id);
            call.pipeline_id(pipeline.pipeline_id).send().await
        };
        let answer = self
            .session
            .call_checked(&operation, send, envelope::refusal);
        answer.await?.into_inner().pipeline.ok_or_else(|| {
            crate::error::Error::new(ErrorKind::Undecodable)
                .to(Service::Aliyun, "getPipeline")
                .about(operation.subject())
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
        let list = self
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
        let session = self.session.clone();
        let recent = runs(session.clone(), pipeline.clone(), Some(since)).try_filter(move |run| {
            // A run without a date is queued: it is as new as can be.
            let begun = run.started_at.as_ref();
            let recent = begun.is_none_or(|begun| begun.to_utc() >= earliest(&session, since));
            std::future::ready(recent)
        });
        // The order is not documented: an old run is no reason to stop reading.
        reconcile::reconcile(recent, DateTime::<Utc>::MIN_UTC, |run| {
            let summary = run.vendor::<types::PipelineRunSummary>();
            let trigger = summary.and_then(|summary| summary.trigger_mode);
            trigger.is_none_or(|trigger| !OTHER_TRIGGERS.contains(&trigger))
        })
        .await
    }

    /// Asks for a stop. Asking twice does no harm.
    async fn stop(&self, run: &RunRef) -> Result<()> {
        let PipelineRunRef { pipeline, run_id } = PipelineRunRef::of(run)?;
        let operation = at(Operation::read("stopPipelineRun"), &pipeline)
            .at("run", run_id)
            .of(run);
        let place = &pipeline;
        let send = |call: Call| async move {
            let client = generated::Client::from(call);
            let call = client
                .stop_pipeline_run()
                .organization_id(&place.organization_id);
            let call = call.pipeline_id(place.pipeline_id);
            call.pipeline_run_id(run_id).send().await
        };
        let answer = self
            .session
            .call_checked(&operation, send, envelope::refusal);
        answer.await.map(drop)
    }

    async fn stop_and_read(&self, run: &RunRef) -> Result<Run> {
        match self.stop(run).await {
            Ok(()) => Client::get(self, run).await,
            // What is said of a run that has ended already is not documented.
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::InvalidRequest | ErrorKind::Conflict | ErrorKind::Refused
                ) =>
            {
                match Client::get(self, run).await {
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
        let operation = at(Operation::read("getPipelineJobRunLog"), &pipeline)
            .at("run", run_id)
            .at("job", job_id)
            .of(run);
        let place = &pipeline;
        let send = |call: Call| async move {
            let client = generated::Client::from(call);
            let call = client
                .get_pipeline_job_run_log()
                .organization_id(&place.organization_id);
            let call = call.pipeline_id(place.pipeline_id).pipeline_run_id(run_id);
            call.job_id(job_id).send().await
        };
        let answer = self
            .session
            .call_checked(&operation, send, envelope::refusal);
        let log = match answer.await {
            Ok(answer) => answer.into_inner().log,
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
        Ok(Log { step, text })
    }
}

/// The runs of a pipeline, those that began since then (on this machine's clock) if that is given.
fn runs(
    session: Session,
    pipeline: PipelineRef,
    since: Option<DateTime<Utc>>,
) -> impl Stream<Item = Result<Run>> + Send + use<> {
    pages(None, move |token: Option<String>| {
        let (session, pipeline) = (session.clone(), pipeline.clone());
        async move {
            let operation = at(Operation::read("listPipelineRuns"), &pipeline);
            let (place, asked, clock) = (&pipeline, &token, &session);
            let send = |call: Call| async move {
                let client = generated::Client::from(call);
                let call = client
                    .list_pipeline_runs()
                    .organization_id(&place.organization_id);
                let mut call = call.pipeline_id(place.pipeline_id).max_results(PER_PAGE);
                if let Some(token) = asked {
                    call = call.next_token(token);
                }
                if let Some(since) = since {
                    call = call.start_time(earliest(clock, since).timestamp_millis());
                }
                call.send().await
            };
            let answer = session.call_checked(&operation, send, envelope::refusal);
            let list = answer.await?.into_inner();
            let items = list.pipeline_runs.unwrap_or_default().into_iter();
            let items = items.filter_map(|item| normalize::listed(&pipeline, item));
            Ok(Page {
                items: items.collect::<Result<Vec<_>>>()?,
                next: following(token, list.next_token),
            })
        }
    })
}

/// The time on the service's clock from which on a run may be one that was started `since`.
fn earliest(session: &Session, since: DateTime<Utc>) -> DateTime<Utc> {
    reconcile::earliest(session.at_service(since))
}

/// The token of the next page. The last page has an empty one or none; a page that names itself
/// would be read for ever.
fn following(asked: Option<String>, told: Option<String>) -> Option<Option<String>> {
    let told = told.filter(|token| said(token).is_some());
    told.filter(|told| asked.as_ref() != Some(told)).map(Some)
}

impl Runs for Client {
    fn service(&self) -> Service {
        Service::Aliyun
    }

    fn get<'a>(&'a self, run: &'a RunRef) -> BoxFuture<'a, Result<Run>> {
        Client::get(self, run).boxed()
    }

    fn cancel<'a>(&'a self, run: &'a RunRef) -> BoxFuture<'a, Result<Run>> {
        self.stop_and_read(run).boxed()
    }

    /// One log for each job of the run, stage after stage.
    fn logs<'a>(&'a self, run: &'a RunRef) -> BoxStream<'a, Result<Log>> {
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
