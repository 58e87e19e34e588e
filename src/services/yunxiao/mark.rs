//! Where Yunxiao keeps the mark of a start: the remark, which people see beside the run. Whether every
//! run shows it again is not confirmed, so a run that fits is a likely one.

use super::types::CreatePipelineRunParams;
use crate::error::Result;
use crate::mark::{Mark, MarkPlace, Trace};
use crate::service::Service;
use crate::services::flow;

/// Puts a mark on a request.
pub(super) fn put(
    params: &mut CreatePipelineRunParams,
    mark: &Mark,
    place: &MarkPlace,
) -> Result<Trace> {
    flow::mark(&mut params.comment, mark, place, Service::Yunxiao)
}
