//! The path templates of a document, and what fits them.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;

/// All path templates of a document, the most literal first.
pub(super) struct Router {
    templates: Vec<Template>,
}

impl Router {
    /// Templates that cannot be read are left out: loading has refused them.
    pub(super) fn new<'p>(paths: impl Iterator<Item = &'p str>) -> Self {
        let mut templates: Vec<Template> = paths.filter_map(Template::parse).collect();
        templates.sort_by(|a, b| b.rank().cmp(&a.rank()).then_with(|| a.text.cmp(&b.text)));
        templates.dedup_by(|a, b| a.text == b.text);
        Self { templates }
    }

    pub(super) fn matches<'r>(
        &'r self,
        path: &str,
    ) -> impl Iterator<Item = (&'r str, BTreeMap<String, String>)> {
        // A segment that is not text matches nothing.
        let segments: Option<Vec<String>> = path
            .strip_prefix('/')
            .unwrap_or(path)
            .split('/')
            .map(|segment| Some(percent_decode_str(segment).decode_utf8().ok()?.into_owned()))
            .collect();
        self.templates.iter().filter_map(move |template| {
            let captured = template.captures(segments.as_deref()?)?;
            Some((template.text.as_str(), captured))
        })
    }
}

/// A path with parameters, `/runs/{runId}/logs`.
pub(super) struct Template {
    text: String,
    segments: Vec<Vec<Piece>>,
}

/// A part of one segment.
enum Piece {
    Literal(String),
    Parameter(String),
}

impl Template {
    /// Reads a template. `None` when a brace has no partner, a parameter has no name, or two
    /// parameters are adjacent, so nobody can tell where one ends.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let segments = text
            .strip_prefix('/')?
            .split('/')
            .map(pieces)
            .collect::<Option<Vec<_>>>()?;
        Some(Self {
            text: text.to_owned(),
            segments,
        })
    }

    /// More literal characters first; then literal segments further to the left.
    fn rank(&self) -> (usize, Vec<bool>) {
        let literal = |piece: &Piece| match piece {
            Piece::Literal(text) => text.len(),
            Piece::Parameter(_) => 0,
        };
        let is_literal = |piece: &Piece| matches!(piece, Piece::Literal(_));
        let shape = self.segments.iter();
        let shape = shape.map(|pieces| pieces.iter().all(is_literal));
        let letters = self.segments.iter().flatten().map(literal).sum();
        (letters, shape.collect())
    }

    fn captures(&self, segments: &[String]) -> Option<BTreeMap<String, String>> {
        if segments.len() != self.segments.len() {
            return None;
        }
        let mut captured = BTreeMap::new();
        for (pieces, text) in self.segments.iter().zip(segments) {
            if !capture(pieces, text, &mut captured) {
                return None;
            }
        }
        Some(captured)
    }
}

fn pieces(segment: &str) -> Option<Vec<Piece>> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut rest = segment;
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix('{') {
            let (name, after) = inner.split_once('}')?;
            let beside = matches!(pieces.last(), Some(Piece::Parameter(_)));
            if name.is_empty() || name.contains('{') || beside {
                return None;
            }
            pieces.push(Piece::Parameter(name.to_owned()));
            rest = after;
        } else {
            let end = rest.find('{').unwrap_or(rest.len());
            let (literal, after) = rest.split_at_checked(end)?;
            if literal.contains('}') {
                return None;
            }
            let literal = percent_decode_str(literal).decode_utf8().ok()?;
            pieces.push(Piece::Literal(literal.into_owned()));
            rest = after;
        }
    }
    Some(pieces)
}

/// Fits one decoded segment to its pieces. A parameter takes at least one character and as few as possible.
fn capture(pieces: &[Piece], text: &str, captured: &mut BTreeMap<String, String>) -> bool {
    match pieces {
        [] => text.is_empty(),
        [Piece::Literal(literal), rest @ ..] => text
            .strip_prefix(literal.as_str())
            .is_some_and(|text| capture(rest, text, captured)),
        [Piece::Parameter(name)] => {
            captured.insert(name.clone(), text.to_owned());
            !text.is_empty()
        }
        [Piece::Parameter(name), rest @ ..] => {
            for (end, _) in text.char_indices().skip(1) {
                let Some((value, after)) = text.split_at_checked(end) else {
                    continue;
                };
                if capture(rest, after, captured) {
                    captured.insert(name.clone(), value.to_owned());
                    return true;
                }
            }
            false
        }
    }
}
