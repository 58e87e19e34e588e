//! A text without what shows nothing, and where each of its bytes came from.

use std::ops::Range;

use crate::text::is_harmless;

/// What was left out before a byte.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Gap {
    /// Anything.
    pub(super) any: bool,
    /// A blank or a tab.
    pub(super) blank: bool,
    /// The end of a line.
    pub(super) line: bool,
    /// Something that is not printed, and no blank or line end.
    pub(super) unseen: bool,
    /// An escape character: what follows may be an order to the terminal.
    pub(super) escape: bool,
    /// The one-character form of escape and `[`.
    pub(super) sequence: bool,
}

impl Gap {
    fn add(&mut self, c: char) {
        self.any = true;
        self.blank |= is_blank(c);
        self.line |= matches!(c, '\n' | '\r');
        self.unseen |= !c.is_whitespace();
        self.escape |= c == '\u{1b}';
        self.sequence |= c == '\u{9b}';
    }
}

/// Whether a secret may be split by the character: everything that is blank, and everything that
/// is not printed (and would be taken out on the way to a terminal, which joins the parts).
pub(super) fn splits(c: char) -> bool {
    c.is_whitespace() || !is_harmless(c)
}

/// A blank between words of one line.
pub(super) fn is_blank(c: char) -> bool {
    c.is_whitespace() && !c.is_control() || c == '\t'
}

/// The bytes of a text, or what was decoded from a part of one, without the characters that may
/// split a secret.
#[derive(Debug, Default)]
pub(super) struct View {
    bytes: Vec<u8>,
    /// For each byte, the range of the text that it stands for.
    origins: Vec<Range<usize>>,
    /// What was left out before each byte, and at the end.
    gaps: Vec<Gap>,
}

impl View {
    /// Leaves out what may split a secret. `origin` says where the byte at an index comes from.
    pub(super) fn new(bytes: &[u8], origin: impl Fn(usize) -> Range<usize>) -> Self {
        let mut view = Self {
            bytes: Vec::with_capacity(bytes.len()),
            origins: Vec::with_capacity(bytes.len()),
            gaps: Vec::with_capacity(bytes.len()),
        };
        let mut gap = Gap::default();
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            let (c, length) = match char_at(bytes, at) {
                Some(c) => (Some(c), c.len_utf8()),
                None => (None, 1),
            };
            let next = at.saturating_add(length);
            if let Some(c) = c.filter(|c| splits(*c)) {
                gap.add(c);
            } else if length == 1 {
                view.push(*byte, origin(at), std::mem::take(&mut gap));
            } else {
                // Each byte stands for the whole character: no range ends inside of one.
                let whole = origin(at).start..origin(next.saturating_sub(1)).end;
                for byte in bytes.get(at..next).unwrap_or_default() {
                    view.push(*byte, whole.clone(), std::mem::take(&mut gap));
                }
            }
            at = next;
        }
        view.gaps.push(gap);
        view
    }

    fn push(&mut self, byte: u8, origin: Range<usize>, gap: Gap) {
        self.bytes.push(byte);
        self.origins.push(origin);
        self.gaps.push(gap);
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    pub(super) fn byte(&self, at: usize) -> Option<u8> {
        self.bytes.get(at).copied()
    }

    /// What was left out before each byte, and at the end.
    pub(super) fn gaps(&self) -> &[Gap] {
        &self.gaps
    }

    /// What was left out before the byte.
    pub(super) fn gap(&self, at: usize) -> Gap {
        self.gaps.get(at).copied().unwrap_or_default()
    }

    /// The range of the text that bytes of the view stand for.
    pub(super) fn origin(&self, range: Range<usize>) -> Range<usize> {
        let origin = |at: usize| self.origins.get(at).cloned().unwrap_or_default();
        origin(range.start).start..origin(range.end.saturating_sub(1)).end
    }

    /// Whether it is a text, and not bytes that mean something else.
    pub(super) fn is_text(&self) -> bool {
        let all_seen = !self.gaps.iter().any(|gap| gap.unseen);
        all_seen && !self.bytes.is_empty() && std::str::from_utf8(&self.bytes).is_ok()
    }

    /// Whether nothing that belongs to a word stands right before the byte.
    pub(super) fn is_word_start(&self, at: usize) -> bool {
        let before = (1..=4).find_map(|length| char_at(&self.bytes, at.checked_sub(length)?));
        at == 0 || self.gap(at).any || !before.is_some_and(char::is_alphanumeric)
    }

    /// Whether nothing that belongs to a word stands at the byte.
    pub(super) fn is_word_end(&self, at: usize) -> bool {
        let after = char_at(&self.bytes, at);
        at >= self.len() || self.gap(at).any || !after.is_some_and(char::is_alphanumeric)
    }
}

/// The character that begins at a byte, if one does.
pub(super) fn char_at(bytes: &[u8], at: usize) -> Option<char> {
    let first = bytes.get(at)?;
    if first.is_ascii() {
        return Some(char::from(*first));
    }
    let rest = bytes.get(at..)?;
    let four = rest.get(..4).unwrap_or(rest);
    four.utf8_chunks().next()?.valid().chars().next()
}
