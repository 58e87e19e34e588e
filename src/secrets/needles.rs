//! What is looked for: the secrets, and one automaton over all of them.

use std::collections::HashMap;
use std::sync::OnceLock;

use aho_corasick::automaton::{Automaton, StateID};
use aho_corasick::nfa::contiguous::NFA;
use aho_corasick::{Anchored, MatchKind};
use secrecy::zeroize::Zeroize;
use secrecy::{ExposeSecret, SecretString};

use super::glance::Glance;
use super::view::{is_blank, splits};

/// A secret of fewer characters would be found in ordinary words.
const WORDS_BELOW: usize = 4;
/// How much of a secret is hidden at the end of a text that was cut, in characters.
const BEGINNING: usize = 4;
/// A longer secret is searched for in parts of this many bytes. That keeps time and memory small,
/// and also finds a part that is echoed on its own.
const PART: usize = 128;

/// The secrets, as they were given and as they are looked for.
#[derive(Default)]
pub(super) struct Needles {
    secrets: Vec<SecretString>,
    needles: Vec<Needle>,
    automaton: OnceLock<Option<Search>>,
    glance: OnceLock<Option<Glance>>,
}

/// One text to look for.
struct Needle {
    text: SecretString,
    /// Only where it is a whole word.
    word: bool,
    /// The secret holds blanks itself.
    blank: bool,
}

/// The automaton keeps the secrets' bytes in its transitions, and there is no way to wipe it: it
/// lends nothing of its memory. It is made when a text has to be cleaned, and goes with the last
/// clone of its cleaner.
pub(super) struct Search {
    nfa: NFA,
    start: StateID,
    /// For each state that stands for a beginning long enough to be hidden: its length in bytes.
    beginnings: HashMap<StateID, usize>,
}

/// A needle that was found, ending where the automaton stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// In bytes.
    pub(super) length: usize,
    /// Only where it is a whole word.
    pub(super) word: bool,
    /// The secret holds blanks itself.
    pub(super) blank: bool,
}

impl Needles {
    /// The known secrets and more, or `None` when nothing is new: then nothing is copied.
    pub(super) fn joined<'s>(
        known: Option<&Self>,
        more: impl IntoIterator<Item = &'s str>,
    ) -> Option<Self> {
        let mut more = more.into_iter();
        let new = more
            .find(|secret| !known.is_some_and(|known| known.has(secret)) && !is_blanks(secret))?;
        let mut joined = Self::default();
        for secret in known.into_iter().flat_map(|known| &known.secrets) {
            joined.add(secret.expose_secret());
        }
        std::iter::once(new)
            .chain(more)
            .for_each(|secret| joined.add(secret));
        Some(joined)
    }

    fn has(&self, secret: &str) -> bool {
        let mut secrets = self.secrets.iter();
        secrets.any(|known| known.expose_secret() == secret)
    }

    /// Without those between the first and the last ones, where there are more.
    pub(super) fn latest(self, first: usize, last: usize) -> Self {
        let count = self.secrets.len();
        let dropped = first..count.saturating_sub(last);
        if dropped.is_empty() {
            return self;
        }
        let mut fewer = Self::default();
        for (place, secret) in self.secrets.iter().enumerate() {
            if !dropped.contains(&place) {
                fewer.add(secret.expose_secret());
            }
        }
        fewer
    }

    fn add(&mut self, secret: &str) {
        if self.has(secret) || is_blanks(secret) {
            return;
        }
        self.secrets.push(SecretString::from(secret));
        let blank = secret.chars().any(is_blank);
        // With room for all of it, so that growing leaves no copies behind.
        let mut text = String::with_capacity(secret.len());
        text.extend(secret.chars().filter(|c| !splits(*c)));
        let word = text.chars().count() < WORDS_BELOW;
        for part in parts(&text) {
            let known = |known: &Needle| known.text.expose_secret() == part;
            if !self.needles.iter().any(known) {
                let text = SecretString::from(part);
                self.needles.push(Needle { text, word, blank });
            }
        }
        text.zeroize();
    }

    /// The length of the shortest one that is found everywhere, in bytes.
    pub(super) fn shortest(&self) -> Option<usize> {
        let needles = self.needles.iter().filter(|needle| !needle.word);
        needles.map(Needle::length).min()
    }

    /// Whether each is longer than a text of that many bytes.
    pub(super) fn are_longer_than(&self, bytes: usize) -> bool {
        self.needles.iter().all(|needle| needle.length() > bytes)
    }

    /// Whether a glance at a text shows that none is in it, in whatever form.
    pub(super) fn are_not_at_a_glance_in(&self, text: &str) -> bool {
        let glance = self.glance.get_or_init(|| {
            // Those that stand as words are too short for it.
            let shortest = self.shortest().filter(|_| !self.has_words())?;
            let holds =
                |needle: &Needle, byte| needle.text.expose_secret().as_bytes().contains(&byte);
            let hold = |byte| self.needles.iter().any(|needle| holds(needle, byte));
            Some(Glance::new(shortest, hold))
        });
        glance
            .as_ref()
            .is_some_and(|glance| glance.finds_none(text))
    }

    /// Whether some are found only as words.
    pub(super) fn has_words(&self) -> bool {
        self.needles.iter().any(|needle| needle.word)
    }

    /// `None` if the automaton cannot be made, which takes gigabytes of secrets.
    pub(super) fn search(&self) -> Option<&Search> {
        let search = self.automaton.get_or_init(|| Search::new(&self.needles));
        search.as_ref()
    }

    /// What ends at a state, the longest first.
    pub(super) fn found(&self, search: &Search, state: StateID) -> impl Iterator<Item = Found> {
        let count = if search.nfa.is_match(state) {
            search.nfa.match_len(state)
        } else {
            0
        };
        (0..count).filter_map(move |index| {
            let pattern = search.nfa.match_pattern(state, index);
            let needle = self.needles.get(pattern.as_usize())?;
            Some(Found {
                length: needle.length(),
                word: needle.word,
                blank: needle.blank,
            })
        })
    }
}

