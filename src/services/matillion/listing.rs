//! Matillion's lists, and the names in them: executions by a cursor, everything else by a page's
//! number.

use std::sync::Arc;

use futures_core::Stream;
use futures_util::stream::BoxStream;

use super::{Client, ListFilter, ProjectRef, api, generated, normalize, operations, types};
use crate::client::Call;
use crate::error::{ErrorKind, Result};
use crate::names;
use crate::paging::{Page, flat, page_by_page, pages};
use crate::place::Place;
use crate::run::{Run, RunRef};
use crate::runs::told;
use crate::service::Service;
use crate::service_client::Connect;

/// The longest page that Matillion serves.
const PAGE_SIZE: i64 = 100;

impl Client {
    /// The executions that a filter lets through, newest start first, page after page. Each run
    /// holds a [`types::PipelineExecution`].
    ///
    /// An execution needs its project to be named. One of which the service does not tell the
    /// project is left out unless the filter has it: [`Client::executions`] has them all.
    pub fn list(&self, filter: &ListFilter) -> BoxStream<'static, Result<Run>> {
        flat(self.run_pages(filter))
    }

    /// The same list as [`Client::list`], in the vendor's own words (`listPipelineExecutions`).
    pub fn executions(
        &self,
        filter: &ListFilter,
    ) -> BoxStream<'static, Result<types::PipelineExecution>> {
        flat(self.execution_pages(filter))
    }

    /// What [`crate::Runs::get_many`] does, with the list of the whole project. An item of the list
    /// is documented with the same fields as the details.
    pub(super) fn many(&self, runs: Vec<RunRef>) -> BoxStream<'_, Result<Vec<Run>>> {
        told(runs, |project| {
            self.run_pages(&ListFilter::default().project(project))
        })
    }

    fn run_pages(
        &self,
        filter: &ListFilter,
    ) -> impl Stream<Item = Result<Vec<Run>>> + Send + use<> {
        let project = filter.project.clone();
        self.pages_of(filter, move |call, executions| {
            call.runs(executions, |execution| {
                let its_own = execution.project_id.as_ref().map(ProjectRef::new);
                let id = execution.pipeline_execution_id.clone()?;
                let reference = its_own.or_else(|| project.clone())?.execution(id).ok()?;
                Some(Ok(normalize::run(reference, execution)))
            })
        })
    }

    fn execution_pages(
        &self,
        filter: &ListFilter,
    ) -> impl Stream<Item = Result<Vec<types::PipelineExecution>>> + Send + use<> {
        self.pages_of(filter, |_, executions| Ok(executions.unwrap_or_default()))
    }

    /// The pages of a list, read like this.
    fn pages_of<T: Send, R>(
        &self,
        filter: &ListFilter,
        read: R,
    ) -> impl Stream<Item = Result<Vec<T>>> + Send + use<T, R>
    where
        R: Fn(&Call, Option<Vec<types::PipelineExecution>>) -> Result<Vec<T>> + Send + Sync,
    {
        page_by_page(
            self,
            (filter.clone(), Arc::new(read)),
            None,
            async |client, (filter, read), token: Option<String>| {
                let call = client.session.call(&operations::LIST_PIPELINE_EXECUTIONS);
                let api = api(&call);
                let mut list = executions_call(&api, &filter, token).send().await?;
                let next = list.more.filter(|more| !more.is_empty());
                let count = list.results.as_ref().map_or(0, Vec::len);
                let full = i64::try_from(count).is_ok_and(|count| count >= PAGE_SIZE);
                // Such a page is the last, or its token was lost.
                if full && next.is_none() && call.session().lists_prove() {
                    let error = call.error(ErrorKind::Undecodable);
                    return Err(error.detail("a full page of the list names no next one"));
                }
                if let Some(executions) = &mut list.results {
                    executions.retain(|execution| filter.holds(execution));
                }
                Ok(Page {
                    items: read(&call, list.results)?,
                    next: next.map(Some),
                })
            },
        )
    }

    /// The projects that the credential may see (`listProjects`), page after page.
    pub fn projects(&self) -> BoxStream<'static, Result<types::Project>> {
        pages(self, (), 0, async |client, (), page| {
            let call = client.session.call(&operations::LIST_PROJECTS);
            let list = api(&call)
                .list_projects()
                .page(page)
                .size(PAGE_SIZE)
                .send()
                .await?;
            Ok(numbered(page, list.results, list.size, list.total))
        })
    }

    /// The project with exactly this name.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::UnknownName`] when none or several have it; every kind that reading the
    /// list can fail with.
    pub async fn project_named(&self, name: &str) -> Result<ProjectRef> {
        let list = self.bounded().projects();
        let called = |project: types::Project| project.name.zip(project.id);
        let id = names::pick(Service::Matillion, "project", name, list, called).await?;
        Ok(ProjectRef::new(id))
    }

    /// The environments of a project (`listEnvironments`), page after page.
    pub fn environments(
        &self,
        project: &ProjectRef,
    ) -> BoxStream<'static, Result<types::Environment>> {
        pages(self, project.clone(), 0, async |client, project, page| {
            let call = project.call(&client.session, &operations::LIST_ENVIRONMENTS);
            let list = api(&call)
                .list_environments()
                .page(page)
                .size(PAGE_SIZE)
                .send()
                .await?;
            Ok(numbered(page, list.results, list.size, list.total))
        })
    }

    /// The pipelines that are published in an environment and can be started there
    /// (`listPublishedPipelines`), page after page.
    pub fn published_pipelines(
        &self,
        project: &ProjectRef,
        environment: &str,
    ) -> BoxStream<'static, Result<types::PublishedPipeline>> {
        let place = (project.clone(), environment.to_owned());
        pages(
            self,
            place,
            0,
            async |client, (project, environment), page| {
                let call = project.call(&client.session, &operations::LIST_PUBLISHED_PIPELINES);
                let list = api(&call)
                    .list_published_pipelines()
                    .environment_name(environment)
                    .page(page)
                    .size(PAGE_SIZE)
                    .send()
                    .await?;
                Ok(numbered(page, list.results, list.size, list.total))
            },
        )
    }

    /// The steps of an execution (`listPipelineExecutionSteps`), page after page. A step that runs
    /// another pipeline names that execution, which has steps of its own:
    /// [`ProjectRef::execution`] makes a reference of its id.
    pub fn steps(&self, run: &RunRef) -> BoxStream<'static, Result<types::PipelineExecutionStep>> {
        pages(self, run.clone(), 0, async |client, run, page| {
            let call = client.about(&operations::LIST_PIPELINE_EXECUTION_STEPS, &run)?;
            let list = api(&call)
                .list_pipeline_execution_steps()
                .page(page)
                .size(PAGE_SIZE)
                .send()
                .await?;
            Ok(numbered(page, list.results, list.size, list.total))
        })
    }
}

