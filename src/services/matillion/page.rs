//! The pages of Matillion's executions.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{Client, ListFilter, operations};
use crate::error::Result;
use crate::place::Part;
use crate::run::RunRef;
use crate::service_client::Connect;
use crate::web_page::{Address, Site, WebPage};

/// Where people look at an execution (evidence: two public clients).
const PAGE: &str = "https://app.matillion.com/observability-dashboard/pipeline/";
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_');

/// One site for all regions.
pub(super) const SITE: Site = Site {
    hosts: &["app.matillion.com"],
    named,
    names: &["executionId"],
    form: "https://app.matillion.com/observability-dashboard/pipeline/{executionId}",
};

/// The page of an execution.
pub(super) fn page(execution_id: &str) -> String {
    format!("{PAGE}{}", utf8_percent_encode(execution_id, SEGMENT))
}

/// The parts that the address of a page names.
fn named(address: &Address) -> Vec<Part> {
    match address.segments().as_slice() {
        ["observability-dashboard", "pipeline", id, ..] => vec![("executionId", (*id).to_owned())],
        _ => Vec::new(),
    }
}

impl Client {
    /// The execution of a page. Its address does not name the project: the list of all executions
    /// does.
    pub(super) async fn run_of_page(&self, page: &WebPage) -> Result<RunRef> {
        let call = self.session.call(&operations::LIST_PIPELINE_EXECUTIONS);
        let list = self.bounded().list(&ListFilter::default());
        page.listed(call, list, |run| run.id == page.text("executionId"))
            .await
    }
}
