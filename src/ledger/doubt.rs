//! A start of unknown outcome, beside what others do with its key meanwhile.

use super::entry::Entry;
use crate::error::Error;
use crate::mark::Mark;

/// A start of this call whose outcome is not known.
pub(super) struct Doubt {
    /// Why it is not known.
    pub error: Error,
    mark: Mark,
    attempt: u32,
    /// Whether the ledger says so. Who claims the key afterwards has waited for what had left.
    pub is_written: bool,
}

impl Doubt {
    /// Of the attempt that an entry is about, which the ledger does not say yet.
    pub fn new(error: Error, entry: &Entry) -> Self {
        Doubt {
            error,
            mark: entry.mark.clone(),
            attempt: entry.attempt,
            is_written: false,
        }
    }

    /// Whether an entry is about the same start. It is not if the key was forgotten meanwhile.
    pub fn is_about(&self, entry: &Entry) -> bool {
        self.mark == entry.mark
    }

    /// Whether others have claimed the key without knowing of the doubt. Nothing that they have seen or
    /// done proves anything about this start.
    pub fn was_passed_over(&self, entry: &Entry) -> bool {
        !self.is_written && self.attempt != entry.attempt
    }
}
