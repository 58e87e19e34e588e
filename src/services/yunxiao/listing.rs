//! Yunxiao's lists, and the names in them.

use chrono::{DateTime, Utc};
use futures_core::Stream;
use futures_util::stream::BoxStream;

use super::edition::api;
use super::reference::{ORGANIZATION, organization};
use super::{Client, PipelineRef, normalize, operations, types};
use crate::error::Result;
use crate::names;
use crate::paging::{Page, flat, page_by_page, pages};
use crate::place::Place;
use crate::run::{Run, RunRef};
use crate::runs::told;
use crate::service::Service;
use crate::service_client::Connect;

/// The longest page that the service gives (vendor page).
const PER_PAGE: i64 = 30;

impl Client {
    /// The runs of a pipeline (`ListPipelineRuns`), newest first, page after page. Each holds a
    /// [`types::PipelineRunSummary`], with fewer fields than [`Client::get`] reads.
    pub fn list(&self, pipeline: &PipelineRef) -> BoxStream<'static, Result<Run>> {
        flat(run_pages(self, pipeline, None))
    }

    /// What [`crate::Runs::get_many`] does. An item of the list has no stages: it has no message,
    /// no branch and no time of creation.
    pub(super) fn many(&self, runs: Vec<RunRef>) -> BoxStream<'_, Result<Vec<Run>>> {
        told(runs, |pipeline| run_pages(self, pipeline, None))
    }

    /// The pipelines of an organization (`ListPipelines`), or with `None` of a Region instance,
    /// page after page, in the service's order.
    pub fn pipelines(
        &self,
        organization_id: Option<&str>,
    ) -> BoxStream<'static, Result<types::PipelineSummary>> {
        let organization = organization(organization_id).map(str::to_owned);
        pages(
            self,
            organization,
            1,
            async |client, organization, page: i64| {
                let call = client.session.call(&operations::LIST_PIPELINES);
                let call = match &organization {
                    Some(id) => call.at(ORGANIZATION, id),
                    None => call,
                };
                let items = api(&call)?
                    .list_pipelines()
                    .page(page)
                    .per_page(PER_PAGE)
                    .send()
                    .await?
                    .0;
                let next = following(page, items.len());
                Ok(Page { items, next })
            },
        )
    }

    /// Reads a pipeline's configuration (`GetPipeline`): which repositories and branches its
    /// sources have, as [`types::CreatePipelineRunParams`] names them.
    ///
    /// # Errors
    ///
    /// Every kind that a read can end in.
    pub async fn pipeline(&self, pipeline: &PipelineRef) -> Result<types::Pipeline> {
        let call = pipeline.call(&self.session, &operations::GET_PIPELINE);
        api(&call)?.get_pipeline().send().await
    }

    /// The pipeline that people call `name`, exactly.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::UnknownName`] when none or several have it; every kind that reading the
    /// list can end in.
    pub async fn pipeline_named(
        &self,
        organization_id: Option<&str>,
        name: &str,
    ) -> Result<PipelineRef> {
        // The service has a filter by name. Whether it takes a part for the whole is not
        // documented, and the nearest names are wanted too.
        let list = self.bounded().pipelines(organization_id);
        let called =
            |pipeline: types::PipelineSummary| pipeline.pipeline_name.zip(pipeline.pipeline_id);
        let pipeline_id = names::pick(Service::Yunxiao, "pipeline", name, list, called).await?;
        Ok(PipelineRef {
            organization_id: organization(organization_id).map(str::to_owned),
            pipeline_id,
        })
    }
}

/// The runs of a pipeline, those that began since then (on this machine's clock) if that is given.
pub(super) fn run_pages(
    client: &Client,
    pipeline: &PipelineRef,
    since: Option<DateTime<Utc>>,
) -> impl Stream<Item = Result<Vec<Run>>> + Send + use<> {
    let place = (pipeline.clone(), since);
    page_by_page(
        client,
        place,
        1,
        async |client, (pipeline, since), page: i64| {
            let call = pipeline.call(&client.session, &operations::LIST_PIPELINE_RUNS);
            let api = api(&call)?;
            let mut request = api.list_pipeline_runs().page(page).per_page(PER_PAGE);
            if let Some(since) = since {
                request = request.start_time(since.timestamp_millis());
            }
            let list = request.send().await?.0;
            let next = following(page, list.len());
            let items = call.runs(Some(list), |item| normalize::listed(&pipeline, item))?;
            Ok(Page { items, next })
        },
    )
}

/// The page after this one: a page that is not full is the last. Whether headers tell how many
/// there are is not confirmed for these lists.
fn following(page: i64, items: usize) -> Option<i64> {
    let full = i64::try_from(items).is_ok_and(|items| items >= PER_PAGE);
    full.then(|| page.saturating_add(1))
}
