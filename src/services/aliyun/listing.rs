//! Aliyun's lists, and the names in them.

use chrono::{DateTime, Utc};
use futures_core::Stream;
use futures_util::stream::BoxStream;

use super::error_body::said;
use super::{Client, PipelineRef, api, normalize, operations, types};
use crate::error::{ErrorKind, Result};
use crate::names;
use crate::paging::{Page, flat, page_by_page, pages};
use crate::place::Place;
use crate::run::{Run, RunRef};
use crate::runs::told;
use crate::service::Service;
use crate::service_client::Connect;

/// Items in a page. No limit is documented here; the vendor's newer API takes no more than this.
const PER_PAGE: i64 = 30;

impl Client {
    /// The runs of a pipeline (`ListPipelineRuns`), page after page, in the service's order, which
    /// is not documented. Each holds a [`types::PipelineRunSummary`], with fewer fields than
    /// [`Client::get`] reads.
    pub fn list(&self, pipeline: &PipelineRef) -> BoxStream<'static, Result<Run>> {
        flat(run_pages(self, pipeline, None))
    }

    /// What [`crate::Runs::get_many`] does. An item of the list has no stages: it has no message,
    /// no branch and no time of creation.
    pub(super) fn many(&self, runs: Vec<RunRef>) -> BoxStream<'_, Result<Vec<Run>>> {
        told(runs, |pipeline| run_pages(self, pipeline, None))
    }

    /// The pipelines of an organization (`ListPipelines`), page after page, in the service's order.
    pub fn pipelines(
        &self,
        organization_id: &str,
    ) -> BoxStream<'static, Result<types::PipelineSummary>> {
        let organization = organization_id.to_owned();
        pages(
            self,
            organization,
            None,
            async |client, organization, token: Option<String>| {
                let call = client
                    .session
                    .call(&operations::LIST_PIPELINES)
                    .at("organization", &organization);
                let api = api(&call);
                let mut request = api.list_pipelines();
                if let Some(token) = token {
                    request = request.next_token(token);
                }
                let list = request.max_results(PER_PAGE).send().await?;
                Ok(Page {
                    items: list.pipelines.unwrap_or_default(),
                    next: following(list.next_token),
                })
            },
        )
    }

    /// Reads a pipeline's configuration (`GetPipeline`): which repositories and branches its
    /// sources have, as [`types::StartPipelineRunParams`] names them.
    ///
    /// # Errors
    ///
    /// Every kind that a read can fail with; [`ErrorKind::Undecodable`] when the answer holds no
    /// pipeline.
    pub async fn pipeline(&self, pipeline: &PipelineRef) -> Result<types::Pipeline> {
        let call = pipeline.call(&self.session, &operations::GET_PIPELINE);
        let answer = api(&call).get_pipeline().send().await?;
        answer.pipeline.ok_or_else(|| {
            call.error(ErrorKind::Undecodable)
                .detail("the answer holds no pipeline")
        })
    }

    /// The pipeline with exactly this name.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::UnknownName`] when none or several have it; every kind that reading the list can
    /// end in.
    pub async fn pipeline_named(&self, organization_id: &str, name: &str) -> Result<PipelineRef> {
        // The service has a filter by name. Whether it takes a part for the whole is not
        // documented, and the nearest names are wanted too.
        let list = self.bounded().pipelines(organization_id);
        let called =
            |pipeline: types::PipelineSummary| pipeline.pipeline_name.zip(pipeline.pipeline_id);
        let id = names::pick(Service::Aliyun, "pipeline", name, list, called).await?;
        Ok(PipelineRef::new(organization_id, id))
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
        None,
        async |client, (pipeline, since), token: Option<String>| {
            let call = pipeline.call(&client.session, &operations::LIST_PIPELINE_RUNS);
            let api = api(&call);
            let mut request = api.list_pipeline_runs().max_results(PER_PAGE);
            if let Some(token) = token {
                request = request.next_token(token);
            }
            if let Some(since) = since {
                request = request.start_time(since.timestamp_millis());
            }
            let list = request.send().await?;
            Ok(Page {
                items: call.runs(list.pipeline_runs, |item| {
                    normalize::listed(&pipeline, item)
                })?,
                next: following(list.next_token),
            })
        },
    )
}

/// The token of the next page. The last page has an empty one or none.
fn following(told: Option<String>) -> Option<Option<String>> {
    told.filter(|token| said(token).is_some()).map(Some)
}
