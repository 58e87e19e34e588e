//! Where Matillion keeps the mark of a start: the execution tag. No list shows it, and while an
//! execution with the tag is running, a second one is refused with 409 (vendor page).

use super::types::ExecutePublishedPipelineRequest;
use crate::error::Result;
use crate::mark::{Mark, MarkPlace, Trace};
use crate::service::Service;

/// Puts a mark on a request. A tag of the caller's own means something to others: it stays, and the
/// start goes without a mark.
pub(super) fn put(
    request: &mut ExecutePublishedPipelineRequest,
    mark: &Mark,
    place: &MarkPlace,
) -> Result<Trace> {
    if !place.usual_or_nowhere(Service::Matillion)? || request.execution_tag.is_some() {
        return Ok(Trace::Unseen);
    }
    request.execution_tag = Some(mark.to_string());
    Ok(Trace::Guarded)
}
