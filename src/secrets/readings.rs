//! Everything that a reader could take the characters of a text for.
//!
//! `%2541` can be read as five characters, as `%41`, or as `A`. Which one is meant depends on who
//! wrote it, and in what stands around a secret there may be halves of escapes. So no reading is
//! preferred: all of them are edges from the byte where they begin to the byte after them.

use std::collections::BTreeSet;

use super::view::{View, splits};

/// What stands at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Symbol {
    Char(char),
    /// A byte that is a part of a character.
    Byte(u8),
    /// Half of a character, as JSON writes those beyond U+FFFF.
    Half(u16),
    /// Nothing that shows: a soft line break, an order to the terminal.
    Nothing,
}

impl Symbol {
    pub(super) fn of(byte: u8) -> Self {
        if byte.is_ascii() {
            Symbol::Char(char::from(byte))
        } else {
            Symbol::Byte(byte)
        }
    }

    /// Whether it ends a word.
    fn ends_word(self) -> bool {
        match self {
            Symbol::Char(c) => !c.is_alphanumeric(),
            Symbol::Byte(_) | Symbol::Half(_) => false,
            Symbol::Nothing => true,
        }
    }
}

/// One way to read what begins at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    pub(super) symbol: Symbol,
    /// The place after it.
    pub(super) next: usize,
    /// Most likely not meant: an escape of which the sign was not escaped and the rest was (the
    /// sign only happens to stand before something escaped), an order of a terminal that is hardly
    /// ever given, or a plus for a blank.
    pub(super) doubtful: bool,
}

impl Reading {
    pub(super) fn new(symbol: Symbol, next: usize) -> Self {
        Self {
            symbol,
            next,
            doubtful: false,
        }
    }
}

/// The escapes of a view.
#[derive(Debug, Default)]
pub(super) struct Readings {
    /// Those of one place each. That each byte can be read as itself is not said here.
    escapes: Vec<Vec<Reading>>,
    /// For each place, how many of these lists there were with its own. Empty while there is none.
    lists: Vec<usize>,
    /// Where something begins that is no escape only because the view ends.
    unfinished: BTreeSet<usize>,
    /// Places after an escape that ends a word.
    opened: BTreeSet<usize>,
}

impl Readings {
    /// Learns what begins at a place, after all that begins behind it: the first time, at the last
    /// place where anything begins.
    pub(super) fn add(&mut self, at: usize, escapes: Vec<Reading>, unfinished: bool) {
        let ends = escapes.iter().filter(|escape| escape.symbol.ends_word());
        self.opened.extend(ends.map(|escape| escape.next));
        if unfinished {
            self.unfinished.insert(at);
        }
        if !escapes.is_empty() {
            self.escapes.push(escapes);
            let places = self.lists.len().max(at.saturating_add(1));
            self.lists.resize(places, 0);
            if let Some(list) = self.lists.get_mut(at) {
                *list = self.escapes.len();
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.escapes.is_empty()
    }

    /// The escapes that begin at a place.
    pub(super) fn at(&self, at: usize) -> &[Reading] {
        let list = self.lists.get(at).and_then(|list| list.checked_sub(1));
        let escapes = list.and_then(|list| self.escapes.get(list));
        escapes.map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether an escape begins here and the text ends in it.
    pub(super) fn is_unfinished(&self, at: usize) -> bool {
        self.unfinished.contains(&at)
    }

    /// Whether an escape before the place ends a word.
    pub(super) fn ends_word_before(&self, at: usize) -> bool {
        self.opened.contains(&at)
    }

    /// Whether an escape at the place ends a word.
    pub(super) fn ends_word_after(&self, at: usize) -> bool {
        self.at(at).iter().any(|after| after.symbol.ends_word())
    }

    /// The view with each escape read as far as it goes.
    pub(super) fn decoded(&self, view: &View) -> View {
        let mut bytes = Vec::with_capacity(view.len());
        let mut origins = Vec::with_capacity(view.len());
        let mut at = 0;
        while let Some(byte) = view.byte(at) {
            let escapes = self.at(at).iter();
            let half = |escape: &Reading| matches!(escape.symbol, Symbol::Half(_));
            let usable = escapes.filter(|escape| !escape.doubtful && !half(escape));
            let reading = usable.max_by_key(|escape| escape.next);
            let next = reading.map_or(at.saturating_add(1), |reading| reading.next);
            let origin = view.origin(at..next);
            if view.gap(at).any {
                bytes.push(b' ');
                origins.push(origin.clone());
            }
            match reading.map_or(Symbol::of(byte), |reading| reading.symbol) {
                Symbol::Char(c) => bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
                Symbol::Byte(byte) => bytes.push(byte),
                Symbol::Half(_) | Symbol::Nothing => {}
            }
            origins.resize(bytes.len(), origin);
            at = next;
        }
        View::new(&bytes, |index| {
            origins.get(index).cloned().unwrap_or_default()
        })
    }
}

/// The text of a symbol, or `None` where it shows nothing.
pub(super) fn shown(symbol: Symbol, buffer: &mut [u8; 4]) -> Option<&[u8]> {
    match symbol {
        Symbol::Char(c) if splits(c) => None,
        Symbol::Char(c) => Some(c.encode_utf8(buffer).as_bytes()),
        Symbol::Byte(byte) => {
            *buffer = [byte, 0, 0, 0];
            buffer.get(..1)
        }
        Symbol::Half(_) | Symbol::Nothing => None,
    }
}
