//! What the two APIs of Yunxiao Flow (云效 Flow) share. [`super::aliyun`] and [`super::yunxiao`] are one
//! product: their runs have the same stages, jobs, words and habits, and each API has types of its own.

mod answer;
mod client;
mod decide;
mod jobs;
mod likeness;
pub(super) mod page;
mod run;

pub(super) use answer::{Job, Shown, shown};
pub(super) use client::Flow;
pub(super) use decide::Wish;
pub(super) use likeness::reconcile;
pub(super) use run::{listed, queued, run};

use serde::Serialize;

use crate::error::{Error, Result};

/// The parameters of a start, which travel as JSON in a text; none where they say nothing.
pub(super) fn as_text(params: &impl Serialize) -> Result<Option<String>> {
    let text = serde_json::to_string(params)
        .map_err(|_| Error::configuration("the parameters cannot be written as JSON"))?;
    Ok((text != "{}").then_some(text))
}
