//! What a step of a run wrote, as a whole and in parts.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde::Serialize;

use crate::secrets::Cleaner;

/// The log of one step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Log {
    /// The step's name, as the vendor gives it: an action, a job, a task.
    pub step: String,
    /// What it wrote, unchanged. It may contain control characters: pass it through
    /// [`crate::text::printable`] before it is shown on a terminal.
    pub text: String,
}

impl Log {
    /// The same log without a secret in it.
    pub(crate) fn clean(mut self, cleaner: &Cleaner) -> Self {
        cleaner.clean_in_place(&mut self.step);
        cleaner.clean_in_place(&mut self.text);
        self
    }
}

/// Some lines of a step's log.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogPart {
    /// The lines, without their ends. They may contain control characters, as [`Log::text`].
    pub lines: Vec<String>,
    /// Where the next lines begin.
    pub next: LogMark,
    /// Whether the service has further lines already.
    pub more: bool,
}

/// How far a step's log was read. The default is its beginning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LogMark {
    lines: u64,
    /// A digest of the last line, by which it is recognized.
    last: u64,
    reads: Reads,
}

/// What to read from a mark on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Reads {
    /// What has come, except a line that may still grow: the reader will come back.
    #[default]
    Again,
    /// The whole log.
    Once,
    /// The last lines, at most this many.
    Last(u16),
}

impl LogMark {
    /// The beginning, for a reader who reads only once: the last line is returned as it is now,
    /// though it may still grow.
    pub fn once() -> Self {
        let reads = Reads::Once;
        LogMark {
            reads,
            ..LogMark::default()
        }
    }

    /// This many lines before the present end. However long the log is, no more is requested.
    pub fn last(lines: u16) -> Self {
        let reads = Reads::Last(lines);
        LogMark {
            reads,
            ..LogMark::default()
        }
    }

    /// How many lines before the end it is.
    pub(crate) fn before_end(self) -> Option<i64> {
        match self.reads {
            Reads::Last(lines) => Some(i64::from(lines)),
            Reads::Again | Reads::Once => None,
        }
    }

    /// Whether a line that may still grow is left for the next time.
    pub(crate) fn comes_back(self) -> bool {
        self.reads == Reads::Again
    }

    /// How many lines were read.
    pub(crate) fn lines(self) -> i64 {
        i64::try_from(self.lines).unwrap_or(i64::MAX)
    }

    /// Whether this is the last line that was read.
    pub(crate) fn ends_with(self, line: &str) -> bool {
        self.lines > 0 && self.last == digest(line)
    }
}

impl LogPart {
    /// What comes after a mark. The last line of a running step may grow: unless more lines follow
    /// it, it is left for the next time.
    pub(crate) fn after(from: LogMark, mut lines: Vec<String>, more: bool, may_grow: bool) -> Self {
        if may_grow && !more && from.comes_back() {
            lines.pop();
        }
        if let Reads::Last(most) = from.reads {
            lines.drain(..lines.len().saturating_sub(usize::from(most)));
        }
        let count = u64::try_from(lines.len()).unwrap_or_default();
        let next = LogMark {
            lines: from.lines.saturating_add(count),
            last: lines.last().map_or(from.last, |line| digest(line)),
            ..from
        };
        let more = more && count > 0;
        LogPart { lines, next, more }
    }

    /// The same lines without a secret in them.
    pub(crate) fn clean(mut self, cleaner: &Cleaner) -> Self {
        self.lines
            .iter_mut()
            .for_each(|line| cleaner.clean_in_place(line));
        self
    }
}

fn digest(line: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    line.hash(&mut hasher);
    hasher.finish()
}
