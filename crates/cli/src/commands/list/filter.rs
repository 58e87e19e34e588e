//! Which runs of a list are wanted.

use chrono::{DateTime, TimeDelta, Utc};
use clap::Args;
use clap::builder::PossibleValuesParser;
use runpipe::{Run, RunStatus};

use crate::flags::value::{duration, moment};

/// The words of the statuses.
const WORDS: [&str; 9] = [
    RunStatus::Queued.as_str(),
    RunStatus::Running.as_str(),
    RunStatus::Waiting.as_str(),
    RunStatus::Canceling.as_str(),
    RunStatus::Succeeded.as_str(),
    RunStatus::Failed.as_str(),
    RunStatus::Canceled.as_str(),
    RunStatus::Skipped.as_str(),
    RunStatus::Unknown.as_str(),
];

/// Which runs of a list are wanted.
#[derive(Args, Debug)]
pub struct Filter {
    /// Only runs in this status. Repeatable.
    #[arg(long, value_parser = PossibleValuesParser::new(WORDS))]
    status: Vec<String>,

    /// Only runs of this branch or tag: main, refs/tags/v1. A run whose ref the service does not
    /// report does not match.
    #[arg(long)]
    branch: Option<String>,

    /// Only runs since this time: a moment (2026-11-30T04:30:00Z) or how long ago (2h, 3days).
    #[arg(long, value_name = "WHEN", value_parser = since)]
    since: Option<DateTime<Utc>>,
}

impl Filter {
    /// Whether a run began before what is wanted. One that has no date is never too old.
    pub fn is_too_old(&self, run: &Run) -> bool {
        let begun = run.created_at.as_ref().or(run.started_at.as_ref());
        match (self.since, begun) {
            (Some(since), Some(begun)) => begun.to_utc() < since,
            (None, _) | (_, None) => false,
        }
    }

    /// Whether a run has the status and the ref that are wanted.
    pub fn fits(&self, run: &Run) -> bool {
        let status = run.status.as_str();
        let status_fits = self.status.is_empty() || self.status.iter().any(|word| word == status);
        let asked = run.requested_ref.as_deref().unwrap_or_default();
        let wanted = self.branch.as_deref().map(short);
        status_fits && wanted.is_none_or(|wanted| short(asked) == wanted)
    }
}

/// A branch without what says that it is one; a tag keeps it.
fn short(name: &str) -> &str {
    name.strip_prefix("refs/heads/").unwrap_or(name)
}

fn since(text: &str) -> Result<DateTime<Utc>, String> {
    if let Ok(moment) = moment(text) {
        return Ok(moment);
    }
    let ago = duration(text).ok();
    let ago = ago.and_then(|ago| TimeDelta::from_std(ago).ok());
    ago.and_then(|ago| Utc::now().checked_sub_signed(ago))
        .ok_or_else(|| "write a moment as 2026-11-30T04:30:00Z, or how long ago as 2h".to_owned())
}
