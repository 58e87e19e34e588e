//! What can be done around a run: list, cancel, retry, apply, logs, names.

use chrono::{DateTime, Utc};
use futures_core::Stream;
use futures_util::future::{BoxFuture, FutureExt};
use futures_util::stream::{self, BoxStream};
use futures_util::{StreamExt, TryStreamExt};

use super::reference::ExecutionRef;
use super::{Client, PipelineRef, at, generated, normalize, types};
use crate::error::Result;
use crate::names;
use crate::paging::{Page, pages};
use crate::reconcile::{Reconciled, reconcile};
use crate::run::{Log, Run, RunRef};
use crate::service::Service;
use crate::services::Runs;
use crate::transport::{Call, Operation};

/// The longest page that Buddy serves.
const PER_PAGE: i64 = 50;

impl Client {
    /// The executions of a pipeline (`listExecutions`), newest first, page after page. Each holds a
    /// [`types::Execution`] with fewer fields than [`Client::get`] leaves.
    pub fn list(&self, pipeline: &PipelineRef) -> impl Stream<Item = Result<Run>> + Send + use<> {
        let (session, pipeline) = (self.session.clone(), pipeline.clone());
        pages(1, move |page: i64| {
            let (session, pipeline) = (session.clone(), pipeline.clone());
            async move {
                let operation = at(Operation::read("listExecutions"), &pipeline);
                let place = &pipeline;
                let send = |call: Call| async move {
                    let client = generated::Client::from(call);
                    let call = client.list_executions().workspace(&place.workspace);
                    let call = call
                        .project_name(&place.project)
                        .pipeline_id(place.pipeline_id);
                    call.page(page).per_page(PER_PAGE).send().await
                };
                let list = session.call(&operation, send).await?.into_inner();
                let executions = list.executions.unwrap_or_default();
                let more = more(page, executions.len(), list.total_page_count);
                let items = executions.into_iter();
                let items = items.filter_map(|execution| {
                    execution
                        .id
                        .map(|id| normalize::run(&pipeline, id, execution))
                });
                let items = items.collect::<Result<Vec<_>>>()?;
                Ok(Page {
                    items,
                    next: more.then_some(page + 1),
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
        pages(1, move |page: i64| {
            let (session, (workspace, project)) = (session.clone(), place.clone());
            async move {
                let operation = Operation::read("listPipelines")
                    .at("workspace", &workspace)
                    .at("project", &project);
                let (workspace, project) = (&workspace, &project);
                let send = |call: Call| async move {
                    let client = generated::Client::from(call);
                    let call = client
                        .list_pipelines()
                        .workspace(workspace)
                        .project_name(project);
                    call.page(page).per_page(PER_PAGE).send().await
                };
                let list = session.call(&operation, send).await?.into_inner();
                let items = list.pipelines.unwrap_or_default();
                let next = more(page, items.len(), None).then_some(page + 1);
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
    /// the request's comment (when it had one) and ref. Starts nothing.
    ///
    /// A comment that no other start has makes the answer certain.
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
        reconcile(self.list(pipeline), since, |run| {
            let Some(execution) = run.vendor::<types::Execution>() else {
                return true;
            };
            let asked = request.comment.as_deref();
            asked.is_none_or(|comment| execution.comment.as_deref() == Some(comment))
                && normalize::same_ref(request, execution)
        })
        .await
    }

    /// Runs the same thing once more (`updateExecution`, `RETRY`). Starts work: never sent twice.
    ///
    /// # Errors
    ///
    /// As [`Client::start`].
    pub async fn retry(&self, run: &RunRef) -> Result<Run> {
        self.update(
            run,
            Operation::once("updateExecution"),
            types::ExecutionOperation::Retry,
        )
        .await
    }

    /// Lets an execution that waits for somebody go on (`updateExecution`, `APPLY`). Starts work:
    /// never sent twice.
    ///
    /// # Errors
    ///
    /// As [`Client::start`].
    pub async fn apply(&self, run: &RunRef) -> Result<Run> {
        self.update(
            run,
            Operation::once("updateExecution"),
            types::ExecutionOperation::Apply,
        )
        .await
    }

    async fn update(
        &self,
        run: &RunRef,
        operation: Operation,
        what: types::ExecutionOperation,
    ) -> Result<Run> {
        let ExecutionRef {
            pipeline,
            execution_id,
        } = ExecutionRef::of(run)?;
        let operation = at(operation, &pipeline)
            .at("execution", execution_id)
            .of(run);
        let (place, what) = (&pipeline, &what);
        let send = |call: Call| async move {
            let client = generated::Client::from(call);
            let call = client.update_execution().workspace(&place.workspace);
            let call = call
                .project_name(&place.project)
                .pipeline_id(place.pipeline_id);
            let body = types::UpdateExecutionRequest::builder().operation(what.clone());
            call.execution_id(execution_id).body(body).send().await
        };
        let execution = self.session.call(&operation, send).await?.into_inner();
        normalize::run(&pipeline, execution.id.unwrap_or(execution_id), execution)
    }

    async fn action_log(&self, run: &RunRef, action: String, name: String) -> Result<Log> {
        let ExecutionRef {
            pipeline,
            execution_id,
        } = ExecutionRef::of(run)?;
        let operation = at(Operation::read("getActionExecution"), &pipeline)
            .at("execution", execution_id)
            .at("action", &action)
            .of(run);
        let (place, action) = (&pipeline, &action);
        let send = |call: Call| async move {
            let client = generated::Client::from(call);
            let call = client.get_action_execution().workspace(&place.workspace);
            let call = call
                .project_name(&place.project)
                .pipeline_id(place.pipeline_id);
            call.execution_id(execution_id)
                .action_execution_id(action)
                .send()
                .await
        };
        let details = self.session.call(&operation, send).await?.into_inner();
        Ok(Log {
            step: name,
            text: details.log.unwrap_or_default().join("\n"),
        })
    }
}

/// Whether a page follows. Buddy's totals are missing on old servers: a full page has a next one.
fn more(page: i64, items: usize, pages: Option<i64>) -> bool {
    match pages {
        Some(pages) => page < pages,
        None => i64::try_from(items).is_ok_and(|items| items >= PER_PAGE),
    }
}

impl Runs for Client {
    fn service(&self) -> Service {
        Service::Buddy
    }

    fn get<'a>(&'a self, run: &'a RunRef) -> BoxFuture<'a, Result<Run>> {
        Client::get(self, run).boxed()
    }

    fn cancel<'a>(&'a self, run: &'a RunRef) -> BoxFuture<'a, Result<Run>> {
        let operation = Operation::read("updateExecution");
        self.update(run, operation, types::ExecutionOperation::Cancel)
            .boxed()
    }

    fn logs<'a>(&'a self, run: &'a RunRef) -> BoxStream<'a, Result<Log>> {
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
