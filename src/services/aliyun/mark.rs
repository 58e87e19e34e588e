//! Where Aliyun keeps the mark of a start: the remark, which people see beside the run. No answer
//! of the API shows it again.

use super::types::StartPipelineRunParams;
use crate::error::Result;
use crate::mark::{Mark, MarkPlace, Trace};
use crate::service::Service;

/// Puts a mark on a request. What the caller has to say stays in front of it.
pub(super) fn put(
    params: &mut StartPipelineRunParams,
    mark: &Mark,
    place: &MarkPlace,
) -> Result<Trace> {
    if place.usual_or_nowhere(Service::Aliyun)? {
        let own = params.comment.take().filter(|own| !own.is_empty());
        params.comment =
            Some(own.map_or_else(|| mark.to_string(), |own| format!("{own} [{mark}]")));
    }
    Ok(Trace::Unseen)
}
