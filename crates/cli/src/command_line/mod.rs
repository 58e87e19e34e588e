//! What was typed, with what `runpipe.toml` adds to it: targets, services, runs.

pub mod called;
pub mod chosen;
pub mod configured;
pub mod named_run;
pub mod refusal;
