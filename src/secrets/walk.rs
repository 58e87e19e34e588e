//! The automaton on all paths through the readings of a view.

use std::collections::BTreeMap;
use std::ops::Range;

use aho_corasick::automaton::StateID;

use super::needles::{Found, Needles, Search};
use super::readings::{Readings, Symbol, shown};
use super::view::{View, is_blank};

/// So many paths through one place are followed. Two differ only while both are beginnings of
/// secrets, so there are more only for secrets that look like escapes of themselves.
const PATHS: usize = 64;

/// What is looked for in a view.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope {
    /// Short secrets too: what stands here is a text and not bytes taken from the middle of one.
    pub(super) words: bool,
    /// The end of the view is where the text was cut.
    pub(super) cut: bool,
    /// How often base64 and hex are still decoded.
    pub(super) depth: usize,
}

impl Scope {
    pub(super) fn whole(cut: bool) -> Self {
        Self {
            words: true,
            cut,
            depth: 3,
        }
    }
}

/// Adds the ranges of the text in which secrets are.
pub(super) fn walk(
    needles: &Needles,
    view: &View,
    readings: &Readings,
    scope: Scope,
    found: &mut Vec<Range<usize>>,
) {
    let Some(search) = needles.search() else {
        // Without the automaton nothing can be told apart.
        found.push(0..usize::MAX);
        return;
    };
    if readings.is_empty() && is_clean_as_it_stands(search, view, scope) {
        return;
    }
    Walk {
        needles,
        search,
        view,
        readings,
        scope,
        steps: vec![Step::default()],
        paths: Vec::new(),
        spare: Vec::new(),
        ahead: BTreeMap::new(),
        found,
    }
    .run();
}

fn is_clean_as_it_stands(search: &Search, view: &View, scope: Scope) -> bool {
    let mut state = search.start();
    for byte in view.bytes() {
        state = search.next(state, *byte);
        if search.is_found(state) {
            return false;
        }
    }
    !scope.cut
}

/// One byte on a path that may be a part of a secret.
#[derive(Clone, Copy, Default)]
struct Step {
    /// Where the byte, or the escape that it comes from, begins.
    from: usize,
    /// The step before.
    before: usize,
    /// How many blanks were passed on the path so far.
    blanks: usize,
}

/// A path that leads to a place.
#[derive(Clone, Copy)]
struct Path {
    state: StateID,
    step: usize,
    blanks: usize,
}

struct Walk<'w> {
    needles: &'w Needles,
    search: &'w Search,
    view: &'w View,
    readings: &'w Readings,
    scope: Scope,
    /// All steps of all paths. The first stands for all beginnings.
    steps: Vec<Step>,
    /// The paths that lead to where the walk is.
    paths: Vec<Path>,
    /// Memory for the paths that lead to the next place.
    spare: Vec<Path>,
    /// The paths that lead to places further on.
    ahead: BTreeMap<usize, Vec<Path>>,
    found: &'w mut Vec<Range<usize>>,
}

impl Walk<'_> {
    fn run(&mut self) {
        self.paths.push(Path {
            state: self.search.start(),
            step: 0,
            blanks: 0,
        });
        let mut at = 0;
        while let Some(byte) = self.view.byte(at) {
            self.arrive(at);
            let next = at.saturating_add(1);
            for reading in self.readings.at(at) {
                for path in self.paths.clone() {
                    let mut buffer = [0; 4];
                    let path = match shown(reading.symbol, &mut buffer) {
                        Some(bytes) => self.follow(path, bytes, at, reading.next),
                        None if matches!(reading.symbol, Symbol::Half(_)) => continue,
                        None => pass(path, reading.symbol),
                    };
                    join(self.ahead.entry(reading.next).or_default(), path);
                }
            }
            if let [path] = *self.paths.as_slice() {
                // As nearly everywhere: there is nothing to join.
                let followed = self.follow(path, &[byte], at, next);
                self.paths.fill(followed);
                at = next;
                continue;
            }
            let mut paths = std::mem::take(&mut self.paths);
            let mut followed = std::mem::take(&mut self.spare);
            for path in paths.drain(..) {
                join(&mut followed, self.follow(path, &[byte], at, next));
            }
            self.paths = followed;
            self.spare = paths;
            at = next;
        }
        self.arrive(at);
    }

    /// Brings together the paths that lead to a place.
    fn arrive(&mut self, at: usize) {
        if let Some(mut paths) = self.ahead.remove(&at) {
            // Those over an escape first: where both lead to one state, all of it is hidden.
            for path in self.paths.drain(..) {
                join(&mut paths, path);
            }
            self.paths = paths;
        }
        if self.view.gap(at).blank {
            for path in &mut self.paths {
                path.blanks = path.blanks.saturating_add(1);
            }
        }
        if self.scope.cut && (at == self.view.len() || self.readings.is_unfinished(at)) {
            for path in &self.paths {
                if let Some(length) = self.search.beginning(path.state) {
                    let first = self.step_back(path.step, length);
                    let start = self.view.origin(first.from..self.view.len()).start;
                    self.found.push(start..usize::MAX);
                }
            }
        }
    }

    /// Takes a path over what is read at a place.
    fn follow(&mut self, path: Path, bytes: &[u8], from: usize, next: usize) -> Path {
        let mut path = path;
        for byte in bytes {
            path.state = self.search.next(path.state, *byte);
            if path.state == self.search.start() {
                // No secret begins before here.
                path.step = 0;
                continue;
            }
            path.step = self.add_step(path, from);
            if self.search.is_found(path.state) {
                self.note(path, next);
            }
        }
        path
    }

    fn add_step(&mut self, path: Path, from: usize) -> usize {
        self.steps.push(Step {
            from,
            before: path.step,
            blanks: path.blanks,
        });
        self.steps.len().saturating_sub(1)
    }

    fn step(&self, index: usize) -> Step {
        self.steps.get(index).copied().unwrap_or_default()
    }

    /// The first of the last `length` steps on a path. What is looked for is short.
    fn step_back(&self, index: usize, length: usize) -> Step {
        let last = self.step(index);
        (1..length).fold(last, |step, _| self.step(step.before))
    }

    /// Something ends here: the longest is what is hidden.
    fn note(&mut self, path: Path, end: usize) {
        for found in self.needles.found(self.search, path.state) {
            let first = self.step_back(path.step, found.length);
            if !found.word || self.is_word(found, path, first, end) {
                self.found.push(self.view.origin(first.from..end));
                break;
            }
        }
    }

    fn is_word(&self, found: Found, path: Path, first: Step, end: usize) -> bool {
        let starts =
            self.view.is_word_start(first.from) || self.readings.ends_word_before(first.from);
        let ends = self.view.is_word_end(end) || self.readings.ends_word_after(end);
        let split = path.blanks > first.blanks && !found.blank;
        self.scope.words && starts && ends && !split
    }
}

/// Takes a path over what does not show.
fn pass(mut path: Path, symbol: Symbol) -> Path {
    if matches!(symbol, Symbol::Char(c) if is_blank(c)) {
        path.blanks = path.blanks.saturating_add(1);
    }
    path
}

/// Of paths with one end, one is enough: what comes after is the same.
fn join(paths: &mut Vec<Path>, path: Path) {
    let known = paths.iter().any(|known| known.state == path.state);
    if !known && paths.len() < PATHS {
        paths.push(path);
    }
}
