//! Buddy's lists, and the names in them.

use futures_core::Stream;

use super::{Client, PipelineRef, generated, normalize, operations, types};
use crate::error::Result;
use crate::names;
use crate::paging::{Page, pages};
use crate::place::Place;
use crate::run::Run;
use crate::service::Service;
use crate::service_client::Connect;

/// The longest page that Buddy serves.
const PER_PAGE: i64 = 50;

impl Client {
    /// The executions of a pipeline (`listExecutions`), newest first, page after page. Each holds a
    /// [`types::Execution`] with fewer fields than [`Client::get`] leaves.
    pub fn list(&self, pipeline: &PipelineRef) -> impl Stream<Item = Result<Run>> + Send + use<> {
        pages(self, pipeline.clone(), 1, async |client, pipeline, page| {
            let call = pipeline.call(&client.session, &operations::LIST_EXECUTIONS);
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
            let found = list.executions.as_ref().map_or(0, Vec::len);
            Ok(Page {
                next: following(page, found, list.total_page_count),
                items: call.runs(list.executions, |item| normalize::listed(&pipeline, item))?,
            })
        })
    }

    /// The pipelines of a project (`listPipelines`), by name, page after page.
    pub fn pipelines(
        &self,
        workspace: &str,
        project: &str,
    ) -> impl Stream<Item = Result<types::Pipeline>> + Send + use<> {
        let place = (workspace.to_owned(), project.to_owned());
        pages(
            self,
            place,
            1,
            async |client, (workspace, project), page| {
                let call = client
                    .session
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
                let next = following(page, items.len(), None);
                Ok(Page { items, next })
            },
        )
    }

    /// The pipeline with exactly this name or identifier.
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
        let list = self.bounded().pipelines(workspace, project);
        let called = |pipeline: types::Pipeline| {
            let identifier = pipeline.identifier.filter(|identifier| identifier == name);
            Some((identifier.or(pipeline.name)?, pipeline.id?))
        };
        let id = names::pick(Service::Buddy, "pipeline", name, list, called).await?;
        Ok(PipelineRef::new(workspace, project, id))
    }
}

/// The number of the page after this one. Buddy's totals are missing on old servers: a full page has
/// a next one.
fn following(page: i64, items: usize, pages: Option<i64>) -> Option<i64> {
    let more = match pages {
        Some(pages) => page < pages,
        None => i64::try_from(items).is_ok_and(|items| items >= PER_PAGE),
    };
    more.then(|| page.saturating_add(1))
}
