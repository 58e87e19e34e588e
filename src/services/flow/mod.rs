//! What the two APIs of Yunxiao Flow (云效 Flow) share. [`super::aliyun`] and [`super::yunxiao`] are one
//! product: their runs have the same stages, jobs, words and habits, and each API has types of its own.

mod answer;
mod decide;
mod jobs;
mod likeness;
pub(super) mod page;
mod run;

pub(super) use answer::{Job, Shown, shown};
pub(super) use decide::{Jobs, Wish, carry_out, retry_failed};
pub(super) use jobs::{Flow, all_steps, log_of_step, step_logs};
pub(super) use likeness::{candidate, fits};
pub(super) use run::{listed, queued, run};

use crate::error::{ErrorKind, Result};
use crate::mark::{Mark, MarkPlace, Trace};
use crate::service::Service;

/// What is said of a run that has ended already is not documented.
pub(super) const MAY_HAVE_ENDED: [ErrorKind; 3] = [
    ErrorKind::InvalidRequest,
    ErrorKind::Conflict,
    ErrorKind::Refused,
];

/// Puts a mark into the remark of a start, which people see beside the run. What the caller has to
/// say stays in front of it.
pub(super) fn mark(
    remark: &mut Option<String>,
    mark: &Mark,
    place: &MarkPlace,
    service: Service,
) -> Result<Trace> {
    if place.usual_or_nowhere(service)? {
        let own = remark.take().filter(|own| !own.is_empty());
        *remark = Some(own.map_or_else(|| mark.to_string(), |own| format!("{own} [{mark}]")));
    }
    Ok(Trace::Unseen)
}
