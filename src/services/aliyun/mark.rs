//! Where Aliyun keeps the mark of a start: the remark, which people see beside the run. No answer
//! of the API shows it again.

use super::types::StartPipelineRunParams;
use crate::error::Result;
use crate::mark::{Mark, MarkPlace, Trace};
use crate::service::Service;
use crate::services::flow;

/// Puts a mark on a request.
pub(super) fn put(
    params: &mut StartPipelineRunParams,
    mark: &Mark,
    place: &MarkPlace,
) -> Result<Trace> {
    flow::mark(&mut params.comment, mark, place, Service::Aliyun)
}
