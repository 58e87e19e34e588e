//! What state a run is in, in one word.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The state of a run, the same words for every service.
///
/// ```
/// use runpipe::RunStatus;
///
/// assert!(RunStatus::Skipped.has_ended());
/// assert!(!RunStatus::Unknown.has_ended(), "an undocumented word is waited on");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RunStatus {
    /// Accepted, not yet running.
    Queued,
    /// Running.
    Running,
    /// Stopped until a person approves it or gives it an input.
    Waiting,
    /// Told to stop, not yet stopped.
    Canceling,
    /// Ended well.
    Succeeded,
    /// Ended badly.
    Failed,
    /// Ended because somebody stopped it.
    Canceled,
    /// Ended without having run.
    Skipped,
    /// The vendor used a word, or a combination of words, that is not documented. Neither a success
    /// nor an end.
    Unknown,
}

impl RunStatus {
    /// Whether the run will not change any more.
    pub const fn has_ended(self) -> bool {
        matches!(
            self,
            Self::Succeeded | Self::Failed | Self::Canceled | Self::Skipped
        )
    }

    /// Whether the run ended well. Only [`RunStatus::Succeeded`] did.
    pub const fn is_success(self) -> bool {
        matches!(self, Self::Succeeded)
    }

    /// The word, as in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Waiting => "waiting",
            Self::Canceling => "canceling",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
            Self::Skipped => "skipped",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for RunStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
