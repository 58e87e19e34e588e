//! What can be done around a run: list, cancel, logs, names, reconcile.

use chrono::{DateTime, Utc};
use futures_core::Stream;
use futures_util::stream::{self, BoxStream};
use futures_util::{StreamExt, TryStreamExt};
use http::HeaderMap;

use super::reference::PipelineRunRef;
use super::{
    Client, PipelineRef, at, generated, in_project, likeness, normalize, operations, types,
};
use crate::client::header_text;
use crate::error::{ErrorKind, Result};
use crate::names;
use crate::paging::{Page, pages};
use crate::reconcile::{Fit, Order, Reconciled, Search};
use crate::run::{Log, Run, RunRef};
use crate::service::Service;
use crate::service_client::Connect;

/// How many builds are asked for at once.
const PER_PAGE: i64 = 100;

impl Client {
    /// The runs of a pipeline (`listRuns`), newest first. Each holds a [`types::Run`] with fewer
    /// fields than [`Client::get`] leaves.
    ///
    /// The service knows no pages here: it sends up to 10,000 runs in one answer. For a pipeline
    /// with many runs [`Client::list_builds`] is quicker, and says how partially successful ones
    /// ended.
    pub fn list(&self, pipeline: &PipelineRef) -> impl Stream<Item = Result<Run>> + Send + use<> {
        let (client, pipeline) = (self.clone(), pipeline.clone());
        pages(Service::AzureDevops, (), move |()| {
            let (client, pipeline) = (client.clone(), pipeline.clone());
            async move {
                let call = at(client.session.call(&operations::LIST_RUNS), &pipeline);
                let (place, version) = (&pipeline, &*client.api_version);
                let api = generated::client(&call);
                let request = api.list_runs().organization(&place.organization);
                let request = request
                    .project(&place.project)
                    .pipeline_id(place.pipeline_id);
                let answer = request.api_version(version).send().await;
                let list = call.decoded(answer)?;
                let mut runs = list.value.unwrap_or_default();
                // In which order they come is documented nowhere; ids grow.
                runs.sort_by_key(|run| std::cmp::Reverse(run.id));
                let items = runs.into_iter().filter_map(|run| {
                    let id = run.id.filter(|id| *id > 0)?;
                    let run = normalize::run(&pipeline, id, run);
                    Some(run.map(|run| call.clean_run(run)))
                });
                let items = items.collect::<Result<Vec<_>>>()?;
                Ok(Page { items, next: None })
            }
        })
    }

    /// The runs of a pipeline as builds (`listBuilds`), last queued first, page after page. Each
    /// holds a [`types::Build`].
    pub fn list_builds(
        &self,
        pipeline: &PipelineRef,
    ) -> impl Stream<Item = Result<Run>> + Send + use<> {
        let (client, pipeline) = (self.clone(), pipeline.clone());
        pages(Service::AzureDevops, None, move |page: Option<String>| {
            let (client, pipeline) = (client.clone(), pipeline.clone());
            async move {
                let call = in_project(client.session.call(&operations::LIST_BUILDS), &pipeline);
                let (place, version, token) = (&pipeline, &*client.api_version, page.as_deref());
                let api = generated::client(&call);
                let request = api.list_builds().organization(&place.organization);
                let request = request
                    .project(&place.project)
                    .definitions(place.pipeline_id.to_string());
                let mut request = request
                    .query_order(types::BuildQueryOrder::QueueTimeDescending)
                    .top(PER_PAGE);
                if let Some(token) = token {
                    request = request.continuation_token(token);
                }
                let answer = request.api_version(version).send().await;
                let builds = call.decoded(answer)?.value.unwrap_or_default();
                let items = builds.into_iter().filter_map(|build| {
                    let id = build.id.filter(|id| *id > 0)?;
                    let run = normalize::build(&pipeline, id, build);
                    Some(run.map(|run| call.clean_run(run)))
                });
                Ok(Page {
                    items: items.collect::<Result<Vec<_>>>()?,
                    next: next_page(&call.headers()),
                })
            }
        })
    }

    /// The pipelines of a project (`listPipelines`), by name, page after page.
    pub fn pipelines(
        &self,
        organization: &str,
        project: &str,
    ) -> impl Stream<Item = Result<types::Pipeline>> + Send + use<> {
        let (client, place) = (self.clone(), PipelineRef::new(organization, project, 0));
        pages(Service::AzureDevops, None, move |page: Option<String>| {
            let (client, place) = (client.clone(), place.clone());
            async move {
                let call = in_project(client.session.call(&operations::LIST_PIPELINES), &place);
                let (place, version, token) = (&place, &*client.api_version, page.as_deref());
                // Without `$top`: a service that cuts the list must say so in the header, and that
                // it does so here was never recorded.
                let api = generated::client(&call);
                let request = api.list_pipelines().organization(&place.organization);
                let mut request = request.project(&place.project);
                if let Some(token) = token {
                    request = request.continuation_token(token);
                }
                let answer = request.api_version(version).send().await;
                Ok(Page {
                    items: call.decoded(answer)?.value.unwrap_or_default(),
                    next: next_page(&call.headers()),
                })
            }
        })
    }

