//! The pages of Matillion's executions.

use futures_util::StreamExt;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{Client, ListFilter, ProjectRef, operations};
use crate::error::{ErrorKind, Result};
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

/// What the address of a page names.
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
        let id = page.text("executionId");
        let client = self.bounded();
        let mut list = client.executions(&ListFilter::default());
        while let Some(execution) = list.next().await {
            let execution = execution?;
            if execution.pipeline_execution_id.as_deref() == Some(id)
                && let Some(project) = execution.project_id
            {
                return ProjectRef::new(project).execution(id);
            }
        }
        let call = client.session.call(&operations::LIST_PIPELINE_EXECUTIONS);
        let error = call.error(ErrorKind::NotFound);
        Err(error.detail("the list of executions does not have that of the page"))
    }
}
