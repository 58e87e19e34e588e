//! Base64 and hex: decoded wherever they may begin.

use std::ops::Range;

use super::escapes;
use super::glance::{base64_length, is_base64};
use super::needles::Needles;
use super::view::View;
use super::walk::{Scope, walk};

/// A beginning of a secret is four bytes at least.
const BEGINNING: usize = 4;
/// Shorter ones are words rather than a short secret in base64 or hex.
const SHORTEST_WORD: usize = 3;

/// Adds the ranges of the text in which secrets are, in any form.
pub(super) fn search(needles: &Needles, view: &View, scope: Scope, found: &mut Vec<Range<usize>>) {
    let readings = escapes::read(view);
    walk(needles, view, &readings, scope, found);
    let Some(depth) = scope.depth.checked_sub(1) else {
        return;
    };
    let scope = Scope { depth, ..scope };
    search_runs(needles, view, scope, found);
    if !readings.is_empty() {
        search_runs(needles, &readings.decoded(view), scope, found);
    }
}

fn search_runs(needles: &Needles, view: &View, scope: Scope, found: &mut Vec<Range<usize>>) {
    for run in runs(view, 0..view.len(), is_base64) {
        let padding = (run.end..view.len())
            .take_while(|at| view.byte(*at) == Some(b'=') && !view.gap(*at).any);
        let padded = padding
            .take(2)
            .last()
            .map_or(run.end, |at| at.saturating_add(1));
        let inside = Scope {
            words: false,
            cut: scope.cut && padded == view.len(),
            ..scope
        };
        if is_long_enough(needles, inside.cut, run.len(), base64_length) {
            for offset in 0..4 {
                let start = run.start.saturating_add(offset);
                search(
                    needles,
                    &base64(view, start..run.end, padded),
                    inside,
                    found,
                );
            }
        }
        for digits in runs(view, run.clone(), |byte| byte.is_ascii_hexdigit()) {
            let cut = inside.cut && digits.end == view.len();
            let inside = Scope { cut, ..inside };
            if is_long_enough(needles, inside.cut, digits.len(), |bytes| {
                bytes.saturating_mul(2)
            }) {
                for offset in 0..2 {
                    let start = digits.start.saturating_add(offset);
                    search(needles, &hex(view, start..digits.end), inside, found);
                }
            }
        }
        if scope.words && needles.has_words() {
            search_words(needles, view, run, padded, scope, found);
        }
    }
}

fn is_long_enough(
    needles: &Needles,
    cut: bool,
    length: usize,
    encoded: impl Fn(usize) -> usize,
) -> bool {
    let shortest = needles.shortest();
    shortest
        .is_some_and(|shortest| length >= encoded(shortest) || cut && length >= encoded(BEGINNING))
}

/// Short secrets are looked for only where all between two gaps is one text.
fn search_words(
    needles: &Needles,
    view: &View,
    run: Range<usize>,
    padded: usize,
    scope: Scope,
    found: &mut Vec<Range<usize>>,
) {
    let mut start = run.start;
    while start < run.end {
        let gap = (start.saturating_add(1)..run.end).find(|at| view.gap(*at).any);
        let end = gap.unwrap_or(run.end);
        let padded = if gap.is_none() { padded } else { end };
        let word = start..end;
        if padded.saturating_sub(start) >= SHORTEST_WORD {
            let all_hex = |at| view.byte(at).is_some_and(|byte| byte.is_ascii_hexdigit());
            let texts = [
                (word.len() % 4 != 1).then(|| base64(view, word.clone(), padded)),
                (word.len() % 2 == 0 && word.clone().all(all_hex)).then(|| hex(view, word)),
            ];
            for text in texts.into_iter().flatten() {
                if text.is_text() {
                    search(
                        needles,
                        &text,
                        Scope {
                            cut: false,
                            ..scope
                        },
                        found,
                    );
                }
            }
        }
        start = end;
    }
}

/// Runs of bytes of a kind.
fn runs(
    view: &View,
    within: Range<usize>,
    kind: impl Fn(u8) -> bool,
) -> impl Iterator<Item = Range<usize>> {
    let mut at = within.start;
    std::iter::from_fn(move || {
        let find = |at: usize, is: bool| {
            let mut rest = view.bytes().get(at..within.end)?.iter();
            let found = rest.position(|byte| kind(*byte) == is)?;
            Some(at.saturating_add(found))
        };
        let start = find(at, true)?;
        at = find(start, false).unwrap_or(within.end);
        Some(start..at)
    })
}

/// What a run of base64 holds. The last byte stands for the padding too.
fn base64(view: &View, run: Range<usize>, padded: usize) -> View {
    let mut bytes = Vec::with_capacity(run.len());
    for four in view.bytes().get(run.clone()).unwrap_or_default().chunks(4) {
        let mut places = [18, 12, 6, 0].into_iter();
        let sextets = four
            .iter()
            .filter_map(|byte| sextet(*byte))
            .zip(&mut places);
        let held = sextets.fold(0, |held, (sextet, place)| held | u32::from(sextet) << place);
        // Of four characters, three bytes are complete; of three of them two, of two one.
        let complete = held.to_be_bytes();
        bytes.extend_from_slice(complete.get(1..four.len()).unwrap_or_default());
    }
    let last = bytes.len().saturating_sub(1);
    View::new(&bytes, |index| {
        let bit = index.saturating_mul(8);
        let first = run.start.saturating_add(bit / 6);
        let end = run.start.saturating_add(bit.saturating_add(8).div_ceil(6));
        let padding = index == last && padded > run.end;
        view.origin(first..if padding { padded } else { end })
    })
}

fn hex(view: &View, run: Range<usize>) -> View {
    let digits = view.bytes().get(run.clone()).unwrap_or_default();
    let byte = |pair: &[u8]| {
        let digit = |at: usize| char::from(*pair.get(at)?).to_digit(16);
        u8::try_from(digit(0)? << 4 | digit(1)?).ok()
    };
    let bytes: Vec<u8> = digits.chunks_exact(2).filter_map(byte).collect();
    View::new(&bytes, |index| {
        let first = run.start.saturating_add(index.saturating_mul(2));
        view.origin(first..first.saturating_add(2))
    })
}

/// The six bits of a character of base64, in either of its two alphabets.
fn sextet(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => byte.checked_sub(b'A'),
        b'a'..=b'z' => byte.checked_sub(b'a')?.checked_add(26),
        b'0'..=b'9' => byte.checked_sub(b'0')?.checked_add(52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}
