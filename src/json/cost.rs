//! What it would cost to decode a body, before it is decoded. A few bytes can become a value of a
//! hundred: `[{},{},{}`.

use std::fmt;

use super::scan;

/// How much a body may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Objects and arrays.
    pub(crate) containers: usize,
    /// Texts, numbers, `true`, `false` and `null`; keys are not counted.
    pub(crate) values: usize,
    /// Objects and arrays around one another. The outermost is the first.
    pub(crate) depth: usize,
}

/// What a body holds too much of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TooMuch {
    /// More objects and arrays than [`Limits::containers`].
    Containers,
    /// More values than [`Limits::values`].
    Values,
    /// More levels than [`Limits::depth`].
    Depth,
}

impl fmt::Display for TooMuch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Containers => "it holds too many objects and arrays",
            Self::Values => "it holds too many values",
            Self::Depth => "its objects and arrays are nested too deeply",
        })
    }
}

/// Counts what a body holds, and stops where a limit is passed. Whether the body is JSON is not
/// looked at: decoding ends at the first fault, and has cost no more than was counted until there.
///
/// # Errors
///
/// The first limit that is passed.
pub(crate) fn check(body: &[u8], limits: &Limits) -> Result<(), TooMuch> {
    let mut left = *limits;
    let mut depth: usize = 0;
    let mut rest = body;
    while let [byte, after @ ..] = rest {
        rest = after;
        match byte {
            b'"' => {
                let Some((_text, after)) = scan::string(rest) else {
                    return take(&mut left.values, TooMuch::Values);
                };
                rest = scan::after_blanks(after);
                if rest.first() != Some(&b':') {
                    take(&mut left.values, TooMuch::Values)?;
                }
            }
            b'{' | b'[' => {
                take(&mut left.containers, TooMuch::Containers)?;
                depth = depth.saturating_add(1);
                if depth > limits.depth {
                    return Err(TooMuch::Depth);
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            b',' | b':' => {}
            blank if scan::is_blank(*blank) => {}
            _word => {
                take(&mut left.values, TooMuch::Values)?;
                (_, rest) = scan::word(rest);
            }
        }
    }
    Ok(())
}

fn take(left: &mut usize, what: TooMuch) -> Result<(), TooMuch> {
    *left = left.checked_sub(1).ok_or(what)?;
    Ok(())
}