fn executions_call<'a>(
    client: &'a generated::Client,
    filter: &ListFilter,
    token: Option<String>,
) -> generated::builder::ListPipelineExecutions<'a> {
    let mut call = client.list_pipeline_executions().limit(PAGE_SIZE);
    if let Some(token) = token {
        call = call.pagination_token(token);
    }
    if let Some(project) = &filter.project {
        call = call.project_id(&project.project_id);
    }
    if let Some(name) = &filter.pipeline {
        call = call.pipeline_name(name);
    }
    if let Some(environment) = &filter.environment {
        call = call.environment_name(environment);
    }
    if let Some(moment) = &filter.started_after {
        call = call.started_after(moment);
    }
    if let Some(moment) = &filter.started_before {
        call = call.started_before(moment);
    }
    if let Some(duration) = &filter.time_frame {
        call = call.time_frame(duration);
    }
    if let Some(status) = &filter.status {
        call = call.status(status.clone());
    }
    if let Some(schedule) = &filter.schedule {
        call = call.schedule_id(schedule);
    }
    call
}

/// A page of a list whose pages are counted from 0. What `total` counts is not confirmed, so a full
/// page has a next one unless the total is reached exactly, and so has a short page before the total
/// is reached.
fn numbered<T>(
    page: i64,
    items: Option<Vec<T>>,
    size: Option<i64>,
    total: Option<i64>,
) -> Page<T, i64> {
    let items = items.unwrap_or_default();
    let found = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let size = size.filter(|size| *size > 0).unwrap_or(PAGE_SIZE);
    let seen = page.saturating_mul(size).saturating_add(found);
    let more = match total {
        Some(total) if seen < total => true,
        Some(total) if seen == total => false,
        Some(_) | None => found >= size,
    };
    let next = (found > 0 && more).then(|| page.saturating_add(1));
    Page { items, next }
}
