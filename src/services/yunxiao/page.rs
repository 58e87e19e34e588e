//! The pages of Yunxiao Flow's runs.

use super::Client;
use crate::error::Result;
use crate::run::RunRef;
use crate::service::Service;
use crate::web_page::WebPage;

pub(super) use crate::services::flow::page::{SITE, named};

impl Client {
    /// The run of a page. Its address names everything.
    pub(super) async fn run_of_page(&self, page: &WebPage) -> Result<RunRef> {
        page.expect_service(Service::Yunxiao)?;
        page.reference()
    }
}
