//! What can be done around a run: list, cancel, retry, apply, logs, names.

use chrono::{DateTime, Utc};
use futures_core::Stream;
use futures_util::stream::{self, BoxStream};
use futures_util::{StreamExt, TryStreamExt};

use super::reference::ExecutionRef;
use super::{Client, PipelineRef, at, generated, normalize, operations, types};
use crate::error::Result;
use crate::names;
use crate::paging::{Page, pages};
use crate::reconcile::{Fit, Order, Reconciled, Search};
use crate::run::{Log, Run, RunRef};
use crate::service::Service;
use crate::service_client::Connect;

/// The longest page that Buddy serves.
const PER_PAGE: i64 = 50;

impl Client {
    /// The executions of a pipeline (`listExecutions`), newest first, page after page. Each holds a
    /// [`types::Execution`] with fewer fields than [`Client::get`] leaves.
    pub fn list(&self, pipeline: &PipelineRef) -> impl Stream<Item = Result<Run>> + Send + use<> {
        let (client, pipeline) = (self.clone(), pipeline.clone());
        pages(Service::Buddy, 1, move |page: i64| {
            let (client, pipeline) = (client.clone(), pipeline.clone());
            async move {
                let call = at(client.session.call(&operations::LIST_EXECUTIONS), &pipeline);
                let answer = generated::client(&call)
                    .list_executions()
                    .workspace(&pipeline.workspace)
                    .project_name(&pipeline.project)
                    .pipeline_id(pipeline.pipeline_id)
                    .page(page)
                    .per_page(PER_PAGE)
                    .send()
                    .await;
                let list = call.decoded(answer)?;
                let executions = list.executions.unwrap_or_default();
                let more = more(page, executions.len(), list.total_page_count);
                let items = executions.into_iter();
                let items = items.filter_map(|execution| {
                    let id = execution.id.filter(|id| *id > 0)?;
                    let run = normalize::run(&pipeline, id, execution);
                    Some(run.map(|run| call.clean_run(run)))
                });
                Ok(Page {
                    items: items.collect::<Result<Vec<_>>>()?,
                    next: more.then(|| page.saturating_add(1)),
                })
            }
        })
    }

    /// The pipelines of a project (`listPipelines`), by name, page after page.
    pub fn pipelines(
        &self,
        workspace: &str,
        project: &str,
    ) -> impl Stream<Item = Result<types::Pipeline>> + Send + use<> {
        let session = self.session.clone();
        let place = (workspace.to_owned(), project.to_owned());
        pages(Service::Buddy, 1, move |page: i64| {
            let (session, (workspace, project)) = (session.clone(), place.clone());
            async move {
                let call = session
                    .call(&operations::LIST_PIPELINES)
                    .at("workspace", &workspace)
                    .at("project", &project);
                let answer = generated::client(&call)
                    .list_pipelines()
                    .workspace(workspace)
                    .project_name(project)
                    .page(page)
                    .per_page(PER_PAGE)
                    .send()
                    .await;
                let items = call.decoded(answer)?.pipelines.unwrap_or_default();
                let next = more(page, items.len(), None).then(|| page.saturating_add(1));
                Ok(Page { items, next })
            }
        })
    }

    /// The pipeline that people call `name`: its name or its identifier, exactly.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::UnknownName`] when none or several have it.
    pub async fn pipeline_named(
        &self,
        workspace: &str,
        project: &str,
        name: &str,
    ) -> Result<PipelineRef> {
        let list = self
            .bounded()
            .pipelines(workspace, project)
            .filter_map(|pipeline| async move {
                let pipeline = match pipeline {
                    Ok(pipeline) => pipeline,
                    Err(error) => return Some(Err(error)),
                };
                let same = pipeline.identifier.as_deref() == Some(name);
                let called = if same {
                    pipeline.identifier
                } else {
                    pipeline.name
                };
                Some(Ok((called?, pipeline.id?)))
            });
        let id = names::pick(Service::Buddy, "pipeline", name, list).await?;
        Ok(PipelineRef::new(workspace, project, id))
    }