impl Needle {
    fn length(&self) -> usize {
        self.text.expose_secret().len()
    }
}

impl Search {
    fn new(needles: &[Needle]) -> Option<Self> {
        let texts = needles.iter().map(|needle| needle.text.expose_secret());
        let nfa = NFA::builder()
            .match_kind(MatchKind::Standard)
            .prefilter(false)
            .build(texts.clone())
            .ok()?;
        let start = nfa.start_state(Anchored::No).ok()?;
        let mut beginnings = HashMap::new();
        for text in texts {
            let mut state = start;
            let mut characters: usize = 0;
            for (index, byte) in text.bytes().enumerate() {
                state = nfa.next_state(Anchored::No, state, byte);
                // A byte of 0b10…… continues a character.
                characters = characters.saturating_add(usize::from(byte & 0xc0 != 0x80));
                if characters >= BEGINNING {
                    beginnings.insert(state, index.saturating_add(1));
                }
            }
        }
        Some(Self {
            nfa,
            start,
            beginnings,
        })
    }

    /// The state in which nothing was found yet.
    pub(super) fn start(&self) -> StateID {
        self.start
    }

    pub(super) fn next(&self, state: StateID, byte: u8) -> StateID {
        self.nfa.next_state(Anchored::No, state, byte)
    }

    pub(super) fn is_found(&self, state: StateID) -> bool {
        self.nfa.is_match(state)
    }

    /// How many of the bytes that led to a state are the beginning of a secret, if they are enough
    /// to be hidden.
    pub(super) fn beginning(&self, state: StateID) -> Option<usize> {
        self.beginnings.get(&state).copied()
    }
}

/// What splits a secret is left out of every text, so it cannot be part of what is found.
fn is_blanks(secret: &str) -> bool {
    secret.chars().all(splits)
}

/// A text in parts of [`PART`] bytes. The last one reaches back as far as it has to for its length.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let end = move |at: usize| (at..=text.len()).find(|at| text.is_char_boundary(*at));
    let last = text.len().saturating_sub(PART);
    let mut next = Some(0_usize);
    std::iter::from_fn(move || {
        let start = next?;
        let stop = end(start.saturating_add(PART)).unwrap_or(text.len());
        // The part after this one, or the last, or none.
        next = (stop < text.len()).then(|| stop.min(last)).and_then(end);
        text.get(start..stop)
    })
}
