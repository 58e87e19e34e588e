//! A log that grows: what was not shown yet.

use std::hash::{DefaultHasher, Hash, Hasher};

use runpipe::{LogMark, LogPart, Step};

use crate::output::text;

/// How far a step's log was shown.
///
/// A service sends the whole log so far, again and again. The length of the part that was shown is
/// kept, and a digest that shows whether the log still begins with it.
#[derive(Debug, Default)]
pub struct Tail {
    shown: usize,
    digest: u64,
    complete: bool,
    /// How far it was read, where the service serves parts.
    pub mark: LogMark,
}

impl Tail {
    /// Whether the step may have written what was not shown yet.
    pub fn has_more(&self, step: &Step) -> bool {
        !self.complete && (step.has_log() || step.status.has_ended()) && begun(step)
    }

    /// The lines of a part, for a terminal; the last part of a step that has ended is the end.
    pub fn part(&mut self, part: &LogPart, ended: bool) -> Vec<String> {
        self.mark = part.next;
        self.complete = ended && !part.more;
        let lines = part.lines.iter().flat_map(|line| {
            let shown = text::lines(line);
            let shown: Vec<String> = shown.lines().map(str::to_owned).collect();
            if shown.is_empty() {
                vec![String::new()]
            } else {
                shown
            }
        });
        lines.collect()
    }

    /// The lines that were not shown before; a last one without an end only when the step has ended.
    /// A log that does not begin with what was shown has been cut by the service: it is shown whole.
    pub fn lines(&mut self, log: &str, ended: bool) -> Vec<String> {
        let known = log.get(..self.shown);
        let from = match known {
            Some(known) if digest(known) == self.digest => self.shown,
            Some(_) | None => 0,
        };
        let new = log.get(from..).unwrap_or_default();
        let whole = match ended {
            true => new.len(),
            // The rest of this line may still come.
            false => new.rfind('\n').map_or(0, |end| end.saturating_add(1)),
        };
        let new = new.get(..whole).unwrap_or_default();
        self.shown = from.saturating_add(whole);
        self.digest = digest(log.get(..self.shown).unwrap_or_default());
        self.complete = ended;
        text::lines(new).lines().map(str::to_owned).collect()
    }
}

fn begun(step: &Step) -> bool {
    use runpipe::RunStatus::{Queued, Skipped};
    !matches!(step.status, Queued | Skipped)
}

fn digest(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}
