//! Which operation a method and a path belong to.

use std::collections::BTreeMap;
use std::fmt;

use percent_encoding::percent_decode_str;

use super::document::Document;
use super::operation::Operation;

/// An operation that was found, with the decoded values of its path parameters.
#[derive(Debug, Clone)]
pub struct Route<'d> {
    /// The operation.
    pub operation: &'d Operation,
    /// Value of each path parameter, percent-decoded.
    pub path_parameters: BTreeMap<String, String>,
}

/// Why no operation was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoRoute {
    /// No path of the document fits. A server answers 404.
    Path,
    /// A path fits, but not with this method. A server answers 405 and names the others.
    Method {
        /// The methods that the path has, in capitals and in alphabetical order.
        allowed: Vec<String>,
    },
}

impl fmt::Display for NoRoute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path => f.write_str("the document has no such path"),
            Self::Method { allowed } => {
                write!(
                    f,
                    "the path does not have this method, only {}",
                    allowed.join(", ")
                )
            }
        }
    }
}

impl Document {
    /// Finds the operation of a request.
    ///
    /// `path` is relative to the base path of a server, as it stands in the request line, without the query.
    /// It is cut at each `/` first and decoded afterwards, so that an encoded slash stays part of a value. A path
    /// parameter is never empty. Where several paths fit, the one with the most literal characters wins, among
    /// equals the one that is literal further to the left; a path that lacks the method gives way to one that
    /// has it.
    ///
    /// # Errors
    /// [`NoRoute`] when no path fits, or none with this method.
    pub fn route(&self, method: &str, path: &str) -> Result<Route<'_>, NoRoute> {
        let method = method.to_ascii_uppercase();
        let mut allowed: Vec<String> = Vec::new();
        for (template, path_parameters) in self.router.matches(path) {
            let mut here = self
                .operations()
                .iter()
                .filter(|operation| operation.path == template);
            match here.clone().find(|operation| operation.method == method) {
                Some(operation) => {
                    return Ok(Route {
                        operation,
                        path_parameters,
                    });
                }
                None => allowed.extend(here.by_ref().map(|operation| operation.method.clone())),
            }
        }
        if allowed.is_empty() {
            return Err(NoRoute::Path);
        }
        allowed.sort();
        allowed.dedup();
        Err(NoRoute::Method { allowed })
    }
}

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

    fn matches<'r>(
        &'r self,
        path: &str,
    ) -> impl Iterator<Item = (&'r str, BTreeMap<String, String>)> {
        // A segment that is no text fits nothing.
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
    /// Reads a template. `None` when a brace has no partner, a parameter has no name, or two parameters stand side
    /// by side, so that nobody can tell where one ends.
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

    /// The names of its parameters, from left to right.
    pub(super) fn parameters(&self) -> impl Iterator<Item = &str> {
        self.segments
            .iter()
            .flatten()
            .filter_map(|piece| match piece {
                Piece::Parameter(name) => Some(name.as_str()),
                Piece::Literal(_) => None,
            })
    }

    /// More literal characters first; then literal segments further to the left.
    fn rank(&self) -> (usize, Vec<bool>) {
        let literal = |piece: &Piece| match piece {
            Piece::Literal(text) => text.len(),
            Piece::Parameter(_) => 0,
        };
        let shape = self.segments.iter();
        let shape = shape.map(|pieces| {
            pieces
                .iter()
                .all(|piece| matches!(piece, Piece::Literal(_)))
        });
        (
            self.segments.iter().flatten().map(literal).sum(),
            shape.collect(),
        )
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
            pieces.push(Piece::Literal(
                percent_decode_str(literal).decode_utf8().ok()?.into_owned(),
            ));
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
