//! A glance at a text, which is enough for most of them.

use super::view::splits;

/// What a byte can be: a part of a plain secret, or of an escape in one.
const PLAIN: u8 = 1;
/// A part of a secret's base64 or hex, or of an escape in one.
const ENCODED: u8 = 2;
/// A part of what makes an escape one.
const SIGN: u8 = 4;
/// What may appear between any two characters of a secret.
const SPLITS: u8 = 8;

/// Knows which texts have too few of the right characters in a row to hold a secret.
pub(super) struct Glance {
    kinds: [u8; 256],
    /// The length of the shortest secret.
    plain: usize,
    /// The length of its base64. Hex is longer.
    encoded: usize,
}

impl Glance {
    /// For secrets of this many bytes and more, and the bytes that are in them.
    pub(super) fn new(shortest: usize, hold: impl Fn(u8) -> bool) -> Self {
        let mut kinds = [0; 256];
        for (byte, kind) in (0..=u8::MAX).zip(&mut kinds) {
            // What is not ASCII may be anything, and a plus may be a blank.
            let any = matches!(byte, b'+' | 0x80..);
            let sign = matches!(byte, b'%' | b'\\' | b'&' | b'#' | b';' | b'=' | 0x1b | 0x9b);
            let splits = !sign && byte.is_ascii() && splits(char::from(byte));
            *kind = [
                (PLAIN, any || hold(byte)),
                (ENCODED, any || is_base64(byte)),
                (SIGN, sign),
                (SPLITS, splits),
            ]
            .into_iter()
            .filter_map(|(kind, is)| is.then_some(kind))
            .sum();
        }
        Glance {
            kinds,
            plain: shortest,
            encoded: base64_length(shortest),
        }
    }

    /// Whether a whole text holds no secret, in whatever form. `false` says nothing.
    ///
    /// An escape may stand for any character, an order to the terminal for none, and both for a part
    /// of the next. So a text with escapes is not judged, but for those of one sign or blank each,
    /// which addresses have: they may be a part of a secret wherever they stand.
    pub(super) fn finds_none(&self, text: &str) -> bool {
        let Some(mut rest) = self.doubtful(text.as_bytes()) else {
            return true;
        };
        let (mut plain, mut encoded): (usize, usize) = (0, 0);
        let mut entity = false;
        while let [byte, after @ ..] = rest {
            rest = after;
            let Some(mut kind) = self.kinds.get(usize::from(*byte)).copied() else {
                return false;
            };
            let mut length: usize = 1;
            if kind & SIGN != 0 {
                let written = match byte {
                    b'%' | b'=' => written(*byte, after),
                    b'&' => {
                        entity = true;
                        Some(after)
                    }
                    // The name of an entity has an end, and its number a sign before it.
                    b'#' | b';' if !entity => Some(after),
                    _end_of_entity_backslash_or_order => None,
                };
                let Some(behind) = written else {
                    return false;
                };
                if behind.len() < after.len() {
                    (rest, kind, length) = (behind, PLAIN | ENCODED, 3);
                }
            } else if kind & SPLITS != 0 {
                continue;
            }
            // No text is so long that they wrap.
            let longer = |before: usize, of: u8| match kind & of {
                0 => 0,
                _ => before.wrapping_add(length),
            };
            plain = longer(plain, PLAIN);
            encoded = longer(encoded, ENCODED);
            if plain >= self.plain || encoded >= self.encoded {
                return false;
            }
        }
        true
    }
}

/// The quick part of it.
impl Glance {
    /// The end of a text that has to be looked at byte by byte: from the first stretch on that is long
    /// enough for a secret, or has the sign of an escape in it. `None` where there is no such stretch.
    fn doubtful<'t>(&self, text: &'t [u8]) -> Option<&'t [u8]> {
        let kind = |byte: &u8| self.kinds.get(usize::from(*byte)).copied().unwrap_or(SIGN);
        let sign = text.iter().position(|byte| kind(byte) & SIGN != 0);
        let (without, _) = text.split_at_checked(sign.unwrap_or(text.len()))?;
        let mut start = 0_usize;
        loop {
            let end = start.saturating_add(self.plain).min(without.len());
            let stretch = without.get(start..end)?;
            // Nothing that a stop is a part of is looked at again.
            if let Some(stop) = stretch.iter().rposition(|byte| kind(byte) == 0) {
                start = start.saturating_add(stop).saturating_add(1);
                continue;
            }
            let rest = text.get(start..);
            if stretch.len() == self.plain {
                return rest;
            }
            // Too short for a secret, unless it goes on behind the sign, and far enough.
            return rest.filter(|rest| sign.is_some() && rest.len() >= self.plain);
        }
    }
}

/// What is behind a percent or equals sign and the escape that it begins, if it begins one. `None`
/// where it may begin more than a single blank or sign that is in no other escape.
fn written(sign: u8, after: &[u8]) -> Option<&[u8]> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let [high, low, behind @ ..] = after else {
        // The two digits cannot follow.
        return (sign == b'=' && after.iter().all(u8::is_ascii_graphic)).then_some(after);
    };
    let Some((high, low)) = digit(high).zip(digit(low)) else {
        let apart = high.is_ascii_graphic() && (digit(high).is_none() || low.is_ascii_graphic());
        return (sign == b'=' && apart).then_some(after);
    };
    match u8::try_from(high << 4 | low).ok()? {
        // Quoted-printable writes no letter and no digit so.
        byte if byte.is_ascii_alphanumeric() => (sign == b'=').then_some(after),
        b'%' | b'\\' | b'&' | b'=' | b'+' | b'#' | b';' => None,
        // The second half of an order to the terminal.
        0x9b => None,
        byte if byte == b' ' || byte.is_ascii_punctuation() || !byte.is_ascii() => Some(behind),
        _control => None,
    }
}

/// How many characters of base64 hold at least this many bytes.
pub(super) fn base64_length(bytes: usize) -> usize {
    bytes.saturating_mul(4).div_ceil(3)
}

pub(super) fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'/' | b'_')
}
