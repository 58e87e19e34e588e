//! Where Buddy keeps the mark of a start: the comment, which its list of executions shows.

use super::types::{Execution, RunExecutionRequest};
use crate::error::Result;
use crate::mark::{Mark, MarkPlace, Trace};
use crate::run::Run;
use crate::service::Service;

/// Puts a mark on a request. What the caller has to say stays in front of it.
pub(super) fn put(
    request: &mut RunExecutionRequest,
    mark: &Mark,
    place: &MarkPlace,
) -> Result<Trace> {
    if !place.usual_or_nowhere(Service::Buddy)? {
        return Ok(Trace::Unseen);
    }
    let own = request.comment.take().filter(|own| !own.is_empty());
    request.comment = Some(own.map_or_else(|| mark.to_string(), |own| format!("{own} [{mark}]")));
    Ok(Trace::Shown)
}

/// Whether an execution bears a mark. An execution without a comment has `null` in its place (given
/// page, recorded lists), so one that shows none bears none.
pub(super) fn bears(run: &Run, mark: &Mark) -> Option<bool> {
    let execution = run.vendor::<Execution>()?;
    let comment = execution.comment.as_deref().unwrap_or_default();
    Some(comment.contains(mark.as_str()))
}
