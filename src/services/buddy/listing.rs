//! Buddy's lists, and the names in them.

use futures_core::Stream;
use futures_util::stream::BoxStream;

use super::{Client, PipelineRef, api, normalize, operations, types};
use crate::error::{ErrorKind, Result};
use crate::names;
use crate::paging::{Page, flat, page_by_page, pages};
use crate::place::Place;
use crate::run::{Run, RunRef};
use crate::runs::told;
use crate::service::Service;
use crate::service_client::Connect;

/// The longest page that Buddy serves.
const PER_PAGE: i64 = 50;

impl Client {
    /// The executions of a pipeline (`listExecutions`), page after page: newest first in every sample,
    /// though no page documents it. Each holds a [`types::Execution`] with fewer fields than
    /// [`Client::get`] leaves.
    pub fn list(&self, pipeline: &PipelineRef) -> BoxStream<'static, Result<Run>> {
        flat(self.run_pages(pipeline))
    }

    /// What [`crate::Runs::get_many`] does. An item of the list has no actions: it does not tell
    /// that one of them waits for a person.
    pub(super) fn many(&self, runs: Vec<RunRef>) -> BoxStream<'_, Result<Vec<Run>>> {
        told(runs, |pipeline| self.run_pages(pipeline))
    }

    fn run_pages(
        &self,
        pipeline: &PipelineRef,
    ) -> impl Stream<Item = Result<Vec<Run>>> + Send + use<> {
        page_by_page(self, pipeline.clone(), 1, async |client, pipeline, page| {
            let call = pipeline.call(&client.session, &operations::LIST_EXECUTIONS);
            let list = api(&call)
                .list_executions()
                .page(page)
                .per_page(PER_PAGE)
                .send()
                .await?;
            // Where a mark would be.
            call.expect_in_each_item("executions", "comment")?;
            let found = list.executions.as_ref().map_or(0, Vec::len);
            let (full, pages) = match (call.session().lists_prove(), list.total_page_count) {
                // Executions may have come since they were counted.
                (true, Some(pages)) if page >= pages => (PER_PAGE, None),
                // A server may serve less than it is asked for.
                (true, pages) => (1, pages),
                (false, pages) => (PER_PAGE, pages),
            };
            Ok(Page {
                next: following(page, found, full, pages),
                items: call.runs(list.executions, |item| normalize::listed(&pipeline, item))?,
            })
        })
    }

    /// The pipelines of a project (`listPipelines`), by name, page after page.
    pub fn pipelines(
        &self,
        workspace: &str,
        project: &str,
    ) -> BoxStream<'static, Result<types::Pipeline>> {
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
                let items = api(&call)
                    .list_pipelines()
                    .page(page)
                    .per_page(PER_PAGE)
                    .send()
                    .await?
                    .pipelines
                    .unwrap_or_default();
                let next = following(page, items.len(), PER_PAGE, None);
                Ok(Page { items, next })
            },
        )
    }

    /// The pipeline with exactly this identifier or name. An identifier is found in one call
    /// (`getIdentifiers`) and goes before another pipeline's name; a name is looked up in the list.
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
        let client = self.bounded();
        if let Some(id) = client.identified(workspace, project, name).await? {
            return Ok(PipelineRef::new(workspace, project, id));
        }
        let list = client.pipelines(workspace, project);
        let called = |pipeline: types::Pipeline| {
            let identifier = pipeline.identifier.filter(|identifier| identifier == name);
            Some((identifier.or(pipeline.name)?, pipeline.id?))
        };
        let id = names::pick(Service::Buddy, "pipeline", name, list, called).await?;
        Ok(PipelineRef::new(workspace, project, id))
    }

    /// The number of the pipeline with this identifier; `None` where the service does not say.
    ///
    /// An unknown project is dropped from the answer and not refused (vendor page, both official
    /// SDKs of sandboxes): a result counts only beside the requested project. Old installations do
    /// not know the call, and a token may lack its scope.
    async fn identified(&self, workspace: &str, project: &str, name: &str) -> Result<Option<i64>> {
        let call = self
            .session
            .call(&operations::GET_IDENTIFIERS)
            .at("workspace", workspace)
            .at("project", project);
        let unsaid = [
            ErrorKind::NotFound,
            ErrorKind::Authentication,
            ErrorKind::InvalidRequest,
        ];
        let answer = api(&call)
            .get_identifiers()
            .project(project)
            .pipeline(name)
            .send()
            .await;
        match answer {
            Ok(found) if found.project_identifier.as_deref() == Some(project) => {
                Ok(found.pipeline_id.filter(|id| *id > 0))
            }
            Ok(_) => Ok(None),
            Err(error) if unsaid.contains(&error.kind()) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// The number of the page after this one. Buddy's totals are missing on old servers: a page with so
/// many items has a next one.
fn following(page: i64, items: usize, full: i64, pages: Option<i64>) -> Option<i64> {
    let more = match pages {
        Some(pages) => page < pages,
        None => i64::try_from(items).is_ok_and(|items| items >= full),
    };
    more.then(|| page.saturating_add(1))
}