    /// The pipeline that people call `name`, exactly: its name, or folder and name
    /// (`release\nightly`; `\nightly` for one outside of all folders).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::UnknownName`] when none has it, or several in different folders.
    pub async fn pipeline_named(
        &self,
        organization: &str,
        project: &str,
        name: &str,
    ) -> Result<PipelineRef> {
        let list =
            self.bounded()
                .pipelines(organization, project)
                .filter_map(|pipeline| async move {
                    match pipeline {
                        Ok(pipeline) => called(pipeline, name).map(Ok),
                        Err(error) => Some(Err(error)),
                    }
                });
        let id = names::pick(Service::AzureDevops, "pipeline", name, list).await?;
        Ok(PipelineRef::new(organization, project, id))
    }

    /// Looks for the run that a start may have begun: a build of this pipeline, queued since then,
    /// and begun by no trigger of its own. What the service records of ref, commit, template
    /// parameters and variables has to be what the request says. Starts nothing. The runs found
    /// hold a [`types::Build`].
    ///
    /// The service records nothing that only this caller knows: somebody else's start with the same
    /// values looks the same.
    ///
    /// # Errors
    ///
    /// Every kind that reading the list can end in.
    pub async fn reconcile(
        &self,
        pipeline: &PipelineRef,
        request: &types::RunPipelineParameters,
        since: DateTime<Utc>,
    ) -> Result<Reconciled> {
        let client = self.bounded();
        let search = Search {
            runs: &client,
            session: &client.session,
            since,
            order: Order::NewestFirst,
            // The list tells when a build was queued.
            starts_at_once: false,
        };
        let fits = |run: &Run| match run.vendor::<types::Build>() {
            Some(build) if likeness::fits(request, build) => Fit::Agrees,
            Some(_) | None => Fit::No,
        };
        search.among(client.list_builds(pipeline), fits).await
    }

    /// Asks for a stop through the run's build: the pipelines area has no way of its own.
    async fn stop(&self, run: &RunRef) -> Result<()> {
        let PipelineRunRef { pipeline, run_id } = PipelineRunRef::of(run)?;
        let call = in_project(self.session.call(&operations::UPDATE_BUILD), &pipeline)
            .at("build", run_id)
            .of(run);
        let place = &pipeline;
        let api = generated::client(&call);
        let request = api.update_build().organization(&place.organization);
        let request = request.project(&place.project).build_id(run_id);
        let body = types::BuildUpdate::builder().status(types::BuildStatus::Cancelling);
        let answer = request
            .api_version(&*self.api_version)
            .body(body)
            .send()
            .await;
        call.decoded(answer).map(drop)
    }

    pub(super) async fn stop_and_read(&self, run: &RunRef) -> Result<Run> {
        let client = self.bounded();
        match client.stop(run).await {
            Ok(()) => Client::get(&client, run).await,
            // A run that has ended cannot be stopped, and need not be.
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::Conflict | ErrorKind::InvalidRequest
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
}

/// What fetches the next page. The header is absent on the last.
fn next_page(headers: &HeaderMap) -> Option<Option<String>> {
    let next = header_text(headers, "x-ms-continuationtoken")?.trim();
    (!next.is_empty()).then(|| Some(next.to_owned()))
}

/// A pipeline's id, under `name` if that is what it is called, else under its own name.
fn called(pipeline: types::Pipeline, name: &str) -> Option<(String, i64)> {
    let (own, id) = (pipeline.name?, pipeline.id?);
    let folder = pipeline.folder.unwrap_or_default();
    let folder = folder.trim_matches('\\');
    let path = match folder {
        "" => format!("\\{own}"),
        folder => format!("\\{folder}\\{own}"),
    };
    let in_folder = name.contains('\\');
    let same = in_folder && path.trim_start_matches('\\') == name.trim_start_matches('\\');
    match (same, folder) {
        (true, _) => Some((name.to_owned(), id)),
        (false, "") => Some((own, id)),
        // The nearest names are listed with their folders when folders were asked for.
        (false, _) if in_folder => Some((path, id)),
        (false, _) => Some((own, id)),
    }
}

impl Client {
    pub(super) fn step_logs<'a>(&'a self, run: &'a RunRef) -> BoxStream<'a, Result<Log>> {
        let places = async move {
            let places = self.log_places(run).await?;
            Ok(stream::iter(places.into_iter().map(Ok)))
        };
        let places = stream::once(places).try_flatten();
        places
            .and_then(move |place| self.log_text(run, place))
            .boxed()
    }
}
