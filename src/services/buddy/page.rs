//! The pages of Buddy's executions.

use super::{Client, PipelineRef, operations};
use crate::error::Result;
use crate::place::{Part, Place};
use crate::run::RunRef;
use crate::service_client::Connect;
use crate::web_page::{Address, Site, WebPage};

/// What an address calls an execution: a hexadecimal id that is another than its number.
const HEX_ID: &str = "execution";

/// The regions' sites differ in their hosts; a server of one's own has its pages beside its API.
pub(super) const SITE: Site = Site {
    hosts: &[
        "app.buddy.works",
        ".app.buddy.works",
        "app.eu.buddy.works",
        "app.asia.buddy.works",
    ],
    named,
    names: &["workspace", "project", "pipelineId", HEX_ID],
    form: "https://app.buddy.works/{workspace}/{project}/pipelines/pipeline/{pipelineId}/execution/{id}",
};

/// The parts that the address of a page names.
fn named(address: &Address) -> Vec<Part> {
    let segments = address.segments();
    let (place, rest) = match segments.as_slice() {
        [
            place @ ..,
            "pipelines",
            "pipeline",
            pipeline,
            "execution",
            id,
        ] => (place, vec![("pipelineId", *pipeline), (HEX_ID, *id)]),
        [place @ .., "pipelines", "pipeline", pipeline] => (place, vec![("pipelineId", *pipeline)]),
        place => (place, Vec::new()),
    };
    let place = ["workspace", "project"]
        .into_iter()
        .zip(place.iter().copied());
    place
        .chain(rest)
        .map(|(name, value)| (name, value.to_owned()))
        .collect()
}

impl Client {
    /// The execution of a page. Its address has an id that no call takes: the list of executions has
    /// the same address beside the number.
    pub(super) async fn run_of_page(&self, page: &WebPage) -> Result<RunRef> {
        let pipeline_id = page.number("pipelineId")?;
        let pipeline = PipelineRef::new(page.text("workspace"), page.text("project"), pipeline_id);
        let call = pipeline.call(&self.session, &operations::LIST_EXECUTIONS);
        let list = self.bounded().list(&pipeline);
        page.listed(call, list, |run| {
            let address = run.url.as_deref().unwrap_or_default();
            address.rsplit('/').next() == Some(page.text(HEX_ID))
        })
        .await
    }
}
