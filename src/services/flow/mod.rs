//! What the two APIs of Yunxiao Flow (云效 Flow) share. [`super::aliyun`] and [`super::yunxiao`] are one
//! product: their runs have the same stages, jobs, words and habits, and each API has types of its own.

mod decide;
mod likeness;

pub(super) use decide::{Jobs, Wish, carry_out, gate, retry_failed};
pub(super) use likeness::{Given, Traces, candidate, fits};
