//! Where in the text each value of a JSON document is, and which keys are there twice.
//!
//! `serde_json` keeps no positions and lets the last of two equal keys win, so the text is read a second time here.
//! Only text that is known to be JSON is scanned; on anything else the scan ends early, without positions.

use std::collections::HashMap;
use std::str::Chars;

use crate::pointer;

/// A place in the text: line and column, both counted from 1, the column in characters.
pub(crate) type Place = (usize, usize);

/// What a scan of the text found.
#[derive(Default)]
pub(crate) struct Positions {
    /// The place of each value, by JSON pointer.
    places: HashMap<String, Place>,
    /// Pointers of keys which their object has already, with the place of the later key.
    pub duplicates: Vec<(String, Place)>,
}

impl Positions {
    /// Scans a JSON text.
    pub fn scan(text: &str) -> Self {
        let mut scanner = Scanner {
            rest: text.chars(),
            next: None,
            line: 1,
            column: 0,
            found: Self::default(),
        };
        scanner.advance();
        let _complete = scanner.value("", 0);
        scanner.found
    }

    /// The place of the value at `pointer`.
    #[cfg(feature = "schemas")]
    pub fn exact(&self, pointer: &str) -> Option<Place> {
        self.places.get(pointer).copied()
    }

    /// The place of the value at `pointer`, or of the nearest value around it.
    pub fn place(&self, pointer: &str) -> Option<Place> {
        let mut pointer = pointer;
        loop {
            if let Some(place) = self.places.get(pointer) {
                return Some(*place);
            }
            pointer = pointer::parent(pointer)?;
        }
    }
}

/// Deeper text is refused by `serde_json` already; the limit keeps the recursion bounded in any case.
const MAX_DEPTH: usize = 200;

struct Scanner<'t> {
    rest: Chars<'t>,
    next: Option<char>,
    line: usize,
    column: usize,
    found: Positions,
}

impl Scanner<'_> {
    fn advance(&mut self) -> Option<char> {
        let current = self.next;
        self.next = self.rest.next();
        if current == Some('\n') {
            self.line += 1;
            self.column = 0;
        }
        self.column += 1;
        current
    }

    fn skip_space(&mut self) {
        while self.next.is_some_and(|c| c.is_ascii_whitespace()) {
            self.advance();
        }
    }

    fn expect(&mut self, wanted: char) -> Option<()> {
        self.skip_space();
        (self.advance()? == wanted).then_some(())
    }

    fn value(&mut self, pointer: &str, depth: usize) -> Option<()> {
        self.skip_space();
        if depth > MAX_DEPTH {
            return None;
        }
        self.found
            .places
            .insert(pointer.to_owned(), (self.line, self.column));
        match self.next? {
            '{' => self.object(pointer, depth),
            '[' => self.array(pointer, depth),
            '"' => self.string().map(drop),
            _ => {
                while self
                    .next
                    .is_some_and(|c| !matches!(c, ',' | '}' | ']') && !c.is_ascii_whitespace())
                {
                    self.advance();
                }
                Some(())
            }
        }
    }

    fn object(&mut self, pointer: &str, depth: usize) -> Option<()> {
        self.entries('}', |scanner, _| {
            scanner.skip_space();
            let place = (scanner.line, scanner.column);
            let inner = pointer::child(pointer, &scanner.string()?);
            if scanner.found.places.contains_key(&inner) {
                scanner.found.duplicates.push((inner.clone(), place));
            }
            scanner.expect(':')?;
            scanner.value(&inner, depth + 1)
        })
    }

    fn array(&mut self, pointer: &str, depth: usize) -> Option<()> {
        self.entries(']', |scanner, index| {
            scanner.value(&format!("{pointer}/{index}"), depth + 1)
        })
    }

    /// What stands between two brackets, separated by commas.
    fn entries(
        &mut self,
        end: char,
        mut entry: impl FnMut(&mut Self, usize) -> Option<()>,
    ) -> Option<()> {
        self.advance();
        self.skip_space();
        if self.next == Some(end) {
            self.advance();
            return Some(());
        }
        for index in 0_usize.. {
            entry(self, index)?;
            self.skip_space();
            match self.advance()? {
                ',' => {}
                last => return (last == end).then_some(()),
            }
        }
        None
    }

    /// The string at the scanner, with its escapes decoded by `serde_json`.
    fn string(&mut self) -> Option<String> {
        let mut raw = String::new();
        if self.next? != '"' {
            return None;
        }
        loop {
            let c = self.advance()?;
            raw.push(c);
            match c {
                '"' if raw.len() > 1 => return serde_json::from_str(&raw).ok(),
                '\\' => raw.push(self.advance()?),
                _ => {}
            }
        }
    }
}