    /// Looks for the execution that a start may have begun: one of this pipeline, since then, with
    /// the request's comment (when it had one), ref and commit. Starts nothing.
    ///
    /// A comment that no other start has makes the answer certain. Without one it is no better than
    /// [`Reconciled::Uncertain`]: Buddy does not say when it created an execution.
    ///
    /// # Errors
    ///
    /// Every kind that reading the list can end in.
    pub async fn reconcile(
        &self,
        pipeline: &PipelineRef,
        request: &types::RunExecutionRequest,
        since: DateTime<Utc>,
    ) -> Result<Reconciled> {
        let client = self.bounded();
        let search = Search {
            runs: &client,
            session: &client.session,
            since,
            order: Order::NewestFirst,
            // An execution may wait for its turn, and `start_date` may be when that came.
            starts_at_once: false,
        };
        let fits = |run: &Run| match run.vendor::<types::Execution>() {
            Some(execution) => normalize::fits(request, execution),
            None => Fit::No,
        };
        search.among(client.list(pipeline), fits).await
    }

    /// Runs the same thing once more (`updateExecution`, `RETRY`). Starts work: never sent twice.
    ///
    /// # Errors
    ///
    /// As [`Client::start`].
    pub async fn retry(&self, run: &RunRef) -> Result<Run> {
        self.update(run, types::ExecutionOperation::Retry).await
    }

    /// Lets an execution that waits for somebody go on (`updateExecution`, `APPLY`). Starts work:
    /// never sent twice.
    ///
    /// # Errors
    ///
    /// As [`Client::start`].
    pub async fn apply(&self, run: &RunRef) -> Result<Run> {
        self.update(run, types::ExecutionOperation::Apply).await
    }

    async fn update(&self, run: &RunRef, what: types::ExecutionOperation) -> Result<Run> {
        let ExecutionRef {
            pipeline,
            execution_id,
        } = ExecutionRef::of(run)?;
        let call = at(self.session.call(&operations::UPDATE_EXECUTION), &pipeline)
            .at("execution", execution_id)
            .of(run);
        let answer = generated::client(&call)
            .update_execution()
            .workspace(&pipeline.workspace)
            .project_name(&pipeline.project)
            .pipeline_id(pipeline.pipeline_id)
            .execution_id(execution_id)
            .body(types::UpdateExecutionRequest::builder().operation(what))
            .send()
            .await;
        let read = |execution: types::Execution| {
            let id = execution.id.unwrap_or(execution_id);
            Some(normalize::run(&pipeline, id, execution))
        };
        call.started(answer, read, |run| normalize::named(&pipeline, run))
    }

    async fn action_log(&self, run: &RunRef, action: String, step: String) -> Result<Log> {
        let ExecutionRef {
            pipeline,
            execution_id,
        } = ExecutionRef::of(run)?;
        let call = at(
            self.session.call(&operations::GET_ACTION_EXECUTION),
            &pipeline,
        )
        .at("execution", execution_id)
        .at("action", &action)
        .of(run);
        let answer = generated::client(&call)
            .get_action_execution()
            .workspace(&pipeline.workspace)
            .project_name(&pipeline.project)
            .pipeline_id(pipeline.pipeline_id)
            .execution_id(execution_id)
            .action_execution_id(action)
            .send()
            .await;
        let text = call.decoded(answer)?.log.unwrap_or_default().join("\n");
        Ok(call.clean_log(Log { step, text }))
    }
}

/// Whether a page follows. Buddy's totals are missing on old servers: a full page has a next one.
fn more(page: i64, items: usize, pages: Option<i64>) -> bool {
    match pages {
        Some(pages) => page < pages,
        None => i64::try_from(items).is_ok_and(|items| items >= PER_PAGE),
    }
}

impl Client {
    pub(super) async fn stop_and_read(&self, run: &RunRef) -> Result<Run> {
        self.update(run, types::ExecutionOperation::Cancel).await
    }

    pub(super) fn step_logs<'a>(&'a self, run: &'a RunRef) -> BoxStream<'a, Result<Log>> {
        let actions = async move {
            let execution = Client::get(self, run).await?;
            let execution = execution.vendor::<types::Execution>().cloned();
            let actions = execution.and_then(|execution| execution.action_executions);
            Ok(stream::iter(
                actions.unwrap_or_default().into_iter().map(Ok),
            ))
        };
        let logs = stream::once(actions).try_flatten();
        logs.then(
            move |action: Result<types::ShortActionExecution>| async move {
                let action = action?;
                let name = action
                    .action
                    .and_then(|action| action.name)
                    .unwrap_or_default();
                match action.action_execution_id {
                    Some(id) => self.action_log(run, id, name).await,
                    None => Ok(Log {
                        step: name,
                        text: String::new(),
                    }),
                }
            },
        )
        .boxed()
    }
}
