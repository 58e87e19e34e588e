//! How a run in the sandbox goes: how long it takes and how it ends.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How a run ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// Well.
    #[default]
    Succeeded,
    /// Badly.
    Failed,
    /// Stopped by somebody.
    Canceled,
    /// Without having run. Azure DevOps, Aliyun and Yunxiao have no such word for a run: theirs are canceled.
    Skipped,
    /// Well, with warnings. Only Azure DevOps has such a word, and only on the build behind the run;
    /// elsewhere the run succeeds.
    PartiallySucceeded,
    /// Not at all: it runs until it is canceled.
    Never,
}

/// How a run goes. By default it takes a second and a half and
/// succeeds.
///
/// ```
/// use std::time::Duration;
/// use runpipe_testing::{Outcome, RunPlan};
///
/// let plan = RunPlan::default().takes(Duration::from_secs(90)).ends(Outcome::Failed);
/// # let _ = plan;
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RunPlan {
    takes_seconds: f64,
    ends: Outcome,
    waits: bool,
}

/// Longer plans are cut: a year.
const LONGEST: f64 = 365.0 * 24.0 * 3600.0;

impl Default for RunPlan {
    fn default() -> Self {
        RunPlan {
            takes_seconds: 1.5,
            ends: Outcome::Succeeded,
            waits: false,
        }
    }
}

impl RunPlan {
    /// Sets how long the run takes from its start to its end, by the sandbox's clock. For the first
    /// tenth it is queued.
    #[must_use]
    pub fn takes(mut self, length: Duration) -> Self {
        self.takes_seconds = length.as_secs_f64();
        self
    }

    /// Sets how the run ends.
    #[must_use]
    pub fn ends(mut self, outcome: Outcome) -> Self {
        self.ends = outcome;
        self
    }

    /// Lets the run wait for a person after half of its time. It goes on when it is approved: by an
    /// approval on Azure DevOps, when its gate is passed on Aliyun and Yunxiao, when it is applied
    /// on Buddy. A rejection, where the service has one, cancels it. Matillion has none of this:
    /// there the run keeps running until it is canceled.
    #[must_use]
    pub fn waits_for_a_person(mut self) -> Self {
        self.waits = true;
        self
    }

    /// How the run ends.
    pub(crate) fn outcome(&self) -> Outcome {
        self.ends
    }

    pub(crate) fn waits(&self) -> bool {
        self.waits
    }

    /// How long it takes. A number that is not a length of time counts as zero.
    pub(crate) fn length(&self) -> Duration {
        seconds(self.takes_seconds)
    }
}

/// Seconds from a script as a length of time, never negative and never longer than a year.
pub(super) fn seconds(seconds: f64) -> Duration {
    let seconds = if seconds.is_finite() { seconds } else { 0.0 };
    Duration::try_from_secs_f64(seconds.clamp(0.0, LONGEST)).unwrap_or_default()
}
