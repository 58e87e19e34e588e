//! Where the words of JSON begin and end in bytes that may be no JSON.

use serde::de::IgnoredAny;

/// Whether a byte may stand between words. All control characters may: some servers pad with NUL.
pub(super) const fn is_blank(byte: u8) -> bool {
    byte <= b' '
}

/// The bytes without the blanks they begin with.
pub(super) fn after_blanks(bytes: &[u8]) -> &[u8] {
    let mut rest = bytes;
    while let [byte, after @ ..] = rest
        && is_blank(*byte)
    {
        rest = after;
    }
    rest
}

/// Splits after the closing quote of a string whose opening quote has just been read: what stands
/// between the quotes, as written, and what follows. `None` when the string does not end.
pub(super) fn string(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut from: usize = 0;
    loop {
        let at = from.checked_add(memchr::memchr(b'"', bytes.get(from..)?)?)?;
        let (written, quoted) = bytes.split_at_checked(at)?;
        // Looking back from a quote is cheaper than stopping at each escape, and still one pass:
        // no backslash is looked at for two quotes.
        let backslashes = written.iter().rev().take_while(|byte| **byte == b'\\');
        if backslashes.count().is_multiple_of(2) {
            return Some((written, quoted.get(1..)?));
        }
        from = at.checked_add(1)?;
    }
}

/// Splits after a word that is not a string: a number, a keyword, or junk.
pub(super) fn word(bytes: &[u8]) -> (&[u8], &[u8]) {
    let ends = |byte: &u8| {
        is_blank(*byte) || matches!(byte, b',' | b':' | b'"' | b'{' | b'}' | b'[' | b']')
    };
    let length = bytes.iter().position(ends).unwrap_or(bytes.len());
    bytes.split_at_checked(length).unwrap_or((bytes, &[]))
}

/// The text of a string, or `None` where an escape or the encoding is broken.
pub(super) fn text(written: &[u8]) -> Option<String> {
    let mut quoted = Vec::with_capacity(written.len().saturating_add(2));
    quoted.push(b'"');
    quoted.extend_from_slice(written);
    quoted.push(b'"');
    serde_json::from_slice(&quoted).ok()
}

/// Whether a string, as written, is that key.
pub(super) fn is_key(written: &[u8], key: &str) -> bool {
    // No byte of a key takes more than the six of `\u0069`: what is longer need not be decoded.
    written == key.as_bytes()
        || (written.len() <= key.len().saturating_mul(6)
            && memchr::memchr(b'\\', written).is_some()
            && text(written).is_some_and(|text| text == key))
}

/// Whether a word is a number by JSON's grammar, however great.
pub(super) fn is_number(word: &[u8]) -> bool {
    matches!(word.first(), Some(b'-' | b'0'..=b'9'))
        && serde_json::from_slice::<IgnoredAny>(word).is_ok()
}
