//! Where Buddy keeps the mark of a start: the comment, which its list of executions shows.

use super::types::{Execution, RunExecutionRequest};
use crate::error::Result;
use crate::mark::{Mark, MarkPlace, Trace};
use crate::run::Run;
use crate::service::Service;

/// Puts a mark on a request.
pub(super) fn put(
    request: &mut RunExecutionRequest,
    mark: &Mark,
    place: &MarkPlace,
) -> Result<Trace> {
    match place.put_into(&mut request.comment, mark, Service::Buddy)? {
        true => Ok(Trace::Shown),
        false => Ok(Trace::Unseen),
    }
}

/// Whether an execution bears a mark. An execution without a comment has `null` in its place (given
/// page, recorded lists), so one that shows none bears none.
pub(super) fn bears(run: &Run, mark: &Mark) -> Option<bool> {
    let execution = run.vendor::<Execution>()?;
    let comment = execution.comment.as_deref().unwrap_or_default();
    Some(comment.contains(mark.as_str()))
}
