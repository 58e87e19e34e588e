//! Escapes, of all kinds that an answer may write a secret in.

use super::entities;
use super::readings::{Reading, Readings, Symbol};
use super::view::{View, splits};

/// An escape in an escape in an escape…: this many readings are kept for one place.
const KEPT: usize = 12;
/// An order to the terminal is not read further than this.
const ORDER: usize = 256;
/// Leading zeros make numbers longer than they need to be.
const DIGITS: usize = 10;

/// Reads all escapes of a view.
pub(super) fn read(view: &View) -> Readings {
    let mut reader = Reader {
        view,
        readings: Readings::default(),
        at_end: false,
    };
    // From the end: what an escape is made of has been read when the escape is.
    for (at, (byte, gap)) in view.bytes().iter().zip(view.gaps()).enumerate().rev() {
        if matches!(byte, b'%' | b'\\' | b'&' | b'=' | b'+') || gap.escape || gap.sequence {
            reader.read(at, *byte);
        }
    }
    reader.readings
}

struct Reader<'v> {
    view: &'v View,
    readings: Readings,
    /// Something was looked for where the view ends.
    at_end: bool,
}

impl Reader<'_> {
    /// Reads what begins at a place: the byte itself, what that begins, what that begins…
    fn read(&mut self, at: usize, byte: u8) {
        self.at_end = false;
        let next = at.saturating_add(1);
        let mut known = vec![Reading::new(Symbol::of(byte), next)];
        let gap = self.view.gap(at);
        if gap.sequence {
            add(&mut known, self.parameters(at));
        }
        let mut index = 0;
        while let Some(reading) = known.get(index).copied() {
            if known.len() >= KEPT {
                break;
            }
            let Reading { symbol, next, .. } = reading;
            let mut found = match symbol {
                Symbol::Char('%') => self.percent(next).into_iter().collect(),
                Symbol::Char('\\') => self.backslash(next),
                Symbol::Char('&') => self.entity(next).into_iter().collect(),
                Symbol::Char('+') => vec![plus(next)],
                Symbol::Char('=') => self.quoted_printable(next).into_iter().collect(),
                Symbol::Char('\u{1b}') => self.order(next).into_iter().collect(),
                Symbol::Char('\u{9b}') => self.parameters(next).into_iter().collect(),
                Symbol::Byte(first) => self.character(first, next).into_iter().collect(),
                Symbol::Half(first) => self.other_half(first, next).into_iter().collect(),
                Symbol::Char(_) | Symbol::Nothing => Vec::new(),
            };
            for found in &mut found {
                // What stands right after it may be an escape: `\&quot;` is one in another.
                let mut rest = next.saturating_add(1)..found.next;
                let escaped = index == 0 && rest.any(|at| !self.readings.at(at).is_empty());
                found.doubtful |= reading.doubtful || escaped;
            }
            add(&mut known, found);
            index = index.saturating_add(1);
        }
        if gap.escape {
            let first = known.iter().copied().max_by_key(|reading| reading.next);
            let order = first.and_then(|first| self.order_with(first, at));
            add(&mut known, order);
        }
        known.remove(0);
        self.readings.add(at, known, self.at_end);
    }

    /// Everything that stands at a place, or behind what does not show there.
    fn symbols(&mut self, at: usize) -> impl Iterator<Item = Reading> {
        self.at_end |= at >= self.view.len() || self.readings.is_unfinished(at);
        let escapes = self.readings.at(at).iter();
        let gaps = escapes.filter(|escape| escape.symbol == Symbol::Nothing && !escape.doubtful);
        let behind = gaps.flat_map(|gap| self.all(gap.next));
        self.all(at).chain(behind)
    }

    fn all(&self, at: usize) -> impl Iterator<Item = Reading> {
        let byte = self.view.byte(at);
        let itself = byte.map(|byte| Reading::new(Symbol::of(byte), at.saturating_add(1)));
        itself
            .into_iter()
            .chain(self.readings.at(at).iter().copied())
    }

    /// The first symbol of a kind at a place.
    fn find<T>(&mut self, at: usize, kind: impl Fn(Symbol) -> Option<T>) -> Option<(T, usize)> {
        self.symbols(at)
            .find_map(|Reading { symbol, next, .. }| Some((kind(symbol)?, next)))
    }

    fn is(&mut self, at: usize, wanted: char) -> Option<usize> {
        let found = self.find(at, |symbol| (symbol == Symbol::Char(wanted)).then_some(()));
        found.map(|(_, next)| next)
    }

    /// `%41`, and `%u0041` as old scripts write it.
    fn percent(&mut self, at: usize) -> Option<Reading> {
        if let Some(at) = self.is(at, 'u') {
            return self.unit(at);
        }
        let (byte, next) = self.byte(at)?;
        Some(Reading::new(Symbol::of(byte), next))
    }

    /// `=3D`, and `=` before the end of a line, which is to be left out with it.
    fn quoted_printable(&mut self, at: usize) -> Option<Reading> {
        let symbol = Symbol::Nothing;
        if self.view.gap(at).line {
            return Some(Reading::new(symbol, at));
        }
        if let Some(next) = self.is(at, '\r').or_else(|| self.is(at, '\n')) {
            return Some(Reading::new(symbol, next));
        }
        let (byte, next) = self.byte(at)?;
        let symbol = Symbol::of(byte);
        // Nobody writes letters and digits so, but numbers follow an equals sign in many texts.
        (!byte.is_ascii_alphanumeric()).then_some(Reading::new(symbol, next))
    }

    /// As JSON, shells and programming languages escape.
    fn backslash(&mut self, at: usize) -> Vec<Reading> {
        let mut found = Vec::new();
        if self.view.gap(at).any {
            found.push(Reading::new(Symbol::Nothing, at));
        }
        let symbols: Vec<_> = self.symbols(at).collect();
        for Reading { symbol, next, .. } in symbols {
            let Symbol::Char(c) = symbol else {
                continue;
            };
            let c = match c {
                'u' => {
                    found.extend(self.braced(next).or_else(|| self.unit(next)));
                    continue;
                }
                'x' => {
                    if let Some((byte, next)) = self.byte(next) {
                        found.push(Reading::new(Symbol::of(byte), next));
                        found.push(Reading::new(Symbol::Char(char::from(byte)), next));
                    }
                    continue;
                }
                'b' => '\u{8}',
                'f' => '\u{c}',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                '0' => '\0',
                c if c.is_alphanumeric() || splits(c) => continue,
                c => c,
            };
            found.push(Reading::new(Symbol::Char(c), next));
        }
        found
    }

    /// `{41}` after `\u`.
    fn braced(&mut self, at: usize) -> Option<Reading> {
        let at = self.is(at, '{')?;
        let (code, next) = self.number(at, 16, 1, DIGITS)?;
        let symbol = Symbol::Char(char::from_u32(code)?);
        let next = self.is(next, '}')?;
        Some(Reading::new(symbol, next))
    }

    /// `0041` after `\u`.
    fn unit(&mut self, at: usize) -> Option<Reading> {
        let (code, next) = self.number(at, 16, 4, 4)?;
        let symbol = match char::from_u32(code) {
            Some(c) => Symbol::Char(c),
            None => Symbol::Half(u16::try_from(code).ok()?),
        };
        Some(Reading::new(symbol, next))
    }

    /// `amp;`, `#65;` or `#x41;` after `&`. Browsers forgive a number without its end.
    fn entity(&mut self, at: usize) -> Option<Reading> {
        let Some(number) = self.is(at, '#') else {
            return self.named(at);
        };
        let hex = self.is(number, 'x').or_else(|| self.is(number, 'X'));
        let (code, next) = match hex {
            Some(digits) => self.number(digits, 16, 1, DIGITS)?,
            None => self.number(number, 10, 1, DIGITS)?,
        };
        let symbol = Symbol::Char(char::from_u32(code)?);
        let next = self.is(next, ';').unwrap_or(next);
        Some(Reading::new(symbol, next))
    }

    fn named(&mut self, at: usize) -> Option<Reading> {
        let mut name = String::new();
        let mut next = at;
        while let Some((c, after)) = self.find(next, |symbol| match symbol {
            Symbol::Char(c) => c.is_ascii_alphanumeric().then_some(c),
            Symbol::Byte(_) | Symbol::Half(_) | Symbol::Nothing => None,
        }) {
            name.push(c);
            if name.len() > entities::LONGEST {
                return None;
            }
            next = after;
        }
        let next = self.is(next, ';')?;
        Some(Reading::new(Symbol::Char(entities::named(&name)?), next))
    }

    /// Two hex digits.
    fn byte(&mut self, at: usize) -> Option<(u8, usize)> {
        let (code, next) = self.number(at, 16, 2, 2)?;
        Some((u8::try_from(code).ok()?, next))
    }

    fn number(&mut self, at: usize, base: u32, least: usize, most: usize) -> Option<(u32, usize)> {
        let mut number: u32 = 0;
        let mut next = at;
        let mut digits: usize = 0;
        while digits < most {
            let digit = self.find(next, |symbol| match symbol {
                Symbol::Char(c) => c.to_digit(base),
                Symbol::Byte(_) | Symbol::Half(_) | Symbol::Nothing => None,
            });
            let Some((digit, after)) = digit else {
                break;
            };
            number = number.checked_mul(base)?.checked_add(digit)?;
            next = after;
            digits = digits.saturating_add(1);
        }
        (digits >= least).then_some((number, next))
    }

    /// A character of which the first byte is known.
    fn character(&mut self, first: u8, at: usize) -> Option<Reading> {
        let mut bytes = vec![first];
        let mut next = at;
        while bytes.len() < 4 {
            let continued = self.find(next, |symbol| match symbol {
                Symbol::Byte(byte @ 0x80..=0xbf) => Some(byte),
                Symbol::Byte(_) | Symbol::Char(_) | Symbol::Half(_) | Symbol::Nothing => None,
            });
            let (byte, after) = continued?;
            bytes.push(byte);
            next = after;
            if let Ok(character) = std::str::from_utf8(&bytes) {
                return Some(Reading::new(Symbol::Char(character.chars().next()?), next));
            }
        }
        None
    }

    /// A character of which the first half is known.
    fn other_half(&mut self, first: u16, at: usize) -> Option<Reading> {
        let (second, next) = self.find(at, |symbol| match symbol {
            Symbol::Half(half) => Some(half),
            Symbol::Byte(_) | Symbol::Char(_) | Symbol::Nothing => None,
        })?;
        let c = char::decode_utf16([first, second]).next()?.ok()?;
        Some(Reading::new(Symbol::Char(c), next))
    }

    /// The symbol at a place that reaches furthest.
    fn furthest(&mut self, at: usize) -> Option<Reading> {
        self.at_end |= at >= self.view.len();
        self.all(at).max_by_key(|reading| reading.next)
    }

    /// An order to the terminal, after its escape character.
    fn order(&mut self, at: usize) -> Option<Reading> {
        let first = self.furthest(at)?;
        self.order_with(first, at)
    }

    fn order_with(&mut self, first: Reading, at: usize) -> Option<Reading> {
        let Reading { symbol, next, .. } = first;
        match symbol {
            Symbol::Char('[') => self.parameters(next),
            Symbol::Char(']' | 'P' | 'X' | '^' | '_') => self.text(next),
            Symbol::Char(_) | Symbol::Byte(_) | Symbol::Half(_) | Symbol::Nothing => {
                // Nearly anything could be one.
                let order = self.parameters(at)?;
                Some(Reading {
                    doubtful: true,
                    ..order
                })
            }
        }
    }

    /// The rest of an order, up to its last character.
    fn parameters(&mut self, at: usize) -> Option<Reading> {
        let mut at = at;
        for _ in 0..ORDER {
            let Reading { symbol, next, .. } = self.furthest(at)?;
            match symbol {
                Symbol::Char(' '..='?') => at = next,
                Symbol::Char('@'..='~') => {
                    return Some(Reading::new(Symbol::Nothing, next));
                }
                Symbol::Char(_) | Symbol::Byte(_) | Symbol::Half(_) | Symbol::Nothing => break,
            }
        }
        None
    }

    /// A text for the terminal, up to a control: a bell, or an escape and a backslash.
    fn text(&mut self, at: usize) -> Option<Reading> {
        let mut at = at;
        for _ in 0..ORDER {
            let gap = self.view.gap(at);
            let Reading { symbol, next, .. } = self.furthest(at)?;
            let end = match symbol {
                Symbol::Char('\\') if gap.escape => Some(next),
                _ if gap.unseen => Some(at),
                Symbol::Char('\u{1b}') => self.is(next, '\\').or(Some(next)),
                Symbol::Char(c) if c.is_control() => Some(next),
                Symbol::Char(_) | Symbol::Byte(_) | Symbol::Half(_) | Symbol::Nothing => None,
            };
            if let Some(next) = end {
                return Some(Reading::new(Symbol::Nothing, next));
            }
            at = next;
        }
        None
    }
}

/// A form writes blanks so. Elsewhere a plus is a plus.
fn plus(next: usize) -> Reading {
    Reading {
        doubtful: true,
        ..Reading::new(Symbol::Char(' '), next)
    }
}

/// Each reading once, and no more than [`KEPT`].
fn add(known: &mut Vec<Reading>, found: impl IntoIterator<Item = Reading>) {
    for reading in found {
        if known.len() < KEPT && !known.contains(&reading) {
            known.push(reading);
        }
    }
}
