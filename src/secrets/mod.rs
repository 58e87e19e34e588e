//! The one place that knows every secret of a call, and takes it out of every text on its way out.
//!
//! An answer may echo a secret in a form that no plain search finds: percent-encoded, escaped for
//! JSON, as base64 of something longer, broken by a line end. So a text is not searched literally.
//! Every way to read it is a path through its [readings](readings::Readings), and one automaton
//! over all secrets walks all the paths at once. What looks like base64 or hex is decoded and
//! walked in the same way.

mod entities;
mod escapes;
mod glance;
mod needles;
mod readings;
mod runs;
mod view;
mod walk;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use needles::Needles;
use runs::search;
use view::View;
use walk::Scope;

/// The replacement for a secret.
const HIDDEN: &str = "[hidden]";

/// No vendor's token or key is shorter.
const SHORTEST_CREDENTIAL: usize = 12;

/// This many secrets that replaced one another are known: a new token for each request does not
/// fill the memory.
const LATEST: usize = 32;

/// A longer text is searched in parts, so that memory is bounded. Parts overlap.
const PART: usize = 64 * 1024;

/// By how much. What is looked for is short, but each of its bytes may be an escape as long as
/// `&#x00000041;`, and escaped once more.
const OVERLAP: usize = 16 * 1024;

/// Knows the secrets of a call and hides them.
///
/// A clone shares what it knows. The default knows nothing and changes nothing.
#[derive(Clone, Default)]
pub(crate) struct Cleaner {
    needles: Option<Arc<Needles>>,
}

impl Cleaner {
    /// Learns the secrets. Empty ones (or of blanks only) and repeated ones are left out.
    pub(crate) fn new<'s>(secrets: impl IntoIterator<Item = &'s str>) -> Self {
        Self::default().with(secrets)
    }

    /// Knows these secrets too.
    pub(crate) fn with<'s>(&self, more: impl IntoIterator<Item = &'s str>) -> Self {
        let known = self.needles.as_deref();
        match Needles::joined(known, more) {
            Some(needles) => Self {
                needles: Some(Arc::new(needles)),
            },
            None => self.clone(),
        }
    }

    /// Adds this secret, which replaces another. The first `lasting` ones stay; of the others, the
    /// last few.
    pub(crate) fn with_latest(&self, lasting: usize, secret: &str) -> Self {
        let known = self.needles.as_deref();
        let needles = Needles::joined(known, [secret]);
        match needles.map(|needles| needles.latest(lasting, LATEST)) {
            Some(needles) => Self {
                needles: Some(Arc::new(needles)),
            },
            None => self.clone(),
        }
    }

    /// The text with `[hidden]` for each secret in it, in whatever form.
    ///
    /// A secret of one to three characters is hidden only where it is a whole word.
    pub(crate) fn clean<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.cleaned(text, false)
    }

    /// As [`clean`](Self::clean), for a text that was cut: its end may be the beginning of a secret,
    /// and four characters of one are hidden there. Mark the cut (with `…`) after cleaning.
    pub(crate) fn clean_cut<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.cleaned(text, true)
    }

    /// As [`clean`](Self::clean), for a text that is kept where it is.
    pub(crate) fn clean_in_place(&self, text: &mut String) {
        if let Cow::Owned(cleaned) = self.clean(text) {
            *text = cleaned;
        }
    }

    /// Whether no secret is in the text, in whatever form.
    pub(crate) fn is_clean(&self, text: &str) -> bool {
        matches!(self.clean(text), Cow::Borrowed(_))
    }

    /// Whether an id is a secret. A short id is a number, and a number is no credential: a run is not
    /// lost because a password is 7.
    pub(crate) fn is_secret(&self, id: &str) -> bool {
        id.len() >= SHORTEST_CREDENTIAL && !self.is_clean(id)
    }

    fn cleaned<'t>(&self, text: &'t str, cut: bool) -> Cow<'t, str> {
        // Nothing is shorter than what it is decoded to, so most texts are too short for a secret.
        let needles = self.needles.as_deref();
        let needles = needles.filter(|needles| cut || !needles.are_longer_than(text.len()));
        let Some(needles) = needles else {
            return Cow::Borrowed(text);
        };
        let found = find(needles, text, cut);
        if found.is_empty() {
            return Cow::Borrowed(text);
        }
        Cow::Owned(hide(text, found))
    }
}

/// Writes `[hidden]` in place of each range.
fn hide(text: &str, found: Vec<Range<usize>>) -> String {
    let mut cleaned = String::with_capacity(text.len());
    let mut kept = 0;
    for Range { start, end } in found {
        let (Some(before), true) = (text.get(kept..start), text.is_char_boundary(end)) else {
            // Ranges are made of whole characters, in order. If they were not, nothing is said.
            return HIDDEN.to_owned();
        };
        cleaned.push_str(before);
        cleaned.push_str(HIDDEN);
        kept = end;
    }
    cleaned.push_str(text.get(kept..).unwrap_or_default());
    cleaned
}

impl fmt::Debug for Cleaner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

/// Where secrets are, in order, without overlaps.
fn find(needles: &Needles, text: &str, cut: bool) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    while start < text.len() {
        let end = boundary(text, start.saturating_add(PART));
        let last = end == text.len();
        search_part(needles, text, start..end, cut && last, &mut found);
        if last {
            break;
        }
        start = boundary(text, end.saturating_sub(OVERLAP));
    }
    in_order(found, text)
}

/// The last end of a character up to a place.
fn boundary(text: &str, at: usize) -> usize {
    let end = at.min(text.len());
    (0..=end)
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0)
}

fn search_part(
    needles: &Needles,
    text: &str,
    part: Range<usize>,
    cut: bool,
    found: &mut Vec<Range<usize>>,
) {
    let from = part.start;
    let Some(part) = text.get(part) else {
        return;
    };
    if !cut && needles.are_not_at_a_glance_in(part) {
        return;
    }
    let view = View::new(part.as_bytes(), |index| {
        let start = from.saturating_add(index);
        start..start.saturating_add(1)
    });
    search(needles, &view, Scope::whole(cut), found);
}

/// Ranges that overlap or touch become one: a long secret is found in parts. What was hidden before is left as it is, even if a secret is a
/// part of the word that stands there.
fn in_order(mut found: Vec<Range<usize>>, text: &str) -> Vec<Range<usize>> {
    found.sort_unstable_by_key(|range| (range.start, range.end));
    let mut ordered: Vec<Range<usize>> = Vec::new();
    for Range { start, end } in found {
        let end = end.min(text.len());
        match ordered.last_mut() {
            Some(last) if start <= last.end => last.end = last.end.max(end),
            _ => ordered.push(start..end),
        }
    }
    ordered.retain(|range| !is_hidden_already(text, range));
    ordered
}

fn is_hidden_already(text: &str, range: &Range<usize>) -> bool {
    let before = range.start.saturating_sub(HIDDEN.len());
    let after = range.end.saturating_add(HIDDEN.len()).min(text.len());
    let around = text.as_bytes().get(before..after).unwrap_or_default();
    around
        .windows(HIDDEN.len())
        .enumerate()
        .filter(|(_, window)| *window == HIDDEN.as_bytes())
        .map(|(index, _)| before.saturating_add(index))
        .any(|at| at <= range.start && range.end <= at.saturating_add(HIDDEN.len()))
}
